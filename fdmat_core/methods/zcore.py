"""ZCore: coverage of the embedding's axes less redundancy, without labels or training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.numerics.arrays import to_numpy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: No more points than this are thrown for every row.
PER_ROW = 20
#: On an accelerator so many distances are looked at at a time.
TOGETHER = 2**26
#: Every so many rows, one is looked at to guess how far the nearest ones reach.
STRIDE = 16


@method(
    "zcore",
    title="ZCore",
    family="geometry",
    needs=("embedding",),
    keeps="rows that cover the embedding and are not doubled by their neighbours",
    paper="Griffin, Marks, Corso, Zero-shot coreset selection, arXiv 2411.15349, 2024",
    colour="#19B85B",
    runs="table",
)
def zcore(
    table: FeatureTable,
    *,
    rng: np.random.Generator,
    draws: Annotated[int, Range(1, 10_000_000)] = 100_000,
    neighbours: Annotated[int, Range(1, 100_000)] = 1000,
) -> Ranking:
    """Throw random points into random planes of the embedding; whoever is nearest gains, its neighbours lose.

    Every row starts with a random number below 1. For every draw two coordinates are chosen and in each a value from
    the triangular law between the smallest, the median and the largest. The row nearest to that point (sum of absolute
    differences) gains 1; the rows nearest to that row lose 1 together, in shares proportional to `d^-4`. Exact copies
    of it take all of the loss. The highest scores are kept.

    **When to use it.** When there are no labels and no training: it reads nothing but the embedding. The paper joins
    the embeddings of two pretrained networks.

    **Limits.** Costs draws x rows. The draws are few for what they estimate: the paper makes 1,000,000 for 50,000 rows,
    20 each, and at that rate two seeds agree on digits (rank correlation 0.9) but hardly on 2,000 Gaussian rows in 64
    dimensions (0.1). Coordinates are taken as they are, so the ones that vary most decide; constant ones are left out.
    The order is over all classes together, and class shares are applied to it afterwards.

    **The public code differs.** Its worker processes may all draw the same points, and a row differs from its own copy
    by position only.

    Parameters
    ----------
    draws
        How many points are thrown, but no more than 20 for every row.
    neighbours
        How many rows share each loss; 1,000 in the paper.
    """
    score = rng.random(table.n)
    varied = np.flatnonzero(np.ptp(table.embedding, axis=0) > 0) if table.n > 1 else np.arange(0)
    if len(varied):
        columns = np.ascontiguousarray(table.embedding.T[varied], dtype=np.float32)  # (m, n)
        thrown = throws(columns, min(draws, PER_ROW * table.n), rng)
        score = _settled(score, columns, *thrown, min(neighbours, table.n - 1))
    return Ranking.by_score(score, keep="highest")


def throws(columns: np.ndarray, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two different coordinates (draws, 2) of m (one if there is but one), and a point in them, one per draw."""
    m = len(columns)
    first = rng.integers(m, size=draws)
    axes = np.stack([first, (first + rng.integers(1, m, size=draws)) % m], axis=1) if m > 1 else first[:, None]
    low, middle, high = columns.min(axis=1), np.median(columns, axis=1), columns.max(axis=1)
    points = rng.triangular(low[axes], middle[axes], high[axes]).astype(np.float32)
    return axes, points


def _settled(
    score: np.ndarray, columns: np.ndarray, axes: np.ndarray, points: np.ndarray, neighbours: int
) -> np.ndarray:
    """The score (n,) after all draws: one after another on a CPU, many at a time on an accelerator."""
    if not device.takes_tensors():
        scratch = np.empty((2, len(score)), dtype=np.float32)
        for two, point in zip(axes, points, strict=True):
            settle(score, [columns[axis] for axis in two], point, neighbours, scratch)
        return score
    at, sums = device.put(columns), device.put(score)
    step = max(1, TOGETHER // len(score))
    for start in range(0, len(axes), step):
        settle_many(
            sums, at, device.put(axes[start : start + step]), device.put(points[start : start + step]), neighbours
        )
    return to_numpy(sums)


def settle_many(score: Array, columns: Array, axes: Array, points: Array, neighbours: int) -> None:
    """What `settle` does for many draws (b, 2) of tensors at once, with the coordinates (m, n) of all rows."""
    seen = columns[axes]  # (b, 2, n)
    hit = (seen - points[:, :, None]).abs().sum(dim=1).argmin(dim=1)  # (b,)
    apart = (seen - seen.gather(2, hit[:, None, None].expand(-1, seen.shape[1], 1))).abs().sum(dim=1)
    apart.scatter_(1, hit[:, None], np.inf)
    gaps, near = apart.topk(neighbours, largest=False)  # (b, k) each
    gaps = gaps.to(score.dtype)
    least = gaps.amin(dim=1, keepdim=True)
    loss = ((least / gaps) ** 4).where(least > 0, (gaps == 0).to(score.dtype))
    score.index_put_((hit,), score.new_ones(len(hit)), accumulate=True)
    score.index_put_((near,), -loss / loss.sum(dim=1, keepdim=True), accumulate=True)


def settle(score: np.ndarray, axes: list[np.ndarray], point: np.ndarray, neighbours: int, scratch: np.ndarray) -> None:
    """Give 1 to the row nearest the point and take 1 from its neighbours, in place.

    Parameters
    ----------
    score
        (n,) changed in place.
    axes
        The coordinates (n,) of all rows, one array per axis.
    point
        (axes,) where the point fell.
    neighbours
        How many rows share the loss.
    scratch
        (2, n) of the coordinates' type, overwritten.
    """
    hit = int(_distances(axes, point, scratch).argmin())
    apart = _distances(axes, [column[hit] for column in axes], scratch)
    apart[hit] = np.inf
    near = _smallest(apart, neighbours)
    gaps = apart[near].astype(np.float64)
    loss = (gaps.min() / gaps) ** 4 if gaps.min() > 0 else (gaps == 0).astype(np.float64)
    score[hit] += 1
    score[near] -= loss / loss.sum()


def _distances(axes: list[np.ndarray], point: Iterable[float], scratch: np.ndarray) -> np.ndarray:
    """The sums of absolute differences (n,) from a point, in the first half of the scratch."""
    total, term = scratch
    total[:] = 0
    for column, value in zip(axes, point, strict=True):
        np.abs(np.subtract(column, value, out=term), out=term)
        total += term
    return total


def _smallest(values: np.ndarray, count: int) -> np.ndarray:
    """The places (count,) of the smallest values (n,): found among those below a limit that a sample suggests."""
    sample = values[::STRIDE]
    rank = 2 * count // STRIDE + 8
    if rank >= len(sample):
        return np.argpartition(values, count - 1)[:count]
    below = np.flatnonzero(values <= np.partition(sample, rank)[rank])
    if len(below) < count:
        return np.argpartition(values, count - 1)[:count]
    return below[np.argpartition(values[below], count - 1)[:count]]
