"""Budgets: kept fraction to count, count to class quotas, and the nested merge of class rankings. Pure numpy."""

from __future__ import annotations

import numpy as np

#: How the kept count is shared among classes: by class size, the same for all, or left to the method.
BALANCES = ("proportional", "equal", "none")


def kept_count(n: int, fraction: float) -> int:
    """How many of n items a kept fraction means: rounded half up, and at least 1 unless nothing is kept."""
    if not 0 <= fraction <= 1:
        raise ValueError(f"kept fraction is {fraction}; give a number from 0 to 1")
    return min(n, max(1, int(np.floor(n * fraction + 0.5)))) if fraction > 0 else 0


def check_balance(balance: str) -> str:
    """The balance itself, if there is such a one."""
    if balance not in BALANCES:
        raise ValueError(f"balance is {balance!r}; choose {', '.join(BALANCES)}")
    return balance


def merge(sequences: list[np.ndarray], sizes: np.ndarray, balance: str) -> np.ndarray:
    """Merge one best-first sequence of rows per class into a single nested one.

    "proportional": the r-th row of a class of n_c comes at (r - 0.5) / n_c, the Webster order, so every prefix stays
    within about 1.5 rows of proportional. "equal": first the first of every class, then the second of every class.
    Ties go to the lower class.

    Parameters
    ----------
    sequences
        For each class its rows (m_c,), best first; m_c may be smaller than the class.
    sizes
        (c,) the class sizes that quotas are proportional to.
    """
    ranks = [np.arange(1, len(sequence) + 1) for sequence in sequences]
    if balance == "proportional":
        places = [(rank - 0.5) / max(size, 1) for rank, size in zip(ranks, sizes, strict=True)]
    else:
        places = [rank.astype(float) for rank in ranks]
    owner = np.repeat(np.arange(len(sequences)), [len(sequence) for sequence in sequences])
    by_place = np.lexsort((owner, np.concatenate(places)))
    return np.concatenate(sequences)[by_place].astype(np.int64)


def quotas(k: int, sizes: np.ndarray, balance: str) -> np.ndarray:
    """How many of k places each class gets, for methods that choose afresh for every k; the sum is exactly k.

    "proportional": the largest remainder, ties to the lower class. "equal": filled level by level up to each class's
    size, ties to the lower class.
    """
    sizes = np.asarray(sizes, dtype=np.int64)
    k = min(int(k), int(sizes.sum()))
    if balance == "equal":
        return _level(k, sizes)
    share = k * sizes / max(sizes.sum(), 1)
    quota = np.floor(share).astype(np.int64)
    left = np.argsort(-(share - quota), kind="stable")[: k - quota.sum()]
    quota[left] += 1
    return quota


def _level(k: int, sizes: np.ndarray) -> np.ndarray:
    quota = np.zeros_like(sizes)
    while (rest := k - quota.sum()) > 0:
        open_classes = np.flatnonzero(quota < sizes)
        step = max(1, rest // len(open_classes))
        take = open_classes if rest >= len(open_classes) else open_classes[:rest]
        quota[take] += np.minimum(step, (sizes - quota)[take])
    return quota
