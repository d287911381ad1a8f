"""GradMatch: orthogonal matching pursuit of the mean gradient, with weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core.learning import head
from fdmat_core.numerics.arrays import namespace, to_numpy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: The ridge penalty of the paper's code, also when weights are fitted.
LAM = 0.5
#: The pursuit ends when no row is aligned with the residual by more than this share of the best first alignment.
DONE = 1e-6
#: At most this many numbers (4 GB) are kept for the picks.
LARGEST = 2**29


def pursue(
    column: Callable[[int], Array], aligned: np.ndarray, squares: np.ndarray, budget: int, *, lam: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pick rows by orthogonal matching pursuit: the picks (t,), t <= budget, and what is left of `aligned` (n,).

    After every pick all weights are refitted: `w = argmin |b - G_S w|^2 + lam |w|^2`, with residual `b - G_S w`. That
    is one more column of a Cholesky factorisation of `G_S^T G_S + lam I`, carried through to all rows, so that a pick
    costs n t and no system is solved. Ends early when no row is aligned with the residual.

    Parameters
    ----------
    column
        Gives the inner products (n,) of one gradient with all, where it is computed.
    aligned
        (n,) inner products of the gradients with the target b.
    squares
        (n,) squared lengths of the gradients.
    """
    left = np.array(aligned, dtype=np.float64)
    least = DONE * left.max(initial=0)
    taken = np.zeros(len(left), dtype=bool)
    basis, picks = None, list[int]()  # basis: (budget, n), column i: the Cholesky row that picking i now would add
    while len(picks) < budget:
        row = int(np.where(taken, -np.inf, left).argmax())
        products = column(row)
        if basis is None:
            basis = namespace(products).empty((budget, len(left)), dtype=products.dtype, device=products.device)
        known = basis[: len(picks), :]
        own = known[:, row]
        pivot = squares[row] - float(own @ own) + lam
        if taken[row] or left[row] <= least or pivot <= 0:
            break
        basis[len(picks), :] = (products - known.T @ own) / pivot**0.5
        left -= to_numpy(basis[len(picks), :]) * (left[row] / np.sqrt(pivot))
        picks.append(row)
        taken[row] = True
    return np.array(picks, dtype=np.int64), left


def refit(product: Callable[[np.ndarray], np.ndarray], aligned: np.ndarray, *, lam: float = LAM) -> np.ndarray:
    """The weights w >= 0 (k,) that minimise `|b - G w|^2 + lam |w|^2`.

    Parameters
    ----------
    product
        Gives `G^T G w` (k,) for weights w (k,).
    aligned
        (k,) inner products `G^T b` of the picked gradients with the target.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        slope = product(w) + lam * w - aligned
        return 0.5 * float(w @ (slope - aligned)), slope

    exact = {"maxiter": 5000, "maxfun": 50_000, "maxcor": 30, "ftol": 0, "gtol": 1e-9 * np.abs(aligned).max()}
    bounds = [(0, None)] * len(aligned)
    with threadpool_limits(1, "blas"):  # many small products: on several cores they mostly wait for one another
        found = minimize(loss, np.zeros(len(aligned)), jac=True, method="L-BFGS-B", bounds=bounds, options=exact)
    return found.x


def matching_weights(table: FeatureTable, rows: np.ndarray) -> np.ndarray:
    """The GradMatch weights (k,) of rows (k,): refitted, not negative, within each class, to the class's mean gradient.

    They are scaled to sum to the size of each class. A class whose picks all come out at 0 gets equal weights.
    """
    gradients, rows = head.head_gradients(table), np.asarray(rows)
    weights = np.ones(len(rows))
    for label in np.unique(table.labels[rows]):
        picks = np.flatnonzero(table.labels[rows] == label)
        chosen, members = gradients.take(rows[picks]), np.flatnonzero(table.labels == label)
        fitted = refit(lambda w, g=chosen: g.along(g.sum(w)), chosen.along(gradients.take(members).mean()))
        weights[picks] = fitted if fitted.sum() > 0 else 1
        weights[picks] *= len(members) / weights[picks].sum()
    return weights


@method(
    "gradmatch",
    title="GradMatch",
    family="gradients",
    needs=("embedding", "labels", "logits"),
    keeps="rows whose weighted gradients add up to the mean gradient",
    paper="Killamsetty, Durga, Ramakrishnan, De, Iyer, GRAD-MATCH, ICML 2021",
    colour="#5E81AC",
    weigh=matching_weights,
    keeps_flips=0.65,
)
def gradmatch(
    table: FeatureTable, *, budget: int, lam: Annotated[float, Range(1e-6, 1000), "penalty on weights"] = LAM
) -> Ranking:
    """Pick, one by one, the row whose gradient is most aligned with the part of the mean gradient not yet matched.

    Orthogonal matching pursuit of `b = mean g` of the class: pick `argmax_i g_i . (b - G_S w)`, then refit
    `w = argmin |b - G_S w|^2 + lam |w|^2`. When no row is aligned with what is left, the others follow by how much
    they are, rows without any gradient last. The coreset is **weighted**: its weights are refitted, none below 0, for
    every size of coreset, and scaled to sum to the size of each class. Some may be 0: such a row is kept without a say.

    Gradients are never written out: `g_i . g_j = (r_i . r_j)(z_i . z_j + 1)` with `r = p - e_y`. A pick costs n t for
    the t-th of a class of n.

    **Limits.** It matches the mean gradient at one moment of training, of the last layer. It favours long gradients,
    so wrong labels are picked early. `lam` is absolute, as in the paper's code: against short gradients, those of a
    head that fits well, 0.5 is a strong penalty, and picks near those of plain alignment. Weights are always fitted
    with 0.5. It keeps n k numbers of the class in memory.

    **Public code differs.** DeepCore drops the rows whose weight comes out at 0 and so returns *fewer* than k rows,
    fits the first step without the penalty, and gives a budget of 1 the weight 1.

    Parameters
    ----------
    lam
        Penalty on the squared weights while picking.
    """
    if table.n * budget > LARGEST:
        raise ValueError(
            f"method 'gradmatch' keeps rows x picks numbers, and {table.n:,} x {budget:,} exceed memory; choose "
            'balance "proportional" or "equal", which rank each class by itself, or keep fewer, or choose fewer items'
        )
    gradients = head.head_gradients(table)
    squares = to_numpy(gradients.squares())
    picks, left = pursue(
        lambda row: gradients.inner(gradients.take(slice(row, row + 1)))[:, 0],
        gradients.along(gradients.mean()),
        squares,
        budget,
        lam=lam,
    )
    rest = np.setdiff1d(np.arange(table.n), picks)
    by_left = np.lexsort((-left[rest], squares[rest] == 0))
    return Ranking(np.concatenate([picks, rest[by_left]]))
