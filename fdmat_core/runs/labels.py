"""Which label to train with: the one given, the one that people corrected it to, and the final one of both."""

from __future__ import annotations

import numpy as np

from fdmat_core.analysis import issues
from fdmat_core.types import FeatureTable

#: Where nobody corrected a label, and where there are no labels.
NONE = -1
#: The columns of every exported table, and those of `.npy` files, in which labels are positions in the classes.
COLUMNS = ("given_label", "corrected_label", "final_label", "target")
NUMBERS = ("given", "corrected", "final")


def columns(table: FeatureTable, corrected: np.ndarray) -> dict[str, np.ndarray]:
    """The labels (n,) of all rows of a table, by the names of `COLUMNS`.

    `target` is the place of the final label among the classes, from 0, or -1 without labels; the others are names of
    classes, and `corrected_label` is empty where nobody corrected.

    Parameters
    ----------
    corrected
        (n,) The names of the classes that people gave, or "".
    """
    given = issues.class_names(table)[table.labels]
    final = np.where(corrected == "", given, corrected)
    return dict(zip(COLUMNS, (given, corrected, final, targets(table, corrected)), strict=True))


def targets(table: FeatureTable, corrected: np.ndarray) -> np.ndarray:
    """The places (n,) of the final labels among the classes; -1 without labels."""
    if not table.labelled:
        return np.full(table.n, NONE, dtype=np.int64)
    return np.where(corrected == "", table.labels, _places(corrected, table.classes))


def numbers(ids: np.ndarray, given: np.ndarray, corrected: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Items with their labels as numbers: records (k,) of `id, given, corrected, final`, -1 where there is none.

    Parameters
    ----------
    given, corrected
        (k,) Names of classes, or "".
    """
    records = np.empty(len(ids), dtype=[("id", np.int64), *((name, np.int64) for name in NUMBERS)])
    records["id"], records["given"] = ids, _places(given, classes)
    records["corrected"] = _places(corrected, classes)
    records["final"] = np.where(records["corrected"] == NONE, records["given"], records["corrected"])
    return records


def _places(names: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Where names (n,) stand among the classes; -1 for those that are none."""
    place = {name: number for number, name in enumerate(classes)}
    return np.array([place.get(name, NONE) for name in names.tolist()], dtype=np.int64)
