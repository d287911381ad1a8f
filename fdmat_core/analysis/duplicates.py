"""Items that are there twice: exact copies, and near ones, by pixels or by features; groups, and which of each to keep.

A distance is relative: how far two items lie apart against how far the neighbours of each usually do. So a pair of
trousers that is like every other is no copy, and one threshold serves dense classes and sparse ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fdmat_core.numerics import cells, distances, neighbours, pictures
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    import pandas

#: What tells near copies: the pixels of images, or the features of anything.
By = Literal["pixels", "features"]
#: A pair up to this distance is taken for copies unless somebody says otherwise; up to the second one it is noted.
USUAL: dict[By, float] = {"pixels": 0.22, "features": 0.3}
FARTHEST: dict[By, float] = {"pixels": 0.4, "features": 0.8}
#: The neighbour whose distance is the usual one, and the least that counts as usual, as a share of the median.
NEIGHBOUR, FLOOR = 10, 0.25
#: Of each item so many candidates are aligned; those whose rough distance is beyond are not looked at further.
CANDIDATES, ROUGH = 3, 0.44
#: How many images are read at once, and how many windows are looked through side by side.
BLOCK, THREADS = 1024, 2

#: Which of a group to keep.
Rule = Literal["rank", "prototype", "id"]


class Pairs(NamedTuple):
    """Rows that may be copies of each other, and their relative distance."""

    a: np.ndarray  # (m,) int64
    b: np.ndarray  # (m,) int64, above `a`
    distance: np.ndarray  # (m,) float32

    def within(self, threshold: float) -> Pairs:
        """The pairs up to a distance."""
        near = self.distance <= threshold
        return Pairs(self.a[near], self.b[near], self.distance[near])


class Found(NamedTuple):
    """What is there twice among the training items and, behind them, the test items."""

    first: np.ndarray  # (n,) int64, the lowest row that is the same to the byte
    near: dict[By, Pairs]


def first_of(hashes: np.ndarray) -> np.ndarray:
    """The lowest row (n,) with the same hash, for hashes (n, 2) or any other rows of numbers."""
    _, first, back = np.unique(hashes, axis=0, return_index=True, return_inverse=True)
    return first[back.reshape(-1)].astype(np.int64)


def small_pictures(images: Callable[[np.ndarray], np.ndarray], ids: np.ndarray) -> np.ndarray:
    """The images of some items as small grey pictures (n, side, side) float16, read block by block."""
    found = np.empty((len(ids), pictures.SIDE, pictures.SIDE), dtype=np.float16)
    for start in range(0, len(ids), BLOCK):
        found[start : start + BLOCK] = pictures.reduced(images(ids[start : start + BLOCK]))
    return found


def by_pixels(small: np.ndarray) -> Pairs:
    """Near copies among grey pictures (n, side, side) that are all different: also blurred, cropped, noisy, compressed.

    Candidates are the nearest fingerprints of the whole and of its crops within their cells; they are aligned, and
    their details compared. Colours do not count, nor do turned or mirrored copies.
    """
    if len(small) < 2:
        return _none()
    usual, (a, b, which) = _candidates(small)
    share, top, left = (np.array(column, dtype=np.float32)[which] for column in zip(*pictures.windows(), strict=True))
    shrunk = pictures.coarse(small)
    window, rough = pictures.roughly(shrunk, a, b, pictures.Window(share, top, share, left))
    scale = np.sqrt(usual[a] * usual[b])
    near = np.flatnonzero(rough <= ROUGH * scale)
    _, away = pictures.finely(small, a[near], b[near], window.take(near))
    return _pairs(a[near], b[near], away / np.sqrt(scale[near])).within(FARTHEST["pixels"])


def by_features(x: np.ndarray) -> Pairs:
    """Near copies among rows of features (n, d) that are all different, by the distance to their neighbours.

    Where rows spread in few directions, neighbours are now and then much nearer than usual by chance. So the ratio is
    raised to a power that makes one distance as rare by chance in all features as it is where they spread in ten.
    """
    if len(x) < 2:
        return _none()
    x = np.asarray(x, dtype=np.float32)
    x = x - x.mean(axis=0)
    away, rows, _ = neighbours.nearest_rows(x, NEIGHBOUR)
    usual = _floored(away[:, -1])
    a, b = np.repeat(np.arange(len(x)), rows.shape[1]), rows.ravel().astype(np.int64)
    ratio = _away(x, a, b) / np.sqrt(usual[a] * usual[b])
    return _pairs(a, b, ratio ** (_directions(away) / NEIGHBOUR)).within(FARTHEST["features"])


def _away(x: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The distances (m,) of pairs of rows of x (n, d), from their differences: exact where they are small, too."""
    found = np.empty(len(a), dtype=np.float32)
    for block in distances.blocks(len(a), x.shape[1]):
        found[block] = np.linalg.norm(x[a[block]] - x[b[block]], axis=1)
    return found


