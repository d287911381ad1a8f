"""Damage done on purpose, with the truth kept: flipped labels, imbalance, outliers.

Only train items are touched; test items stay clean. Whatever is drawn at random belongs to an item's place in id order,
so the order of rows does not matter, and with the same seed a higher rate damages the same items and more. Corruptions
may be applied one after another: `corrupt(corrupt(data, "long_tail"), "symmetric")`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np

from fdmat_core import registry
from fdmat_core.registry import Range, corruption
from fdmat_core.types import Choice, Dataset, Truth, fingerprint

#: Changes one item, an image (height, width, channels) or features (d,), by a generator of its own.
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
Rate = Annotated[float, Range(0, 0.9)]
Factor = Annotated[float, Range(1, 1000)]
Seed = Annotated[int, Range(0, 2**31 - 1)]


def corrupt(dataset: Dataset, choice: str | Choice) -> Dataset:
    """Damage the train items of a dataset as chosen; `truth` tells what was done, `key` names the result."""
    choice = Choice.named(choice)
    entry = registry.corruptions.get(choice.name)
    params = entry.read(dict(choice.params))
    damaged = entry(dataset, params=params)
    if damaged is dataset:
        return dataset
    return replace(damaged, key=fingerprint({"dataset": dataset.key, "corruption": choice.name, "params": params}))


@corruption("none", title="None")
def none(dataset: Dataset) -> Dataset:
    """Leave the data as it is."""
    return dataset


@corruption("symmetric", title="Labels flipped to any other class")
def symmetric(dataset: Dataset, *, rate: Rate = 0.2, seed: Seed = 0) -> Dataset:
    """Give a share of all items the label of another class, every other class being equally likely.

    Parameters
    ----------
    rate
        Share of train items with a wrong label; none of them keeps its own.
    seed
        Which items, and which labels.
    """
    c = _require_classes(dataset)
    rows = _train_rows(dataset)
    first, step = _draws(rows, seed), np.random.default_rng([seed, 1]).integers(1, c, len(rows))
    flipped = _lowest(first, rate)
    labels = dataset.labels.copy()
    labels[rows[flipped]] = (labels[rows[flipped]] + step[flipped]) % c
    return _relabelled(dataset, labels)


@corruption("asymmetric", title="Labels flipped to the next class")
def asymmetric(dataset: Dataset, *, rate: Annotated[float, Range(0, 0.49)] = 0.2, seed: Seed = 0) -> Dataset:
    """Give a share of every class the label of the class after it, the last class that of the first.

    Parameters
    ----------
    rate
        Share of each class; from a half on nobody could tell which label is the right one.
    seed
        Which items.
    """
    c = _require_classes(dataset)
    rows = _train_rows(dataset)
    first, labels = _draws(rows, seed), dataset.labels.copy()
    for label in range(c):
        mine = rows[dataset.labels[rows] == label]
        flipped = _lowest(first[dataset.labels[rows] == label], rate)
        labels[mine[flipped]] = (label + 1) % c
    return _relabelled(dataset, labels)


@corruption("long_tail", title="Long tail")
def long_tail(dataset: Dataset, *, factor: Factor = 100.0, seed: Seed = 0, shuffle: bool = False) -> Dataset:
    """Keep fewer and fewer items from class to class, as a power law: class sizes fall evenly on a log scale.

    Class j of c keeps `n_max factor^(-j / (c - 1))` items, and at least one.

    Parameters
    ----------
    factor
        How many times larger the first class is than the last.
    seed
        Which items stay, and the order of classes if shuffled.
    shuffle
        Draw which classes are large, instead of taking them in their order.
    """
    c = len(dataset.classes)
    place = np.random.default_rng([seed, 2]).permutation(c) if shuffle else np.arange(c)
    return _thinned(dataset, factor ** (-place / max(1, c - 1)), seed)


@corruption("step", title="Half of the classes rare")
def step(dataset: Dataset, *, factor: Factor = 10.0, seed: Seed = 0) -> Dataset:
    """Keep the first half of the classes whole and few items of the others, at least one of each.

    Parameters
    ----------
    factor
        How many times smaller the rare classes are.
    seed
        Which items stay.
    """
    c = len(dataset.classes)
    rare = np.arange(c) >= (c + 1) // 2
    return _thinned(dataset, np.where(rare, 1 / factor, 1.0), seed)


@corruption("long_tail_flips", title="Long tail, then labels flipped")
def long_tail_flips(dataset: Dataset, *, factor: Factor = 100.0, rate: Rate = 0.2, seed: Seed = 0) -> Dataset:
    """Make a long tail, then flip labels to any other class: most items of a rare class are then mislabelled ones.

    Parameters
    ----------
    factor
        How many times larger the first class is than the last.
    rate
        Share of the remaining train items that get a wrong label.
    seed
        Which items stay, and which are flipped.
    """
    return symmetric(long_tail(dataset, factor=factor, seed=seed), rate=rate, seed=seed)


@corruption("outliers", title="Outliers: items that show nothing")
def outliers(
    dataset: Dataset, *, rate: Rate = 0.05, kind: Literal["noise", "shuffled"] = "noise", seed: Seed = 0
) -> Dataset:
    """Replace a share of the items by noise, or shuffle their pixels; labels stay, and mean nothing.

    Parameters
    ----------
    rate
        Share of train items that are replaced.
    kind
        Gaussian noise of the item's own mean and spread, or its own pixels in random order.
    seed
        Which items, and the noise.
    """
    return _replaced(dataset, rate, seed, {"noise": _noise, "shuffled": _shuffle}[kind])


@corruption("foreign", title="Outliers: images of another dataset")
def foreign(dataset: Dataset, *, rate: Rate = 0.05, other: str = "digits", seed: Seed = 0) -> Dataset:
    """Replace a share of the images by train images of another dataset, of the same size; labels stay.

    Parameters
    ----------
    rate
        Share of train items that are replaced.
    other
        Name of the dataset that the images come from.
    seed
        Which items, and by which images.
    """
    _require_images(dataset, "foreign")
    strangers = registry.datasets.get(other)()
    _require_images(strangers, "foreign")
    ids = np.sort(strangers.splits["train"])

    def change(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return _fitted(strangers.images(ids[[rng.integers(len(ids))]])[0], image.shape)

    return _replaced(dataset, rate, seed, change)


@corruption("blurred", title="Blurred images")
def blurred(
    dataset: Dataset, *, rate: Rate = 0.05, radius: Annotated[float, Range(0.1, 50)] = 2.0, seed: Seed = 0
) -> Dataset:
    """Blur a share of the images by a Gaussian; labels stay.

    Parameters
    ----------
    rate
        Share of train items that are blurred.
    radius
        Standard deviation of the blur in pixels.
    seed
        Which items.
    """
    from scipy.ndimage import gaussian_filter

    _require_images(dataset, "blurred")
    return _replaced(dataset, rate, seed, lambda image, rng: gaussian_filter(image, (radius, radius, 0)))


def _train_rows(dataset: Dataset) -> np.ndarray:
    """The rows of the train items, in ascending id order."""
    return dataset.rows_of(np.sort(dataset.splits["train"]))


def _draws(rows: np.ndarray, seed: int) -> np.ndarray:
    """One number per row that decides how early it is damaged."""
    return np.random.default_rng([seed, 0]).random(len(rows))


def _lowest(draws: np.ndarray, rate: float) -> np.ndarray:
    """The places of the lowest draws, as many as the rate says, rounded half up."""
    return np.argsort(draws, kind="stable")[: int(np.floor(rate * len(draws) + 0.5))]


def _require_classes(dataset: Dataset) -> int:
    if len(dataset.classes) < 2:
        raise ValueError(f"dataset {dataset.name!r} has one class only; labels can be flipped with two or more")
    return len(dataset.classes)


def _require_images(dataset: Dataset, name: str) -> None:
    if dataset.images is None:
        raise ValueError(f"corruption {name!r} changes images, which dataset {dataset.name!r} has not; use 'outliers'")


def _truth(dataset: Dataset) -> Truth:
    """What is known about every row so far."""
    nothing = np.zeros(len(dataset.ids), dtype=bool)
    return dataset.truth or Truth(dataset.labels, nothing, nothing)


def _relabelled(dataset: Dataset, labels: np.ndarray) -> Dataset:
    truth = _truth(dataset)
    return replace(dataset, labels=labels, truth=replace(truth, mislabelled=labels != truth.clean_labels))


def _thinned(dataset: Dataset, shares: np.ndarray, seed: int) -> Dataset:
    """Only some train items of every class: a share (c,) of the largest class's size, and at least one."""
    rows = _train_rows(dataset)
    sizes = np.bincount(dataset.labels[rows], minlength=len(shares))
    targets = np.maximum(1, np.floor(shares * sizes.max() + 0.5)).astype(np.int64)
    drawn = rows[np.argsort(_draws(rows, seed), kind="stable")]
    kept = [drawn[dataset.labels[drawn] == label][:target] for label, target in enumerate(targets)]
    train = np.sort(dataset.ids[np.concatenate(kept)])
    stay = np.isin(dataset.ids, np.concatenate([train, *_others(dataset)]))
    return replace(
        dataset,
        ids=dataset.ids[stay],
        labels=dataset.labels[stay],
        splits={**dataset.splits, "train": train},
        features=None if dataset.features is None else dataset.features[stay],
        truth=_truth(dataset).take(np.flatnonzero(stay)),
    )


