"""Records: what a reader found in a file or folder, row by row; and the Dataset that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from fdmat_core.reading import labels as reading_labels
from fdmat_core.reading import splits
from fdmat_core.reading.places import EXAMPLES, listed
from fdmat_core.types import Dataset, Finding

#: What is done with rows that have no label where others have one.
Unlabelled = Literal["drop", "class"]
#: The class of rows without a label, where they are kept as one.
NO_LABEL = "no label"


@dataclass(frozen=True)
class Records:
    """What was read: columns of n rows, each None if the data do not say."""

    name: str
    n: int
    where: Callable[[int], str]  # where a row stands, in words: "row 5 of data.csv"
    labels: Any = None  # (n,) words or numbers, or (n, c) one-hot
    classes: tuple[str, ...] = ()  # the names of classes, if labels are positions in them
    label_name: str = "label"
    ids: np.ndarray | None = None  # (n,) words or numbers
    splits: np.ndarray | None = None  # (n,) names
    features: np.ndarray | None = None  # (n, d)
    logits: np.ndarray | None = None  # (n, c)
    images: Callable[[np.ndarray], np.ndarray] | None = None  # rows (m,) -> uint8 (m, height, width, channels)
    fields: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    findings: tuple[Finding, ...] = ()
    lost: np.ndarray | None = None  # (n,) bool: rows that cannot be used; why stands in `findings`


def assemble(
    records: Records,
    key: str,
    *,
    test_share: float,
    seed: int,
    unlabelled: Unlabelled = "drop",
    validation: splits.Validation = "auto",
) -> Dataset:
    """The dataset that records make: labels numbered, ids distinct, rows divided, all decisions written down.

    Parameters
    ----------
    key
        Names the content and the settings; decisions are kept under it.
    test_share
        Share of every class held out if the data have no test items.
    seed
        Which items are held out.
    unlabelled
        What is done with rows without a label, where others have one.
    validation
        What validation items are for.
    """
    found = reading_labels.read(records.labels, records.n, name=records.label_name, classes=records.classes)
    if not records.classes:
        found = _of_usable_rows(found, records.lost)
    numbers, classes, lost, remarks = _without_labels(records, found, unlabelled)
    ids, fields, more = _ids(records)
    rows = np.flatnonzero(~lost)
    if len(rows) < 2:
        raise ValueError(f"{records.name} has {len(rows)} usable items; give at least two")
    names = None if records.splits is None else records.splits[rows]
    train, test, divided = splits.divide(names, numbers[rows], share=test_share, seed=seed, validation=validation)
    used = rows[train | test]
    return Dataset(
        name=records.name,
        ids=ids[used],
        labels=numbers[used],
        classes=classes,
        splits={"train": ids[rows[train]], "test": ids[rows[test]]},
        key=key,
        images=None if records.images is None else _by_id(ids, records.images),
        features=None if records.features is None else records.features[used],
        logits=_logits(records, len(classes), used),
        fields={name: column[used] for name, column in fields.items()},
        findings=(*records.findings, *found.findings, *remarks, *more, *divided),
    )


def _of_usable_rows(found: reading_labels.Labels, lost: np.ndarray | None) -> reading_labels.Labels:
    """The labels without classes of which no row can be used."""
    if lost is None or lost.all():
        return found
    there = np.unique(found.numbers[~lost & (found.numbers >= 0)])
    numbers = np.searchsorted(there, found.numbers).clip(max=len(there) - 1)
    numbers[~np.isin(found.numbers, there)] = -1
    return found._replace(numbers=numbers, classes=tuple(found.classes[label] for label in there))


def _without_labels(
    records: Records, found: reading_labels.Labels, unlabelled: Unlabelled
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray, list[Finding]]:
    """Class numbers, class names, the rows (n,) bool that cannot be used, and what was decided about missing labels."""
    lost = np.zeros(records.n, dtype=bool) if records.lost is None else np.array(records.lost)
    missing = np.flatnonzero((found.numbers < 0) & ~lost)
    if not len(missing):
        return found.numbers, found.classes, lost, []
    text = f"{len(missing):,} of {records.n:,} rows have no {records.label_name}"
    places = tuple(records.where(int(row)) for row in missing[:EXAMPLES])
    if unlabelled == "class":
        numbers = np.where(found.numbers < 0, len(found.classes), found.numbers)
        finding = Finding(text, f"a class of their own, “{NO_LABEL}”", "unlabelled=drop", places)
        return numbers, (*found.classes, NO_LABEL), lost, [finding]
    return (
        found.numbers,
        found.classes,
        lost | (found.numbers < 0),
        [Finding(text, "left out", "unlabelled=class", places)],
    )


def _ids(records: Records) -> tuple[np.ndarray, Mapping[str, np.ndarray], list[Finding]]:
    """Whole numbers (n,) that name the rows; ids that are no such numbers become a field, and the rows are numbered."""
    given = records.ids
    if given is None:
        return np.arange(records.n), records.fields, []
    values, first, counts = np.unique(given.astype(str), return_index=True, return_counts=True)
    if len(values) < len(given):
        twice = int(np.argmax(counts > 1))
        raise ValueError(
            f"id {values[twice]} occurs more than once, first in {records.where(int(first[twice]))}; "
            "every item, train or test, needs its own"
        )
    if given.dtype.kind == "f" and np.isfinite(given).all() and (given == np.floor(given)).all():
        given = given.astype(np.int64) if (np.abs(given) < 2**53).all() else given
    if given.dtype.kind in "iu" and (given.dtype.kind == "i" or given.max() < 2**63):
        return given.astype(np.int64), records.fields, []
    finding = Finding(
        f"ids are no whole numbers below 2^63 ({listed(given[:EXAMPLES])})", "rows are numbered; ids are a field, “id”"
    )
    return np.arange(records.n), {"id": given.astype(str)} | dict(records.fields), [finding]


def _by_id(ids: np.ndarray, images: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """A function from ids to images, from one that goes by rows."""
    order = np.argsort(ids, kind="stable")
    ascending = ids[order]

    def get(wanted: np.ndarray) -> np.ndarray:
        place = np.searchsorted(ascending, wanted).clip(max=len(ids) - 1)
        unknown = np.asarray(wanted)[ascending[place] != wanted]
        if len(unknown):
            raise ValueError(f"there is no image with id {unknown[0]}; ids run from {ascending[0]} to {ascending[-1]}")
        return images(order[place])

    return get


def _logits(records: Records, c: int, used: np.ndarray) -> np.ndarray | None:
    if records.logits is None:
        return None
    if records.logits.shape != (records.n, c):
        raise ValueError(
            f"logits has shape {records.logits.shape}; give ({records.n}, {c}), one for each row and class"
        )
    if not np.isfinite(records.logits).all():
        row = int((~np.isfinite(records.logits)).any(axis=1).argmax())
        raise ValueError(f"logits is not finite in {records.where(row)}; repair or leave out the column")
    return records.logits[used].astype(np.float32)


def noted(records: Records, *findings: Finding) -> Records:
    """The records with more findings."""
    return replace(records, findings=(*records.findings, *findings))
