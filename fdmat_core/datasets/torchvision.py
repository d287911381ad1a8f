"""Torchvision: published datasets in the form that torchvision keeps them in on disk, read by torchvision itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np

from fdmat_core.datasets import Seed, TestShare
from fdmat_core.reading import archives, images, labels, places, sources
from fdmat_core.reading.places import listed, short
from fdmat_core.reading.published import KNOWN, WHOLE, Known, Name, lying, root_of
from fdmat_core.reading.records import Records, assemble
from fdmat_core.reading.splits import Validation
from fdmat_core.registry import Claim, Range, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset, Finding

if TYPE_CHECKING:
    from PIL.Image import Image

#: Side of images of different sizes, and the largest at which images stay as they are, if people set none.
USUAL, SMALL = 64, 96


class Part(NamedTuple):
    """A part of a dataset as torchvision reads it: the split that it is, the labels (n,), the names of classes."""

    split: str
    items: Any  # items[row] is an image and its label
    numbers: np.ndarray
    classes: tuple[str, ...]


def _recognises(path: Path) -> Claim | None:
    found = lying(path)
    if not found:
        return None
    name, *others = found
    more = f"; which={others[0]} reads {listed(others)}" if others else ""
    return Claim(f"{name} as torchvision keeps it{more}", 0.95, {"which": name})


@dataset(
    "torchvision",
    title="A dataset in torchvision's form (CIFAR-10, MNIST, SVHN, STL-10, Food-101, ...)",
    licence="of each dataset",
    source="a folder on this machine, or where torchvision downloads from",
    recognises=_recognises,
)
def torchvision(  # noqa: PLR0913  what people may set
    *,
    path: str = "",
    which: Name = "auto",
    size: Annotated[int, Range(0, 512)] = 0,
    download: bool = False,
    test_share: TestShare = 0.2,
    seed: Seed = 0,
    validation: Validation = "auto",
) -> Dataset:
    """Read a published dataset from the files that torchvision keeps, train items first, then validation and test.

    Ids are positions in this order. Files with published MD5 sums are compared with them before anything is read.

    Parameters
    ----------
    path
        The folder that torchvision calls `root`, or the dataset's own folder in it, such as `cifar-10-batches-py`.
    which
        The dataset; `auto`: the one that lies there.
    size
        Side of the images in pixels; 0: small square images as they are, others 64.
    download
        Let torchvision download what is not there, from where it was published.
    test_share
        Share of every class held out if the dataset has no test items.
    seed
        Which items are held out.
    validation
        What validation items are for; `auto`: for testing if there are no test items, otherwise left out.
    """
    place = archives.inside(places.existing(path))
    chosen = _chosen(place, which)
    known = KNOWN[chosen]
    root = root_of(place, known) or place
    if not download:
        _require_files(chosen, root)
    parts = [_part(chosen, root, split, download=download) for split in known.parts]
    if download:
        _require_files(chosen, root)
    content = provenance.data("torchvision", 1, dataset=chosen, files=_content(known, root))
    numbers, classes = labels.joined([(part.numbers, part.classes) for part in parts])
    starts = np.cumsum([0, *(len(part.numbers) for part in parts)])
    item = _item(parts, starts)
    side = _side(item, size, known)
    lost, odd = _alike(item, side) if known.memory else _lost(item, len(numbers), content, chosen, side)
    names = np.concatenate([np.full(len(part.numbers), part.split, dtype=object) for part in parts])
    records = Records(
        name=chosen,
        n=len(numbers),
        where=lambda row: f"item {row:,} of {chosen}",
        labels=numbers,
        classes=classes,
        splits=None if known.parts is WHOLE else names,
        images=_reader(item, side, chosen),
        findings=tuple(odd),
        lost=lost,
    )
    key = provenance.data("torchvision", 1, content=content, settings=[size, test_share, seed, validation])
    return assemble(records, key, test_share=test_share, seed=seed, validation=validation)


def _chosen(path: Path, name: str) -> str:
    """The name of the dataset to read."""
    found = [name] if name != "auto" else lying(path)
    if not found:
        raise ValueError(
            f"path is {short(str(path))!r}, where no dataset lies as torchvision keeps it; give its root, or say "
            f"which={listed(KNOWN, 3)} and download=true"
        )
    if len(found) > 1:
        raise ValueError(f"path is {short(str(path))!r}, which holds {listed(found)}; say which={found[0]}, or another")
    return found[0]


def _made(known: Known) -> Any:
    """Torchvision's class of a dataset."""
    import torchvision.datasets

    return getattr(torchvision.datasets, known.made)


def _published(known: Known) -> dict[str, str]:
    """The MD5 sums that torchvision knows of files, by their path below the root; those without labels left out."""
    made = _made(known)
    if known.made.startswith("CIFAR"):
        whole = [*made.train_list, *made.test_list, (made.meta["filename"], made.meta["md5"])]
    elif known.made == "STL10":
        whole = [(file, md5) for file, md5 in (*made.train_list, *made.test_list) if "unlabeled" not in file]
    elif known.made in ("SVHN", "USPS"):
        return {made.split_list[split][1]: made.split_list[split][2] for split in ("train", "test")}
    elif known.made == "SEMEION":
        return {made.filename: made.md5_checksum}
    elif known.made == "Flowers102":
        whole = [made._file_dict[what] for what in ("label", "setid")]
    else:
        return {}
    return {f"{known.place}/{file}": md5 for file, md5 in whole}


