"""What is odd about a dataset as a whole: classes too small, classes that only the test has, items that occur twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from fdmat_core.formats import counted, some
from fdmat_core.reading.places import EXAMPLES, listed, short
from fdmat_core.types import Dataset, Finding

#: An accuracy over fewer test items than this is a matter of luck.
FEW = 5
#: The largest class may be this many times the smallest.
IMBALANCE = 20.0
#: Images beyond these are not compared: reading them takes too long.
MOST_IMAGES = 10_000
#: Fields that name items as people know them: their files, ids that are no numbers, keys of WebDataset.
CALLED = ("file", "id", "key")
#: How many images, and how many bytes of features, are looked at together.
BLOCK_IMAGES, BLOCK_BYTES = 256, 2**24


def check(data: Dataset) -> tuple[Finding, ...]:
    """What people must know about a dataset before they trust numbers from it; nothing is changed.

    Classes without or with few items, strong imbalance, classes that training lacks, items that occur twice, and test
    items that are train items too. Only exact copies count: features of the same numbers, images of the same pixels.
    """
    return (*classes(data), *copies(data))


def classes(data: Dataset) -> list[Finding]:
    """What is odd about the sizes of the classes; no item is read for that."""
    if not data.labelled:
        return []
    c = len(data.classes)
    sizes = {
        name: np.bincount(data.labels[data.rows_of(ids)], minlength=c) if len(ids) else np.zeros(c, dtype=np.int64)
        for name, ids in data.splits.items()
    }
    whole = np.bincount(data.labels, minlength=c)
    found = [
        (whole == 0, "have no item", "they stay in the list of classes"),
        (whole == 1, "have one item", "kept for training; nothing tests them"),
    ]
    if "train" in sizes and "test" in sizes:
        train, test = sizes["train"], sizes["test"]
        found += [
            ((train == 0) & (test > 0), "occur among the test items only", "no training can learn them"),
            ((test == 0) & (train > 1), "have no test item", "nothing is known of their accuracy"),
            ((test > 0) & (test < FEW), f"have fewer than {FEW} test items", "their accuracy is a matter of luck"),
        ]
    said = [_of_classes(data, mask, text, action) for mask, text, action in found if mask.any()]
    return [*said, *_imbalance(data, sizes.get("train", whole))]


def _of_classes(data: Dataset, mask: np.ndarray, text: str, action: str) -> Finding:
    names = [data.classes[label] for label in np.flatnonzero(mask)]
    verb, _, rest = text.partition(" ")
    return Finding(f"{some(len(names), len(mask), f'classes ({listed(names, EXAMPLES)})', verb)} {rest}", action)


def _imbalance(data: Dataset, sizes: np.ndarray) -> list[Finding]:
    there = np.flatnonzero(sizes)
    if not len(there):
        return []
    large, small = int(there[sizes[there].argmax()]), int(there[sizes[there].argmin()])
    if sizes[large] <= IMBALANCE * sizes[small]:
        return []
    ends = f"{sizes[large]:,} train items of {data.classes[large]}, {sizes[small]:,} of {data.classes[small]}"
    return [Finding(f"classes differ much in size: {ends}", "taken as they are; balanced budgets give each its share")]


def copies(data: Dataset) -> list[Finding]:
    """What is said about items with the same features or the same pixels, by their names; all are read for that."""
    if data.features is None and data.images is None:
        return []
    if data.features is None and len(data.ids) > MOST_IMAGES:
        return [Finding(f"{len(data.ids):,} images are more than {MOST_IMAGES:,}", "not searched for copies")]
    order, first = _groups(hashes(data))
    again = order[~first]  # every item that repeats one before it
    if not len(again):
        return []
    group = np.cumsum(first) - 1
    what, name = "images" if data.features is None else "features", _names(data)
    places = _pairs(name, order, first, np.flatnonzero(~first)[:EXAMPLES])
    text = f"{some(len(again), len(data.ids), 'items')} the same {what} as an item before them"
    findings = [Finding(text, "kept", "", places)]
    labels = data.labels[order]
    mixed = np.unique(group[labels != labels[first][group]])
    if len(mixed) and data.labelled:
        starts = np.flatnonzero(first)[mixed]
        named = tuple(name(int(order[place])) for place in starts[:EXAMPLES])
        groups = counted(len(mixed), "group of such copies has", "groups of such copies have")
        findings.append(Finding(f"{groups} different labels", "kept", "", named))
    return [*findings, *_leaks(data, order, group, what)]


def _leaks(data: Dataset, order: np.ndarray, group: np.ndarray, what: str) -> list[Finding]:
    """Test items that are train items too."""
    if not {"train", "test"} <= set(data.splits):
        return []
    ids = data.ids[order]
    train = np.zeros(group[-1] + 1, dtype=bool)
    train[group[np.isin(ids, data.splits["train"])]] = True
    leaked = np.sort(ids[np.isin(ids, data.splits["test"]) & train[group]])
    if not len(leaked):
        return []
    text = f"{some(len(leaked), len(data.splits['test']), 'test items')} the same {what} as a train item"
    named = tuple(map(_names(data), data.rows_of(leaked[:EXAMPLES]).tolist()))
    return [Finding(text, "kept; they make every accuracy look better", "", named)]


def _names(data: Dataset) -> Callable[[int], str]:
    """A function from a row to what names its item: a field that has a name of its own for each, or else the id."""
    distinct = (data.fields[name] for name in CALLED if len(set(data.fields.get(name, ()))) == len(data.ids))
    names = next(distinct, None)
    return lambda row: f"id {data.ids[row]}" if names is None else short(str(names[row]))


def _pairs(name: Callable[[int], str], order: np.ndarray, first: np.ndarray, places: np.ndarray) -> tuple[str, ...]:
    starts = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    return tuple(f"{name(int(order[place]))} as {name(int(order[starts[place]]))}" for place in places)


def _groups(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n,) with those of the same hash (n, 2) side by side, in their order; and which (n,) begin a group."""
    order = np.lexsort((hashes[:, 1], hashes[:, 0]))
    ordered = hashes[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return order, first


def hashes(data: Dataset) -> np.ndarray:
    """Two numbers (n, 2) for every item that only copies share, of its features, else its image, else its text.

    All items are read for that, in blocks.
    """
    return np.array([digest(row) for block in _blocks(data) for row in block], dtype=np.uint64).reshape(-1, 2)


def digest(item: np.ndarray | str) -> np.ndarray:
    """Two numbers (2,) that only copies of an item share."""
    content = item.encode() if isinstance(item, str) else item.tobytes()
    return np.frombuffer(hashlib.blake2b(content, digest_size=16).digest(), dtype=np.uint64)


def _blocks(data: Dataset) -> Iterator[Iterable[Any]]:
    if data.features is not None:
        return _blocks_of_features(data)
    return iter([map(str, data.fields["text"])]) if data.images is None else _blocks_of_images(data)


def _blocks_of_features(data: Dataset) -> Iterator[np.ndarray]:
    features = np.zeros((0, 0)) if data.features is None else data.features
    step = max(1, BLOCK_BYTES // max(1, features[:1].nbytes))
    for start in range(0, len(features), step):
        yield features[start : start + step] + 0.0  # -0 and 0 are the same number


def _blocks_of_images(data: Dataset) -> Iterator[np.ndarray]:
    for start in range(0, len(data.ids), BLOCK_IMAGES):
        yield data.images_of(data.ids[start : start + BLOCK_IMAGES])
