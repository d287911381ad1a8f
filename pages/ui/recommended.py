"""The share that is recommended for training networks."""

from __future__ import annotations

from fdmat_core.analysis import recommendation
from fdmat_core.runs.run import Run
from pages.shell import caches


def share(run: Run) -> float | None:
    """The share kept that is recommended; None while not all sizes are measured, or where there is no rule."""
    measures = run.measures("accuracy")
    if not recommendation.applies(measures):
        return None
    return recommendation.of_summary(caches.by_size(run, str(measures[0])), run.planned)
