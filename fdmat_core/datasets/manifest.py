"""Manifest: images of your own that a table lists, one row per image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core.datasets import Seed, Side, TestShare
from fdmat_core.reading import archives, columns, images, places, tables
from fdmat_core.reading.places import EXAMPLES, listed, short
from fdmat_core.reading.records import Records, Unlabelled, assemble
from fdmat_core.reading.splits import Validation
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import entries, provenance
from fdmat_core.types import Dataset, Finding

if TYPE_CHECKING:
    import pandas


def _recognises(path: Path) -> Claim | None:
    if not path.is_file() or path.suffix.lower() not in tables.READERS:
        return None
    by_name = {name.strip().lower(): name for name in tables.names(path)}
    column = next((by_name[name] for name in columns.NAMES["path"] if name in by_name), None)
    if column is None:
        return None
    label = next((by_name[name] for name in columns.NAMES["label"] if name in by_name), None)
    words = f"a list of images, {short(path.name)}, with paths in {short(column)}"
    certainty = 0.4 if any(name in by_name for name in columns.NAMES["features"]) else 0.8
    return Claim(words + (f" and labels in {short(label)}" if label else ", without labels"), certainty)


@dataset(
    "manifest",
    title="Your own list of images (.csv, .tsv, .parquet, .feather, .jsonl)",
    licence="yours",
    source="a file on this machine",
    recognises=_recognises,
)
def manifest(  # noqa: PLR0913  what people may set
    *,
    path: str = "",
    root: str = "",
    image: str = "",
    label: str = "",
    split: str = "",
    size: Side = 64,
    test_share: TestShare = 0.2,
    seed: Seed = 0,
    unlabelled: Unlabelled = "drop",
    validation: Validation = "auto",
    links: bool = False,
) -> Dataset:
    """Read images whose paths a table lists, with their labels, their splits, and any further columns.

    Paths are relative to the folder of the table, or to `root`. In a Parquet file a column may hold the images
    themselves. Further columns are shown with the items. Images become colour squares of one size.

    Parameters
    ----------
    path
        The table, on the machine that this program runs on.
    root
        The folder that paths are relative to; by default the table's.
    image
        Name of the column of paths; by default one with a usual name, such as `path`.
    label
        Name of the label column; by default one with a usual name; `none`: there are no labels.
    split
        Name of the column that says train, validation or test; by default one with a usual name; `none`: there is none.
    size
        Side of the images in pixels.
    test_share
        Share of every class held out if the table has no test items.
    seed
        Which images are held out.
    unlabelled
        Rows without a label where others have one: left out, or a class of their own.
    validation
        What validation items are for; `auto`: for testing if there are no test items, otherwise left out.
    links
        Allow paths and links that lead out of the folder.
    """
    file = archives.inside(places.file(path, what="a table with one row for each image"))
    base = places.folder(root, what="the folder that the paths are relative to") if root else file.parent
    frame = tables.read(file, [label])
    roles = {
        "path": columns.find(frame, "path", image),
        "label": columns.find(frame, "label", label),
        "split": columns.find(frame, "split", split),
        "id": columns.find(frame, "id"),
    }
    if roles["path"] is None:
        raise ValueError(f"{short(file.name)} has no column of paths; it has {listed(frame.columns)}; say image=NAME")
    sources, trouble = _sources(frame[roles["path"]], base, links=links)
    content = provenance.data("manifest", 1, file=places.digest(file), images=_marks(sources))
    lost, findings = _lost(sources, trouble, content, file)
    rest = [name for name in frame.columns if name not in roles.values() and not name.lower().startswith("unnamed: ")]
    words = {name: frame[roles[name]].to_numpy() for name in ("label", "split", "id") if roles[name] is not None}
    records = Records(
        name=file.stem,
        n=len(frame),
        where=lambda row: f"row {row:,} of {short(file.name)}",
        labels=words.get("label"),
        label_name=roles["label"] or "label",
        ids=words.get("id"),
        splits=words.get("split"),
        images=images.reader(sources.__getitem__, size),
        fields=columns.fields(frame, rest),
        findings=(*_no_labels(roles["label"], label), *findings, *_twice(sources, lost)),
        lost=lost,
    )
    settings = [label, split, size, test_share, seed, unlabelled, validation]
    key = provenance.data("manifest", 1, content=content, settings=settings)
    return assemble(records, key, test_share=test_share, seed=seed, unlabelled=unlabelled, validation=validation)


def _twice(sources: list[images.Source], lost: np.ndarray) -> list[Finding]:
    used = [source for row, source in enumerate(sources) if not lost[row] and isinstance(source, Path)]
    twice = len(used) - len(set(used))
    return (
        [Finding(f"{twice:,} rows name an image that a row above names", "taken as items of their own")]
        if twice
        else []
    )


def _no_labels(found: str | None, asked: str) -> list[Finding]:
    if found is not None or asked == columns.NONE:
        return []
    usual = ", ".join(columns.NAMES["label"])
    return [Finding(f"no column is named {usual}", "taken as data without labels", "label=NAME")]


def _sources(column: pandas.Series, base: Path, *, links: bool) -> tuple[list[images.Source], dict[int, str]]:
    """The file or the bytes of every row, and why some cannot be used, by row."""
    sources: list[images.Source] = []
    trouble: dict[int, str] = {}
    for row, cell in enumerate(column.tolist()):
        source, why = _source(cell, base, links=links)
        sources.append(source)
        if why:
            trouble[row] = why
    return sources, trouble


def _source(cell: object, base: Path, *, links: bool) -> tuple[images.Source, str]:
    if isinstance(cell, dict):  # as Hugging Face writes images into Parquet
        cell = cell.get("bytes") or cell.get("path")
    if isinstance(cell, bytes):
        return cell, "" if cell else "empty"
    if not isinstance(cell, str) or not cell.strip() or "\0" in cell:
        return base, "no path"
    name = cell.strip()
    if "://" in name:
        return base, f"{short(name)} is an address, which is not fetched"
    source, why = _file(name, base, links=links)
    return _file(name.replace("\\", "/"), base, links=links) if why and "\\" in name else (source, why)


def _file(name: str, base: Path, *, links: bool) -> tuple[images.Source, str]:
    found = base / name
    try:
        if not found.is_file():
            return base, f"no file {short(name)}"
        outside = not links and not found.resolve().is_relative_to(base.resolve())
    except OSError as error:
        return base, f"{short(name)}: {error.strerror}"
    return (base, f"{short(name)} leads out of the folder, links=true allows it") if outside else (found, "")


def _marks(sources: list[images.Source]) -> str:
    """What names the content of the images: time and length of files, and bytes by themselves."""
    import hashlib

    marks = hashlib.sha256()
    for source in sources:
        if isinstance(source, bytes):
            marks.update(source)
        else:
            facts = source.stat()
            marks.update(f"{source.name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return marks.hexdigest()[:16]


def _lost(
    sources: list[images.Source], trouble: dict[int, str], content: str, file: Path
) -> tuple[np.ndarray, list[Finding]]:
    """Which rows (n,) bool have no image that can be read, and the finding that names them; tried once."""

    def look() -> entries.Item:
        rows = [row for row in range(len(sources)) if row not in trouble]
        seen = images.look_at_all([sources[row] for row in rows])
        found = {str(row): one.trouble for row, one in zip(rows, seen, strict=True) if one.trouble}
        return entries.Item({"rows": np.array(rows, dtype=np.int64)}, {"trouble": found})

    all_trouble = trouble | {
        int(row): why for row, why in entries.get("manifest", content, look).facts["trouble"].items()
    }
    lost = np.zeros(len(sources), dtype=bool)
    lost[list(all_trouble)] = True
    if not all_trouble:
        return lost, []
    places = tuple(f"row {row:,}: {all_trouble[row]}" for row in sorted(all_trouble)[:EXAMPLES])
    text = f"{len(all_trouble):,} of {len(sources):,} rows of {short(file.name)} have no image that can be read"
    if lost.all():
        raise ValueError(f"{text} ({places[0]}); paths are relative to the table's folder, root=FOLDER names another")
    return lost, [Finding(text, "left out", "", places)]
