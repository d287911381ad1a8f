"""The cleaned list: all items but what FDMat suspects and what people dropped, with corrected labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fdmat_core.runs import decisions, labels
from fdmat_core.runs.run import Run
from fdmat_core.types import FeatureTable

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
    return np.flatnonzero((decided.decision != "drop") & ~suspects)


def listed(run: Run) -> pandas.DataFrame:
    """The cleaned list of a run, by row: columns `id` (and `file` or `name`), those of `labels.columns`, `decision`.

    `attrs` says how many items are out as suspects, and how many people dropped and relabelled. Errors as of `rows`.
    """
    import pandas

    table, decided, suspects = _known(run)
    stay = np.flatnonzero((decided.decision != "drop") & ~suspects)
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


def _known(run: Run) -> tuple[FeatureTable, decisions.ByRow, np.ndarray]:
    """The training items, what people decided, and which rows (n,) bool are suspected and not decided otherwise."""
    if run.evidence_method is None:
        raise ValueError(f"run {run.key} has no fdmat among its methods; suspects are what it rejects, so add it")
    if run.tables is None or run.evidence is None:
        raise ValueError(f"run {run.key} has not ranked by {run.evidence_method} yet; run it first")
    decided = decisions.by_row(run.dataset_key or "", run.tables[0].ids)
    return run.tables[0], decided, run.evidence.rejected & ~np.isin(decided.decision, (*PINS, "drop"))
