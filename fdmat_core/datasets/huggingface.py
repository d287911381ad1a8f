"""Hugging Face: a dataset that `save_to_disk` has written, or Parquet files as the hub keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fdmat_core.datasets import Seed, Side, TestShare
from fdmat_core.reading import archives, columns, images, labels, parts_on_disk, places, sources
from fdmat_core.reading.columns import Missing
from fdmat_core.reading.parts_on_disk import Part
from fdmat_core.reading.places import listed, short
from fdmat_core.reading.records import Records, Unlabelled, assemble
from fdmat_core.reading.splits import Validation
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset, Finding

if TYPE_CHECKING:
    import pandas
    import pyarrow

#: Columns of text that a card shows, in lower case.
TEXT = ("text", "sentence", "caption", "content", "review", "document")


class Whole(NamedTuple):
    """All parts in a row: the table, the types of the first, and where each starts (parts + 1,)."""

    parts: list[Part]
    frame: pandas.DataFrame
    starts: np.ndarray
    findings: list[Finding]

    def at(self, row: int) -> tuple[Part, int]:
        """The part that a row is in, and its place there."""
        part = int(np.searchsorted(self.starts, row, side="right")) - 1
        return self.parts[part], int(row - self.starts[part])

    def where(self, row: int) -> str:
        """Where a row stands, in words."""
        part, place = self.at(row)
        return f"row {place:,} of {short(part.name)}"


def _recognises(path: Path) -> Claim | None:
    if parts_on_disk.is_saved(path):
        return Claim("a dataset that Hugging Face's save_to_disk has written", 0.95)
    if path.is_file():
        types = parts_on_disk.types_of(path) if path.suffix.lower() == ".parquet" else {}
        return Claim(f"{short(path.name)}, as Hugging Face writes Parquet", 0.95) if types else None
    files = list(places.walk(path, path, []))
    parquet = [file for file in files if file.suffix.lower() == ".parquet"]
    if not parquet or any(file.suffix.lower() in images.ENDINGS for file in files):
        return None
    return Claim(f"{len(parquet):,} Parquet files, as Hugging Face's hub keeps them", 0.9)


@dataset(
    "huggingface",
    title="Your own Hugging Face dataset (save_to_disk, or a folder of .parquet)",
    licence="yours",
    source="a folder on this machine",
    recognises=_recognises,
)
def huggingface(  # noqa: PLR0913  what people may set
    *,
    path: str = "",
    label: str = "",
    size: Side = 64,
    test_share: TestShare = 0.2,
    seed: Seed = 0,
    missing: Missing = "drop",
    unlabelled: Unlabelled = "drop",
    validation: Validation = "auto",
) -> Dataset:
    """Read a dataset that Hugging Face's `datasets` has saved, or Parquet files; nothing is fetched or executed.

    A column of images is shown and read when it is needed; without one, a column of vectors or the columns of numbers
    are features. A column of class labels names the classes; other columns are shown with the items. Names of splits
    or files say train, validation and test.

    Parameters
    ----------
    path
        The folder that was saved, the folder of Parquet files, or one of these, on the machine of this program.
    label
        Name of the label column; by default the one of class labels, or one with a usual name; `none`: no labels.
    size
        Side of the images in pixels.
    test_share
        Share of every class held out if the names say nothing.
    seed
        Which items are held out.
    missing
        Rows with features that are missing or not finite: left out, filled with the column's mean, or refused.
    unlabelled
        Rows without a label where others have one: left out, or a class of their own.
    validation
        What validation items are for; `auto`: for testing if there are no test items, otherwise left out.
    """
    root = archives.inside(places.existing(path))
    parts = parts_on_disk.of_saved(root) if parts_on_disk.is_saved(root) else parts_on_disk.of_parquet(root)
    base = root if root.is_dir() else root.parent
    whole = _whole(parts)
    files = [file for file in places.walk(base, base, []) if root.is_dir() or file == root]
    content = provenance.data("huggingface", 1, files=places.marks(base, files))
    role = _roles(whole, label)
    values, classes = _labels(whole, role["label"])
    others = {name: whole.frame[name] for name in whole.frame.columns if name not in role.values()}
    unnamed = columns.no_labels(role["label"], label, others)
    if parts[0].image:
        facts, used, findings = _images(whole, base, size, content)
    else:
        facts, used, findings = _features(whole.frame, role, missing, whole.where)
    records = Records(
        name=root.stem,
        n=len(whole.frame),
        where=whole.where,
        labels=values,
        classes=classes,
        label_name=role["label"] or "label",
        ids=None if role["id"] is None else whole.frame[role["id"]].to_numpy(),
        splits=_splits(whole, role["split"]),
        fields=_shown(whole.frame, {*role.values(), *used}),
        findings=(*whole.findings, *unnamed, *findings),
        **facts,
    )
    settings = [label, size, test_share, seed, missing, unlabelled, validation]
    key = provenance.data("huggingface", 1, content=content, settings=settings)
    return assemble(records, key, test_share=test_share, seed=seed, unlabelled=unlabelled, validation=validation)


def _whole(parts: list[Part]) -> Whole:
    """All parts in one table, and the columns that cannot be used."""
    import pandas

    first = parts[0]
    for part in parts:
        if (set(part.table.column_names), part.image) != (set(first.table.column_names), first.image):
            raise ValueError(
                f"{short(part.name)} has the columns {listed(part.table.column_names)}, {short(first.name)} "
                f"{listed(first.table.column_names)}; give parts with the same columns"
            )
    usable = [field.name for field in first.table.schema if _plain(field.type)]
    others = [name for name in first.table.column_names if name not in usable]
    findings = [Finding(f"columns {listed(others)} hold neither words nor numbers", "passed over")] if others else []
    frame = pandas.concat([part.table.select(usable).to_pandas() for part in parts], ignore_index=True)
    starts = np.cumsum([0, *(part.table.num_rows for part in parts)])
    if not len(frame) and not starts[-1]:
        raise ValueError(f"{short(first.name)} has no rows; give a dataset that holds items")
    return Whole(parts, frame.reindex(range(int(starts[-1]))), starts, findings)


def _plain(kind: pyarrow.DataType) -> bool:
    """Whether a column holds words or numbers, or a row of numbers in every cell."""
    from pyarrow import types as kinds

    if kinds.is_dictionary(kind):
        return _plain(kind.value_type)
    if kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        kind = kind.value_type
        return kinds.is_integer(kind) or kinds.is_floating(kind)
    words = kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_boolean(kind)
    return words or kinds.is_integer(kind) or kinds.is_floating(kind)


def _roles(whole: Whole, label: str) -> dict[str, str | None]:
    """The columns that hold labels, splits and ids."""
    frame, types = whole.frame, whole.parts[0].types
    named = [name for name in frame.columns if types.get(name, {}).get("_type") == "ClassLabel"]
    usual = columns.find(frame.columns, "label", label)
    chosen = usual if label or usual in named or not named else named[0]
    return {"label": chosen, "split": columns.find(frame.columns, "split"), "id": columns.find(frame.columns, "id")}


def _labels(whole: Whole, name: str | None) -> tuple[Any, tuple[str, ...]]:
    """The labels (n,), as positions in names of classes if the parts name them."""
    if name is None:
        return None, ()
    column = whole.frame[name]
    names = [part.types.get(name, {}).get("names") for part in whole.parts]
    if all(isinstance(one, list) for one in names) and columns.is_numbers(column):
        pairs = zip(whole.starts[:-1], whole.starts[1:], names, strict=True)
        values = column.fillna(-1).to_numpy(dtype=np.int64)
        return labels.joined([(values[start:stop], one) for start, stop, one in pairs], name)
    return (list(column) if columns.is_rows(column) else column.to_numpy(dtype=object)), ()


def _splits(whole: Whole, column: str | None) -> np.ndarray | None:
    """The split of every row (n,), by the names of the parts or by a column."""
    of = [part.split for part in whole.parts]
    if all(of):
        return np.repeat(np.array(of, dtype=object), np.diff(whole.starts))
    if any(of):
        silent = next(part.name for part in whole.parts if part.split is None)
        raise ValueError(
            f"{short(silent)} does not say whether it is train, validation or test, as others do; rename or remove it"
        )
    return whole.frame[column].to_numpy() if column else None


def _images(whole: Whole, base: Path, size: int, content: str) -> tuple[dict[str, Any], list[str], list[Finding]]:
    """The images of all rows, no columns that they use up, and the rows that have none."""

    def source(row: int) -> images.Source:
        found, why = _source(whole, row, base)
        if why:
            raise ValueError(f"{whole.where(row)} can no longer be read ({why}); load the data again")
        return found

    def look(row: int) -> images.Seen:
        found, why = _source(whole, row, base)
        return (images.Seen(trouble=why) if why else images.look_at(found)).named(whole.where(row))

    lost, findings = sources.lost(len(whole.frame), look, {}, content=content, of="rows", side=size)
    return {"images": images.reader(source, size), "lost": lost}, [], findings


def _source(whole: Whole, row: int, base: Path) -> tuple[images.Source, str]:
    """The bytes or the file of a row's image, and why there is none."""
    part, place = whole.at(row)
    try:
        cell = part.cell(place)
    except MemoryError:
        raise
    except Exception as error:  # whatever pyarrow raises on broken files
        return b"", short(" ".join(str(error).split()), 160)
    if isinstance(cell, dict):
        cell = cell.get("bytes") or cell.get("path")
    if isinstance(cell, bytes) and cell:
        return cell, ""
    return sources.file(cell, base, links=False) if isinstance(cell, str) and cell.strip() else (b"", "no image")


