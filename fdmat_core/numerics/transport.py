"""Optimal transport: the plan between rows and class prototypes that FDMat is built on, and distances over POT."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import distances
from fdmat_core.numerics.arrays import at_least, like, namespace, room, to_numpy, wide

if TYPE_CHECKING:
    import torch

    from fdmat_core.numerics.arrays import Array

#: Up to this many costs (n x c) are kept in memory; above, they are computed again in every round.
KEPT_COSTS = 200_000_000
#: Plain scalings of a plan between two updates in the log domain.
BURST = 200


class Features(NamedTuple):
    """Features as FDMat transports them."""

    x: Array  # (n, d) float32
    usable: Array  # (n,) which rows have any: all-zero rows have none
    scale: Array  # (n,) what each row was divided by at last


def signed(z: Array) -> bool:
    """Whether features (n, d) go below 0, by more than rounding."""
    xp, rows = namespace(z), distances.blocks(len(z), 4 * z.shape[1])
    return any(float(xp.min(z[some, :])) < -1e-6 for some in rows if z.shape[1])


def tukey(z: Array, power: float = 0.5, *, both_signs: bool | None = None) -> Array:
    """Tukey's ladder of powers, which makes skewed non-negative features (n, d) more Gaussian.

    Features of both signs, which is looked up unless it is said, take the signed power `sign(z) |z|^power`; others
    `(z + 1e-6)^power`.
    """
    xp = namespace(z)
    if signed(z) if both_signs is None else both_signs:
        return xp.sign(z) * xp.abs(z) ** power
    return (at_least(xp.asarray(z, copy=True), 0) + 1e-6) ** power


def features(z: Array, *, power: float, norm: str, first: Callable[[Array], Array] | None = None) -> Features:
    """The features that FDMat transports, of z (n, d), which is read block by block.

    `norm="before centring"` divides `t - mean` by the norm that t had before; "unit" by the norm of `t - mean`; "none"
    by 1. The mean is that of the usable rows. What is done `first` is done before the power is taken.
    """
    xp, both = namespace(z), first is not None or signed(z)
    t = room(z, z.shape)
    usable = xp.empty(len(z), dtype=xp.bool, device=z.device)
    total = xp.zeros(z.shape[1], dtype=wide(t), device=z.device)

    def fill(rows: slice) -> None:
        mine = z[rows, :]
        usable[rows] = xp.any(mine != 0, axis=1)
        mine = xp.astype(mine, xp.float32)
        t[rows, :] = found = tukey(mine if first is None else first(mine), power, both_signs=both)
        total[:] = total + xp.sum(found if xp.all(usable[rows]) else found[usable[rows]], axis=0, dtype=total.dtype)

    distances.by_blocks(fill, len(z), 4 * z.shape[1])
    before = xp.sqrt(distances.squares(t)) if norm == "before centring" else None
    t -= xp.astype(total / max(1, int(xp.count_nonzero(usable))), xp.float32)
    if norm == "none":
        return Features(t, usable, xp.ones_like(t[:, 0]))
    scale = xp.sqrt(distances.squares(t)) if before is None else before
    scale = xp.where(scale > 0, scale, xp.ones_like(scale))
    t /= scale[:, None]
    return Features(t, usable, scale)


@dataclass(frozen=True)
class ClassPlan:
    """The entropic transport plan from rows (mass 1 each) to class prototypes (mass = class size).

    Only the c column duals are kept: a row's shares follow from its costs, so the plan of any row can be had at any
    time and n x c numbers are never stored.
    """

    prototypes: np.ndarray  # (c, d), NaN for an empty class
    log_v: np.ndarray  # (c,) column duals, -inf for an empty class
    lam: float
    rounds: int
    residual: float  # largest |column sum / class size - 1| when the rounds ended; row sums are exact

    def costs(self, x: Array) -> Array:
        """Squared distances (m, c) from rows (m, d) to the prototypes, in float64; infinite to an empty class."""
        xp, present = namespace(x), np.flatnonzero(np.isfinite(self.log_v))
        costs = xp.full((len(x), len(self.log_v)), np.inf, dtype=wide(x), device=x.device)
        mine, theirs = xp.astype(x, wide(x), copy=False), like(x, self.prototypes[present], wide(x))
        costs[:, like(x, present)] = distances.squared_distances(mine, theirs)
        return costs

    def log_shares(self, x: Array) -> Array:
        """The log of where the mass of rows (m, d) goes: (m, c), every row's shares summing to 1."""
        return self.log_shares_at(self.costs(x))

    def log_shares_at(self, costs: Array) -> Array:
        """The same from the costs (m, c) of rows."""
        values = like(costs, self.log_v, wide(costs)) - self.lam * costs
        return values - log_sum_exp(values)[:, None]

    def shares(self, x: Array) -> Array:
        """Where the mass of rows (m, d) goes: (m, c), rows summing to 1."""
        return namespace(x).exp(self.log_shares(x))


