"""COCO: images of your own that a JSON file in COCO's form lists, with one category each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from fdmat_core.datasets import Seed, Side, TestShare
from fdmat_core.formats import counted, some
from fdmat_core.reading import archives, images, labels, places, sources
from fdmat_core.reading.places import EXAMPLES, listed, short
from fdmat_core.reading.records import Records, Unlabelled, assemble
from fdmat_core.reading.splits import Validation
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset, Finding

#: What is done with images that have several categories.
Several = Literal["drop", "first"]
#: The lists that such a file holds, of which the beginning of a file names some.
LISTS = ("images", "annotations", "categories")


class Labelled(NamedTuple):
    """The place of every image's category (n,), -1 for none; the names; images (row: categories) that have several."""

    numbers: np.ndarray
    classes: tuple[str, ...]
    several: dict[int, list[int]]
    findings: tuple[Finding, ...]


def _recognises(path: Path) -> Claim | None:
    if not path.is_file() or path.suffix.lower() != ".json":
        return None
    with path.open("rb") as stream:
        head = stream.read(2**16).decode("utf-8-sig", "replace")
    named = [name for name in (*LISTS, "info", "licenses") if f'"{name}"' in head]
    if not head.lstrip().startswith("{") or not set(named) & set(LISTS):
        return None
    return Claim(f"images that {short(path.name)} lists as COCO does", 0.85)


@dataset(
    "coco",
    title="Your own images with COCO annotations (.json)",
    licence="yours",
    source="a file on this machine",
    recognises=_recognises,
)
def coco(  # noqa: PLR0913  what people may set
    *,
    path: str = "",
    root: str = "",
    several: Several = "drop",
    size: Side = 64,
    test_share: TestShare = 0.2,
    seed: Seed = 0,
    unlabelled: Unlabelled = "drop",
    validation: Validation = "auto",
    links: bool = False,
) -> Dataset:
    """Read images that a COCO file lists under `images`, each with the category that `annotations` give it.

    Names of files are relative to the folder of the JSON file, or to `root`; the ids are COCO's. An image has one
    category, however many annotations say so. Images become colour squares of one size.

    Parameters
    ----------
    path
        The JSON file, on the machine that this program runs on.
    root
        The folder that names of files are relative to; by default that of the JSON file.
    several
        Images of several categories: left out, or of the category that is annotated first.
    size
        Side of the images in pixels.
    test_share
        Share of every class held out if no image has a `split`.
    seed
        Which images are held out.
    unlabelled
        Images without a category where others have one: left out, or a class of their own.
    validation
        What validation items are for; `auto`: for testing if there are no test items, otherwise left out.
    links
        Allow names and links that lead out of the folder.
    """
    file = archives.inside(places.file(path, what="a JSON file with images, annotations and categories"))
    base = places.folder(root, what="the folder that the names are relative to") if root else file.parent
    whole = _parsed(file)
    rows = _list(whole, "images", file, ("id", "file_name"))
    found = _labels(whole, rows, file)
    files, trouble = _files(rows, base, links=links)
    content = provenance.data("coco", 1, file=places.digest(file), images=sources.marks(files))
    lost, unreadable = sources.lost(
        len(rows),
        lambda row: images.look_at(files[row]).named(short(str(rows[row]["file_name"]))),
        trouble,
        content=content,
        of=f"images of {short(file.name)}",
        side=size,
        advice="names are relative to the folder of the JSON file, root=FOLDER names another",
    )
    if several == "drop":
        lost[list(found.several)] = True
    records = Records(
        name=file.stem,
        n=len(rows),
        where=lambda row: f"images[{row}] of {short(file.name)}",
        labels=found.numbers if found.classes else None,
        classes=found.classes,
        label_name="category",
        ids=_ids(rows),
        splits=_splits(rows),
        images=images.reader(files.__getitem__, size),
        fields={"file": np.array([short(str(row["file_name"]), 300) for row in rows])},
        findings=(*found.findings, *_of_several(found, rows, several), *unreadable),
        lost=lost,
    )
    settings = [several, size, test_share, seed, unlabelled, validation]
    key = provenance.data("coco", 1, content=content, settings=settings)
    return assemble(records, key, test_share=test_share, seed=seed, unlabelled=unlabelled, validation=validation)


