"""InfoMax, greedily: important rows that say something new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.learning import dynamics
from fdmat_core.numerics import distances, greedy
from fdmat_core.numerics.neighbours import nearest_rows, symmetric_graph
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@method(
    "infomax",
    title="InfoMax, greedy",
    family="submodular",
    needs=("embedding", *dynamics.SCORES),
    keeps="important rows that are unlike each other",
    paper="Tan, Wu, Huang, Zhao, Qi, Data pruning by information maximization, ICLR 2025",
    colour="#1D7F04",
    keeps_flips=0.95,
)
def infomax(
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    score: dynamics.Score = "el2n",
    alpha: Annotated[float, Range(0, 100), "weight of redundancy"] = 1.0,
    neighbours: Annotated[int, Range(1, 100)] = 10,
) -> Ranking:
    """Pick, one by one, the row that adds most importance after its similarity with the picks is charged.

    The objective is the paper's, `sum_i X_i I_i - alpha sum_ij K_ij X_i X_j` with `X_i` 1 for kept rows: importance I
    less redundancy K. With picks S the gain of a row is `I_x - 2 alpha sum_{a in S} K_ax`. I is scaled to mean 1; K is
    the cosine similarity with the nearest rows and 0 with all others and with itself.

    **This is ours**: the paper relaxes X to fractions and solves by about 20 softmax steps on blocks of the data, anew
    for every budget. The greedy order climbs the exact objective and is nested.

    **Limits.** It keeps hard rows, and mislabelled ones with them; similarity is counted among nearest rows only.

    Parameters
    ----------
    score
        What importance means.
    alpha
        Weight of redundancy. At 1 the median row would lose all its importance if all rows were kept; 0 ranks by score.
    neighbours
        How many nearest rows each row is compared with.
    """
    importance = dynamics.difficulty(table, score)
    scaled = importance / importance.mean() if importance.any() else np.ones(table.n)
    similar = cosines(table.embedding, neighbours)
    penalty = alpha * np.median(scaled) / distances.typical(2 * np.asarray(similar.sum(axis=1)))
    picks, _ = greedy.maximise(Importance(scaled, similar, penalty), table.n, budget, chosen=chosen)
    return Ranking.by_picks(picks, table.n, score=importance)


def cosines(z: np.ndarray, neighbours: int) -> csr_matrix:
    """The cosines (n, n), sparse, of rows of z (n, d) with their nearest rows, none below 0; 0 with a zero row."""
    lengths = np.linalg.norm(z, axis=1, keepdims=True)
    distance, nearest, _ = nearest_rows(device.put(z / np.where(lengths > 0, lengths, 1)), neighbours)
    both = (lengths > 0) & (lengths[nearest, 0] > 0)
    return symmetric_graph(nearest, np.where(both, np.maximum(1 - distance**2 / 2, 0), 0))


class Importance:
    """`F(S) = sum_{i in S} I_i - alpha sum_{i, j in S} K_ij`, as an objective of `submodular.greedy`.

    Parameters
    ----------
    importance
        (n,) what each row is worth alone.
    similar
        (n, n) symmetric, none below 0, zero on the diagonal.
    """

    def __init__(self, importance: np.ndarray, similar: csr_matrix, alpha: float) -> None:
        self.left, self.similar, self.alpha = np.array(importance, dtype=np.float64), similar, alpha

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """The importance of each of these rows, less what their similarity with the picks costs."""
        return self.left[rows]

    def take(self, row: int) -> None:
        """Charge the rows that are similar to this one."""
        edges = slice(self.similar.indptr[row], self.similar.indptr[row + 1])
        self.left[self.similar.indices[edges]] -= 2 * self.alpha * self.similar.data[edges]