def _directions(away: np.ndarray) -> float:
    """In how many directions rows spread, from the distances (n, k) to their neighbours (Levina and Bickel, 2005)."""
    inner = away[(away > 0).all(axis=1)]
    if away.shape[1] < 3 or not len(inner):
        return float(NEIGHBOUR)
    return float(np.median((away.shape[1] - 2) / np.log(inner[:, -1:] / inner[:, :-1]).sum(axis=1).clip(1e-9)))


def _candidates(small: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The usual distance (n,), and candidates: rows, the rows they may be copies of, and by which window."""
    whole = pictures.fingerprints(small, (1.0, 0.0, 0.0))
    divided = cells.divide(whole)
    usual = _floored(cells.usual(divided, NEIGHBOUR))
    with ThreadPoolExecutor(THREADS) as threads:  # numpy lets others work meanwhile
        looked = list(
            threads.map(lambda one: cells.nearest(divided, pictures.fingerprints(small, one)), pictures.windows())
        )
    away, rows = (np.stack(column, axis=1) for column in zip(*looked, strict=True))
    a, which = np.repeat(np.arange(len(small)), len(looked)), np.tile(np.arange(len(looked)), len(small))
    b, away = rows.ravel(), away.ravel()
    ratio = away / np.sqrt(usual[a] * usual[b])
    chosen = _best(a, b, np.where(a == b, np.inf, ratio), CANDIDATES)
    first = _first_of_pairs(a[chosen], b[chosen], away[chosen])
    chosen = chosen[first]
    return usual, (a[chosen], b[chosen], which[chosen])


def _best(a: np.ndarray, b: np.ndarray, ratio: np.ndarray, count: int) -> np.ndarray:
    """Places of the nearest `count` different b of each a, of those that are nearer than usual."""
    inside = np.flatnonzero(ratio < 1)
    inside = inside[_first_of_pairs(a[inside], b[inside], ratio[inside], ordered=True)]
    order = inside[np.lexsort((ratio[inside], a[inside]))]
    begins = np.searchsorted(a[order], a[order])
    return order[np.arange(len(order)) - begins < count]


def _first_of_pairs(a: np.ndarray, b: np.ndarray, away: np.ndarray, *, ordered: bool = False) -> np.ndarray:
    """Places of the nearest of each pair; (a, b) and (b, a) are one unless they are `ordered`."""
    low, high = (a, b) if ordered else (np.minimum(a, b), np.maximum(a, b))
    order = np.lexsort((away, high, low))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    return order[new]


def _pairs(a: np.ndarray, b: np.ndarray, away: np.ndarray) -> Pairs:
    """Each pair once, the lower row first, with the smaller of its distances."""
    first = _first_of_pairs(a, b, away)
    low, high = np.minimum(a, b)[first], np.maximum(a, b)[first]
    return Pairs(low.astype(np.int64), high.astype(np.int64), away[first].astype(np.float32))


def _none() -> Pairs:
    return Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def _floored(usual: np.ndarray) -> np.ndarray:
    """Usual distances of which none is far below the median: many near copies of one item would hide each other."""
    there = usual[np.isfinite(usual)]
    middle = distances.typical(there)
    return np.maximum(np.where(np.isfinite(usual), usual, middle), FLOOR * middle)


def of_distinct(first: np.ndarray, look: Callable[[np.ndarray], Pairs]) -> Pairs:
    """What `look` finds among the rows that are the first of their exact copies, in the numbers of all rows."""
    distinct = np.flatnonzero(first == np.arange(len(first)))
    found = look(distinct)
    return Pairs(distinct[found.a], distinct[found.b], found.distance)


def groups(found: Found, by: By | None, threshold: float) -> list[np.ndarray]:
    """Rows of items that are copies of each other, the largest groups first; exact copies alone without `by`.

    A group holds whatever a chain of pairs joins.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(found.first)
    pairs = found.near[by].within(threshold) if by else _none()
    again = np.flatnonzero(found.first != np.arange(n))
    a, b = np.concatenate([found.first[again], pairs.a]), np.concatenate([again, pairs.b])
    _, group = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return sorted((part for part in parts if len(part) > 1), key=lambda part: (-len(part), int(part[0])))


def of_split(all_groups: list[np.ndarray], n_train: int, *, leaks: bool) -> list[np.ndarray]:
    """The groups that lie in training alone, or those of training and test items: what leaks."""
    mixed = [(part.min() < n_train, part.max() >= n_train) for part in all_groups]
    wanted = (True, True) if leaks else (True, False)
    return [part for part, both in zip(all_groups, mixed, strict=True) if both == wanted]


def distance_between(found: Found, by: By | None, rows: ArrayLike, to: int) -> np.ndarray:
    """The distance (m,) of each row to one of its group; NaN where only a chain of others joins them."""
    first, rows = found.first, np.asarray(rows)
    away = np.where(first[rows] == first[to], 0.0, np.nan)
    if by:
        pairs = found.near[by]
        for a, b in ((pairs.a, pairs.b), (pairs.b, pairs.a)):
            known = dict(zip(b[a == first[to]].tolist(), pairs.distance[a == first[to]].tolist(), strict=True))
            away = np.array([known.get(int(first[row]), old) for row, old in zip(rows, away, strict=True)])
    return away


def standing(table: FeatureTable, order: np.ndarray | None, rule: Rule) -> np.ndarray:
    """A number (n,) for each training row: of a group, the row with the lowest is kept.

    Parameters
    ----------
    order
        The rows by a ranking, best first; None takes the ids where the rule is "rank".
    rule
        "rank": highest in the ranking; "prototype": nearest to the mean of its class in features; "id": lowest id.
    """
    if rule == "rank" and order is not None:
        place = np.empty(table.n)
        place[order] = np.arange(table.n)
        return place
    if rule == "prototype":
        means = distances.class_means(table.embedding, table.labels, table.c)
        return np.linalg.norm(table.embedding - means[table.labels], axis=1)
    return table.ids.astype(np.float64)


def kept_of(group: np.ndarray, labels: np.ndarray, place: np.ndarray) -> int:
    """The row of a group (m,) to keep: of those with the most frequent label the one with the lowest place.

    Where two labels are as frequent, that of the row with the lowest place counts.
    """
    of = labels[group]
    count = np.array([(of == label).sum() for label in of])
    return int(group[np.lexsort((place[group], -count))[0]])


def to_drop(all_groups: list[np.ndarray], kept: list[int], n_train: int) -> np.ndarray:
    """The training rows that go when of each group one row is kept, all where that is a test item's."""
    rows = [group[(group != one) & (group < n_train)] for group, one in zip(all_groups, kept, strict=True)]
    return np.sort(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.int64)


def differing(all_groups: list[np.ndarray], labels: np.ndarray) -> int:
    """How many groups hold items of different labels."""
    return sum(len(np.unique(labels[group])) > 1 for group in all_groups)


def table(
    all_groups: list[np.ndarray], kept: list[int], ids: np.ndarray, found: Found, by: By | None
) -> pandas.DataFrame:
    """All groups as lines: columns `group, item, kept, distance` to the one that is kept."""
    import pandas

    lines = list(_lines(all_groups, kept, ids, found, by))
    return pandas.DataFrame(lines, columns=["group", "item", "kept", "distance"])


def _lines(
    all_groups: list[np.ndarray], kept: list[int], ids: np.ndarray, found: Found, by: By | None
) -> Iterator[tuple[int, int, bool, float]]:
    for number, (group, one) in enumerate(zip(all_groups, kept, strict=True)):
        away = distance_between(found, by, group, one)
        yield from ((number, int(ids[row]), bool(row == one), float(d)) for row, d in zip(group, away, strict=True))
