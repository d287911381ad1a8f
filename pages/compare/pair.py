"""The two that are compared: two methods of a run, or of two runs on the same items, read from what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fdmat_core import registry
from fdmat_core.analysis import agreement
from fdmat_core.rankings import Rankings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable
from fdmat_core.web import columns, compare, points
from pages.shell import caches
from pages.ui import cards, thumbnails, titles
from pages.ui import fields as served
from pages.ui.thumbnails import Card

if TYPE_CHECKING:
    import pandas as pd

    from fdmat_core.projection import Projection

#: Cards of each gallery.
CARDS = 10


@dataclass(frozen=True)
class Side:
    """One of the two."""

    run: Run
    method: Choice
    table: FeatureTable
    rows: Any  # (m,) the rows of the items that both have

    @property
    def name(self) -> str:
        """What people call the method."""
        return registry.methods.title(self.method)

    @cached_property
    def rankings(self) -> Rankings:
        """The rankings of the method, of the items that both have."""
        return self.ranked[self.method]

    @cached_property
    def ranked(self) -> dict[Choice, Rankings]:
        """Those of every method of the run."""
        return {method: agreement.among(its, self.rows) for method, its in self.run.ranked.items()}

    def drawn(self, told_apart: str) -> compare.Side:
        """What the canvas gets of it, with what its run is called beside the other."""
        pictures, words = thumbnails.address(self.run), served.address(self.run)
        title = " · ".join(filter(None, (self.name, told_apart)))
        flags = columns.flags(self.table.n, caches.train(self.run).truth, self.run.evidence)[self.rows]
        told = points.Words(title, pictures=pictures, words=words)
        return compare.Side(self.rankings, told, flags)


@dataclass(frozen=True)
class Pair:
    """Two sides over the items that both have, on the map of the first."""

    a: Side
    b: Side
    projection: Projection

    @property
    def two_runs(self) -> bool:
        """Whether the sides are of two runs."""
        return self.a.run.key != self.b.run.key

    @property
    def other_features(self) -> bool:
        """Whether the sides have features of their own, so that a distance in one says nothing of one in the other.

        A network that stays as it is has the same features for all data, one that learns the data has not.
        """
        one, other = self.a.run, self.b.run
        learnt = registry.backbones.get(one.spec.backbone.name).facts.trains
        return one.spec.backbone != other.spec.backbone or (learnt and one.features_key != other.features_key)

    @property
    def n(self) -> int:
        """How many items both have."""
        return len(self.a.rows)

    @property
    def address(self) -> str:
        """Where the canvas finds what it draws; another address as soon as there is more to draw."""
        known = {"map": self.projection.kind, "evidence": int(self.a.run.evidence is not None)}
        asked = {"a": str(self.a.method), "b": str(self.b.method), "run_b": self.b.run.key if self.two_runs else ""}
        return f"payload/compare/{self.a.run.key}?{urlencode(asked | known)}"

    def packed(self) -> bytes:
        """What the canvas draws."""
        run, table = self.a.run, self.a.table
        every = points.points_of(table, self.projection.xy, caches.train(run).truth, run.evidence)
        words = titles.apart(run.spec, self.b.run.spec) if self.two_runs else ("", "")
        sides = self.a.drawn(words[0]), self.b.drawn(words[1])
        return compare.pack(every.take(self.a.rows), sides, self.projection.title, fractions=run.spec.fractions)

    @property
    def least(self) -> float:
        """The share kept at the right end of the slider."""
        return min(side.rankings.least(self.a.run.spec.fractions) for side in (self.a, self.b))

    def only(self, kept: float) -> tuple[tuple[list[Card], int], tuple[list[Card], int]]:
        """Cards of the first items that only one side keeps, best first, and how many it keeps alone; of A, then B."""
        cuts = self.a.rankings.cut(kept), self.b.rankings.cut(kept)
        return self._alone(self.a, *cuts), self._alone(self.b, *reversed(cuts))

    def _alone(self, side: Side, mine: Any, other: Any) -> tuple[list[Card], int]:
        rows = agreement.only(mine, other)
        return cards.of(side.run, side.table, side.rows[rows[:CARDS]]), len(rows)

    def curve(self) -> pd.DataFrame:
        """Agreement by share kept: see `agreement.curve`."""
        a, b = self.a.rankings, self.b.rankings
        return agreement.curve(a, b, agreement.stops(a, b, self.a.run.spec.fractions))

    def sets(self) -> tuple[Mapping[Choice, Rankings], Mapping[Choice, Rankings]]:
        """All methods of the run of A, and all of the run of B."""
        return self.a.ranked, self.b.ranked


def of(a: tuple[Run, Choice], b: tuple[Run, Choice]) -> Pair:
    """The pair of two methods that have ranked, each in its run.

    Raises
    ------
    ValueError
        The map of the first run is not made, or the two runs have no item in common.
    """
    projection, tables = a[0].projection, [run.tables for run, _ in (a, b)]
    if projection is None or tables[0] is None or tables[1] is None:
        raise ValueError(f"run {a[0].key} has no map yet; wait until it is drawn, or start the run again")
    one, other = tables[0][0], tables[1][0]
    if a[0].spec.dataset != b[0].spec.dataset:
        raise ValueError(f"run {b[0].key} is on other data than run {a[0].key}; choose a run on the same dataset")
    rows = agreement.common(one.ids, other.ids)
    if not len(rows[0]):
        raise ValueError(f"runs {a[0].key} and {b[0].key} have no item in common; choose another second run")
    return Pair(Side(*a, one, rows[0]), Side(*b, other, rows[1]), projection)
