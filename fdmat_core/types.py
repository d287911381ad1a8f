"""The nouns of data: Dataset, FeatureTable, Ranking, Rankings, Coreset. All else is a function between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fdmat_core import sizes


def _frozen(array: np.ndarray | None) -> np.ndarray | None:
    """A read-only view, so that no step can change what another one reads."""
    if array is None:
        return None
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def _require_length(owner: str, n: int, **arrays: np.ndarray | None) -> None:
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
    outlier: np.ndarray  # (n,) bool

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
    truth: Truth | None = None
    logits: np.ndarray | None = None  # (n, c) of somebody's own classifier
    fields: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])  # name -> (n,) words or numbers
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        _require_length("Dataset", len(self.ids), labels=self.labels, features=self.features, logits=self.logits)
        _require_length("Dataset.fields", len(self.ids), **self.fields)
        _require_distinct("Dataset", self.ids)
        for name in ("ids", "labels", "features", "logits"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))

    @property
    def labelled(self) -> bool:
        """Whether labels tell classes apart."""
        return len(self.classes) > 1

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
            raise ValueError(f"dataset {self.name!r} has no features of its own; use a backbone that reads its images")
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
        _require_length("FeatureTable", n, labels=self.labels, embedding=self.embedding, logits=self.logits)
        _require_length("FeatureTable.dynamics", n, **self.dynamics)
        if self.embedding.ndim != 2:
            raise ValueError(f"FeatureTable.embedding has shape {self.embedding.shape}; give (n, d)")
        if n and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError(
                f"FeatureTable.labels run from {self.labels.min()} to {self.labels.max()}, but there are "
                f"{len(self.classes)} classes; number them from 0"
            )
        _require_distinct("FeatureTable", self.ids)
        for name in ("ids", "labels", "embedding", "logits", "head"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        frozen = {name: _frozen(column) for name, column in self.dynamics.items()}
        object.__setattr__(self, "dynamics", MappingProxyType(frozen))

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


@dataclass(frozen=True)
class Ranking:
    """All rows of a table, best first; with `nested`, every smaller coreset is a prefix.

    The first `survivors` rows compete for places class by class; the others were rejected and follow, the worst
    last, whatever their class. `evidence` holds what the method knew about each row, by name.
    """

    order: np.ndarray  # (n,) int64 rows
    score: np.ndarray | None = None  # (n,) in the method's own units, by row
    nested: bool = True
    survivors: int = -1  # -1: all
    evidence: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])  # name -> (n,) by row
    notes: Mapping[str, Any] = field(default_factory=dict[str, Any])  # JSON-able facts about how it went

    def __post_init__(self) -> None:
        order = np.asarray(self.order, dtype=np.int64)
        if not np.array_equal(np.sort(order), np.arange(len(order))):
            raise ValueError("Ranking.order must hold every row exactly once")
        _require_length("Ranking", len(order), score=self.score, **self.evidence)
        object.__setattr__(self, "order", _frozen(order))
        object.__setattr__(self, "score", _frozen(self.score))
        object.__setattr__(self, "survivors", len(order) if self.survivors < 0 else int(self.survivors))

    @staticmethod
    def by_score(score: np.ndarray, *, keep: str, **facts: Any) -> Ranking:
        """Rank by a score; `keep` says which end stays: "lowest" or "highest". Ties go to the lower row."""
        if keep not in ("lowest", "highest"):
            raise ValueError(f'keep is {keep!r}; say "lowest" or "highest"')
        key = np.asarray(score) if keep == "lowest" else -np.asarray(score)
        return Ranking(np.argsort(key, kind="stable"), score=np.asarray(score), **facts)

    @staticmethod
    def by_picks(picks: np.ndarray, n: int, **facts: Any) -> Ranking:
        """Rank by an order of choice that may stop early; the rows never chosen follow in row order."""
        rest = np.setdiff1d(np.arange(n), picks)
        return Ranking(np.concatenate([np.asarray(picks, dtype=np.int64), rest]), **facts)

    @property
    def rejected(self) -> np.ndarray:
        """Which rows (n,) bool the method rejected by itself, whatever the share kept."""
        mask = np.zeros(len(self.order), dtype=bool)
        mask[self.order[self.survivors :]] = True
        return mask

    def reject_first(self, share: float) -> Ranking:
        """The ranking with this share of its rows, from the front, rejected: they go to the end, the first one last."""
        count = int(share * len(self.order))
        order = np.concatenate([self.order[count:], self.order[:count][::-1]])
        return replace(self, order=order, survivors=len(order) - count)


@dataclass(frozen=True)
class Coreset:
    """The items kept of a table, best first."""

    ids: np.ndarray  # (k,) int64
    rows: np.ndarray  # (k,) rows of the table
    n: int  # items of the table
    weights: np.ndarray | None = None  # (k,) with mean 1, for methods that weigh

    @property
    def k(self) -> int:
        """How many items are kept."""
        return len(self.rows)

    @property
    def kept(self) -> float:
        """The share kept."""
        return self.k / max(1, self.n)

    @property
    def mask(self) -> np.ndarray:
        """Which rows (n,) bool of the table are kept."""
        mask = np.zeros(self.n, dtype=bool)
        mask[self.rows] = True
        return mask


@dataclass(frozen=True)
class Rankings:
    """What a method keeps of a table at every size: by one nested order, or by an order of its own for each size."""

    ids: np.ndarray  # (n,) of the table's rows
    orders: Mapping[int, Ranking]  # by the count that an order is for; a nested order is for all, under n

    @staticmethod
    def nested_in(ids: np.ndarray, ranking: Ranking) -> Rankings:
        """The rankings of a method whose one order holds for every size."""
        return Rankings(ids, {len(ids): ranking})

    @property
    def nested(self) -> Ranking | None:
        """The one order whose every prefix is a coreset, or None."""
        only = self.orders.get(len(self.ids)) if len(self.orders) == 1 else None
        return only if only is not None and only.nested else None

    @property
    def sizes(self) -> tuple[float, ...]:
        """The shares kept that an order was made for, ascending; none if one order serves all."""
        return () if self.nested else tuple(k / len(self.ids) for k in sorted(self.orders))

    def cut(self, kept: float) -> Coreset:
        """The coreset at a share kept; without one nested order, at the nearest share that has one."""
        ranking, k = self._at(kept)
        rows = ranking.order[:k]
        return Coreset(self.ids[rows], rows, len(self.ids))

    def place(self, row: int, kept: float) -> int:
        """The place of a row, from 1, in the order that holds at a share kept."""
        return int((self._at(kept)[0].order == row).argmax()) + 1

    def boundary(self, kept: float, width: int = 12) -> tuple[np.ndarray, np.ndarray]:
        """The rows nearest to the cut at a share kept: those removed next, and those removed last, nearest first.

        Without one nested order they are what the next smaller size drops, and what this size drops from the next
        larger.
        """
        inside, smaller, larger = self.cut(kept).rows, *self._neighbours(kept)
        if self.nested:
            order, k = self.nested.order, len(inside)
            return order[max(0, k - width) : k][::-1], order[k : k + width]
        next_out = _without(inside, inside[:0] if smaller is None else smaller)
        last_out = inside[:0] if larger is None else _without(larger, inside)
        return next_out[:width], last_out[:width]

    def _at(self, kept: float) -> tuple[Ranking, int]:
        if self.nested:
            return self.nested, sizes.kept_count(len(self.ids), kept)
        k = round(sizes.nearest(self.sizes, kept) * len(self.ids))
        return self.orders[k], k

    def _neighbours(self, kept: float) -> tuple[np.ndarray | None, np.ndarray | None]:
        """The rows kept at the next smaller and the next larger size that have an order."""
        k, counts = self._at(kept)[1], sorted(self.orders)
        near = (max((one for one in counts if one < k), default=0), min((one for one in counts if one > k), default=0))
        smaller, larger = (self.orders[one].order[:one] if one else None for one in near)
        return smaller, larger


def _without(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Rows that are not among others, the last first."""
    return rows[~np.isin(rows, others)][::-1]