def _features(
    frame: pandas.DataFrame, role: Mapping[str, str | None], missing: Missing, where: Callable[[int], str]
) -> tuple[dict[str, Any], list[str], list[Finding]]:
    """Features of all rows, the columns that they are, and what was found."""
    rest = [name for name in frame.columns if name not in role.values()]
    rows = [name for name in rest if columns.is_rows(frame[name])]
    usual = [name for name in rows if name.strip().lower() in columns.NAMES["features"]]
    used = (usual or rows)[:1] or [name for name in rest if columns.is_numbers(frame[name])]
    if not used:
        raise ValueError(
            f"there is no column of images and none of numbers, only {listed(frame.columns)}; add one of embeddings"
        )
    wide = bool(rows)
    values = columns.stacked(frame[used[0]], used[0], where) if wide else frame[used]
    titles = () if wide else used
    read = columns.in_float32(values, "the features")
    found = columns.checked(*read, "the features", missing=missing, where=where, titles=titles)
    return {"features": found.values, "columns": found.titles, "lost": found.lost}, used, list(found.findings)


def _shown(frame: pandas.DataFrame, used: set[str | None]) -> dict[str, np.ndarray]:
    """Columns that are shown with the items; the first that holds text is called "text"."""
    names = [name for name in frame.columns if name not in used and not columns.is_rows(frame[name])]
    text = next((name for name in names if name.strip().lower() in TEXT), None)
    fields = columns.fields(frame, names)
    return {"text" if name == text else name: values for name, values in fields.items()}
