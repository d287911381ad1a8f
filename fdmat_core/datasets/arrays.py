"""Arrays: features or small images of your own, from a table or an array file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fdmat_core.datasets import Seed, TestShare
from fdmat_core.reading import archives, blocks, cells, columns, places, tables
from fdmat_core.reading.columns import Missing, RowNumbers
from fdmat_core.reading.gathering import Table
from fdmat_core.reading.places import listed, short
from fdmat_core.reading.records import Records, Unlabelled, assemble
from fdmat_core.reading.splits import Validation
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset, Finding

if TYPE_CHECKING:
    import pandas

#: What arrays in an .npz file are called, by what they hold. With `test_` before it, an array is about test items.
ARRAYS = {
    "features": ("features", "embeddings", "embedding", "x", "data"),
    "images": ("images", "thumbnails"),
    "labels": ("labels", "label", "y", "targets", "target"),
    "ids": ("ids", "id"),
    "logits": ("logits",),
    "text": ("text", "texts"),
    "split": ("split", "splits"),
}
ENDINGS = (".npz", ".npy")
#: Columns of text that a card shows, in lower case.
TEXT = ("text", "sentence", "caption", "content", "review", "document")


def _recognises(path: Path) -> Claim | None:
    if path.is_file() and path.suffix.lower() in ENDINGS:
        return Claim(f"arrays in {short(path.name)}", 0.9)
    if path.is_file() and path.suffix.lower() in blocks.READERS:
        names = blocks.names(path)
        words = f"a table, {short(path.name)}, with {len(names):,} columns"
        return Claim(words, 0.5, label=columns.usual(names, "label") or "")
    return None


@dataset(
    "arrays",
    title="Your own features (.csv, .tsv, .parquet, .feather, .jsonl, .npz, .npy)",
    licence="yours",
    source="a file on this machine",
    images=False,
    recognises=_recognises,
)
def arrays(  # noqa: PLR0913  what people may set
    *,
    path: str = "",
    label: str = "",
    split: str = "",
    test_share: TestShare = 0.2,
    seed: Seed = 0,
    row_numbers: RowNumbers = "drop",
    missing: Missing = "drop",
    standardise: bool = False,
    unlabelled: Unlabelled = "drop",
    validation: Validation = "auto",
) -> Dataset:
    """Load features and labels from a table with one row per item, or from array files.

    In a table one column holds the label, a column `id` names the items, `split` divides them, and every other column
    of numbers is a feature, or one column holds rows of numbers; columns of words are shown with the items. Without
    any number a column `text` holds the items, for a backbone that reads text. An .npz
    file holds `features` (n, d) or `images` (n, height, width), and may hold `labels`, `ids`, `logits`, `text` and
    `split`, and the same with `test_` before it for test items. Labels may be words, numbers, one-hot rows, or missing.

    Parameters
    ----------
    path
        The file, on the machine that this program runs on.
    label
        Name of the label column; by default one with a usual name; `none`: there are no labels.
    split
        Name of the column that says train, validation or test; by default one with a usual name; `none`: there is none.
    test_share
        Share of every class held out if the file has no test items.
    seed
        Which items are held out.
    row_numbers
        Columns that only count the rows: left out, or kept as features.
    missing
        Rows with features that are missing or not finite: left out, filled with the column's mean, or refused.
    standardise
        Bring every column to mean 0 and spread 1, for columns of different units.
    unlabelled
        Rows without a label where others have one: left out, or a class of their own.
    validation
        What validation items are for; `auto`: for testing if there are no test items, otherwise left out.
    """
    file = archives.inside(places.file(path, what="a file with one row for each item"))
    if file.suffix.lower() in ENDINGS:
        records = _of_arrays(file, label, missing, standardise=standardise)
    else:
        records = _of_table(file, label, split, row_numbers, missing, standardise=standardise)
    key = provenance.data(
        "arrays",
        2,
        content=places.digest(file),
        test_share=test_share,
        seed=seed,
        settings=[label, split, row_numbers, missing, standardise, unlabelled, validation],
    )
    return assemble(records, key, test_share=test_share, seed=seed, unlabelled=unlabelled, validation=validation)


def _of_table(
    file: Path, label: str, split: str, row_numbers: RowNumbers, missing: Missing, *, standardise: bool
) -> Records:
    """The records of a table: what each column holds, and what was found on the way."""
    table = tables.read(file, [label], exact=[split])
    names, findings = _without_indexes(table, file, row_numbers, label)
    roles = {"label": columns.find(names, "label", label), "split": columns.find(names, "split", split)}
    roles["id"] = columns.find(names, "id")
    where = _where(file, lines=table.lines == table.n + 1)
    facts: dict[str, Any] = {"missing": missing, "where": where, "standardise": standardise}
    rest = [name for name in names if name not in roles.values()]
    rows = {what: _wide(table, what, rest) for what in ("features", "logits")}
    rest = [name for name in rest if name not in rows.values()]
    if rows["features"]:
        numbers, (values, rounded) = [], _stacked(table, rows["features"], where)
        found = columns.checked(values, rounded, "the features", **facts)
    else:
        numbers, remarks = _numbers(table, [name for name in rest if not columns.has_a_role(name)], where)
        findings += remarks
        found = None
        if numbers or _text_of(rest) is None:
            _require_numbers(names, numbers, file, findings)
            found = columns.checked(*table.features(numbers), "the features", titles=numbers, **facts)
    words = [name for name in rest if name not in numbers]
    findings += columns.no_labels(roles["label"], label, {name: table.column(name) for name in words})
    return Records(
        name=file.stem,
        n=table.n,
        where=where,
        labels=None if roles["label"] is None else _cells(table.column(roles["label"])),
        label_name=roles["label"] or "label",
        typed=not table.lines,
        ids=None if roles["id"] is None else table.column(roles["id"]).to_numpy(),
        splits=None if roles["split"] is None else table.column(roles["split"]).to_numpy(),
        features=None if found is None else found.values,
        columns=() if found is None else found.titles,
        units=None if found is None else found.units,
        logits=None if rows["logits"] is None else _stacked(table, rows["logits"], where)[0],
        fields=_fields(table, words),
        findings=(*findings, *(_no_features(table, words) if found else ()), *(found.findings if found else ())),
        lost=None if found is None else found.lost,
    )


def _where(file: Path, *, lines: bool = False) -> Callable[[int], str]:
    """Where a row stands: in a text file with a line for every row by its line, below the names of the columns."""
    return lambda row: f"line {row + 2:,} of {short(file.name)}" if lines else f"row {row:,} of {short(file.name)}"


def _without_indexes(table: Table, file: Path, row_numbers: RowNumbers, label: str) -> tuple[list[str], list[Finding]]:
    """The names of the columns without those that only count the rows, unless they are asked for."""
    named = {columns.find(table.names, "id"), columns.find(table.names, "label", label)}
    named.add(columns.find(table.names, "label"))
    counting = [name for name in table.names if name not in named and _counts(table, name)]
    if not counting or row_numbers == "keep" or len(counting) == len(table.names):
        return table.names, []
    finding = Finding(f"{listed(counting)} in {short(file.name)} only counts the rows", "left out", "row_numbers=keep")
    return [name for name in table.names if name not in counting], [finding]


def _counts(table: Table, name: str) -> bool:
    return name in table.counting or (name in table.frame and columns.index_like(name, table.frame[name]))


def _stacked(table: Table, name: str, where: Callable[[int], str]) -> tuple[np.ndarray, int]:
    """A column of rows of numbers as (n, d) float32; and how many of its d numbers 32 bits cannot hold."""
    if name in table.rows:
        return table.rows[name], table.rows_rounded[name]
    return columns.in_32_bits(columns.stacked(table.frame[name], name, where))


def _numbers(table: Table, names: list[str], where: Callable[[int], str]) -> tuple[list[str], list[Finding]]:
    """The columns that hold numbers, among them words that are numbers after all; and what was found."""
    numbers, findings = list[str](), list[Finding]()
    for name in names:
        if table.is_numbers(name):
            numbers.append(name)
            if name in table.frame:
                table.put(name, table.frame[name].to_numpy(dtype=np.float64, na_value=np.nan))
        elif name in table.frame and columns.is_words(table.frame[name]):
            found = cells.numbers(table.frame[name], name, where)
            findings += found.findings
            if found.values is not None:
                numbers.append(name)
                table.put(name, found.values)
    return numbers, findings


def _require_numbers(names: list[str], numbers: list[str], file: Path, findings: list[Finding]) -> None:
    if not numbers and any(finding.switch == "row_numbers=keep" for finding in findings):
        raise ValueError(f"{findings[0].text}, and there is no other column of numbers; say row_numbers=keep")
    if not numbers:
        raise ValueError(
            f"{short(file.name)} has no column of numbers (it has {listed(names, 5)}); "
            "give features as columns of numbers, or as one column with a row of numbers in each cell; "
            "texts for a backbone to read go into a column named text"
        )


def _no_features(table: Table, names: list[str]) -> list[Finding]:
    """What is said about columns that are no features."""
    rows = [name for name in names if table.is_rows(name)]
    roles = [name for name in names if columns.has_a_role(name) and name not in rows]
    numbers = [name for name in names if table.is_numbers(name) and name not in roles]
    words = [name for name in names if name not in (*rows, *roles, *numbers)]
    said = (
        (rows, "of lists", "passed over; name one of them features"),
        (roles, "with a name of labels, ids, splits or paths", "shown with the items, no features"),
        (numbers, "of numbers beside the column of features", "shown with the items, no features"),
        (words, "of words", "shown with the items, no features"),
    )
    return [Finding(f"columns {kind}: {listed(which)}", action) for which, kind, action in said if which]


def _wide(table: Table, what: str, names: list[str]) -> str | None:
    """The column that holds a row of numbers in every cell: of features or logits; or the only column of lists."""
    usual = [name for name in names if columns.has_a_role(name, what)]
    found = next((name for name in usual if table.is_rows(name) or _is_written(table, name)), None)
    if found is None and what == "features" and not any(table.is_numbers(name) for name in names):
        rows = [name for name in names if table.is_rows(name)]
        return rows[0] if len(rows) == 1 else None
    return found


def _is_written(table: Table, name: str) -> bool:
    return name in table.written or (not table.is_numbers(name) and cells.is_rows(table.frame[name]))


def _cells(column: pandas.Series[Any]) -> Any:
    """The cells of a label column: rows of numbers as lists, numbers with gaps as floats, all else as it is."""
    from pandas.api import types

    if columns.is_rows(column):
        return list(column)
    if types.is_numeric_dtype(column) and types.is_extension_array_dtype(column):
        return column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
    return column.to_numpy(dtype=object if column.dtype == object else None)


def _fields(table: Table, names: list[str]) -> dict[str, np.ndarray]:
    """Columns that are shown with the items; the one that holds text is called "text"."""
    text = _text_of(names)
    fields = {name: columns.field(table.column(name)) for name in names if not table.is_rows(name)}
    return {"text" if name == text else name: fields[name] for name in fields}


def _text_of(names: list[str]) -> str | None:
    """The column that holds text, by its name."""
    by_name = {name.strip().lower(): name for name in reversed(names)}
    return next((by_name[one] for one in TEXT if one in by_name), None)


def _of_arrays(file: Path, label: str, missing: Missing, *, standardise: bool) -> Records:
    """The records of an .npz or .npy file; rows of test items follow those of train items."""
    stored = tables.arrays(file)
    train, test = _named(stored, file, ""), _named(stored, file, "test_")
    main = "images" if "images" in train and "features" not in train else "features"
    if main not in train:
        raise ValueError(
            f"{short(file.name)} holds {listed(sorted(stored)) or 'nothing'}; it must hold features (n, d), and may "
            "hold labels, ids, logits, text, split, and test_features, test_labels, test_ids"
        )
    n, m = len(train[main]), len(test[main]) if main in test else 0
    _require_lengths(train, n, "")
    _require_lengths(test, m, "test_")
    whole = {name: _joined(name, train, test, n, m) for name in (train if not m else {**train, **test})}
    if label == columns.NONE:
        whole.pop("labels", None)
    where = _where(file)
    values = whole[main]
    facts = _of_images(values) if main == "images" else _of_features(values, missing, where, standardise=standardise)
    facts["findings"] = (*_others(stored, [train, test], file), *_empty_test(test, m), *facts.get("findings", ()))
    return Records(
        name=file.stem,
        n=n + m,
        where=where,
        labels=whole.get("labels"),
        ids=whole.get("ids"),
        splits=whole.get("split", np.repeat(["train", "test"], [n, m]) if m else None),
        logits=whole.get("logits"),
        fields={"text": columns.texts(whole["text"].tolist())} if "text" in whole else {},
        **facts,
    )


def _named(stored: dict[str, np.ndarray], file: Path, prefix: str) -> dict[str, np.ndarray]:
    """The arrays of a file by what they hold; those of test items begin with a prefix."""
    found = {}
    for what, names in ARRAYS.items():
        given = [name for name in stored if name.lower() in [prefix + one for one in names]]
        if len(given) > 1:
            raise ValueError(f"{short(file.name)} holds {listed(given)}, which are both {what}; leave one out")
        if given:
            found[what] = stored[given[0]]
            if found[what].ndim == 0:
                raise ValueError(f"{given[0]} is a single value; give an array with one row for each item")
    return found


def _others(stored: dict[str, np.ndarray], used: list[dict[str, np.ndarray]], file: Path) -> list[Finding]:
    """What a file holds besides, which is not read."""
    taken = [id(array) for arrays in used for array in arrays.values()]
    names = [name for name, array in stored.items() if id(array) not in taken]
    return [Finding(f"{short(file.name)} also holds {listed(names)}", "passed over")] if names else []


def _empty_test(test: dict[str, np.ndarray], m: int) -> list[Finding]:
    return (
        [Finding("the arrays of test items are empty", "a share of every class is held out")] if test and not m else []
    )


def _require_lengths(given: dict[str, np.ndarray], n: int, prefix: str) -> None:
    for name, array in given.items():
        if len(array) != n:
            raise ValueError(
                f"{prefix}{name} has {len(array):,} rows, {prefix}features {n:,}; give one row for each item"
            )


def _joined(name: str, train: dict[str, np.ndarray], test: dict[str, np.ndarray], n: int, m: int) -> np.ndarray:
    """One array of train items and test items after them; test ids that are not given go on from the largest."""
    if not m:
        return train[name]
    last = name == "ids" and "ids" in train and "ids" not in test and train["ids"].dtype.kind in "iu"
    if last and train["ids"].max() < 2**63 - 1 - m:
        return np.concatenate([train["ids"], train["ids"].max() + 1 + np.arange(m)])
    if name not in train or name not in test:
        there, absent = ("", "test_") if name in train else ("test_", "")
        raise ValueError(f"there is {there}{name} but no {absent}{name}; give both, or none")
    if train[name].shape[1:] != test[name].shape[1:]:
        raise ValueError(
            f"test_{name} is {test[name].shape[1:]} wide, {name} {train[name].shape[1:]}; give both the same columns"
        )
    kinds = {train[name].dtype.kind, test[name].dtype.kind}
    if kinds & set("mMVc") and len(kinds) > 1:
        raise ValueError(f"test_{name} holds {test[name].dtype}, {name} {train[name].dtype}; give both alike")
    if kinds == {"i", "u"} and name == "ids":  # together they would be floats, which skip whole numbers
        return np.concatenate([train[name].astype(object), test[name].astype(object)])
    return np.concatenate([train[name], test[name]])


def _of_features(
    values: np.ndarray, missing: Missing, where: Callable[[int], str], *, standardise: bool
) -> dict[str, Any]:
    if values.ndim in (3, 4) and values.dtype == np.uint8:
        return _of_images(values)
    read = columns.in_float32(values, "features")
    found = columns.checked(*read, "features", missing=missing, where=where, standardise=standardise)
    return {"features": found.values, "units": found.units, "lost": found.lost, "findings": found.findings}


def _of_images(values: np.ndarray) -> dict[str, Any]:
    """Images (n, height, width) or (n, height, width, 1 or 3) of bytes."""
    images = values[..., None] if values.ndim == 3 else values
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or images.dtype != np.uint8 or 0 in images.shape:
        raise ValueError(
            f"images has shape {values.shape} of {values.dtype}; give uint8 (n, height, width) or (n, height, width, 3)"
        )
    return {"images": lambda rows: images[rows]}