def _parsed(file: Path) -> dict[str, Any]:
    try:
        whole = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{short(file.name)} is no JSON ({short(str(error), 160)}); write it again") from error
    if not isinstance(whole, dict) or "images" not in whole:
        held = f"holds {listed(whole)}" if isinstance(whole, dict) else "holds no names"
        raise ValueError(f"{short(file.name)} {held}; COCO's form has the lists {', '.join(LISTS)}")
    return whole


def _list(whole: dict[str, Any], name: str, file: Path, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    """A list of the file, each entry of which has the needed names."""
    entries = whole.get(name, [])
    if not isinstance(entries, list) or (name == "images" and not entries):
        raise ValueError(f"{short(file.name)} has no list under {name!r}; write one entry for each of them")
    for place, entry in enumerate(entries):
        missing = [one for one in needed if not isinstance(entry, dict) or not isinstance(entry.get(one), int | str)]
        if missing:
            raise ValueError(f"{name}[{place}] of {short(file.name)} has no {missing[0]}; add it or remove the entry")
    return entries


def _labels(whole: dict[str, Any], rows: list[dict[str, Any]], file: Path) -> Labelled:
    """The category of every image, by what the annotations say."""
    categories = _list(whole, "categories", file, ("id", "name"))
    annotations = _list(whole, "annotations", file, ("image_id", "category_id"))
    place_of = {entry["id"]: place for place, entry in enumerate(categories)}
    row_of = {row["id"]: place for place, row in enumerate(rows)}
    given: dict[int, list[int]] = {}
    strangers = []
    for place, entry in enumerate(annotations):
        category = place_of.get(entry["category_id"])
        if category is None:
            raise ValueError(
                f"annotations[{place}] of {short(file.name)} is of category {short(str(entry['category_id']))}, "
                "which is not under categories; add it there"
            )
        row = row_of.get(entry["image_id"])
        if row is None:
            strangers.append(f"annotations[{place}]: image {short(str(entry['image_id']))}")
        elif category not in given.setdefault(row, []):
            given[row].append(category)
    numbers = np.full(len(rows), -1, dtype=np.int64)
    for row, several in given.items():
        numbers[row] = several[0]
    numbers, classes = labels.joined([(numbers, [entry["name"] for entry in categories])], "category")
    findings = []
    if strangers:
        text = f"{counted(len(strangers), 'annotation is', 'annotations are')} of images that are not listed"
        findings.append(Finding(text, "passed over", "", tuple(strangers[:EXAMPLES])))
    if not classes:
        findings.append(Finding(f"{short(file.name)} annotates no image", "taken as data without labels"))
    return Labelled(
        numbers, classes, {row: several for row, several in given.items() if len(several) > 1}, tuple(findings)
    )


def _of_several(found: Labelled, rows: list[dict[str, Any]], several: Several) -> list[Finding]:
    if not found.several:
        return []
    places_of = tuple(
        f"image {rows[row]['id']}: {len(categories)} categories"
        for row, categories in list(found.several.items())[:EXAMPLES]
    )
    text = f"{some(len(found.several), len(rows), 'images')} several categories"
    if several == "drop":
        return [Finding(text, "left out", "several=first", places_of)]
    return [Finding(text, "the one that is annotated first is taken", "several=drop", places_of)]


def _files(rows: list[dict[str, Any]], base: Path, *, links: bool) -> tuple[list[Path], dict[int, str]]:
    """The file of every row, and why some cannot be used, by row."""
    found = [sources.file(str(row["file_name"]).strip() or ".", base, links=links) for row in rows]
    return [file for file, _ in found], {row: why for row, (_, why) in enumerate(found) if why}


def _ids(rows: list[dict[str, Any]]) -> np.ndarray:
    """COCO's ids, as whole numbers if all are."""
    ids = [row["id"] for row in rows]
    small = all(isinstance(one, int) and not isinstance(one, bool) and abs(one) < 2**63 for one in ids)
    return np.array(ids, dtype=np.int64) if small else np.array([str(one) for one in ids])


def _splits(rows: list[dict[str, Any]]) -> np.ndarray | None:
    """What the images say under `split`, if all of them do."""
    names = [row.get("split") for row in rows]
    return np.array(names, dtype=object) if all(isinstance(name, str) for name in names) else None
