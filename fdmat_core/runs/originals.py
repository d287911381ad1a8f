"""Somebody's own data as they were when a run was made: whether they are the same, and which item is which now.

Each training item is known by its content: the bytes of its file, else its picture, its features or its fields.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fdmat_core.reading import archives, places
from fdmat_core.runs import decisions
from fdmat_core.spec import Spec
from fdmat_core.store import entries
from fdmat_core.types import Dataset, FeatureTable

#: What is stored of it, under the key of the dataset.
KIND = "content"
CHANGED = "the data of this run have changed since it was made"
#: Pictures are read so many at a time.
BLOCK = 256


def are_own(spec: Spec) -> bool:
    """Whether the data of a spec are somebody's own, and so may change."""
    return "path" in dict(spec.dataset.params)


def keep(spec: Spec, data: Dataset) -> None:
    """Store what the training items of somebody's own data hold, under the key of the dataset, unless it is there."""
    if are_own(spec):
        train = data.split("train")
        entries.get(KIND, data.key, lambda: entries.Item({"ids": train.ids, "content": contents(spec, train)}, {}))


def train(key: str, spec: Spec, data: Dataset) -> Dataset | None:
    """The training items of data as they lie there now; None if they are not those of the run with this dataset key.

    Files that were only touched, or copied to the same place, are the same: the content decides where the key differs.
    """
    found = data.split("train")
    if not are_own(spec) or found.key == key:
        return found
    item = entries.find(KIND, key)
    if item is None or not np.array_equal(item.arrays["ids"], found.ids):
        return None
    return found if np.array_equal(item.arrays["content"], contents(spec, found)) else None


def as_stored(key: str, spec: Spec, table: FeatureTable) -> Dataset:
    """The training items of a run whose data have changed: its stored features, and no pictures."""
    facts = {"labels": table.labels, "classes": table.classes, "features": table.embedding}
    return Dataset(spec.dataset.name, table.ids, splits={"train": table.ids}, key=key, **facts)  # type: ignore[arg-type]


def carry(key: str, spec: Spec, data: Dataset) -> int:
    """Write the decisions on a dataset of this key anew for its items in data as they lie there now; returns how many.

    What has another number now keeps its decision, by its content; what is not there any more goes without.
    """
    train, item = data.split("train"), entries.find(KIND, key)
    if item is None or train.key == key:
        return 0
    where = dict(_pairs(item.arrays["ids"], item.arrays["content"], train.ids, contents(spec, train)))
    known = {one["item"]: (one["decision"], one["label"]) for one in decisions.current(train.key).to_dict("records")}
    new = [
        decisions.Decision(where[one["item"]], one["decision"], one["label"], one["author"], one["run"])
        for one in decisions.current(key).to_dict("records")
        if one["item"] in where and known.get(where[one["item"]]) != (one["decision"], one["label"])
    ]
    new = [one for one in new if not one.label or one.label in train.classes]
    if new:
        decisions.decide_all(train.key, new)
    return len(new)


def contents(spec: Spec, data: Dataset) -> np.ndarray:
    """What names the content of each item (n,) uint64."""
    return np.fromiter((int.from_bytes(one, "big") for one in _digests(spec, data)), np.uint64, len(data.ids))


def _digests(spec: Spec, data: Dataset) -> Iterator[bytes]:
    if files := _files(spec, data):
        for file in files:
            yield _short(file.read_bytes())
    elif data.images is not None:
        for start in range(0, len(data.ids), BLOCK):
            for picture in data.images_of(data.ids[start : start + BLOCK]):
                yield _short(np.ascontiguousarray(picture).tobytes())
    else:
        for row in range(len(data.ids)):
            words = "".join(f"{column[row]}\0" for column in data.fields.values()).encode("utf-8", "surrogateescape")
            numbers = b"" if data.features is None else np.ascontiguousarray(data.features[row]).tobytes()
            yield _short(words + numbers)


def _short(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=8).digest()


def _files(spec: Spec, data: Dataset) -> list[Path]:
    """The file of each item, where each is one; otherwise none."""
    if data.images is None or "file" not in data.fields:
        return []
    place = archives.inside(places.existing(str(dict(spec.dataset.params)["path"])))
    root = place if place.is_dir() else place.parent
    found = [root / str(name) for name in data.fields["file"]]
    return found if all(file.is_file() for file in found) else []


def _pairs(ids: np.ndarray, content: np.ndarray, now: np.ndarray, content_now: np.ndarray) -> Iterator[tuple[int, int]]:
    """Which item has which number now; of several that are the same, the first is the first."""
    there: defaultdict[int, list[int]] = defaultdict(list)
    for item, one in zip(reversed(now.tolist()), reversed(content_now.tolist()), strict=True):
        there[one].append(item)
    for item, one in zip(ids.tolist(), content.tolist(), strict=True):
        if there[one]:
            yield item, there[one].pop()
