"""FDMat: match every class's feature distribution, after the transport plan has told what does not belong."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core import budgets, kernels, transport
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable, Ranking

#: Why a row was rejected, by the number in the evidence column `reason`.
REASONS = ("kept in the running", "suspected mislabelled", "outlier in its class", "no features")

#: How many robust standard deviations above its class's median a row may lie from its neighbours.
OUTLIER_LIMIT = 5.0


@method(
    "fdmat",
    title="FDMat",
    family="distribution",
    needs=("embedding",),
    keeps="rows whose distribution matches each class's, without those that do not belong",
    paper="after Xiao, Chen, Shan, Wang, Su, AAAI 2024; matching by the energy distance, Szekely & Rizzo 2013",
    colour="#0072B2",
    runs="table",
    recommended=True,
)
def fdmat(
    table: FeatureTable,
    *,
    budget: int,
    lam: Annotated[float, Range(0.01, 1000)] = 10.0,
    tau: Annotated[float, Range(0, 1)] = 0.5,
    reference: Annotated[float, Range(0, 1)] = 0.75,
    neighbours: Annotated[int, Range(1, 200)] = 20,
) -> Ranking:
    """Keep the coreset whose feature distribution is closest to the dataset's, class by class, without bad labels.

    1. **Features**: Tukey power 1/2 (signed where negative), centred, unit length.
    2. **Plan**: log-domain Sinkhorn of the rows against the class prototypes, row mass 1, column mass the class size,
       cost `|x - m_c|^2`. `q` is the share of a row's mass that stays in its class.
    3. **Removal** takes two witnesses, both relative to the class: the plan, `q < tau * quantile_c(q, reference)`, and
       the neighbourhood, the share of nearest neighbours with the row's label, by the same rule. Rows much farther
       from their neighbours than their class is used to are outliers. A global threshold would empty rare classes; one
       prototype alone is blind to a class of several modes.
    4. **Matching**: in every class, greedy energy distance between the growing coreset and the class's survivors:
       optimal transport with cost `|x - y|` in its high-regularisation limit. First the medoid, then always the row
       that brings the distance down most. Nested, no bandwidth, no randomness.
    5. Removed rows follow the survivors, the most suspicious last.

    On clean data removal costs a little; `tau = 0` turns it off. Where a class's reference is low the backbone does
    not separate it, and nothing certain can be said about its labels: the notes name such classes.

    Parameters
    ----------
    lam
        Sharpness of the transport plan.
    tau
        A row is suspected below this share of its class's reference, by both witnesses; 0 removes nothing by label.
    reference
        The quantile of a class that serves as its reference.
    neighbours
        How many nearest neighbours testify.
    """
    x, usable, plan = transported(table, lam=lam)
    rows = np.flatnonzero(usable)
    evidence = {
        name: np.zeros(table.n) for name in ("own_share", "suspicion", "own_cost", "agreement", "radius", "nearest")
    }
    evidence |= {"preferred": table.labels.copy(), "reason": np.full(table.n, 3, dtype=np.uint8)}
    _testify(evidence, plan, x[rows], rows, table, neighbours)
    evidence["reason"][rows] = _reasons(evidence, rows, table.labels, tau, reference)
    order, survivors = _arrange(x, table, evidence, budget)
    return Ranking(
        order,
        score=evidence["suspicion"],
        survivors=survivors,
        evidence=evidence,
        notes=_notes(evidence, table, plan, reference),
    )


def transported(table: FeatureTable, *, lam: float) -> tuple[np.ndarray, np.ndarray, transport.ClassPlan]:
    """Steps 1 and 2: the features (n, d) that are transported, which rows (n,) have any, and the plan over those."""
    x, usable = transport.features(table.embedding, power=0.5, norm="unit")
    return x, usable, transport.class_plan(x[usable], table.labels[usable], table.c, lam=lam)


def _testify(
    evidence: dict[str, np.ndarray],
    plan: transport.ClassPlan,
    x: np.ndarray,
    rows: np.ndarray,
    table: FeatureTable,
    k: int,
) -> None:
    """Fill in what the plan and the neighbours say about the usable rows, whose transported features are x (m, d)."""
    labels = table.labels[rows]
    told = transport.label_evidence(plan, x, labels)
    for name in ("own_share", "suspicion", "own_cost", "preferred"):
        evidence[name][rows] = getattr(told, name)
    distances, nearest = kernels.neighbours(x, k)  # (m, k), (m, k)
    if nearest.shape[1]:
        evidence["nearest"][rows] = distances[:, 0]
        evidence["agreement"][rows] = (labels[nearest] == labels[:, None]).mean(axis=1)
        evidence["radius"][rows] = _radius(transport.tukey(table.embedding[rows]), nearest)


def _radius(t: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """The mean distance (m,) from rows t (m, d) to their neighbours, with lengths, which `x` has lost, counted."""
    radius = np.empty(len(t))
    for rows in kernels.blocks(len(t), nearest.shape[1] * t.shape[1]):
        radius[rows] = np.linalg.norm(t[rows, None] - t[nearest[rows]], axis=2).mean(axis=1)
    return radius


def _reasons(
    evidence: dict[str, np.ndarray], rows: np.ndarray, labels: np.ndarray, tau: float, reference: float
) -> np.ndarray:
    """The reason number of every usable row."""
    reason = np.zeros(len(rows), dtype=np.uint8)
    for label in np.unique(labels[rows]):
        mine = labels[rows] == label
        share, agreement, radius = (evidence[name][rows[mine]] for name in ("own_share", "agreement", "radius"))
        doubted = share < tau * np.quantile(share, reference)
        doubted &= agreement < tau * np.quantile(agreement, reference)
        reason[mine] = np.where(doubted, 1, np.where(_far(radius), 2, 0))
    return reason


def _far(radius: np.ndarray) -> np.ndarray:
    """Which rows lie beyond the median by more than the limit, in robust standard deviations."""
    median = np.median(radius)
    deviation = 1.4826 * np.median(np.abs(radius - median))
    return radius > median + OUTLIER_LIMIT * max(deviation, 1e-6)


def _arrange(
    x: np.ndarray, table: FeatureTable, evidence: dict[str, np.ndarray], budget: int
) -> tuple[np.ndarray, int]:
    """Survivors matched class by class and merged, then the rejected, the worst last."""
    sizes = np.bincount(table.labels, minlength=table.c)
    enough = 2 + np.maximum(budgets.quotas(budget, sizes, "proportional"), budgets.quotas(budget, sizes, "equal"))
    alive = evidence["reason"] == 0
    groups = [np.flatnonzero(alive & (table.labels == label)) for label in range(table.c)]
    matched = [group[_match(x[group], int(k))] for group, k in zip(groups, enough, strict=True)]
    rejected = np.flatnonzero(~alive)
    worst_last = np.argsort(_severity(evidence)[rejected], kind="stable")
    order = np.concatenate([budgets.merge(matched, sizes, "proportional"), rejected[worst_last]])
    return order, int(alive.sum())


def _match(x: np.ndarray, k: int) -> np.ndarray:
    """All rows of one class: the first k in greedy energy order, the rest in row order."""
    return Ranking.by_picks(kernels.greedy_energy(x, min(k, len(x))), len(x)).order


def _severity(evidence: dict[str, np.ndarray]) -> np.ndarray:
    """How bad a rejected row is, from 0 to 2: its place by suspicion or by radius; rows without features are worst."""
    places = [np.argsort(np.argsort(evidence[name], kind="stable")) for name in ("suspicion", "radius")]
    by_reason = np.where(evidence["reason"] == 2, places[1], places[0]) / max(1, len(places[0]))
    return np.where(evidence["reason"] == 3, 2.0, by_reason)


def _notes(
    evidence: dict[str, np.ndarray], table: FeatureTable, plan: transport.ClassPlan, reference: float
) -> dict[str, object]:
    """JSON-able facts: how Sinkhorn ended, what was removed, and which classes the backbone does not separate."""
    present = [label for label in range(table.c) if np.any(table.labels == label)]
    clarity = {
        label: min(np.quantile(evidence[name][table.labels == label], reference) for name in ("own_share", "agreement"))
        for label in present
    }
    return {
        "rounds": plan.rounds,
        "residual": plan.residual,
        "removed": {REASONS[code]: int((evidence["reason"] == code).sum()) for code in (1, 2, 3)},
        "unclear classes": [table.classes[label] for label in present if clarity[label] < 0.5],
    }
