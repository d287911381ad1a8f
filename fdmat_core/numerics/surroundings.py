"""What the labels around rows say: whether they are those of a class, of the border of two, or of no class at all."""

from __future__ import annotations

import numpy as np

from fdmat_core.numerics.distances import CACHED, by_blocks, cores

#: After so many rounds the share of rows that belong nowhere has settled.
ROUNDS = 100


def strangeness(around: np.ndarray, counts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """How much likelier the labels around each row are if the row belongs nowhere: log Bayes factors (n,).

    A row that belongs nowhere has neighbours of any label, as frequent as in the whole table. One that belongs to a
    class has neighbours as the rows deep inside that class have them, whatever its own label; one on the border of two
    has them half from each. The first is held against the likeliest of the others. Where fewer than three classes have
    rows every neighbourhood is a border, so labels say nothing: 0.

    Parameters
    ----------
    around
        (n, k) labels of the neighbours.
    counts
        (c, c) how often each label occurs around the rows deep inside each class.
    sizes
        (c,) how many rows each class has.
    """
    found = np.zeros(len(around))
    if np.count_nonzero(sizes) < 3 or not around.shape[1]:
        return found
    usual = sizes / sizes.sum()
    profiles = (counts + usual) / (counts.sum(axis=1, keepdims=True) + 1)  # as if one more neighbour had been any

    def fill(rows: slice) -> None:
        found[rows] = np.log(usual[around[rows]]).sum(axis=1) - _belonging(around[rows], profiles)

    by_blocks(fill, len(around), CACHED * around.shape[1] * len(sizes), cores=cores(around))
    return found


def _belonging(labels: np.ndarray, profiles: np.ndarray) -> np.ndarray:
    """The log-likelihood (m,) of labels (m, k) in the likeliest of their classes, or on its border to another."""
    pairs = labels[:, :, None], labels[:, None, :]
    logs = np.log(np.maximum(profiles, np.finfo(np.float64).tiny))  # what is 0 is of a label that nobody has
    inside, alone = profiles[pairs], logs[pairs].sum(axis=2)  # (m, class, neighbour), (m, class)
    best = np.take_along_axis(inside, alone.argmax(axis=1)[:, None, None], axis=1)
    return np.maximum(alone.max(axis=1), np.log((best + inside) / 2).sum(axis=2).max(axis=1))


def posterior(factors: np.ndarray) -> np.ndarray:
    """Log odds (n,) from log Bayes factors, by the share of rows that these make likely: found by iterating it.

    Among rows of which hardly any factor is high the share is next to 0, and so are the odds of all but those.
    """
    from scipy.special import expit

    share, least = 0.5, 0.5 / max(1, len(factors))
    for _ in range(ROUNDS if len(factors) else 0):
        share = float(np.clip(expit(factors + np.log(share / (1 - share))).mean(), least, 1 - least))
    return factors + np.log(share / (1 - share))