def class_plan(
    x: np.ndarray,
    labels: np.ndarray,
    c: int,
    *,
    lam: float = 10.0,
    tolerance: float = 1e-6,
    max_rounds: int = 200,
) -> ClassPlan:
    """Balance rows against class prototypes: the entropic plan that Sinkhorn's iteration converges to.

    The prototype of a class is the mean of its rows, the cost the squared distance, and the kernel `exp(-lam cost)`.
    With the row duals solved for, the column duals maximise a concave function of c numbers. Newton's steps on it take
    a handful of rounds where Sinkhorn's take hundreds; a step that brings the column sums no closer is shortened, and
    at last replaced by one of Sinkhorn's, in the log domain. A step is one pass over row blocks, so that nothing larger
    than one block is held beside the costs (which are recomputed when there are more than `KEPT_COSTS`).

    Parameters
    ----------
    x
        (n, d) features, one row per item.
    labels
        (n,) class numbers below c, of numpy.
    lam
        How sharp the plan is: 0 spreads every row by class size, large values follow the nearest prototype.
    tolerance
        Stop when every column sum is this close to its class's size, as a share of it.
    max_rounds
        Stop in any case; the residual says how close it came.
    """
    counts = np.bincount(labels, minlength=c)
    present = np.flatnonzero(counts)
    prototypes = distances.class_means(x, labels, c)
    kernel = _LogKernel(x, prototypes[present], lam)
    found, rounds = _balance(kernel, counts[present].astype(np.float64), tolerance, max_rounds)
    duals = np.full(c, -np.inf)
    duals[present] = found.duals
    return ClassPlan(prototypes, duals, lam, rounds, found.residual)


class _LogKernel:
    """`-lam * cost` by row blocks: kept when it fits, computed again when it does not."""

    def __init__(self, x: Array, prototypes: np.ndarray, lam: float) -> None:
        self.x, self.lam = x, lam
        self.prototypes = like(x, prototypes, wide(x))
        self.slices = list(distances.blocks(len(x), 4 * max(x.shape[1], len(prototypes))))
        fits = len(x) * len(prototypes) <= KEPT_COSTS
        self.kept = [self._compute(rows) for rows in self.slices] if fits else None

    def _compute(self, rows: slice) -> Array:
        xp = namespace(self.x)
        costs = distances.squared_distances(xp.astype(self.x[rows, :], wide(self.x)), self.prototypes)
        costs *= -self.lam
        return xp.astype(costs, xp.float32)

    def __iter__(self) -> Iterator[Array]:
        for number, rows in enumerate(self.slices):
            yield self.kept[number] if self.kept else self._compute(rows)


@dataclass(frozen=True)
class _Columns:
    """What the column duals lead to when the rows are balanced exactly."""

    duals: np.ndarray  # (c,)
    log_sums: np.ndarray  # (c,) log of the column sums
    gram: np.ndarray  # (c, c) products of the columns of shares
    residual: float


def _balance(kernel: _LogKernel, sizes: np.ndarray, tolerance: float, max_rounds: int) -> tuple[_Columns, int]:
    """Column duals whose sums are the class sizes (c,), and the rounds it took."""
    now, rounds = _columns(kernel, np.log(sizes), sizes), 1
    while now.residual > tolerance and rounds < max_rounds:
        new = now
        for step in _steps(now, sizes):
            new = _columns(kernel, now.duals + step, sizes)
            if new.residual < now.residual:
                break
        now, rounds = new, rounds + 1
    return now, rounds


def _steps(now: _Columns, sizes: np.ndarray) -> Iterator[np.ndarray]:
    """Steps (c,) of the duals to try: Newton's, if the columns can tell it, ever shorter; at last Sinkhorn's."""
    newton = _newton(now, sizes)
    if newton is not None:
        yield from (newton / shorter for shorter in (1, 4, 16, 64))
    yield np.log(sizes) - now.log_sums


