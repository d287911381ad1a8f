"""Folder: images of your own, one folder per class, or all in one folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fdmat_core.datasets import Seed, Side, TestShare
from fdmat_core.formats import counted
from fdmat_core.reading import archives, images, places, sources
from fdmat_core.reading.places import EXAMPLES, Skipped, listed, relative
from fdmat_core.reading.records import Records, assemble
from fdmat_core.reading.splits import NAMES, Validation, known
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset, Finding


@dataclass(frozen=True)
class Found:
    """The images of a folder in a fixed order, those for training first; an image's place is its id."""

    root: Path
    files: list[Path] = field(default_factory=list[Path])
    classes: list[str | None] = field(default_factory=list[str | None])  # one per file; None lies in no class
    splits: list[str] = field(default_factory=list[str])  # one name per file; empty if the folder says nothing
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    others: list[Path] = field(default_factory=list[Path])  # files that are no images
    remarks: list[Finding] = field(default_factory=list[Finding])


def _recognises(path: Path) -> Claim | None:
    if not path.is_dir():
        return None
    found = find(path)
    if not found.files:
        return None
    names = sorted({name for name in found.classes if name is not None})
    classes = f"{counted(len(names), 'class', 'classes')} ({listed(names, 4)})"
    kind = f"in {classes}" if names else "without classes"
    divided = listed(dict.fromkeys(found.splits))
    whole = counted(len(found.files), "image", "images")
    return Claim(f"{whole} {kind}" + (f", divided into {divided}" if divided else ""), 0.6)


@dataset(
    "folder",
    title="Your own images (a folder, or a .zip of one)",
    licence="yours",
    source="a folder on this machine",
    recognises=_recognises,
)
def folder(
    *,
    path: str = "",
    size: Side = 64,
    test_share: TestShare = 0.2,
    seed: Seed = 0,
    validation: Validation = "auto",
    links: bool = False,
) -> Dataset:
    """Read images from a folder with one sub-folder per class, from `train`, `val` and `test` folders, or without any.

    Images become colour squares of one size: the shorter side is scaled, the middle is cut out. They are read when they
    are needed. Files that cannot be read are left out and named; the others keep their numbers. Images that lie in no
    sub-folder have no labels.

    Parameters
    ----------
    path
        The folder, on the machine that this program runs on.
    size
        Side of the images in pixels.
    test_share
        Share of every class held out if there are no test items.
    seed
        Which images are held out.
    validation
        What validation items are for; `auto`: for testing if there are no test items, otherwise left out.
    links
        Follow links that lead out of the folder.
    """
    root = archives.inside(places.existing(path))
    if not root.is_dir():
        raise ValueError(f"path is {places.short(path)!r}, which is no folder; give a folder with one folder per class")
    found = find(root, links=links)
    if not found.files:
        raise ValueError(f"{_nothing(found)}; put the images of each class into a folder named like the class")
    content = places.marks(root, found.files)
    lost, unreadable = _lost(found, content, size)
    records = Records(
        name=root.resolve().name if path == str(root) else Path(path.strip()).stem,
        n=len(found.files),
        where=lambda row: relative(found.files[row], root),
        labels=np.array(found.classes, dtype=object) if any(found.classes) else None,
        label_name="class",
        names=True,
        splits=np.array(found.splits, dtype=object) if found.splits else None,
        images=images.reader(lambda row: found.files[row], size),
        fields={"file": np.array([relative(file, root) for file in found.files])},
        findings=(*found.remarks, *_passed_over(found), *unreadable),
        lost=lost,
    )
    usual = {"validation": "auto", "links": False}
    others = {"validation": validation, "links": links}
    more = {name: value for name, value in others.items() if value != usual[name]}  # decisions go by the key
    key = provenance.data("folder", 1, content=content, size=size, test_share=test_share, seed=seed, **more)
    return assemble(records, key, test_share=test_share, seed=seed, validation=validation)


def find(root: Path, *, links: bool = False) -> Found:
    """The image files below a folder, sorted by name: train before validation before test."""
    found = Found(root)
    tops = {name: _folders_named(root, name) for name in NAMES}
    beside = _beside(root, [top for folders in tops.values() for top in folders])
    if any(tops.values()) and (not any(child.is_dir() for child in beside) or _hold_classes(tops)):
        for name, folders in tops.items():
            for top in folders:
                _take(found, top, name, links=links)
        found.skipped.extend(Skipped(child, "lies beside the folders of splits") for child in beside)
    else:
        named = [relative(top, root) for folders in tops.values() for top in folders]
        if named:
            text = f"folders named like a split beside others: {listed(named)}"
            found.remarks.append(Finding(text, "classes of these names, as they hold no folders"))
        _take(found, root, "", links=links)
    return found


def _folders_named(root: Path, split: str) -> list[Path]:
    try:
        return sorted(child for child in root.iterdir() if known(child.name) == split and child.is_dir())
    except OSError:
        return []


