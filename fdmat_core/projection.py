"""From features to fewer numbers: the principal components that measures work in, and the two of a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from fdmat_core import kernels
from fdmat_core.types import FeatureTable

#: UMAP starts from this many principal components.
UMAP_DIMS = 50
#: This share of the points at either end of an axis may lie on or near the rim of the map.
RIM = 0.001
#: A standardised value lies at most this many standard deviations from the mean.
FAR = 10.0


Kind = Literal["PCA", "UMAP"]


@dataclass(frozen=True)
class Projection:
    """A map of a table's items."""

    xy: np.ndarray  # (n, 2) float32 in [-1, 1]
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

    It starts from the first two components, so that large distances keep some meaning. One seed gives one map, on one
    core. Fewer than five different items get their components. (McInnes, Healy, Melville, arXiv 1802.03426, 2018)
    """
    import warnings

    components = principal(table.embedding, UMAP_DIMS)
    if len(np.unique(components, axis=0)) < 5:
        return to_square(components)
    from umap import UMAP

    start = 10 * to_square(components)
    model = UMAP(n_neighbors=min(15, table.n - 1), init=start, random_state=seed, n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on duplicates in `init`, and on n_jobs with a seed
        return to_square(model.fit_transform(components))


def principal(x: np.ndarray, dims: int) -> np.ndarray:
    """The first principal components (n, dims) of x (n, d) with its columns standardised, in float32.

    With fewer than `dims` columns there are as many components as columns. Each points to where its largest loading
    is positive, so that the same data gives the same picture.
    """
    centre, scale = _moments(x)
    covariance = np.zeros((x.shape[1], x.shape[1]))
    for rows in kernels.blocks(len(x), 4 * x.shape[1]):
        block = _scaled(x[rows], centre, scale)
        covariance += block.T @ block
    _, vectors = np.linalg.eigh(covariance)
    loadings = vectors[:, ::-1][:, :dims]  # (d, dims), largest variance first
    largest = np.take_along_axis(loadings, np.abs(loadings).argmax(axis=0, keepdims=True), axis=0)
    return _apply(x, centre, scale, loadings * np.where(largest < 0, -1, 1))


def standardised(x: np.ndarray) -> np.ndarray:
    """The columns of x (n, d) with mean 0 and standard deviation 1, constant ones 0, in float32.

    Nothing lies more than `FAR` deviations out: a channel that is silent but for a few items would put those so far
    away that they alone made the distance between two sets.
    """
    return _scaled(x, *_moments(x)).astype(np.float32)


def to_square(xy: np.ndarray) -> np.ndarray:
    """The first two columns of coordinates (n, any) as a map (n, 2): centred, in [-1, 1], its shape kept, in float32.

    All but a thousandth of the points at either end of an axis set the scale, and what lies farther out is drawn on
    the rim: one outlier does not shrink the rest to a dot. A missing second column is 0.
    """
    flat = np.zeros((len(xy), 2))
    flat[:, : min(2, xy.shape[1])] = xy[:, :2]
    low, high = np.quantile(flat, [RIM, 1 - RIM], axis=0)
    half = (high - low).max() / 2
    scaled = (flat - (low + high) / 2) * (0.95 / half if half > 0 else 1)
    return np.clip(scaled, -1, 1).astype(np.float32)


def _scaled(x: np.ndarray, centre: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.clip((x - centre) / scale, -FAR, FAR)


def _moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (d,) of each column, 1 for the deviation of a constant one."""
    centre = x.mean(axis=0, dtype=np.float64)
    scale = x.std(axis=0, dtype=np.float64)
    return centre, np.where(scale > 1e-6 * np.abs(centre), scale, 1) if len(x) else scale


def _apply(x: np.ndarray, centre: np.ndarray, scale: np.ndarray, loadings: np.ndarray) -> np.ndarray:
    result = np.empty((len(x), loadings.shape[1]), dtype=np.float32)
    for rows in kernels.blocks(len(x), 4 * x.shape[1]):
        result[rows] = _scaled(x[rows], centre, scale) @ loadings
    return result
