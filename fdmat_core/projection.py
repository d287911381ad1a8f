"""From features to a map of two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from fdmat_core.numerics.scaling import principal
from fdmat_core.types import FeatureTable

#: UMAP starts from this many principal components.
UMAP_DIMS = 50
#: This share of the points at either end of an axis sets no scale.
RIM = 0.001
#: A map is turned by this many degrees at a time to find how it fills a screen, which is so much wider than high.
TURN, SCREEN = 5, 4 / 3
Kind = Literal["PCA", "UMAP"]


@dataclass(frozen=True)
class Projection:
    """A map of a table's items."""

    xy: np.ndarray  # (n, 2) float32, most of it in [-1, 1]; what lies far out lies outside
    kind: str  # what made it, as a person reads it: "PCA" or "UMAP"


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
    """
    import warnings

    components = principal(table.embedding, UMAP_DIMS)
    if len(np.unique(components, axis=0)) < 5:
        return to_square(components)
    from umap import UMAP

    start = 10 * np.clip(to_square(components), -1, 1)
    model = UMAP(n_neighbors=min(15, table.n - 1), init=start, random_state=seed, n_jobs=1)  # pyright: ignore[reportArgumentType] # has no types; `init` may be an array
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on duplicates in `init`, and on n_jobs with a seed
        return to_square(turned(np.asarray(model.fit_transform(components))))


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
