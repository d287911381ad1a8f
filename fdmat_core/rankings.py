"""The nouns of what is kept: Ranking, Rankings, Coreset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fdmat_core import sizes
from fdmat_core.types import frozen, require_length


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
        require_length("Ranking", len(order), score=self.score, **self.evidence)
        object.__setattr__(self, "order", frozen(order))
        object.__setattr__(self, "score", frozen(self.score))
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

    def stops(self, fractions: Sequence[float]) -> list[float]:
        """The shares kept, ascending, at which a slider has its ticks: those with an order, or else those measured."""
        return list(self.sizes or sizes.measured(len(self.ids), fractions).values())

    def least(self, fractions: Sequence[float]) -> float:
        """The share kept at the right end of a slider."""
        return sizes.least(self.stops(fractions), len(self.ids))

    def share(self, kept: float) -> float:
        """The share that is looked at where one is asked for: without one nested order the nearest that has one."""
        return kept if self.nested else sizes.nearest(self.sizes, kept)

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
        k = round(self.share(kept) * len(self.ids))
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