def _columns(kernel: _LogKernel, duals: np.ndarray, sizes: np.ndarray) -> _Columns:
    """One pass: the rows balanced for these column duals, and what the columns come to."""
    log_sums, gram = np.full(len(duals), -np.inf), np.zeros((len(duals), len(duals)))
    for block in kernel:
        xp = namespace(block)
        shares = block + like(block, duals, wide(block))  # (m, c)
        peak = xp.max(shares, axis=1, keepdims=True)
        shares -= peak
        shares = xp.exp(shares)
        totals = xp.sum(shares, axis=1, keepdims=True)
        shares /= totals
        gram += to_numpy(shares.T @ shares)
        sums = to_numpy(xp.sum(shares, axis=0))
        if sums.min() > np.finfo(np.float64).tiny:
            logs = np.log(sums)
        else:  # they underflow
            logs = to_numpy(log_sum_exp((like(block, duals, wide(block)) - peak - xp.log(totals) + block).T))
        log_sums = np.logaddexp(log_sums, logs)
    return _Columns(duals, log_sums, gram, float(np.abs(np.expm1(log_sums - np.log(sizes))).max(initial=0)))


def _newton(now: _Columns, sizes: np.ndarray) -> np.ndarray | None:
    """Newton's step (c,) towards column sums of these sizes; None where the columns are too bare to tell."""
    sums = np.exp(now.log_sums)
    if sums.min() < 1e-9 * sizes.sum():
        return None
    curvature = np.diag(sums) - now.gram + np.outer(sizes, sizes) / sizes.sum()  # duals count up to a constant
    try:
        return np.linalg.solve(curvature, sizes - sums)
    except np.linalg.LinAlgError:
        return None


@dataclass(frozen=True)
class LabelEvidence:
    """What a class plan says about each row's label."""

    own_share: np.ndarray  # (n,) share of the row's mass that stays in its class
    suspicion: np.ndarray  # (n,) log-odds that it goes elsewhere, unsaturated; 0 when there is one class
    preferred: np.ndarray  # (n,) the class that gets most of the mass
    own_cost: np.ndarray  # (n,) squared distance to the own prototype
    contribution: np.ndarray  # (n,) sum_c (share_c cost_c)^2, the score of the published FDMat


