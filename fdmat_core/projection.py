"""From features to a map of two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from fdmat_core.numerics import distances, neighbours, quotas
from fdmat_core.numerics.scaling import principal
from fdmat_core.types import FeatureTable

#: UMAP starts from this many principal components.
UMAP_DIMS = 50
#: And looks at so many nearest items, an item itself among them.
NEIGHBOURS = 15
#: UMAP places this many items; of more, the others are placed beside their neighbours.
PLACED = 100_000
#: Of so many neighbours.
BESIDE = 15
#: This share of the points at either end of an axis sets no scale.
RIM = 0.001
#: A map is turned by this many degrees at a time to find how it fills a screen, which is so much wider than high.
TURN, SCREEN = 5, 4 / 3
Kind = Literal["PCA", "UMAP"]


@dataclass(frozen=True)
class Projection:
    """A map of a table's items."""

    xy: np.ndarray  # (n, 2) float32, most of it in [-1, 1]; what lies far out lies outside
    kind: str  # what made it: "PCA" or "UMAP"

    @property
    def title(self) -> str:
        """What made it, as a person reads it."""
        sampled = self.kind == "UMAP" and len(self.xy) > PLACED
        return f"UMAP of {PLACED:,} items, others beside their neighbours" if sampled else self.kind


def project(table: FeatureTable, kind: Kind, *, seed: int = 0) -> Projection:
    """A map of a table's items by principal components, or by UMAP."""
    if kind not in get_args(Kind):
        raise ValueError(f"kind of projection is {kind!r}; choose {' or '.join(get_args(Kind))}")
    return Projection(pca(table) if kind == "PCA" else umap(table, seed), kind)


def pca(table: FeatureTable) -> np.ndarray:
    """The first two principal components (n, 2) of the standardised embedding, scaled to [-1, 1]."""
    return to_square(principal(table.embedding, 2))


def umap(table: FeatureTable, seed: int = 0) -> np.ndarray:
    """A UMAP (n, 2) of the standardised embedding, reduced to 50 principal components first, scaled to [-1, 1].

    It starts from the first two components, so that large distances keep some meaning; directions have none, so that
    it is turned to fill a screen. One seed gives one map, on one core. Fewer than five different items get their
    components. (McInnes, Healy, Melville, arXiv 1802.03426, 2018)

    Of more than `PLACED` items, so many are placed, of each class its share; any other lies where those of its nearest
    neighbours do that are placed already.
    """
    import warnings

    components = principal(table.embedding, UMAP_DIMS)
    rows = _share_of_each_class(table.labels, PLACED, seed)
    few = components[rows]
    if len(np.unique(few, axis=0)) < 5:
        return to_square(components)
    from umap import UMAP

    start, near = 10 * np.clip(to_square(few), -1, 1), neighbours.nearest_rows(few, NEIGHBOURS - 1)
    near = neighbours.with_itself(near)
    given = near.rows, near.distances.astype(np.float32)
    model = UMAP(n_neighbors=near.rows.shape[1], precomputed_knn=given, init=start, random_state=seed, n_jobs=1)  # pyright: ignore[reportArgumentType] # has no types; `init` may be an array
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on duplicates in `init`, on n_jobs with a seed, on transforming other data
        placed = np.asarray(model.fit_transform(few))
    if len(rows) < table.n:
        placed = _beside(placed, rows, neighbours.nearest_rows(components, BESIDE).rows, components)
    return to_square(turned(placed))


def _share_of_each_class(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Rows, ascending: all if there are no more than `most`, else so many, drawn, of each class its share."""
    if len(labels) <= most:
        return np.arange(len(labels))
    drawn = np.random.default_rng(seed).permutation(len(labels))
    groups = [drawn[rows] for rows in quotas.rows_by_class(labels[drawn], int(labels.max()) + 1)]
    return np.sort(quotas.merge(groups, np.array([len(rows) for rows in groups]), "proportional")[:most])


def _beside(placed: np.ndarray, rows: np.ndarray, near: np.ndarray, components: np.ndarray) -> np.ndarray:
    """Places (n, 2) of all: those of some rows (m, 2), and of each other the mean of its placed neighbours (n, k).

    Rows that have none follow once their neighbours are placed, and at last, if none ever is, by their components.
    """
    xy, known = np.zeros((len(near), 2)), np.zeros(len(near), dtype=bool)
    xy[rows], known[rows] = placed, True
    while len(left := np.flatnonzero(~known & known[near].any(axis=1))):
        for block in distances.blocks(len(left), 4 * near.shape[1]):
            some = left[block]
            weight = known[near[some]].astype(np.float64)[:, :, None]  # (b, k, 1)
            xy[some] = (xy[near[some]] * weight).sum(axis=1) / weight.sum(axis=1)
        known[left] = True
    xy[~known] = 10 * np.clip(to_square(components), -1, 1)[~known]
    return xy


def turned(xy: np.ndarray) -> np.ndarray:
    """Coordinates (n, 2), turned around the origin so that most of them can be drawn largest on a wide screen."""
    angles = np.radians(np.arange(0, 180, TURN))
    turns = np.stack([np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles)], axis=1).reshape(-1, 2, 2)
    width, height = np.array([np.ptp(_middle(xy @ turn), axis=0) for turn in turns]).T
    return xy @ turns[np.argmin(np.maximum(width / SCREEN, height))]


def to_square(xy: np.ndarray) -> np.ndarray:
    """The first two columns of coordinates (n, any) as a map (n, 2): centred, in [-1, 1], its shape kept, in float32.

    All but a thousandth of the points at either end of an axis set the scale, and what lies farther out lies outside:
    one outlier does not shrink the rest to a dot. A missing second column is 0.
    """
    flat = np.zeros((len(xy), 2))
    flat[:, : min(2, xy.shape[1])] = xy[:, :2]
    low, high = _middle(flat)
    half = (high - low).max() / 2
    return ((flat - (low + high) / 2) * (0.95 / half if half > 0 else 1)).astype(np.float32)


def _middle(xy: np.ndarray) -> np.ndarray:
    """Where the middle of the points (n, 2) begins and ends on each axis: (2, 2)."""
    return np.quantile(xy, [RIM, 1 - RIM], axis=0)
