"""Manifest: images of your own that a table lists, one row per image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fdmat_core.datasets import Seed, Side, TestShare
from fdmat_core.formats import counted
from fdmat_core.reading import archives, blocks, columns, images, places, tables
from fdmat_core.reading import sources as files
from fdmat_core.reading.places import listed, short
from fdmat_core.reading.records import Records, Unlabelled, assemble
from fdmat_core.reading.splits import Validation
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset, Finding

if TYPE_CHECKING:
    import numpy as np
    import pandas


def _recognises(path: Path) -> Claim | None:
    if not path.is_file() or path.suffix.lower() not in blocks.READERS:
        return None
    names = blocks.names(path)
    column = columns.usual(names, "path")
    if column is None:
        return None
    words = f"a list of images, {short(path.name)}, with paths in {short(column)}"
    certainty = 0.4 if columns.usual(names, "features") else 0.8
    return Claim(words, certainty, label=columns.usual(names, "label") or "")


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
    frame = tables.frame(file, [label])
    roles = {
        "path": columns.find(frame.columns, "path", image),
        "label": columns.find(frame.columns, "label", label),
        "split": columns.find(frame.columns, "split", split),
        "id": columns.find(frame.columns, "id"),
    }
    if roles["path"] is None:
        raise ValueError(f"{short(file.name)} has no column of paths; it has {listed(frame.columns)}; say image=NAME")
    sources, trouble = _sources(frame[roles["path"]], base, links=links)
    content = provenance.data("manifest", 1, file=places.digest(file), images=files.marks(sources))
    lost, findings = files.lost(
        len(sources),
        lambda row: images.look_at(sources[row]),
        trouble,
        content=content,
        of=f"rows of {short(file.name)}",
        side=size,
        advice="paths are relative to the table's folder, root=FOLDER names another",
    )
    rest = [name for name in frame.columns if name not in roles.values() and not name.lower().startswith("unnamed: ")]
    words = {name: frame[roles[name]].to_numpy() for name in ("label", "split", "id") if roles[name] is not None}
    records = Records(
        name=file.stem,
        n=len(frame),
        where=lambda row: f"row {row:,} of {short(file.name)}",
        labels=words.get("label"),
        label_name=roles["label"] or "label",
        typed=file.suffix.lower() not in blocks.TEXT,
        ids=words.get("id"),
        splits=words.get("split"),
        images=images.reader(sources.__getitem__, size),
        fields=_files(frame[roles["path"]]) | columns.fields(frame, rest),
        findings=(
            *columns.no_labels(roles["label"], label, {name: frame[name] for name in rest}),
            *findings,
            *_twice(sources, lost),
        ),
        lost=lost,
    )
    settings = [label, split, size, test_share, seed, unlabelled, validation]
    key = provenance.data("manifest", 1, content=content, settings=settings)
    return assemble(records, key, test_share=test_share, seed=seed, unlabelled=unlabelled, validation=validation)


def _files(column: pandas.Series) -> dict[str, np.ndarray]:
    """The paths as people wrote them, unless the images lie in the table."""
    written = all(isinstance(cell, str) for cell in column.dropna())
    return columns.fields(column.to_frame("file"), ["file"]) if written else {}


def _twice(sources: list[images.Source], lost: np.ndarray) -> list[Finding]:
    used = [source for row, source in enumerate(sources) if not lost[row] and isinstance(source, Path)]
    twice = len(used) - len(set(used))
    text = f"{counted(twice, 'row names', 'rows name')} an image that a row above names"
    return [Finding(text, "taken as items of their own")] if twice else []


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
    source, why = files.file(name, base, links=links)
    return files.file(name.replace("\\", "/"), base, links=links) if why and "\\" in name else (source, why)
