"""Columns on one scale, and their principal components."""

from __future__ import annotations

import numpy as np

from fdmat_core.numerics import distances

#: A standardised value lies at most this many standard deviations from the mean.
FAR = 10.0
#: Where gradients are followed, columns that vary less than this share of the widest one count as nearly constant.
NEARLY_CONSTANT = 1e-3


def moments(x: np.ndarray, *, least: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the scale (d,) that standardise the columns of x (n, d), in float64.

    They are those of scikit-learn's StandardScaler, fed block by block, but for what it leaves to the caller: a column
    that is constant up to the rounding of float32 has an infinite scale and so counts nothing, where it would blow the
    rounding up to the width of all others.

    Parameters
    ----------
    least
        A column that varies less than this share of the widest one is scaled like that one instead of being blown up.
    """
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    for rows in distances.blocks(len(x), 4 * x.shape[1]):
        scaler.partial_fit(x[rows])
    mean, deviation = np.asarray(scaler.mean_), np.sqrt(np.asarray(scaler.var_))
    constant = deviation <= 1e-6 * np.abs(mean)
    widest = deviation[~constant].max(initial=0)
    return mean, np.where(constant, np.inf, np.where(deviation > least * widest, deviation, widest))


def standardised(x: np.ndarray) -> np.ndarray:
    """The columns of x (n, d) with mean 0 and standard deviation 1, constant ones 0, in float32.

    Nothing lies more than `FAR` deviations out: a channel that is silent but for a few items would put those so far
    away that they alone made the distance between two sets.
    """
    return _scaled(x, *moments(x)).astype(np.float32)


def principal(x: np.ndarray, dims: int) -> np.ndarray:
    """The first principal components (n, dims) of x (n, d) with its columns standardised, in float32.

    With fewer than `dims` columns there are as many components as columns. Each points to where its largest loading
    is positive, so that the same data gives the same picture. scikit-learn's PCA would need the standardised columns
    in memory as a whole, 21 GB for 1.28 million rows of 2,048, and would centre them again after they were clipped;
    here a block is standardised when it is needed.
    """
    mean, scale = moments(x)
    loadings = (_of_columns if len(x) >= x.shape[1] else _of_rows)(x, mean, scale)[:, :dims]
    largest = np.take_along_axis(loadings, np.abs(loadings).argmax(axis=0, keepdims=True), axis=0)
    loadings = loadings * np.where(largest < 0, -1, 1)
    result = np.empty((len(x), loadings.shape[1]), dtype=np.float32)
    for rows in distances.blocks(len(x), 4 * x.shape[1]):
        result[rows] = _scaled(x[rows], mean, scale) @ loadings
    return result


def _of_columns(x: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The loadings (d, d) of standardised columns, largest variance first, from how the columns go together."""
    covariance = np.zeros((x.shape[1], x.shape[1]))
    for rows in distances.blocks(len(x), 4 * x.shape[1]):
        block = _scaled(x[rows], mean, scale)
        covariance += block.T @ block
    return np.linalg.eigh(covariance)[1][:, ::-1]


def _of_rows(x: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The same (d, d) from how the rows go together, which is cheaper if they are fewer; beyond their rank all 0."""
    whole = _scaled(x, mean, scale)
    loadings = whole.T @ np.linalg.eigh(whole @ whole.T)[1][:, ::-1]  # (d, n)
    lengths = np.linalg.norm(loadings, axis=0)
    there = lengths > 1e-7 * lengths.max(initial=0)
    loadings = np.divide(loadings, lengths, out=np.zeros_like(loadings), where=there)
    return np.pad(loadings, ((0, 0), (0, x.shape[1] - len(x))))


def _scaled(x: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.clip((x - mean) / scale, -FAR, FAR)