def _beside(root: Path, tops: list[Path]) -> list[Path]:
    """The images, and the folders that hold images, beside the folders of splits."""
    children = [child for child in sorted(root.iterdir()) if not child.name.startswith(".")] if tops else []
    return [
        child
        for child in children
        if child not in tops
        and not places.unfit(child, root)
        and any(
            file.suffix.lower() in images.ENDINGS
            for file in (places.walk(child, root, []) if child.is_dir() else [child])
        )
    ]


def _hold_classes(tops: dict[str, list[Path]]) -> bool:
    """Whether a folder named like a split holds folders, and so is a split and no class of that name."""
    return any(
        child.is_dir() and not child.name.startswith(".")
        for folders in tops.values()
        for top in folders
        for child in top.iterdir()
    )


def _take(found: Found, top: Path, split: str, *, links: bool) -> None:
    """Add the images of a folder: those of its folders class by class, or if there are none those that lie in it."""
    files = list(places.walk(top, found.root, found.skipped, links=links))
    images_of = [file for file in files if file.suffix.lower() in images.ENDINGS]
    found.others.extend(file for file in files if file.suffix.lower() not in images.ENDINGS)
    deep = [file for file in images_of if file.parent != top]
    chosen = deep or images_of
    found.files.extend(chosen)
    found.classes.extend(file.relative_to(top).parts[0] if deep else None for file in chosen)
    found.splits.extend([split] * len(chosen) if split else [])
    found.skipped.extend(
        Skipped(file, "lies beside the class folders") for file in images_of if deep and file.parent == top
    )


def _nothing(found: Found) -> str:
    why = f" ({relative(found.skipped[0].path, found.root)}: {found.skipped[0].why})" if found.skipped else ""
    kinds = Counter(file.suffix.lower() or "no ending" for file in found.others)
    seen = f"; it holds {listed([f'{count:,} {kind}' for kind, count in kinds.most_common()], 3)}" if kinds else ""
    return f"no images in folders below {places.short(found.root.name)}{why}{seen}"


def _passed_over(found: Found) -> list[Finding]:
    """What was passed over on the way, by reason, and the classes that went with it."""
    findings = []
    for why, count in Counter(one.why for one in found.skipped).items():
        names = tuple(relative(one.path, found.root) for one in found.skipped if one.why == why)[:EXAMPLES]
        switch = "links=true" if "leads out" in why else ""
        text = f"{counted(count, 'file or folder', 'files or folders')}: {why}"
        findings.append(Finding(text, "left out", switch, names))
    if found.others:
        names = tuple(relative(file, found.root) for file in found.others[:EXAMPLES])
        text = counted(len(found.others), "file is no image", "files are no images")
        findings.append(Finding(text, "passed over", "", names))
    return findings


def _lost(found: Found, content: str, size: int) -> tuple[np.ndarray, list[Finding]]:
    """Which files (n,) bool cannot be read, and the findings that name them and what the others become."""
    n = len(found.files)
    looked = sources.looked_at(n, lambda row: images.look_at(found.files[row]), {}, content=content[:16])
    lost = np.zeros(n, dtype=bool)
    lost[list(looked.trouble)] = True
    if lost.all():
        first = next(iter(looked.trouble.values()))
        raise ValueError(
            f"none of the {n:,} images in {places.short(found.root.name)} can be read (the first: {first}); "
            "save them as PNG or JPEG"
        )
    return lost, [*_unreadable(found, looked.trouble), *_mixed(looked, size)]


def _unreadable(found: Found, trouble: dict[int, str]) -> list[Finding]:
    if not trouble:
        return []
    gone = Counter(found.classes)
    gone.subtract(found.classes[row] for row in trouble)
    whole = [name for name, left in gone.items() if left == 0 and name is not None]
    text = f"{len(trouble):,} of {len(found.files):,} images cannot be read"
    if whole:
        text += f", among them all of {listed(whole, 4)}"
    named = [f"{relative(found.files[row], found.root)}: {trouble[row]}" for row in sorted(trouble)[:EXAMPLES]]
    return [Finding(text, "left out", "", tuple(named))]


def _mixed(looked: sources.Looked, size: int) -> list[Finding]:
    """What images of different kinds become."""
    findings = []
    if set(looked.modes) & {*images.FULL, "F"}:
        findings.append(Finding("images have more than 8 bits a pixel", "scaled to 8 bits"))
    if len(looked.modes) > 1:
        text = f"images have different modes ({listed(looked.modes, 5)})"
        findings.append(Finding(text, "all become red, green and blue"))
    if looked.several:
        text = counted(looked.several, "image holds several pictures", "images hold several pictures")
        findings.append(Finding(text, "the first is taken"))
    return [*findings, *sources.scaled(looked.shapes, looked.size, size)]
