"""How much of a coreset each class is to have: by size, equal, by how often it is mistaken, by how difficult it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fdmat_core.learning import held_out
from fdmat_core.numerics import quotas, scaling
from fdmat_core.types import FeatureTable

#: Of each class this share of rows, at both ends, counts as difficult as the last row before them.
ENDS = 0.05


def weights(table: FeatureTable, balance: str) -> np.ndarray:
    """What the share of each class (c,) is proportional to; all 0 stands for the same share.

    - "proportional": its size
    - "equal": 1
    - "error": the share of its rows that a classifier mistakes which never saw them, `1 - recall` (DRoP: Vysogorets,
      Ahuja, Kempe, ICLR 2025). The paper has a validation set and a network; here it is a logistic regression on the
      features, in five folds, so that nothing but the table is needed
    - "difficulty": the mean EL2N of its rows, the ends cut to the 5th and 95th percentile (NUCS: Zhang et al., arXiv
      2504.13234, as far as it could be read; how much is cut is ours)

    A class is never given more than it has: what is left over goes to the others, in proportion.

    Raises
    ------
    ValueError
        An unknown balance, or "difficulty" of a table without training dynamics.
    """
    quotas.check_balance(balance)
    sizes = np.bincount(table.labels, minlength=table.c)
    if balance in ("proportional", "none") or (table.c < 2 and balance != "equal"):
        return sizes.astype(np.float64)
    if balance == "error":
        return errors(table)
    return difficulties(table) if balance == "difficulty" else np.ones(table.c)


def errors(table: FeatureTable) -> np.ndarray:
    """The share of the rows of each class (c,) that a logistic regression on other rows takes for another class.

    A row that is alone in its class is mistaken, a class without rows is not; where no two classes have two rows
    nothing can be said, and all are alike. Of large tables rows spread evenly over every class are judged, at least one
    for each part that is held out, and of many classes by their first principal components.
    """
    if np.count_nonzero(np.bincount(table.labels) > 1) < 2:
        return np.ones(table.c)
    step = int(np.ceil(table.n * table.embedding.shape[1] * table.c / held_out.AFFORDABLE))
    classes = quotas.rows_by_class(table.labels, table.c)
    rows = np.concatenate([rows[:: max(1, min(step, len(rows) // held_out.FOLDS))] for rows in classes])
    judged = table.take(np.sort(rows))
    wide = max(table.c, int(held_out.AFFORDABLE / (judged.n * table.c)))
    if table.embedding.shape[1] > wide:
        judged = replace(judged, embedding=scaling.principal(judged.embedding, wide))
    wrong = judged.labels[held_out.out_of_fold(judged).argmax(axis=1) != judged.labels]
    return np.bincount(wrong, minlength=table.c) / np.maximum(1, np.bincount(judged.labels, minlength=table.c))


def difficulties(table: FeatureTable) -> np.ndarray:
    """The mean EL2N (c,) of the rows of each class, the ends cut; 0 of a class without rows."""
    if not table.has("dynamics.el2n"):
        raise ValueError(
            "balance 'difficulty' needs dynamics.el2n, which this feature table lacks; extract features with a "
            "backbone that trains a head, or choose another balance"
        )
    found = np.zeros(table.c)
    for label, rows in enumerate(quotas.rows_by_class(table.labels, table.c)):
        if len(rows):
            hard = table.dynamics["el2n"][rows].astype(np.float64)
            found[label] = np.clip(hard, *np.quantile(hard, (ENDS, 1 - ENDS))).mean()
    return found
