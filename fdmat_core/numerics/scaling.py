"""Columns on one scale, and their principal components."""

from __future__ import annotations

import numpy as np

from fdmat_core.numerics import distances


def standard(embedding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the scale (d,) that standardise features (n, d); nearly constant features are not blown up."""
    mean = embedding.mean(axis=0, dtype=np.float64)
    scale = embedding.std(axis=0, dtype=np.float64)
    largest = scale.max(initial=0)
    return mean, np.where(scale > 1e-3 * largest, scale, largest if largest > 0 else 1)


#: A standardised value lies at most this many standard deviations from the mean.
FAR = 10.0


def principal(x: np.ndarray, dims: int) -> np.ndarray:
    """The first principal components (n, dims) of x (n, d) with its columns standardised, in float32.

    With fewer than `dims` columns there are as many components as columns. Each points to where its largest loading
    is positive, so that the same data gives the same picture.
    """
    centre, scale = _moments(x)
    covariance = np.zeros((x.shape[1], x.shape[1]))
    for rows in distances.blocks(len(x), 4 * x.shape[1]):
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


def _scaled(x: np.ndarray, centre: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.clip((x - centre) / scale, -FAR, FAR)


def _moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (d,) of each column, 1 for the deviation of a constant one."""
    centre = x.mean(axis=0, dtype=np.float64)
    scale = x.std(axis=0, dtype=np.float64)
    return centre, np.where(scale > 1e-6 * np.abs(centre), scale, 1) if len(x) else scale


def _apply(x: np.ndarray, centre: np.ndarray, scale: np.ndarray, loadings: np.ndarray) -> np.ndarray:
    result = np.empty((len(x), loadings.shape[1]), dtype=np.float32)
    for rows in distances.blocks(len(x), 4 * x.shape[1]):
        result[rows] = _scaled(x[rows], centre, scale) @ loadings
    return result