def _others(dataset: Dataset) -> list[np.ndarray]:
    """The ids of every split that is not for training."""
    return [ids for name, ids in dataset.splits.items() if name != "train"]


def _replaced(dataset: Dataset, rate: float, seed: int, change: Change) -> Dataset:
    """A share of the train items changed, image by image when they are read, or in the features at once."""
    rows = _train_rows(dataset)
    chosen = rows[_lowest(_draws(rows, seed), rate)]
    truth = _truth(dataset)
    outlier = truth.outlier.copy()
    outlier[chosen] = True
    if dataset.images is None:
        changed = {"features": _changed(dataset.features, chosen, dataset.ids[chosen], seed, change)}
    else:
        changed = {"images": _reader(dataset.images, frozenset(dataset.ids[chosen].tolist()), seed, change)}
    return replace(dataset, truth=replace(truth, outlier=outlier), **changed)


def _reader(
    images: Callable[[np.ndarray], np.ndarray], damaged: frozenset[int], seed: int, change: Change
) -> Callable[[np.ndarray], np.ndarray]:
    """A batch getter that changes the damaged ids among those asked for."""

    def get(ids: np.ndarray) -> np.ndarray:
        places = np.array([place for place, item in enumerate(ids) if int(item) in damaged], dtype=np.int64)
        return _changed(images(ids), places, np.asarray(ids)[places], seed, change)

    return get


