"""What the labels around rows say: whether they are those of a class, of the border of two, or of no class at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fdmat_core.numerics import quotas
from fdmat_core.numerics.distances import CACHED, blocks, by_blocks, cores

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

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
    if np.count_nonzero(sizes) < 3 or not around.shape[1]:
        return np.zeros(len(around))
    usual, profiles = _log(sizes / sizes.sum()), _profiles(counts, sizes)
    likeliest, belonging = _inside(around, profiles)
    for label, rows in enumerate(quotas.rows_by_class(likeliest, len(sizes))):
        if len(rows):
            belonging[rows] = np.maximum(belonging[rows], _on_a_border(around[rows], profiles, label))
    return usual[around].sum(axis=1) - belonging


def _inside(around: np.ndarray, profiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inside which of their classes labels (n, k) are likeliest (n,), and the log of how likely they are there (n,)."""
    logs, likeliest, best = _log(profiles), np.empty(len(around), dtype=np.int64), np.empty(len(around))

    def fill(rows: slice) -> None:
        labels = around[rows]
        found = logs[labels[:, :, None], labels[:, None, :]].sum(axis=2)  # (m, class of a neighbour)
        at = found.argmax(axis=1)[:, None]
        likeliest[rows] = np.take_along_axis(labels, at, axis=1)[:, 0]
        best[rows] = np.take_along_axis(found, at, axis=1)[:, 0]

    by_blocks(fill, len(around), CACHED * around.shape[1] ** 2, cores=cores(around))
    return likeliest, best


def _on_a_border(around: np.ndarray, profiles: np.ndarray, label: int) -> np.ndarray:
    """The log-likelihood (m,) of labels (m, k) on the likeliest border of one class to another of theirs."""
    occurs = np.bincount(around.ravel(), minlength=len(profiles)) > 0
    some, place = np.flatnonzero(occurs), np.cumsum(occurs) - 1  # of many classes few
    logs = _log((profiles[label, some] + profiles[np.ix_(some, some)]) / 2).T
    found = np.empty(len(around))

    def fill(rows: slice) -> None:
        counted = _counted(place[around[rows]], len(some))
        found[rows] = np.where(counted.toarray() > 0, counted @ logs, -np.inf).max(axis=1)

    by_blocks(fill, len(around), CACHED * len(some), cores=cores(around))
    return found


def _counted(labels: np.ndarray, c: int) -> csr_matrix:
    """How often each of c labels is among labels (m, k): (m, c), sparse."""
    from scipy.sparse import csr_matrix

    m, k = labels.shape
    return csr_matrix((np.ones(m * k), labels.ravel(), np.arange(m + 1) * k), shape=(m, c))


def elsewhere(
    around: np.ndarray, labels: np.ndarray, preferred: np.ndarray, counts: np.ndarray, sizes: np.ndarray
) -> np.ndarray:
    """How much likelier the labels around rows are inside another class than inside their own: log Bayes factors (n,).

    The other class is the rival that `mistaken` has. Parameters are as there, of all rows.
    """
    found, logs = np.zeros(len(labels)), _log(_profiles(counts, sizes))

    def fill(rows: slice) -> None:
        near, own = around[rows], labels[rows]
        rivals = _rivals(near, own, preferred[rows], len(sizes))
        found[rows] = (logs[rivals[:, None], near] - logs[own[:, None], near]).sum(axis=1)

    by_blocks(fill, len(labels), CACHED * max(around.shape[1], len(sizes)), cores=cores(around))
    return found


def mistaken(
    around: np.ndarray, labels: np.ndarray, preferred: np.ndarray, counts: np.ndarray, sizes: np.ndarray
) -> np.ndarray:
    """How likely the labels of rows are wrong for which another class is preferred, by the labels around them: (m,).

    The other label that is the most frequent around a row is its rival; the preferred one if it is as frequent. The row
    lies inside the class of its rival, and its label is a mistake; or inside the class of its label, which is right; or
    on the border of the two, where either class has as many of these labels as deep inside it. The labels around it are
    as deep inside that class, or half from each. How often which is so is found by iterating it.

    Parameters
    ----------
    around
        (m, k) labels of the neighbours.
    labels, preferred
        (m,) the label of each row, and another class.
    counts
        (c, c) how often each label occurs around the rows deep inside each class.
    sizes
        (c,) how many rows each class has.
    """
    if not len(labels):
        return np.zeros(0)
    rivals = _rivals(around, labels, preferred, len(sizes))
    profiles = _profiles(counts, sizes)
    theirs, own = profiles[rivals[:, None], around], profiles[labels[:, None], around]  # (m, k)
    logs = np.stack([_log(some).sum(axis=1) for some in (theirs, own, (theirs + own) / 2)], axis=1)
    held = likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares = np.full(3, 1 / 3)
    for _ in range(ROUNDS):
        held = likelihood * shares
        held /= held.sum(axis=1, keepdims=True)
        shares = held.mean(axis=0)
    wrong, right = profiles[rivals, labels], profiles[labels, labels]
    return held[:, 0] + held[:, 2] * wrong / (wrong + right)


def _rivals(around: np.ndarray, labels: np.ndarray, preferred: np.ndarray, c: int) -> np.ndarray:
    """The most frequent (m,) of the other labels around rows; in a tie the preferred one, or else the lowest."""
    rivals = preferred.copy()
    for block in blocks(len(labels), CACHED * c):
        row = np.arange(block.stop - block.start)
        flat = (c * row[:, None] + around[block]).ravel()
        often = np.bincount(flat, minlength=c * len(row)).reshape(-1, c).astype(np.float64)
        often[row, preferred[block]] += 0.5
        often[row, labels[block]] = -1
        rivals[block] = often.argmax(axis=1)
    return rivals


def _profiles(counts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """How frequent each label is inside each class (c, c): as counted, and as if one more neighbour had been any."""
    return (counts + sizes / sizes.sum()) / (counts.sum(axis=1, keepdims=True) + 1)


def _log(shares: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(shares, np.finfo(np.float64).tiny))  # what is 0 is of a label that nobody has


def posterior(factors: np.ndarray) -> np.ndarray:
    """Log odds (n,) from log Bayes factors, by the share of rows that these make likely: found by iterating it.

    Among rows of which hardly any factor is high the share is next to 0, and so are the odds of all but those.
    """
    from scipy.special import expit

    share, least = 0.5, 0.5 / max(1, len(factors))
    for _ in range(ROUNDS if len(factors) else 0):
        share = float(np.clip(expit(factors + np.log(share / (1 - share))).mean(), least, 1 - least))
    return factors + np.log(share / (1 - share))
