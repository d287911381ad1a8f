"""The nouns of data: Dataset, FeatureTable, and what is said of them. What is kept of them is in `rankings`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike


def frozen(array: np.ndarray | None) -> np.ndarray | None:
    """A read-only view, so that no step can change what another one reads."""
    if array is None:
        return None
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def require_length(owner: str, n: int, **arrays: np.ndarray | None) -> None:
    """Refuse columns of a noun that have not one row per id; None is no column."""
    for name, array in arrays.items():
        if array is not None and len(array) != n:
            raise ValueError(f"{owner}.{name} has {len(array)} rows, but there are {n} ids; give one row per id")


def _require_distinct(owner: str, ids: np.ndarray) -> None:
    if len(np.unique(ids)) != len(ids):
        raise ValueError(f"{owner}.ids repeats an id; every item needs an id of its own")


def fingerprint(value: Any) -> str:
    """Sixteen hex digits that name a JSON-able value; the same value always gets the same name."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Issue(IntEnum):
    """What is the matter with an item: in the evidence of a method, on screen and in files."""

    NONE = 0
    MISLABELLED = 1
    OUTLIER = 2
    NO_FEATURES = 3
    NEAR_DUPLICATE = 4
    UNCLEAR_CLASS = 5

    @property
    def title(self) -> str:
        """What people call it; an item without an issue that is removed is redundant."""
        return _ISSUE_TITLES[self]


_ISSUE_TITLES = {
    Issue.NONE: "redundant",
    Issue.MISLABELLED: "suspected mislabelled",
    Issue.OUTLIER: "outlier",
    Issue.NO_FEATURES: "no features",
    Issue.NEAR_DUPLICATE: "near duplicate",
    Issue.UNCLEAR_CLASS: "low-confidence class",
}


@dataclass(frozen=True)
class Truth:
    """What an injected corruption did, row by row of its dataset: the answer that detection is judged by."""

    clean_labels: np.ndarray  # (n,)
    mislabelled: np.ndarray  # (n,) bool
    outlier: np.ndarray  # (n,) bool, what it holds was replaced or changed

    @property
    def bad(self) -> np.ndarray:
        """Which rows (n,) bool were made noisy: a changed label or an outlier."""
        return np.asarray(self.mislabelled) | np.asarray(self.outlier)

    def take(self, rows: np.ndarray) -> Truth:
        """The truth about some rows."""
        return Truth(self.clean_labels[rows], self.mislabelled[rows], self.outlier[rows])


@dataclass(frozen=True)
class Finding:
    """Something about data that people must know, and what was done about it; nothing is dropped or changed unsaid."""

    text: str  # what was found: "3 of 120 rows have no label"
    action: str  # what is done about it: "left out"
    switch: str = ""  # the parameter that decides otherwise, as people type it: "missing=mean"
    places: tuple[str, ...] = ()  # the first few, by file and row, with the reason where it differs

    def __str__(self) -> str:
        where = f" ({'; '.join(self.places)})" if self.places else ""
        other = f"; {self.switch} decides otherwise" if self.switch else ""
        return f"{self.text}{where}: {self.action}{other}"


#: The classes of data without labels: one, that every item belongs to.
UNLABELLED = ("unlabelled",)


