"""How the places of a coreset are shared among classes: quotas, and the nested merge of class rankings."""

from __future__ import annotations

import numpy as np

#: How the kept count is shared among classes: by class size, the same for all, by how often a classifier mistakes a
#: class, by how difficult it is, or left to the method. What the words mean for a table is in `class_shares`.
BALANCES = ("proportional", "equal", "error", "difficulty", "none")
#: Stands for a weight of 0 where something is divided by it.
TINY = 1e-12


def check_balance(balance: str) -> str:
    """The balance itself, if there is such a one."""
    if balance not in BALANCES:
        raise ValueError(f"balance is {balance!r}; choose {', '.join(BALANCES)}")
    return balance


def rows_by_class(labels: np.ndarray, c: int) -> list[np.ndarray]:
    """The rows of each of c classes, ascending, by the labels (n,): one sort, however many classes there are."""
    return np.split(np.argsort(labels, kind="stable"), np.cumsum(np.bincount(labels, minlength=c))[:-1]) if c else []


def merge(sequences: list[np.ndarray], sizes: np.ndarray, balance: str) -> np.ndarray:
    """Merge one best-first sequence of rows per class into a single nested one.

    Every class's first comes before any second: a class of which nothing is kept cannot be learnt. After that,
    "proportional" puts the r-th row of a class of n_c at (r - 0.5) / n_c, the Webster order, and "equal" at r: the
    second of every class, then the third. Firsts follow the same rule among themselves, so larger classes come first
    if there are fewer places than classes. Ties go to the lower class.

    Parameters
    ----------
    sequences
        For each class its rows (m_c,), best first; m_c may be smaller than the class.
    sizes
        (c,) the class sizes, or other weights, that quotas are proportional to. A class of weight 0 comes after all
        others but for its first.
    """
    ranks = [np.arange(1, len(sequence) + 1) for sequence in sequences]
    if balance == "proportional":
        places = [(rank - 0.5) / max(size, TINY) for rank, size in zip(ranks, sizes, strict=True)]
    else:
        places = [rank.astype(float) for rank in ranks]
    owner = np.repeat(np.arange(len(sequences)), [len(sequence) for sequence in sequences])
    by_place = np.lexsort((owner, np.concatenate(places), np.concatenate(ranks) > 1))
    return np.concatenate(sequences)[by_place].astype(np.int64)


def quotas(k: int, sizes: np.ndarray, balance: str, weights: np.ndarray | None = None) -> np.ndarray:
    """How many of k places each class gets (c,): as many as among the first k of the merge of whole classes.

    Parameters
    ----------
    sizes
        (c,) the class sizes.
    weights
        (c,) what "proportional" goes by; the sizes if not given.
    """
    classes = [np.full(size, label) for label, size in enumerate(sizes)]
    owners = merge(classes, sizes if weights is None else weights, balance)
    return np.bincount(owners[: int(k)], minlength=len(sizes))
