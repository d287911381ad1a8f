"""Arrays: features and labels from a file of your own, .npz or .csv."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Annotated

import numpy as np

from fdmat_core.datasets import Seed, hold_out
from fdmat_core.registry import Range, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset

#: What an .npz may hold.
REQUIRED, OPTIONAL = ("features", "labels"), ("ids", "test_features", "test_labels", "test_ids")


@dataset(
    "arrays",
    title="Your own features (.npz, .csv)",
    licence="yours",
    source="a file on this machine",
    images=False,
)
def arrays(
    *, path: str = "", label: str = "label", test_share: Annotated[float, Range(0.01, 0.5)] = 0.2, seed: Seed = 0
) -> Dataset:
    """Load features and labels from an .npz file, or from a .csv file with one line per item.

    An .npz file holds `features` (n, d) and `labels` (n,), and may hold `ids` (n,), `test_features`, `test_labels` and
    `test_ids`. In a .csv file the label column is named below, a column `id` numbers the items, and every other column
    is a feature. Labels may be numbers or words. Without test items a share of every class is held out.

    Parameters
    ----------
    path
        The file, on the machine that this program runs on.
    label
        Name of the label column of a .csv file.
    test_share
        Share of every class held out if the file has no test items.
    seed
        Which items are held out.
    """
    file = _existing(path)
    found = _read_csv(file, label) if file.suffix.lower() == ".csv" else _read_npz(file)
    _check(found)
    words = [found["labels"], *([found["test_labels"]] if "test_labels" in found else [])]
    classes, numbers = np.unique(np.concatenate(words), return_inverse=True)
    train = _split(found, numbers, test_share, seed)
    ids = _ids(found)
    return Dataset(
        name=file.stem,
        ids=ids,
        labels=numbers.astype(np.int64),
        classes=tuple(map(str, classes.tolist())),
        splits={"train": ids[train], "test": ids[~train]},
        key=provenance.data("arrays", 1, content=_digest(file), label=label, test_share=test_share, seed=seed),
        features=np.concatenate([found[name] for name in ("features", "test_features") if name in found]),
    )


def _existing(path: str) -> Path:
    file = Path(path).expanduser()
    if not path or not file.is_file():
        raise ValueError(f"path is {path!r}, which is no file; give the path of an .npz or .csv file")
    return file


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_npz(file: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(file, allow_pickle=False) as stored:
            found = {name: stored[name] for name in stored.files}
    except (ValueError, OSError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{file} is no .npz file of plain arrays ({error}); write it with np.savez") from error
    unknown = sorted(set(found) - set(REQUIRED) - set(OPTIONAL))
    missing = [name for name in REQUIRED if name not in found]
    if unknown or missing:
        raise ValueError(
            f"{file.name} holds {', '.join(sorted(found)) or 'nothing'}; it must hold {' and '.join(REQUIRED)}, "
            f"and may hold {', '.join(OPTIONAL)}"
        )
    return found


def _read_csv(file: Path, label: str) -> dict[str, np.ndarray]:
    import pandas

    try:
        frame = pandas.read_csv(file)
    except (ValueError, OSError) as error:
        raise ValueError(f"{file} cannot be read as .csv ({error}); save one line per item, with a header") from error
    if label not in frame:
        raise ValueError(f"label is {label!r}, but {file.name} has no such column; it has {', '.join(frame.columns)}")
    labels = frame.pop(label)
    if labels.isna().any():
        raise ValueError(f"{label} is empty in row {int(labels.isna().argmax())}; give every item a label")
    found = {"labels": labels.to_numpy(str if labels.dtype.kind == "O" else None)}
    if "id" in frame:
        found["ids"] = frame.pop("id").to_numpy()
    return found | {"features": frame.to_numpy()}


def _check(found: dict[str, np.ndarray]) -> None:
    """Refuse arrays that are not what they are called, and bring them to their types."""
    for prefix in ("", "test_"):
        if f"{prefix}features" in found or f"{prefix}labels" in found:
            _check_split(found, prefix)
    if "test_features" in found and found["test_features"].shape[1] != found["features"].shape[1]:
        raise ValueError(
            f"test_features is {found['test_features'].shape[1]} wide, features {found['features'].shape[1]}; "
            "give both the same columns"
        )


def _check_split(found: dict[str, np.ndarray], prefix: str) -> None:
    names = [f"{prefix}{name}" for name in ("features", "labels", "ids")]
    for name in names[:2]:
        if name not in found:
            raise ValueError(f"{name} is missing; test items need both test_features and test_labels")
    found[names[0]] = _numbers(found[names[0]], names[0])
    n = len(found[names[0]])
    for name in names[1:]:
        if name in found and found[name].shape != (n,):
            raise ValueError(f"{name} has shape {found[name].shape}; give ({n},), one for each row of {names[0]}")
    if found[names[1]].dtype.kind not in "iubUS":
        found[names[1]] = _whole(found[names[1]], names[1])
    if names[2] in found:
        found[names[2]] = _whole(found[names[2]], names[2])


def _numbers(features: np.ndarray, name: str) -> np.ndarray:
    """Features as float32 (n, d), all finite."""
    if features.ndim != 2 or 0 in features.shape:
        raise ValueError(f"{name} has shape {features.shape}; give (n, d), at least one row and one column")
    try:
        numbers = features.astype(np.float32)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} holds values that are no numbers ({error}); leave such columns out") from error
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        raise ValueError(
            f"{name} is not finite at row {bad[0][0]}, column {bad[0][1]} ({len(bad)} such values); "
            "remove these rows or fill them in"
        )
    return numbers


def _whole(values: np.ndarray, name: str) -> np.ndarray:
    """Values as whole numbers (n,)."""
    if values.dtype.kind not in "iuf" or not np.all(np.isfinite(values)) or np.any(values != np.floor(values)):
        raise ValueError(f"{name} of type {values.dtype} are not all whole numbers; give whole numbers")
    return values.astype(np.int64)


def _ids(found: dict[str, np.ndarray]) -> np.ndarray:
    """The ids of all items, test after train; numbers that are not given go on from the largest."""
    ids = found["ids"] if "ids" in found else np.arange(len(found["labels"]))
    if "test_labels" in found:
        following = ids.max() + 1 + np.arange(len(found["test_labels"]))
        ids = np.concatenate([ids, found["test_ids"]] if "test_ids" in found else [ids, following])
    values, counts = np.unique(ids, return_counts=True)
    if len(values) < len(ids):
        raise ValueError(f"id {values[counts > 1][0]} occurs more than once; every item, train or test, needs its own")
    return ids


def _split(found: dict[str, np.ndarray], labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Which items (n,) are for training."""
    if "test_labels" in found:
        return np.arange(len(labels)) < len(found["labels"])
    return ~hold_out(labels, share, seed)
