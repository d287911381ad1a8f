"""BWS: of all windows over the order of difficulty, the one that a linear classifier learns the whole from."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.learning import dynamics
from fdmat_core.numerics import distances, quotas, scaling
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "bws",
    title="BWS",
    family="dynamics",
    needs=("embedding", *dynamics.SCORES, "dynamics.mean_loss"),
    keeps="rows of the range of difficulty from which the rest is best predicted",
    paper="Choi, Ki, Chung, BWS: Best window selection based on sample scores, ICML 2024, arXiv 2406.03057",
    colour="#9C4A1A",
    runs="table",
    nested=False,
)
def bws(
    table: FeatureTable,
    *,
    budget: int,
    quota: np.ndarray | None,
    score: dynamics.Score = "forgetting",
    windows: Annotated[int, Range(1, 1000)] = 21,
    ridge: Annotated[float, Range(1e-6, 1e9), "penalty"] = 1.0,
) -> Ranking:
    """Slide a window over all rows from easy to hard, and keep the window whose ridge regression predicts all best.

    1. Rows are sorted by difficulty, the easy ones first; ties go to the smaller mean loss.
    2. A window holds as many neighbours in that order as are to be kept. Windows start at evenly spread places, the
       first with the easiest row, the last so that it ends with the hardest.
    3. For every window a linear classifier is fitted to its rows in closed form, by ridge regression of the one-hot
       labels on standardised features: `min_W sum |W z_i - e_{y_i}|^2 + penalty |W|^2`, with an intercept.
    4. The window is kept whose classifier is right on most rows of the whole table; of equal ones the easier.

    Where every class gets a share, the window starts at the same relative place in each class and is as long as the
    share.

    **When to use it.** Which difficulty is worth keeping depends on how much is kept and on the data; this looks.

    **Limits.** Windows only: easy and hard rows together, as `ccs` keeps them, cannot be had. The judge is a linear
    classifier on the features at hand, and it is judged on the labels as given. Smaller coresets are not prefixes.

    **What differs.** The text of the paper could be read in part, its code not at all: the score, the windows, the
    regression and how it is judged are the paper's; how many windows, the scale of features and the penalty are ours.

    Parameters
    ----------
    score
        What difficulty means; forgetting events in the paper.
    windows
        How many windows are tried.
    ridge
        The weight of the squared weights against the squared error.
    """
    hard = dynamics.difficulty(table, score)
    order = np.lexsort((table.dynamics["mean_loss"], hard))
    if quota is None:
        groups, cuts = [order], [budget]
    else:
        groups = [order[rows] for rows in quotas.rows_by_class(table.labels[order], table.c)]
        cuts = quota.tolist()
    tried = [window(groups, cuts, start) for start in np.linspace(0, 1, windows)]
    right = [0.0] * len(tried)
    if 0 < budget < table.n:
        judge = Judge(table, ridge)
        right = [judge.right(np.sort(rows)) for rows in tried]
    best = int(np.argmax(right))
    return Ranking.by_picks(tried[best], table.n, score=hard, notes={"window": best, "right": right[best]})


def window(groups: list[np.ndarray], cuts: list[int], start: float) -> np.ndarray:
    """So many neighbours of each ordered group, from the same relative place, 0 for the first and 1 for the last."""
    firsts = [round(start * (len(rows) - cut)) for rows, cut in zip(groups, cuts, strict=True)]
    return np.concatenate([rows[at : at + cut] for rows, cut, at in zip(groups, cuts, firsts, strict=True)])


class Judge:
    """How well some rows of a table teach a linear classifier all of it."""

    def __init__(self, table: FeatureTable, ridge: float) -> None:
        self.table, self.ridge = table, ridge
        self.mean, self.scale = scaling.moments(table.embedding)

    def right(self, rows: np.ndarray) -> float:
        """The share of all rows whose label a ridge regression on these rows (k,) predicts."""
        from sklearn.linear_model import Ridge

        labels = self.table.labels
        fitted = Ridge(self.ridge).fit(self._scaled(rows), np.eye(self.table.c)[labels[rows]])
        count = 0
        for block in distances.blocks(self.table.n, 4 * self.table.embedding.shape[1]):
            count += int((self._predicted(fitted, block).argmax(axis=1) == labels[block]).sum())
        return count / self.table.n

    def _predicted(self, fitted: object, rows: slice) -> np.ndarray:
        found = fitted.predict(self._scaled(rows))  # pyright: ignore[reportAttributeAccessIssue]  a Ridge
        return np.asarray(found).reshape(-1, self.table.c)

    def _scaled(self, rows: np.ndarray | slice) -> np.ndarray:
        return (self.table.embedding[rows].astype(np.float64) - self.mean) / self.scale