@dataclass(frozen=True)
class Dataset:
    """Items with labels, and lazily their images or their ready-made features.

    `images(ids)` returns uint8 (m, height, width, channels) with 1 or 3 channels, all of one size; several threads may
    call it at once.
    `features` is row-aligned with `ids`, for data that arrives without images; so are `logits` and `fields`.
    """

    name: str
    ids: np.ndarray  # (n,) int64, the number of each item in the original data
    labels: np.ndarray  # (n,) int64, positions in `classes`
    classes: tuple[str, ...]
    splits: Mapping[str, np.ndarray]  # name -> ids; "train" and "test"
    key: str
    images: Callable[[np.ndarray], np.ndarray] | None = None
    features: np.ndarray | None = None  # (n, d)
    columns: tuple[str, ...] = ()  # the names of the d features, where they have any
    units: np.ndarray | None = None  # (2, d): features times the first, plus the second, are in the units of the data
    truth: Truth | None = None
    logits: np.ndarray | None = None  # (n, c) of somebody's own classifier
    fields: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])  # name -> (n,) words or numbers
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        require_length("Dataset", len(self.ids), labels=self.labels, features=self.features, logits=self.logits)
        require_length("Dataset.fields", len(self.ids), **self.fields)
        if self.columns and self.features is not None and len(self.columns) != self.features.shape[1]:
            raise ValueError(f"Dataset.columns are {len(self.columns)} names; give one for each feature, or none")
        _require_distinct("Dataset", self.ids)
        for name in ("ids", "labels", "features", "logits"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def labelled(self) -> bool:
        """Whether labels tell classes apart."""
        return len(self.classes) > 1

    @property
    def holds(self) -> Literal["images", "features", "text"]:
        """What an item is: its image, else its ready-made features, else its text, in the field of that name."""
        return "images" if self.images is not None else "text" if self.features is None else "features"

    def rows_of(self, ids: ArrayLike) -> np.ndarray:
        """The rows that hold these ids; an unknown id is an error."""
        order = np.argsort(self.ids, kind="stable")
        place = np.searchsorted(self.ids, ids, sorter=order).clip(max=len(order) - 1)
        rows = order[place]
        unknown = np.asarray(ids)[self.ids[rows] != ids]
        if len(unknown):
            raise ValueError(
                f"dataset {self.name!r} has no item {unknown[0]}; ids run from {self.ids.min()} to {self.ids.max()}"
            )
        return rows

    def images_of(self, ids: np.ndarray) -> np.ndarray:
        """The images (m, height, width, channels) of some items; an error if this dataset has none."""
        if self.images is None:
            raise ValueError(f"dataset {self.name!r} has no images; it came as features")
        return self.images(ids)

    def features_of(self, ids: np.ndarray) -> np.ndarray:
        """The ready-made features (m, d) of some items; an error if this dataset has none."""
        if self.features is None:
            raise ValueError(
                f"dataset {self.name!r} has no features of its own; use a backbone that reads its {self.holds}"
            )
        return self.features[self.rows_of(ids)]

    def split(self, name: str) -> Dataset:
        """One split as a dataset of its own, in ascending id order; ids stay what they were."""
        if name not in self.splits:
            raise ValueError(f"dataset {self.name!r} has no split {name!r}; it has {', '.join(self.splits)}")
        ids = np.sort(self.splits[name])
        return replace(self.take(self.rows_of(ids)), splits={name: ids})

    def take(self, rows: np.ndarray) -> Dataset:
        """Some rows, in the order given, with all that is known about them; the splits stay as they are."""
        return replace(
            self,
            ids=self.ids[rows],
            labels=self.labels[rows],
            features=None if self.features is None else self.features[rows],
            truth=None if self.truth is None else self.truth.take(rows),
            logits=None if self.logits is None else self.logits[rows],
            fields={name: column[rows] for name, column in self.fields.items()},
        )


@dataclass(frozen=True)
class FeatureTable:
    """What methods see: one row per item. Inside a method only rows exist; `ids[row]` is the only way back."""

    ids: np.ndarray  # (n,) int64
    labels: np.ndarray  # (n,) int64, positions in `classes`
    embedding: np.ndarray  # (n, d) float32
    classes: tuple[str, ...]
    key: str
    logits: np.ndarray | None = None  # (n, c) of the head, or of the network, after its last epoch
    head: np.ndarray | None = None  # (c, d + 1) weights of the linear head on `embedding`, bias last
    dynamics: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])  # name -> (n,) sums over training

    def __post_init__(self) -> None:
        n = len(self.ids)
        require_length("FeatureTable", n, labels=self.labels, embedding=self.embedding, logits=self.logits)
        require_length("FeatureTable.dynamics", n, **self.dynamics)
        if self.embedding.ndim != 2:
            raise ValueError(f"FeatureTable.embedding has shape {self.embedding.shape}; give (n, d)")
        if n and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError(
                f"FeatureTable.labels run from {self.labels.min()} to {self.labels.max()}, but there are "
                f"{len(self.classes)} classes; number them from 0"
            )
        _require_distinct("FeatureTable", self.ids)
        for name in ("ids", "labels", "embedding", "logits", "head"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        dynamics = {name: frozen(column) for name, column in self.dynamics.items()}
        object.__setattr__(self, "dynamics", MappingProxyType(dynamics))

    @property
    def n(self) -> int:
        """How many items."""
        return len(self.ids)

    @property
    def c(self) -> int:
        """How many classes the labels may name (some may be empty here)."""
        return len(self.classes)

    @property
    def labelled(self) -> bool:
        """Whether labels tell classes apart."""
        return self.c > 1

    def has(self, column: str) -> bool:
        """Whether a column that a method `needs` is there: labels, embedding, logits, head, dynamics.<name>."""
        group, _, name = column.partition(".")
        if group == "labels":
            return self.labelled
        return name in self.dynamics if group == "dynamics" else getattr(self, group, None) is not None

    def column(self, column: str) -> np.ndarray:
        """A column that a method `needs`, by the names that `has` knows; an error if it is not there."""
        group, _, name = column.partition(".")
        values = self.dynamics.get(name) if group == "dynamics" else getattr(self, group, None)
        if values is None:
            raise ValueError(f"this feature table has no {column}; extract features with a backbone that trains a head")
        return values

    def take(self, rows: np.ndarray) -> FeatureTable:
        """Some rows, in the order given; they keep their ids."""
        return replace(
            self,
            ids=self.ids[rows],
            labels=self.labels[rows],
            embedding=self.embedding[rows],
            logits=None if self.logits is None else self.logits[rows],
            dynamics={name: column[rows] for name, column in self.dynamics.items()},
        )