def _require_files(name: str, root: Path) -> None:
    """Refuse a dataset of which files are missing, or differ from those that were published."""
    from torchvision.datasets.utils import check_integrity

    known = KNOWN[name]
    published = _published(known)
    needed = [*published, *(f"{known.place}/{file}" for file in known.files)] or [known.place]
    if known.made == "STL10":  # torchvision asks for it, though it is not read
        needed.append(f"{known.place}/unlabeled_X.bin")
    missing = [file for file in needed if not (root / file).exists()]
    if missing:
        whole = f" ({known.packed})" if known.packed else ""
        raise ValueError(
            f"{name} lacks {listed(missing, 4)} below {short(str(root), 200)}; put what was published{whole} there, "
            "or say download=true where there is a network"
        )
    other = [file for file, md5 in published.items() if not check_integrity(str(root / file), md5)]
    if other:
        raise ValueError(
            f"{listed(other, 4)} of {name} differ from the published files (by MD5), so nothing in them was read, as "
            "files in such formats can run code; get them again, or give data of your own as .npz or folders of images"
        )


def _part(name: str, root: Path, split: str, *, download: bool) -> Part:
    """A part of a dataset, read by torchvision."""
    known = KNOWN[name]
    old = [file.name for file in sorted((root / known.made / "processed").glob("*.pt"))] if known.memory else []
    if old:
        raise ValueError(
            f"{known.made}/processed holds {listed(old, 2)} of an old torchvision, which is not read; "
            "delete the folder `processed` and keep `raw`"
        )
    try:
        items = _made(known)(str(root), **known.parts[split], download=download)
        numbers, classes = _numbers(items), _classes(items)
    except MemoryError:
        raise
    except Exception as error:  # whatever torchvision raises on broken files
        why = short(" ".join(str(error).split()) or "its header or its length is wrong", 160)
        advice = "get the files elsewhere and put them there" if download else "get its files again"
        raise ValueError(f"{name} in {short(str(root), 200)} cannot be read ({why}); {advice}") from error
    if len(numbers) != len(items):
        raise ValueError(f"{name} has {len(items):,} images and {len(numbers):,} labels; get its files again")
    return Part(split, items, numbers, classes or tuple(map(str, range(int(numbers.max(initial=-1)) + 1))))


def _numbers(items: Any) -> np.ndarray:
    """The labels (n,) of what torchvision has read, without reading images."""
    named = next((what for what in ("targets", "labels", "_labels", "y") if hasattr(items, what)), None)
    if named is None:
        pairs: Sequence[tuple[Any, int]] = items._samples
        return np.array([label for _, label in pairs], dtype=np.int64)
    found = np.asarray(getattr(items, named))
    return (found[:, 0] if found.ndim == 2 else found).astype(np.int64)  # QMNIST's say more than the class


def _classes(items: Any) -> tuple[str, ...]:
    """The names of the classes; none if torchvision knows none. Of several names of a class, the first."""
    names = getattr(items, "classes", None) or getattr(items, "categories", None) or ()
    return tuple(name if isinstance(name, str) else str(name[0]) for name in names)


def _item(parts: list[Part], starts: np.ndarray) -> Callable[[int], Image]:
    """A function from a row to its image, from parts and the row (parts + 1,) at which each starts."""

    def get(row: int) -> Image:
        part = int(np.searchsorted(starts, row, side="right")) - 1
        return parts[part].items[int(row - starts[part])][0]

    return get


def _side(item: Callable[[int], Image], size: int, known: Known) -> int:
    """The side that images get, in pixels; 0 if they stay as they are, small and all alike."""
    first = item(0).size if known.memory else (0, 0)
    return size or (0 if 0 < first[0] == first[1] <= SMALL else USUAL)


def _alike(item: Callable[[int], Image], side: int) -> tuple[None, list[Finding]]:
    """No rows that cannot be read, as all images are of one size and in memory; and what they become."""
    return None, sources.scaled(1, item(0).size, side) if side else []


def _lost(item: Callable[[int], Image], n: int, content: str, name: str, side: int) -> tuple[np.ndarray, list[Finding]]:
    """Which rows (n,) bool have images that cannot be read; findings name them and say what the others become."""

    def look(row: int) -> images.Seen:
        try:
            image = item(row)
            image.load()
        except Exception as error:  # whatever a decoder raises on broken bytes
            return images.Seen(trouble=short(" ".join(str(error).split()) or type(error).__name__, 160))
        return images.Seen(image.mode, image.size)

    return sources.lost(n, look, {}, content=content, of=f"images of {name}", side=side, advice="get its files again")


def _reader(item: Callable[[int], Image], side: int, name: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function from rows to images (m, side, side, channels); as they are if the side is 0."""
    from PIL import ImageOps

    def one(row: int) -> np.ndarray:
        try:
            image = item(row)
            found = np.asarray(image if not side else ImageOps.fit(images.colour(image), (side, side)))
        except (OSError, ValueError, SyntaxError) as error:
            raise ValueError(f"item {row:,} of {name} can no longer be read ({error}); put its file back") from error
        return found if found.ndim == 3 else found[..., None]

    def read(rows: np.ndarray) -> np.ndarray:
        return np.stack([one(int(row)) for row in rows]) if len(rows) else np.empty((0, side, side, 3), dtype=np.uint8)

    return read


def _content(known: Known, root: Path) -> str | list[str]:
    """What names the content of a dataset's files: published sums, what the files hold, or names, lengths and times."""
    published = _published(known)
    if known.memory:
        return sorted(published.values()) or [places.digest(root / known.place / file) for file in known.files]
    skipped: list[places.Skipped] = []
    return places.marks(root, places.walk(root / known.place, root, skipped, links=True))