def _changed(items: np.ndarray, places: np.ndarray, ids: np.ndarray, seed: int, change: Change) -> np.ndarray:
    """A copy of items (m, ...) with those at some places changed, each by a generator that its id seeds."""
    copy = np.array(items)
    for place, item in zip(places, ids, strict=True):
        copy[place] = change(copy[place], np.random.default_rng([seed, 3, int(item)]))
    return copy


def _noise(item: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise with the mean and spread that the item has, in each channel of an image."""
    axes = tuple(range(item.ndim - 1)) or 0
    noise = rng.normal(item.mean(axis=axes), item.std(axis=axes), item.shape)
    return noise.clip(0, 255).round() if item.dtype == np.uint8 else noise


def _shuffle(item: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The pixels of an image in random order, its channels together; or the features."""
    pixels = item.reshape(-1, item.shape[-1]) if item.ndim > 1 else item
    return rng.permutation(pixels).reshape(item.shape)


def _fitted(image: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An image (height, width, channels) made the size of another, its channels averaged or repeated if they differ."""
    from PIL import Image

    grey = image.mean(axis=-1).round().astype(np.uint8) if image.shape[-1] != shape[-1] else image
    planes = grey[..., None] if grey.ndim == 2 else grey  # (h, w, 1 or channels)
    sized = [Image.fromarray(planes[..., k]).resize((shape[1], shape[0])) for k in range(planes.shape[-1])]
    return np.broadcast_to(np.stack([np.asarray(plane) for plane in sized], axis=-1), shape)
