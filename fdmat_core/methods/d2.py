"""D2: hard rows, but not next to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.learning import dynamics
from fdmat_core.numerics import distances
from fdmat_core.numerics.neighbours import nearest_rows, symmetric_graph
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@method(
    "d2",
    title="D2 pruning",
    family="dynamics",
    needs=("embedding", *dynamics.SCORES),
    keeps="hard rows in hard neighbourhoods, spread out",
    paper="Maharana, Yadav, Bansal, D2 pruning: message passing for data diversity and difficulty, ICLR 2024",
    colour="#B71C1C",
    runs="table",
    keeps_flips=0.575,
)
def d2(
    table: FeatureTable,
    *,
    score: dynamics.Score = "forgetting",
    neighbours: Annotated[int, Range(1, 100)] = 5,
    gamma: Annotated[float, Range(0, 10), "reach of quieting"] = 0.1,
    beta: Annotated[float, Range(0, 0.9), "hardest set aside"] = 0.0,
) -> Ranking:
    """Let difficulty flow between neighbours, then pick the highest and quieten its neighbours, again and again.

    1. Rows are joined with their nearest neighbours, both ways; `d_ij` is their distance in units of the median one.
    2. Forward: `u_i = s_i + sum_{j in N(i)} exp(-d_ij) s_j`, so hard neighbourhoods count more.
    3. Backward, for every pick i: the row of highest u is taken, and `u_j` falls by `exp(-gamma d_ij) u_i` for each of
       its neighbours j, so that the next pick lies elsewhere.

    Nested for given parameters. The hardest share `beta` is set aside first and comes last.

    **Limits.** One look at all rows per pick: about a second for 60,000 rows, growing with the square. The graph is of
    all classes together, so that a row of a rare class has neighbours.

    **The public code differs.** It does not scale distances, so with raw features of many dimensions `exp(-d)`
    underflows and nothing flows; with AUM as the score it negates after shifting and then clips, so every message is
    0; and it returns a set, which loses the order.

    Parameters
    ----------
    score
        What difficulty means; forgetting events in the paper.
    neighbours
        How many nearest rows each row is joined with; 5 to 10 in the paper.
    gamma
        How near the quietened neighbours must be; 0 quietens all of them alike.
    beta
        Share of the hardest rows that is set aside.
    """
    hard = dynamics.difficulty(table, score)
    by_ease = np.argsort(hard, kind="stable")
    rows, aside = np.split(by_ease, [table.n - int(beta * table.n)])
    rows = np.sort(rows)
    distance, nearest, _ = nearest_rows(device.put(table.embedding[rows]), neighbours)
    graph = symmetric_graph(nearest, np.exp(-distance / distances.typical(distance)))
    flow = forward(hard[rows], graph)
    order = np.concatenate([rows[backward(flow, graph, gamma)], aside])
    return Ranking(order, score=hard, survivors=len(rows))


def forward(score: np.ndarray, graph: csr_matrix) -> np.ndarray:
    """The score (n,) of each row with those of its neighbours, weighted by the graph's `exp(-d)`."""
    return score + graph @ score


def backward(flow: np.ndarray, graph: csr_matrix, gamma: float) -> np.ndarray:
    """All rows (n,) in the order of choice: the highest first, each quietening its neighbours."""
    left, order = np.array(flow, dtype=np.float64), np.empty(len(flow), dtype=np.int64)
    closeness = graph.data**gamma
    for step in range(len(order)):
        order[step] = row = int(left.argmax())
        edges = slice(graph.indptr[row], graph.indptr[row + 1])
        left[graph.indices[edges]] -= closeness[edges] * max(left[row], 0)
        left[row] = -np.inf
    return order
