"""What people decided is clean: the cleaned list, and how far selections are from the clean part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import curves, registry
from fdmat_core.measures import Measure
from fdmat_core.runs import decisions, labels
from fdmat_core.runs.run import Run
from fdmat_core.runs.settings import TO_CLEAN
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset, FeatureTable, Truth

if TYPE_CHECKING:
    import pandas

#: The decisions that keep an item whatever a method says: a relabelled one is kept with its new label.
PINS = ("keep", "relabel")


def rows(run: Run) -> np.ndarray:
    """The rows (m,) of a run's training items that are on its cleaned list; no share kept counts.

    A suspect stays if people keep it or give it another label.

    Raises
    ------
    ValueError
        FDMat is not among the methods of the run, or has not ranked yet.
    """
    _, decided, suspects = _known(run)
    return _staying(decided, suspects)


def listed(run: Run) -> pandas.DataFrame:
    """The cleaned list of a run, by row: columns `id` (and `file` or `name`), those of `labels.columns`, `decision`.

    `attrs` says how many items are out as suspects, and how many people dropped and relabelled. Errors as of `rows`.
    """
    import pandas

    table, decided, suspects = _known(run)
    stay = _staying(decided, suspects)
    found = pandas.DataFrame(
        {
            "id": table.ids[stay],
            **run.called(table.ids[stay]),
            **{name: column[stay] for name, column in labels.columns(table, decided.label).items()},
            "decision": decided.decision[stay],
        }
    )
    found.attrs = {"run": run.key, "method": str(run.evidence_method), "kept": len(stay), "of": table.n}
    found.attrs |= {"classes": list(table.classes) if table.labelled else [], "suspects_out": int(suspects.sum())}
    found.attrs |= {kind: int((decided.decision == kind).sum()) for kind in ("drop", "relabel")}
    return found


def undecided(run: Run) -> int:
    """How many training items FDMat suspects about which nobody decided; 0 until it has ranked."""
    return int(_known(run)[2].sum()) if run.evidence is not None else 0


#: Distances that are also known to the clean part, up to this many items while somebody waits.
MOST_AT_ONCE = 20_000


def distance(run: Run, train: Dataset) -> tuple[Choice, Measure] | None:
    """The run's first distance to its clean part, as people decided what is wrong: the choice, and the measure.

    What people drop or relabel is no part of the target. None where the damage is known anyway (then the run measures
    it), where nobody called anything wrong, and above `MOST_AT_ONCE` items.

    Parameters
    ----------
    train
        The run's training items.
    """
    tables, named = run.tables, (f"{one.name}_to_clean" for one in run.measures("distance"))
    name = next((name for name in named if name in TO_CLEAN), None)
    if name is None or tables is None or tables[0].n > MOST_AT_ONCE:
        return None
    table = tables[0]
    wrong = np.isin(decisions.by_row(run.dataset_key or "", table.ids).decision, ("drop", "relabel"))
    if train.truth is not None or not 0 < wrong.sum() < table.n:
        return None
    rows = train.rows_of(table.ids)
    mislabelled, outlier = np.zeros((2, len(train.ids)), dtype=bool)
    mislabelled[rows] = wrong
    told = replace(train, truth=Truth(train.labels, mislabelled, outlier))
    return Choice(name), registry.measures.get(name)(curves.space(table), dataset=told, seed=0)


def _staying(decided: decisions.ByRow, suspects: np.ndarray) -> np.ndarray:
    """The rows (m,) that are neither dropped nor suspected (n,) bool."""
    return np.flatnonzero((decided.decision != "drop") & ~suspects)


def _known(run: Run) -> tuple[FeatureTable, decisions.ByRow, np.ndarray]:
    """The training items, what people decided, and which rows (n,) bool are suspected and not decided otherwise."""
    if run.evidence_method is None:
        raise ValueError(f"run {run.key} has no fdmat among its methods; suspects are what it rejects, so add it")
    if run.tables is None or run.evidence is None:
        raise ValueError(f"run {run.key} has not ranked by {run.evidence_method} yet; run it first")
    decided = decisions.by_row(run.dataset_key or "", run.tables[0].ids)
    return run.tables[0], decided, run.evidence.rejected & ~np.isin(decided.decision, (*PINS, "drop"))
