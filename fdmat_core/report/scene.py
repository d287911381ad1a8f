"""What a report is about: a run at a share kept, by some of its methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fdmat_core import registry, sizes
from fdmat_core.analysis import issues, summary
from fdmat_core.figures.theme import Look
from fdmat_core.formats import percent
from fdmat_core.rankings import Coreset, Ranking, Rankings
from fdmat_core.report import naming
from fdmat_core.runs import decisions
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset, FeatureTable

if TYPE_CHECKING:
    import pandas

#: The share kept that a report opens at: here methods differ.
KEPT = 0.05
#: The most methods of a report.
MOST = 8


@dataclass(frozen=True)
class Scene:
    """A run as a report tells of it."""

    run: Run
    methods: tuple[Choice, ...]  # in the order of the switch
    focus: Choice  # the method that it opens with
    kept: float  # the share kept that it opens at
    left_out: int  # methods of the run that it does not show

    @cached_property
    def table(self) -> FeatureTable:
        """The features of the training items."""
        tables = self.run.tables
        if tables is None:
            raise ValueError(f"run {self.run.key} has no features yet; run it first")
        return tables[0]

    @cached_property
    def train(self) -> Dataset:
        """The training items, in the order of the table."""
        return self.run.train()

    @cached_property
    def ranked(self) -> dict[Choice, Rankings]:
        """The rankings of the methods shown."""
        found = self.run.ranked
        return {method: found[method] for method in self.methods}

    @cached_property
    def coreset(self) -> Coreset:
        """What the method in focus keeps at the share that the report opens at."""
        return self.ranked[self.focus].cut(self.kept)

    @cached_property
    def evidence(self) -> Ranking | None:
        """The ranking of the run's FDMat, whose evidence says what is suspected."""
        return self.run.evidence

    @cached_property
    def bad(self) -> issues.Bad | None:
        """Which items count as bad: injected or suspected."""
        return issues.bad(self.train.truth, self.evidence)

    @cached_property
    def decided(self) -> decisions.ByRow:
        """What people decided, row by row."""
        return decisions.by_row(self.run.dataset_key or "", self.table.ids)

    @cached_property
    def curve(self) -> pandas.DataFrame:
        """The points of the curves of the methods shown, and of random."""
        curve = self.run.curve()
        return curve[curve["method"].isin([*map(str, self.methods), "random"])]

    @cached_property
    def look(self) -> Look:
        """How its figures are dressed: on white, which paper is."""
        return naming.look(self.run.spec)

    def at(self, method: Choice) -> str:
        """A method and the share at which it is looked at, in words: FDMat at 5% kept."""
        return f"{self.title(method)} at {percent(float(f'{self.ranked[method].share(self.kept):.3g}'))} kept"

    def title(self, method: Choice) -> str:
        """What people call a method."""
        return registry.methods.title(method)

    def measures(self) -> list[Choice]:
        """Its measures, accuracies before distances before all others."""
        return [one for kind in ("accuracy", "distance", "coverage", "balance") for one in self.run.measures(kind)]

    def readings(self, measure: Choice, method: str) -> pandas.DataFrame:
        """What was measured of a method: the lines of `summary.by_size`, the smallest size first."""
        table = summary.by_size(self.curve, str(measure))
        return table[table["method"] == method].sort_values("kept")


def of(run: Run, methods: Sequence[str] = (), *, focus: str = "", kept: float | None = None) -> Scene:
    """What a report about a run tells of.

    Parameters
    ----------
    methods
        Names of methods as the run has them, at most eight; the first eight of those that have ranked if empty.
    focus
        The method that it opens with; the first if empty.
    kept
        The share kept that it opens at, 0 to 1; 5% if left out.

    Raises
    ------
    ValueError
        The run has no map or no ranking yet, a method is not in it, too many are named, or `kept` is no share.
    """
    found = list(run.ranked)
    if run.projection is None or not found:
        raise ValueError(f"run {run.key} has no map or no ranking yet; run it first")
    if len(methods) > MOST:
        raise ValueError(f"methods names {len(methods)}; a report holds at most {MOST}, so leave some out")
    known = {str(method): method for method in found}
    if unknown := next((name for name in [*methods, *filter(None, [focus])] if name not in known), None):
        raise ValueError(f"method is {unknown!r}; this run has ranked by {', '.join(known)}")
    shown = [known[name] for name in dict.fromkeys(methods)] or _first(found, focus)
    chosen = known[focus] if focus else shown[0]
    if chosen not in shown:
        raise ValueError(f"focus is {focus!r}, which is not among methods; name it there, too")
    share = KEPT if kept is None else kept
    sizes.kept_count(1, share)  # an error if it is none
    return Scene(run, tuple(shown), chosen, share or sizes.LEAST, len(found) - len(shown))


def _first(found: Sequence[Choice], focus: str) -> list[Choice]:
    """The first methods of a run, with the focus and with random, which all are compared with."""
    wanted = [method for method in found if str(method) == focus or method.name == "random"]
    others = [method for method in found if method not in wanted][: MOST - len(wanted)]
    return [method for method in found if method in wanted or method in others]