def label_evidence(plan: ClassPlan, x: Array, labels: np.ndarray) -> LabelEvidence:
    """Read a plan row by row, in blocks: x (n, d), labels (n,)."""
    parts = []
    width = 4 * max(x.shape[1], len(plan.log_v))
    distances.by_blocks(lambda rows: parts.append(_evidence_block(plan, x[rows, :], labels[rows])), len(x), width)
    return LabelEvidence(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _evidence_block(plan: ClassPlan, x: Array, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    xp, costs = namespace(x), plan.costs(x)
    log_shares = plan.log_shares_at(costs)
    row, label = xp.arange(len(x), device=x.device), like(x, labels)
    own = log_shares[row, label]
    weighted = xp.exp(log_shares) * xp.where(xp.isfinite(costs), costs, xp.zeros_like(costs))
    preferred, own_cost = xp.argmax(log_shares, axis=1), costs[row, label]
    if np.isfinite(plan.log_v).sum() < 2:
        suspicion = xp.zeros_like(own)
    else:
        log_shares[row, label] = -np.inf
        suspicion = log_sum_exp(log_shares) - own
    found = xp.exp(own), suspicion, preferred, own_cost, xp.sum(weighted**2, axis=1)
    return tuple(map(to_numpy, found))


def log_sum_exp(values: Array) -> Array:
    """The log of the sum of the exponentials of each row (m,) of values (m, c), without overflow."""
    xp = namespace(values)
    peak = xp.max(values, axis=1)
    peak = xp.where(xp.isfinite(peak), peak, xp.zeros_like(peak))
    return peak + xp.log(xp.sum(xp.exp(values - peak[:, None]), axis=1))


def exact(costs: np.ndarray, mass: np.ndarray) -> float:
    """The least cost of moving mass (k,) at the rows of costs (k, m) onto its columns, all of equal mass."""
    import ot

    _, log = ot.emd(mass, np.full(costs.shape[1], 1 / costs.shape[1]), costs, numItermax=100_000_000, log=True)
    if log["warning"]:
        raise ValueError(f"exact transport of {costs.shape[0]} x {costs.shape[1]} items failed: {log['warning']}")
    return float(log["cost"])


def directions(d: int, count: int, seed: int) -> np.ndarray:
    """Unit vectors (d, count): one random orthonormal basis after another, the last one cut short."""
    rng = np.random.default_rng(seed)
    bases = [np.linalg.qr(rng.standard_normal((d, d)))[0] for _ in range(-(-count // d))]
    return np.concatenate(bases, axis=1)[:, :count]


@dataclass(frozen=True)
class Slices:
    """Points seen along l directions, ready for exact 1-D transport onto fewer points.

    `first` and `second` are the integrals from 0 of the quantile function and of its square, so that moving all of
    one interval of mass to one place costs three look-ups, however many points lie in it.
    """

    first: Array  # (l, m + 1)
    second: Array  # (l,) the mean square

    @staticmethod
    def of(projected: Array) -> Slices:
        """Read off points (m, l), all of equal mass."""
        xp = namespace(projected)
        quantiles = xp.sort(projected.T, axis=1)  # (l, m)
        summed = xp.cumulative_sum(quantiles / quantiles.shape[1], axis=1, include_initial=True)
        return Slices(summed, xp.mean(quantiles**2, axis=1))

    def along(self, some: slice) -> Slices:
        """Those of some directions."""
        return Slices(self.first[some, :], self.second[some])

    def squared_distance(self, projected: Array, mass: np.ndarray) -> float:
        """The squared 1-D Wasserstein-2 distance to points (k, l) of mass (k,), as the mean over the directions."""
        xp, seen = namespace(projected), projected.T
        if np.ptp(mass) == 0:
            places = xp.sort(seen, axis=1)  # (l, k)
            moved = xp.diff(self._integral(like(seen, np.arange(len(mass) + 1) / len(mass), seen.dtype)), axis=1)
            sums = self.second - 2 * xp.sum(places * moved, axis=1) + xp.mean(places**2, axis=1)
            return float(xp.mean(sums))
        order = xp.argsort(seen, axis=1, stable=True)  # (l, k)
        places, weights = xp.take_along_axis(seen, order, axis=1), like(seen, mass, seen.dtype)[order]
        moved = xp.diff(self._integral(xp.cumulative_sum(weights, axis=1, include_initial=True)), axis=1)
        return float(xp.mean(self.second + xp.sum(places * (places * weights - 2 * moved), axis=1)))

    def apart(self, projected: Array) -> Array:
        """The squared distance to each single one of points (k, l), (k,): the sum over the directions."""
        return namespace(projected).sum(self.second + projected * (projected - 2 * self.first[:, -1]), axis=1)

    def _integral(self, edges: Array) -> Array:
        """`first` at edges in [0, 1], the same (k,) for all directions or (l, k)."""
        xp = namespace(edges)
        at = xp.clip(edges, 0, 1) * (self.first.shape[1] - 1)
        below = xp.clip(xp.astype(at, xp.int64), None, self.first.shape[1] - 2)
        if edges.ndim == 1:
            low, high = self.first[:, below], self.first[:, below + 1]
        else:
            low, high = (xp.take_along_axis(self.first, column, axis=1) for column in (below, below + 1))
        return low + (at - below) * (high - low)


def entropic(
    costs: Array, a: np.ndarray, b: np.ndarray, *, epsilon: float, rounds: int = 100, tolerance: float = 1e-3
) -> float:
    """The value of entropic transport at costs (k, m), from mass a (k,) to mass b (m,), each of sum 1.

    `min <P, costs> + epsilon KL(P | a b)` by Sinkhorn's iteration on the duals in the log domain. Epsilon starts at
    the largest cost and halves every round; once it is there, a burst of plain scalings of the plan follows each round.
    Warns when the plan's row sums are off by more than `tolerance` in all after the given rounds.
    """
    import torch

    where = device.best()
    kind = torch.float32 if where.type == "mps" else torch.float64
    cost, start, end = (torch.as_tensor(array).to(where, kind) for array in (costs, a, b))
    f, g = torch.zeros_like(start), torch.zeros_like(end)
    strength, off = max(float(cost.max()), epsilon), np.inf
    for _ in range(rounds):
        new_f = -strength * torch.logsumexp(end.log() + (g - cost) / strength, dim=1)
        off = float((start * torch.expm1((f - new_f) / strength).abs()).sum())
        f = new_f
        g = -strength * torch.logsumexp(start.log() + (f - cost.T) / strength, dim=1)
        if strength == epsilon and off <= tolerance:
            break
        if strength == epsilon:
            plan = torch.exp((f[:, None] + g - cost) / epsilon) * start[:, None] * end
            f, g = _scaled(f, g, plan, start, end, epsilon)
        strength = max(strength / 2, epsilon)
    else:
        warnings.warn(f"entropic transport is off by {off:.1g} after {rounds} rounds", RuntimeWarning, stacklevel=2)
    return float(start @ f + end @ g)


def _scaled(
    f: torch.Tensor, g: torch.Tensor, plan: torch.Tensor, a: torch.Tensor, b: torch.Tensor, epsilon: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """The duals after `BURST` scalings of the rows and columns of a plan (k, m) to their masses."""
    u, v = a.new_ones(len(a)), b.new_ones(len(b))
    for _ in range(BURST):
        u = a / (plan @ v)
        v = b / (plan.T @ u)
    return f + epsilon * u.log(), g + epsilon * v.log()
