"""Records: what a reader found in a file or folder, row by row; and the Dataset that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from fdmat_core.formats import counted, some
from fdmat_core.reading import labels as reading_labels
from fdmat_core.reading.columns import texts
from fdmat_core.reading.places import EXAMPLES, listed, short
from fdmat_core.reading.splits import Validation, divide
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
    names: bool = False  # labels are names, such as those of folders, whatever they look like
    typed: bool = True  # what holds the labels tells words from numbers, unlike a text file
    ids: np.ndarray | None = None  # (n,) words or numbers
    splits: np.ndarray | None = None  # (n,) names
    features: np.ndarray | None = None  # (n, d)
    columns: tuple[str, ...] = ()  # the names of the features, where they have any
    units: np.ndarray | None = None  # (2, d) as in `Dataset`
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
    validation: Validation = "auto",
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
    found = reading_labels.read(
        records.labels,
        records.n,
        name=records.label_name,
        classes=records.classes,
        names=records.names,
        typed=records.typed,
    )
    if not records.classes:
        found = _of_usable_rows(found, records.lost)
    numbers, classes, lost, remarks = _without_labels(records, found, unlabelled)
    ids, fields, more = _ids(records)
    rows = np.flatnonzero(~lost)
    if len(rows) < 2:
        why = "; ".join(one.text for one in (*records.findings, *remarks) if " of " in one.text)
        raise ValueError(
            f"{short(records.name)} has {counted(len(rows), 'usable item', 'usable items')}"
            f"{f' ({short(why, 200)})' if why else ''}; "
            "give at least two"
        )
    names = None if records.splits is None else records.splits[rows]
    train, test, divided = divide(
        names,
        numbers[rows],
        share=test_share,
        seed=seed,
        validation=validation,
        where=lambda row: records.where(int(rows[row])),
    )
    used = rows[train | test]
    logits, unused = _logits(records, len(classes), used)
    return Dataset(
        name=records.name,
        ids=ids[used],
        labels=numbers[used],
        classes=classes,
        splits={"train": ids[rows[train]], "test": ids[rows[test]]},
        key=key,
        images=None if records.images is None else by_id(ids, records.images),
        features=records.features if records.features is None or len(used) == records.n else records.features[used],
        columns=records.columns,
        units=records.units,
        logits=logits,
        fields={name: column[used] for name, column in fields.items()},
        findings=(*records.findings, *found.findings, *remarks, *more, *divided, *unused),
    )


def _of_usable_rows(found: reading_labels.Labels, lost: np.ndarray | None) -> reading_labels.Labels:
    """The labels without classes of which no row can be used."""
    if lost is None or lost.all():
        return found
    there = np.unique(found.numbers[~lost & (found.numbers >= 0)])
    if not len(there):
        return found
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
    text = f"{some(len(missing), records.n, 'rows')} no {records.label_name}"
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
    if records.ids is None:
        return np.arange(records.n), records.fields, []
    given = records.ids[:, 0] if records.ids.ndim == 2 and records.ids.shape[1] == 1 else records.ids
    if given.shape != (records.n,):
        raise ValueError(f"ids has shape {given.shape}; give ({records.n},), one for each row")
    if given.dtype.kind not in "iuf":
        given = _as_whole(given)
    elif given.dtype.kind == "f" and (np.abs(given) < 2**53).all() and (given == np.floor(given)).all():
        given = given.astype(np.int64)
    missing = _none(given)
    _require_distinct(given, missing, records.where)
    if given.dtype.kind in "iu" and (given.dtype.kind == "i" or given.max() < 2**63):
        return given.astype(np.int64), records.fields, []
    words = texts(["" if gap else value for value, gap in zip(given.tolist(), missing, strict=True)])
    text = f"ids are no whole numbers below 2^63 ({listed(words[:EXAMPLES])})"
    if missing.any():
        text = f"{some(int(missing.sum()), records.n, 'rows')} no id"
    finding = Finding(text, "rows are numbered; ids are a field, “id”")
    return np.arange(records.n), {"id": words} | dict(records.fields), [finding]


def _as_whole(given: np.ndarray) -> np.ndarray:
    """Ids as whole numbers if all of them are written like ones; otherwise as objects."""
    words = [value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in given.tolist()]
    if words and all(isinstance(word, str) and reading_labels.WHOLE.fullmatch(word) for word in words):
        return np.array([int(word.partition(".")[0]) for word in words], dtype=np.int64)
    whole = words and all(isinstance(word, int) and not isinstance(word, bool) and abs(word) < 2**63 for word in words)
    return np.array(words, dtype=np.int64 if whole else object)


def _none(given: np.ndarray) -> np.ndarray:
    """Which ids (n,) bool are missing."""
    if given.dtype.kind == "f":
        return np.isnan(given)
    if given.dtype.kind != "O":
        return np.zeros(len(given), dtype=bool)
    return np.array([value is None or str(value) in ("", "nan", "<NA>", "NaT") for value in given.tolist()], dtype=bool)


def _require_distinct(given: np.ndarray, missing: np.ndarray, where: Callable[[int], str]) -> None:
    seen: dict[Any, int] = {}
    values = given.tolist() if given.dtype.kind in "iuf" else [str(value) for value in given.tolist()]
    if len(set(values)) == len(values):
        return
    for row, value in enumerate(values):
        first = row if missing[row] else seen.setdefault(value, row)
        if first != row:
            raise ValueError(
                f"id {short(str(value), 40)} occurs more than once, in {where(first)} and {where(row)}; "
                "every item, train or test, needs its own"
            )


def by_id(ids: np.ndarray, images: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
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


def _logits(records: Records, c: int, used: np.ndarray) -> tuple[np.ndarray | None, list[Finding]]:
    """The logits (m, c) of the rows used; without classes to tell apart nothing reads them, which is said."""
    given = records.logits
    if given is None:
        return None, []
    if c < 2:
        return None, [Finding("there are logits, but no labels that tell classes apart", "the logits are not used")]
    if given.dtype.kind not in "iuf":
        raise ValueError(f"logits holds {given.dtype}, which are no numbers; give ({records.n}, {c}) numbers")
    if given.shape != (records.n, c):
        raise ValueError(f"logits has shape {given.shape}; give ({records.n}, {c}), one for each row and class")
    with np.errstate(over="ignore"):
        found = given[used].astype(np.float32)
    if not np.isfinite(found).all():
        row = int(used[(~np.isfinite(found)).any(axis=1).argmax()])
        raise ValueError(f"logits is not finite in {records.where(row)}; repair or leave out the column")
    return found, []
