"""Shared numerics on features: chunked distances, neighbours, class means. No n x n array for more than 20k rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

#: A block of distances holds at most this many float32 (256 MB).
BLOCK = 2**26
#: The difficulty scores that a method may build on.
Score = Literal["aum_prob", "aum_logit", "el2n", "forgetting"]
#: The columns that hold them.
SCORES = tuple(f"dynamics.{name}" for name in get_args(Score))
#: Up to this many rows, all pairwise distances are kept in memory.
DENSE_ROWS = 20_000


def blocks(n: int, width: int) -> Iterator[slice]:
    """Slices of n rows such that rows x width stays within one block."""
    step = max(1, BLOCK // max(1, width))
    for start in range(0, n, step):
        yield slice(start, min(n, start + step))


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances (m, n) between the rows of a (m, d) and b (n, d), never below 0.

    Centre the data first when its mean is far from 0: the error grows with the squared norm.
    """
    return _expand(a @ b.T, np.einsum("id,id->i", a, a), np.einsum("jd,jd->j", b, b))


def _expand(cross: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Turn inner products (m, n) into squared distances, in place, given the squared norms (m,) and (n,)."""
    cross *= -2
    cross += a[:, None]
    cross += b[None, :]
    return np.maximum(cross, 0, out=cross)


def kept_rows(rows: Callable[[slice], np.ndarray], n: int) -> Callable[[int | slice], np.ndarray]:
    """The rows of an n x n matrix as a function of a row (n,) or a slice of rows (m, n), given in float32.

    Up to `DENSE_ROWS` rows all are computed at once, in blocks; above, each is computed when asked for.

    Parameters
    ----------
    rows
        Gives the rows of a slice, (m, n), in float64.
    """
    if n > DENSE_ROWS:
        return lambda which: _one_or_many(rows, which).astype(np.float32)
    dense = np.empty((n, n), dtype=np.float32)
    for block in blocks(n, 2 * n):
        dense[block] = rows(block)
    return dense.__getitem__


def _one_or_many(rows: Callable[[slice], np.ndarray], which: int | slice) -> np.ndarray:
    return rows(which) if isinstance(which, slice) else rows(slice(which, which + 1))[0]


def distance_rows(x: np.ndarray) -> Callable[[int | slice], np.ndarray]:
    """A function that gives the distances from one row of x (n, d) to all of them (n,), or from a slice (m, n).

    They are computed in float64 and rounded to float32, with what rounding alone could explain set to 0: distances
    that are equal come out equal, so that ties go to the lower row on every machine.
    """
    x = np.asarray(x, dtype=np.float64)
    x = x - x.mean(axis=0) if len(x) else x
    norms = np.einsum("id,id->i", x, x)
    floor = 1e-13 * norms.max(initial=0)

    def rows(which: slice) -> np.ndarray:
        squares = _expand(x[which] @ x.T, norms[which], norms)
        squares[squares < floor] = 0
        return np.sqrt(squares, out=squares)

    return kept_rows(rows, len(x))


def row_means(rows: Callable[[slice], np.ndarray], n: int) -> np.ndarray:
    """The mean (n,) of every row of an n x n matrix, summed in float64."""
    means = np.empty(n)
    for block in blocks(n, 2 * n):
        means[block] = rows(block).mean(axis=1, dtype=np.float64)
    return means


def typical(distances: np.ndarray) -> float:
    """The median distance, as a scale to divide by: the mean if the median is 0, and 1 if all are."""
    for scale in (np.median(distances), np.mean(distances)) if distances.size else ():
        if scale > 0:
            return float(scale)
    return 1.0


def median_distance(x: np.ndarray) -> float:
    """The typical distance between two rows of x (n, d), over pairs among 2,000 rows spread evenly over the table."""
    from scipy.spatial.distance import pdist

    spread = np.linspace(0, len(x) - 1, min(len(x), 2000)).astype(np.int64)
    return typical(pdist(x[spread])) if len(x) > 1 else 1.0


def herd(rows: Callable[[int], np.ndarray], mean: np.ndarray, budget: int) -> np.ndarray:
    """Rows picked by kernel herding without replacement: (budget,) in the order of choice.

    With t picks made, the next is `argmax_i mean_i - (1 / (t + 1)) sum_{s picked} k(i, s)`; ties go to the lower row.
    Costs one row of the kernel and one pass over n numbers per pick.

    Parameters
    ----------
    rows
        Gives the kernel (n,) between one row and all.
    mean
        (n,) mean kernel between each row and all.
    """
    left, near = np.array(mean, dtype=np.float64), np.zeros(len(mean))
    picks = np.empty(min(budget, len(left)), dtype=np.int64)
    for t in range(len(picks)):
        picks[t] = pick = int(np.argmax(left - near / (t + 1)))
        left[pick] = -np.inf
        near += rows(pick)
    return picks


def greedy_energy(x: np.ndarray, budget: int) -> np.ndarray:
    """Rows of x (n, d) whose energy distance to all rows is brought down greedily: (budget,) in the order of choice.

    With t picks made, the next is `argmin_i mean_j |x_i - x_j| - (1 / (t + 1)) sum_{s picked} |x_i - x_s|`: kernel
    herding with the kernel `-|x - y|`. The first pick is the medoid.
    """
    distances = distance_rows(x)
    return herd(lambda row: -distances(row), -row_means(distances, len(x)), budget)


def farthest_first(rows: Callable[[int], np.ndarray], n: int, budget: int, first: int) -> np.ndarray:
    """Rows picked so that each is the farthest from those before it: (budget,) in the order of choice.

    When only copies of picked rows are left they follow in row order.

    Parameters
    ----------
    rows
        Gives the distances (n,) from one row to all.
    first
        The row to start from.
    """
    picks, gap = np.full(min(budget, n), first, dtype=np.int64), np.full(n, np.inf)
    for t in range(1, len(picks)):
        np.minimum(gap, rows(int(picks[t - 1])), out=gap)
        gap[picks[t - 1]] = -np.inf
        picks[t] = gap.argmax()
    return picks


def class_means(x: np.ndarray, labels: np.ndarray, c: int) -> np.ndarray:
    """The mean (c, d) of each class's rows, summed in float64; NaN for an empty class."""
    means = np.full((c, x.shape[1]), np.nan)
    for label in np.unique(labels):
        means[label] = x[labels == label].mean(axis=0, dtype=np.float64)
    return means


def neighbours(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact k nearest rows of each row of x (n, d), itself left out by its number: distances and rows (n, k)."""
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(x) - 1)
    if k < 1:
        return np.zeros((len(x), 0)), np.zeros((len(x), 0), dtype=np.int64)
    index = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x)
    return index.kneighbors()


def symmetric_graph(nearest: np.ndarray, weights: np.ndarray) -> csr_matrix:
    """The neighbour graph (n, n), sparse, in which two rows are joined if either is a neighbour of the other.

    Parameters
    ----------
    nearest
        (n, k) the neighbours of each row.
    weights
        (n, k) the weight of each edge, none below 0; where two disagree the larger counts.
    """
    from scipy.sparse import csr_matrix

    n, k = nearest.shape
    graph = csr_matrix((weights.ravel(), nearest.ravel(), np.arange(n + 1) * k), shape=(n, n))
    return graph.maximum(graph.T).tocsr()


def snap(points: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The distinct rows (k,) of x (n, d) that free points (k, d) move to, least far in all."""
    from scipy.optimize import linear_sum_assignment

    cost = np.sqrt(squared_distances(points, x))
    return linear_sum_assignment(cost)[1].astype(np.int64)


def softmax(logits: np.ndarray) -> np.ndarray:
    """The probabilities (n, c) of logits (n, c), in float64."""
    logits = np.asarray(logits, dtype=np.float64)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def clipped(probabilities: np.ndarray, floor: float = 1e-8) -> np.ndarray:
    """Probabilities (n, c) raised to at least `floor` and scaled to sum to 1 again, so that their logs are finite."""
    raised = np.maximum(probabilities, floor)
    return raised / raised.sum(axis=1, keepdims=True)


def one_class_note(c: int) -> dict[str, str]:
    """What to note about scores that compare c classes: nothing, or a warning that one class leaves them all equal."""
    return {"warning": "one class: every row has the same score, and the order is that of the rows"} if c < 2 else {}


def residuals(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The gradient of the cross-entropy by the logits (n, c): `p - e_y`, with e_y the one-hot label."""
    residual = np.array(probabilities, dtype=np.float64)
    residual[np.arange(len(labels)), labels] -= 1
    return residual


def el2n(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The error norm (n,) of Paul et al. 2021: `|p - e_y|`, from 0 to the square root of 2."""
    return np.linalg.norm(residuals(probabilities, labels), axis=1)


def grand(probabilities: np.ndarray, labels: np.ndarray, embedding: np.ndarray) -> np.ndarray:
    """The gradient norm (n,) of Paul et al. 2021 for a linear head with bias on an embedding (n, d).

    The gradient of row i is the outer product of `p - e_y` and `[z, 1]`, so its norm is `|p - e_y| sqrt(1 + |z|^2)`.
    """
    squares = np.einsum("id,id->i", embedding, embedding, dtype=np.float64)
    return el2n(probabilities, labels) * np.sqrt(1 + squares)


def margins(outputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How far the labelled class leads the best other one (n,), in outputs (n, c) that are logits or probabilities."""
    rows = np.arange(len(labels))
    others = np.array(outputs, dtype=np.float64)
    others[rows, labels] = -np.inf
    return outputs[rows, labels] - others.max(axis=1)


class Gradients(NamedTuple):
    """The gradients of the loss by the linear head, one per row, as the two factors of their outer product.

    The gradient of row i is the (c, d + 1) matrix `residual_i [z_i, 1]^T`. It is never written out: inner products of
    gradients are products of the factors' inner products.
    """

    residual: np.ndarray  # (n, c) p - e_y
    inputs: np.ndarray  # (n, d + 1) the embedding and a 1 for the bias

    def take(self, rows: np.ndarray | slice) -> Gradients:
        """The gradients of some rows."""
        return Gradients(self.residual[rows], self.inputs[rows])

    def squares(self) -> np.ndarray:
        """The squared length (n,) of each gradient."""
        left, right = (np.einsum("ij,ij->i", factor, factor) for factor in self)
        return left * right

    def inner(self, other: Gradients) -> np.ndarray:
        """The inner products (n, m) with the m gradients of another."""
        product = self.residual @ other.residual.T
        product *= self.inputs @ other.inputs.T
        return product

    def sum(self, weights: np.ndarray) -> np.ndarray:
        """The gradients summed with weights (n,): (c, d + 1)."""
        return (self.residual * weights[:, None]).T @ self.inputs

    def mean(self) -> np.ndarray:
        """The mean gradient (c, d + 1)."""
        return self.residual.T @ self.inputs / max(1, len(self.residual))

    def along(self, direction: np.ndarray) -> np.ndarray:
        """The inner products (n,) with one gradient (c, d + 1)."""
        return np.einsum("ic,ic->i", self.inputs @ direction.T, self.residual)

    def distances(self, other: Gradients) -> np.ndarray:
        """The Euclidean distances (n, m) to the gradients of another: computed in float64, given in float32."""
        out = np.empty((len(self.residual), len(other.residual)), dtype=np.float32)
        theirs = other.squares()
        for block in blocks(len(out), 4 * out.shape[1]):
            mine = self.take(block)
            squares = _expand(mine.inner(other), mine.squares(), theirs)
            squares[squares < 1e-13 * theirs.max(initial=0)] = 0  # what rounding alone explains
            out[block] = np.sqrt(squares)
        return out

    def nearest(self, other: Gradients) -> np.ndarray:
        """Which gradient of another is nearest to each (n,); ties go to the earlier."""
        found = np.empty(len(self.residual), dtype=np.int64)
        for block in blocks(len(found), 4 * len(other.residual)):
            found[block] = self.take(block).distances(other).argmin(axis=1)
        return found


def head_gradients(table: FeatureTable) -> Gradients:
    """The head's gradients in float64, at the table's logits."""
    inputs = np.ones((table.n, table.embedding.shape[1] + 1))
    inputs[:, :-1] = table.embedding
    return Gradients(residuals(softmax(table.logits), table.labels), inputs)


def difficulty(table: FeatureTable, score: Score) -> np.ndarray:
    """A difficulty score (n,), none below 0, high for hard rows; margins are subtracted from the largest one."""
    column = table.dynamics[score].astype(np.float64)
    return column.max(initial=-np.inf) - column if score.startswith("aum") else column
