"""No corruption."""

from __future__ import annotations

from fdmat_core.registry import corruption
from fdmat_core.types import Dataset


@corruption("none", title="None")
def none(dataset: Dataset) -> Dataset:
    """Leave the data as it is."""
    return dataset
