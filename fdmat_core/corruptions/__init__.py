"""Corruptions, done on purpose with the truth kept: one file and one decorated function each.

Only train items are touched; test items stay clean. Whatever is drawn at random belongs to an item's place in id order,
so the order of rows does not matter, and with the same seed a higher rate corrupts the same items and more. Corruptions
may be applied one after another: `corrupt(corrupt(data, "long_tail"), "symmetric")`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import numpy as np

from fdmat_core import registry
from fdmat_core.registry import Range
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset, Truth, fingerprint

#: Changes one item, an image (height, width, channels) or features (d,), by a generator of its own.
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
#: What items (m, ...) of some ids (m,) hold instead: images (m, height, width, channels) or features (m, d). It may
#: write into the items.
Make = Callable[[np.ndarray, np.ndarray], np.ndarray]
#: Gives the images or the features of some ids (m,).
Getter = Callable[[np.ndarray], np.ndarray]
Rate = Annotated[float, Range(0, 0.9)]
Factor = Annotated[float, Range(1, 1000)]
Seed = Annotated[int, Range(0, 2**31 - 1)]


def corrupt(dataset: Dataset, choice: str | Choice) -> Dataset:
    """Corrupt the train items of a dataset as chosen; `truth` says what was done, `key` names the result."""
    choice = Choice.named(choice)
    entry = registry.corruptions.get(choice.name)
    params = entry.read(dict(choice.params))
    corrupted: Dataset = entry(dataset, params=params)
    if corrupted is dataset:
        return dataset
    return replace(corrupted, key=fingerprint({"dataset": dataset.key, "corruption": choice.name, "params": params}))


def train_rows(dataset: Dataset) -> np.ndarray:
    """The rows of the train items, in ascending id order."""
    return dataset.rows_of(np.sort(dataset.splits["train"]))


def draws(rows: np.ndarray, seed: int) -> np.ndarray:
    """One number per row that decides how early it is corrupted."""
    return np.random.default_rng([seed, 0]).random(len(rows))


def lowest(draws: np.ndarray, rate: float) -> np.ndarray:
    """The places of the lowest draws, as many as the rate says, rounded half up."""
    return np.argsort(draws, kind="stable")[: int(np.floor(rate * len(draws) + 0.5))]


def require_classes(dataset: Dataset) -> int:
    """How many classes a dataset has; an error if labels cannot be flipped in it."""
    if len(dataset.classes) < 2:
        raise ValueError(f"dataset {dataset.name!r} has one class only; labels can be flipped with two or more")
    return len(dataset.classes)


def require_images(dataset: Dataset, name: str) -> None:
    """Refuse a dataset without images."""
    if dataset.images is None:
        raise ValueError(f"corruption {name!r} changes images, which dataset {dataset.name!r} has not; use 'outliers'")


def truth_of(dataset: Dataset) -> Truth:
    """What is known about every row so far."""
    nothing = np.zeros(len(dataset.ids), dtype=bool)
    return dataset.truth or Truth(dataset.labels, nothing, nothing)


def relabelled(dataset: Dataset, labels: np.ndarray) -> Dataset:
    """The dataset with other labels (n,), and the truth about which of them are wrong."""
    truth = truth_of(dataset)
    return replace(dataset, labels=labels, truth=replace(truth, mislabelled=labels != truth.clean_labels))


def thinned(dataset: Dataset, shares: np.ndarray, seed: int) -> Dataset:
    """Only some train items of every class: a share (c,) of the largest class's size, and at least one."""
    rows = train_rows(dataset)
    sizes = np.bincount(dataset.labels[rows], minlength=len(shares))
    targets = np.maximum(1, np.floor(shares * sizes.max() + 0.5)).astype(np.int64)
    drawn = rows[np.argsort(draws(rows, seed), kind="stable")]
    kept = [drawn[dataset.labels[drawn] == label][:target] for label, target in enumerate(targets)]
    train = np.sort(dataset.ids[np.concatenate(kept)])
    stay = np.isin(dataset.ids, np.concatenate([train, *_others(dataset)]))
    kept = replace(dataset, truth=truth_of(dataset)).take(np.flatnonzero(stay))
    return replace(kept, splits={**dataset.splits, "train": train})


def _others(dataset: Dataset) -> list[np.ndarray]:
    """The ids of every split that is not for training."""
    return [ids for name, ids in dataset.splits.items() if name != "train"]


def replaced(dataset: Dataset, rate: float, seed: int, change: Change) -> Dataset:
    """A share of the train items changed, image by image when they are read, or in the features at once."""
    if dataset.holds == "text":
        raise ValueError(
            f"dataset {dataset.name!r} holds texts, and this corruption changes images or features; "
            "choose one that changes labels, such as 'symmetric'"
        )
    rows = train_rows(dataset)

    def make(items: np.ndarray, ids: np.ndarray) -> np.ndarray:
        for place, item in enumerate(ids):
            items[place] = change(items[place], np.random.default_rng([seed, 3, int(item)]))
        return items

    return exchanged(dataset, rows[lowest(draws(rows, seed), rate)], make)


def exchanged(dataset: Dataset, rows: np.ndarray, make: Make) -> Dataset:
    """The dataset with other images, made as they are read, or other features in some rows (m,)."""
    truth, ids = truth_of(dataset), dataset.ids[rows]
    outlier = truth.outlier.copy()
    outlier[rows] = True
    changed: dict[str, Any] = {}
    if dataset.images is not None:
        changed["images"] = _exchanging(dataset.images, frozenset(ids.tolist()), make)
    elif dataset.features is not None:
        changed["features"] = features = np.array(dataset.features)
        features[rows] = make(features[rows], ids)
    return replace(dataset, truth=replace(truth, outlier=outlier), **changed)


def _exchanging(images: Getter, chosen: frozenset[int], make: Make) -> Getter:
    """A batch getter that gives something else for the chosen ids among those asked for."""

    def get(ids: np.ndarray) -> np.ndarray:
        found, places = images(ids), np.array([int(item) in chosen for item in ids], dtype=bool)
        if places.any():
            found = np.array(found)
            found[places] = make(found[places], np.asarray(ids)[places])
        return found

    return get


def contents(dataset: Dataset, name: str) -> Getter:
    """What gives the images or the features of some ids; a dataset of texts is refused."""
    if dataset.holds == "text":
        raise ValueError(
            f"dataset {dataset.name!r} holds texts, and corruption {name!r} reads images or features; "
            "choose one that changes labels alone, such as 'symmetric'"
        )
    return dataset.images_of if dataset.images is not None else dataset.features_of
