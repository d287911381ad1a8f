"""In which space rows are judged: of several, the one in which the labels of neighbours agree most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core.numerics import transport
from fdmat_core.numerics.arrays import evenly, like, namespace, take, to_numpy, wide
from fdmat_core.numerics.distances import CACHED, LONG, blocks, by_blocks, cores, squared_distances, squares

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: By at most so many rows a space is chosen, of which so many are asked for the labels of so many neighbours.
ROWS, ASKED, NEIGHBOURS = 8000, 2000, 20
#: The roots of wider covariances take longer than they are worth.
COLUMNS = 2048


class Space(NamedTuple):
    """What is done to features before they are centred, and whether they are brought to unit length."""

    words: str
    power: float = 1.0
    even: bool = False
    scaled: bool = False
    unit: bool = True


ROOT = Space("by their square roots", 0.5)  # signed, where they go below 0
PLAIN = Space("as they are")
EVEN = Space("spread alike in all directions", even=True)
SCALED_UNIT = Space("with columns on one scale", scaled=True)
SCALED = Space("with columns on one scale and their lengths", scaled=True, unit=False)
BY_WORDS = {space.words: space for space in (ROOT, PLAIN, EVEN, SCALED_UNIT, SCALED)}


class Chosen(NamedTuple):
    """The space in which rows are judged, that in which copies are looked for, and why."""

    judging: Space
    plain: Space
    kind: str  # of the features, in words
    agreeing: dict[Space, float]  # what share of the neighbours has the same label; empty where nothing is labelled


def chosen(z: Array, labels: np.ndarray | None) -> Chosen:
    """Where rows of features z (n, d) are judged, and where copies among them are looked for.

    A sample of the rows is asked how many of their 20 nearest neighbours have their own label: in the space of square
    roots, in that where features of up to `COLUMNS` spread alike in all directions, and for both signs as they are. The
    labels choose only which; none of the three is made from them. Wrong labels lower the agreement in all spaces alike.
    Where nothing is labelled square roots are taken.

    Rows are judged where it is highest. Copies are looked for in the better of the others, as what hardly spreads tells
    one copy from the next as well as it tells other rows.

    Parameters
    ----------
    labels
        (n,) class numbers; None where nothing is labelled.
    """
    kind = "both signs" if (both := transport.signed(z)) else "no value below 0"
    if labels is None:
        return Chosen(ROOT, ROOT, f"{kind}, no labels", {})
    rows = evenly(len(z), ROWS)
    some = z if len(rows) == len(z) else z[like(z, rows), :]
    tried = (ROOT, *[PLAIN] * both, *[EVEN] * (z.shape[1] <= COLUMNS))
    found = {space: agreement(features(some, space), labels[rows]) for space in tried}
    judging = max(found, key=found.__getitem__)
    plain = max((space for space in found if not space.even), key=found.__getitem__)
    return Chosen(judging, plain, kind, found)


def described(by: Chosen, matching: Space, told: dict[Space, float]) -> str:
    """In which spaces rows were judged and matched, and why."""
    judged, matched = by.judging.words, matching.words
    where = f"judged and matched {matched}" if by.judging == matching else f"judged {judged}, matched {matched}"
    found = {"neighbours of the same label": by.agreeing, "classes told from small coresets": told}
    why = [
        f"; {name}: {', '.join(f'{share:.1%} {space.words}' for space, share in shares.items())}"
        for name, shares in found.items()
        if shares
    ]
    return f"{by.kind}: {where}{''.join(why)}"


class Scaled(NamedTuple):
    """What brings columns to mean 0 and standard deviation 1."""

    middle: np.ndarray  # (d,)
    spread: np.ndarray  # (d,)

    def __call__(self, rows: Array) -> Array:
        """What rows (m, d) become, in their precision."""
        return (rows - like(rows, self.middle, rows.dtype)) / like(rows, self.spread, rows.dtype)


class Linear(NamedTuple):
    """A linear map of features."""

    middle: np.ndarray  # (d,)
    matrix: np.ndarray  # (d, d)

    def __call__(self, rows: Array) -> Array:
        """What rows (m, d) become, in their precision."""
        return (rows - like(rows, self.middle, rows.dtype)) @ like(rows, self.matrix, rows.dtype)


def features(z: Array, space: Space) -> transport.Features:
    """Features z (n, d) as they lie in a space: centred, and of unit length where that belongs to it."""
    first = even_spread(z) if space.even else Scaled(*_scales(z)[:2]) if space.scaled else None
    return transport.features(z, power=space.power, norm="unit" if space.unit else "none", first=first)


def agreement(found: transport.Features, labels: np.ndarray) -> float:
    """What share of the nearest neighbours of rows have their label: of at most `ASKED` of the usable rows, or 0."""
    usable = np.flatnonzero(to_numpy(found.usable))
    x, labels = take(found.x, usable), labels[usable]
    asked = evenly(len(usable), ASKED)
    k = min(NEIGHBOURS, len(usable) - 1)
    if k < 1:
        return 0.0
    same, smallest = np.zeros(len(asked)), _smallest
    if len(usable) >= LONG:
        from fdmat_core.numerics.compiled import smallest

    def fill(part: slice) -> None:
        mine = asked[part]
        apart = to_numpy(squared_distances(x[like(x, mine), :], x))
        apart[np.arange(len(mine)), mine] = np.inf
        near = apart <= smallest(apart, k)
        same[part] = (near & (labels == labels[mine][:, None])).sum(axis=1) / near.sum(axis=1)

    by_blocks(fill, len(asked), CACHED * len(x), cores=cores(x))
    return float(same.mean())


def _smallest(values: np.ndarray, k: int) -> np.ndarray:
    """The k-th smallest value (m, 1) of each row of values (m, n)."""
    return np.partition(values, k - 1, axis=1)[:, k - 1 : k]


def even_spread(z: Array) -> Linear:
    """The linear map after which features z (n, d) spread alike in all directions, as far as so many rows can tell.

    Columns are brought to one scale, so that their units do not count; the map is the inverse root of their covariance,
    which is shrunk towards equal variances by as much as its error is expected to be (Ledoit & Wolf, Journal of
    Multivariate Analysis 2004): few rows of many columns hardly change. Distances after it are Mahalanobis's. Rows of
    zeros, which have no features, do not count.
    """
    d, kind = z.shape[1], namespace(z).float32
    middle, spread, n = _scales(z)
    centre, scale = like(z, middle, kind), like(z, spread, kind)
    products, fourth = np.zeros((d, d)), 0.0
    for rows in _usable(z):
        mine = (rows - centre) / scale
        products += to_numpy(mine.T @ mine)
        fourth += float(np.sum(to_numpy(squares(mine)).astype(np.float64) ** 2))
    matrix, varies = np.zeros((d, d)), np.flatnonzero(products.diagonal() > 0)
    matrix[np.ix_(varies, varies)] = _inverse_root(_shrunk(products[np.ix_(varies, varies)] / n, fourth / n, n))
    return Linear(middle, matrix / spread[:, None])


def _usable(z: Array) -> Iterator[Array]:
    """Blocks (b, d) in float32 of the rows of z (n, d) that are not all zero."""
    xp = namespace(z)
    for rows in blocks(len(z), 4 * z.shape[1]):
        mine = xp.astype(z[rows, :], xp.float32)
        there = xp.any(mine != 0, axis=1)
        if bool(xp.any(there)):
            yield mine if bool(xp.all(there)) else mine[there, :]


def _scales(z: Array) -> tuple[np.ndarray, np.ndarray, int]:
    """The mean (d,) of every column of z (n, d), its standard deviation (d,), 1 where all is alike, and the rows."""
    sums, squared, n, start = np.zeros(z.shape[1]), np.zeros(z.shape[1]), 0, None
    for rows in _usable(z):
        start = rows[0, :] if start is None else start
        mine = rows - start  # near 0, so that the squares keep their digits
        sums += to_numpy(namespace(z).sum(mine, axis=0, dtype=wide(z)))
        squared += to_numpy(namespace(z).sum(mine * mine, axis=0, dtype=wide(z)))
        n += len(rows)
    middle = sums / max(1, n)
    variance = np.maximum(squared / max(1, n) - middle**2, 0)
    whole = middle if start is None else to_numpy(start).astype(np.float64) + middle
    return whole, np.where(variance > 0, np.sqrt(variance), 1.0), max(1, n)


def _shrunk(covariance: np.ndarray, fourth: float, n: int) -> np.ndarray:
    """A covariance (d, d) of n rows shrunk by the formula of Ledoit & Wolf, given the mean fourth power of lengths."""
    even = np.eye(len(covariance)) * covariance.diagonal().mean() if len(covariance) else covariance
    error, gap = (fourth - np.sum(covariance**2)) / n, np.sum((covariance - even) ** 2)
    share = min(error, gap) / gap if gap > 0 else 0.0
    return (1 - share) * covariance + share * even


def _inverse_root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric inverse root (d, d) of a covariance, none of whose directions is called narrower than rounding."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors / np.sqrt(np.maximum(values, np.finfo(np.float32).eps * values.max(initial=0))) @ vectors.T
