"""FDMat: match every class's feature distribution, after the transport plan has shown what does not belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import greedy, quotas, transport
from fdmat_core.numerics.arrays import like, namespace, to_numpy
from fdmat_core.numerics.distances import CACHED, blocks, by_blocks
from fdmat_core.numerics.neighbours import nearest_rows
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable, Issue

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: How many robust standard deviations the log of a row's radius may exceed its class's median: the usual limit of
#: modified z-scores (Iglewicz & Hoaglin 1993). Radii are positive and skewed, more so where a class is elongated.
OUTLIER_LIMIT = 3.5
#: The issues for which a row is rejected.
REJECTED = (Issue.MISLABELLED, Issue.OUTLIER, Issue.NO_FEATURES)
#: What is noted where there are no labels.
UNLABELLED_NOTE = "no labels: the whole distribution is matched, and only outliers are rejected"
#: How sure it has to be that a row's neighbours carry its label no more often than mislabelling explains.
NOISE_QUANTILE = 0.99


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
    stands_for="ours, after the paper",
    beside="fdmat_published",
)
def fdmat(  # noqa: PLR0913
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    lam: Annotated[float, Range(0.01, 1000), "sharpness"] = 10.0,
    tau: Annotated[float, Range(0, 1), "threshold"] = 0.5,
    reference: Annotated[float, Range(0, 1), "reference quantile"] = 0.75,
    neighbours: Annotated[int, Range(1, 200)] = 20,
) -> Ranking:
    """Keep the coreset whose feature distribution is closest to the dataset's, class by class, without bad labels.

    **Ours, after the paper.** The goal and the transport plan are the paper's, the choice is not: its score keeps rows
    near the class prototypes, which is not what the paper sets out to do (see `fdmat_published`). By the linear probe
    FDMat lies above random in 99% of the 90 cells of our study, the published score in 14%.

    1. **Features**: Tukey power 1/2 (signed where negative), centred, unit length.
    2. **Plan**: log-domain Sinkhorn of the rows against the class prototypes, row mass 1, column mass the class size,
       cost `|x - m_c|^2`. `q` is the share of a row's mass that stays in its class.
    3. **Removal** takes two criteria, both relative to the class: the plan, `q < tau * quantile_c(q, reference)`, and
       the neighbourhood, the share of nearest neighbours with the row's label, by the same rule. A global threshold
       would empty rare classes; one prototype alone is blind to a class of several modes. Where classes overlap both
       may meet for a good label, so such a row leaves only if chance explains its label: its neighbours carry it no
       more often (binomial, 99%) than those of the rows deep inside the class that the plan prefers, where labels of
       its kind are mistakes. On clean data there are hardly any, and hardly a row leaves. A row that meets both and
       whose neighbourhood has no clear class at all is an outlier; so is one much farther from its neighbours than its
       class is used to.
    4. **Matching**: in every class, greedy energy distance between the growing coreset and the class's survivors:
       optimal transport with cost `|x - y|` in its high-regularisation limit. First the medoid, then always the row
       that brings the distance down most. Nested, no bandwidth, no randomness.
    5. Removed rows follow the survivors, the most suspicious last.

    **Without labels** all rows are one class: the whole distribution is matched, and only outliers by their
    neighbourhood are rejected; nothing is called mislabelled, and the score is the radius.

    `tau = 0` turns removal by label off. Where a class's reference is low the backbone does
    not separate it, and nothing certain can be said about its labels: the notes name such classes.

    Parameters
    ----------
    lam
        Sharpness of the transport plan.
    tau
        A row is suspected below this share of its class's reference, by both criteria, and belongs to no class where
        every class around it is below; 0 removes nothing by label.
    reference
        The quantile of a class that serves as its reference.
    neighbours
        How many nearest neighbours the second criterion looks at.
    """
    x, usable, plan = transported(table, lam=lam)
    if not usable.any():
        raise ValueError("every row of the features is zero, so there is nothing to match; use other features")
    rows = np.flatnonzero(usable)
    evidence = {
        name: np.zeros(table.n) for name in ("own_share", "suspicion", "own_cost", "agreement", "radius", "nearest")
    }
    evidence |= {"preferred": table.labels.copy(), "issue": np.full(table.n, Issue.NO_FEATURES, dtype=np.uint8)}
    around, recall = _gather(evidence, plan, _take(x, rows), rows, table, neighbours)
    found = {name: column[rows] for name, column in evidence.items()}
    evidence["issue"][rows] = _issues(found, table.labels[rows], around, table.c, tau, reference)
    order, survivors = _arrange(x, table, evidence, budget, chosen)
    return Ranking(
        order,
        score=evidence["suspicion" if table.labelled else "radius"],
        survivors=survivors,
        evidence=evidence,
        notes=_notes(evidence, table, plan, reference) | {"neighbours found": recall},
    )


def transported(table: FeatureTable, *, lam: float) -> tuple[Array, np.ndarray, transport.ClassPlan]:
    """Steps 1 and 2: the features (n, d) that are transported, which rows (n,) have any, and the plan over those."""
    x, usable = transport.features(device.put(table.embedding), power=0.5, norm="unit")
    usable = to_numpy(usable)
    return x, usable, transport.class_plan(_take(x, np.flatnonzero(usable)), table.labels[usable], table.c, lam=lam)


def _take(x: Array, rows: np.ndarray) -> Array:
    """Some rows of x (n, d): x itself if they are all of them."""
    return x if len(rows) == len(x) else x[like(x, rows), :]


def _gather(
    evidence: dict[str, np.ndarray],
    plan: transport.ClassPlan,
    x: Array,
    rows: np.ndarray,
    table: FeatureTable,
    k: int,
) -> tuple[np.ndarray, float]:
    """Fill in what the plan and the neighbours say about the usable rows, whose transported features are x (m, d).

    Returns the labels (m, k) of the neighbours, and the share of true neighbours among them.
    """
    labels = table.labels[rows]
    by_plan = transport.label_evidence(plan, x, labels)
    for name in ("own_share", "suspicion", "own_cost", "preferred"):
        evidence[name][rows] = getattr(by_plan, name)
    found = nearest_rows(x, k)
    around = labels[found.rows]  # (m, k)
    if around.shape[1]:
        evidence["nearest"][rows] = found.distances[:, 0]
        evidence["agreement"][rows] = (around == labels[:, None]).mean(axis=1)
        lengths = transport.tukey(_take(device.put(table.embedding), rows))
        evidence["radius"][rows] = _radius(lengths, found.rows)
    return around, found.recall


def _radius(t: Array, nearest: np.ndarray) -> np.ndarray:
    """The mean distance (m,) from rows t (m, d) to their neighbours, with lengths, which `x` has lost, counted."""
    xp, radius = namespace(t), np.empty(len(t))

    def fill(rows: slice) -> None:
        gaps = t[rows, :][:, None, :] - t[like(t, nearest[rows]), :]
        radius[rows] = to_numpy(xp.mean(xp.sqrt(xp.sum(gaps * gaps, axis=2)), axis=1))

    by_blocks(fill, len(t), CACHED * nearest.shape[1] * t.shape[1])
    return radius


def _issues(
    evidence: dict[str, np.ndarray], labels: np.ndarray, around: np.ndarray, c: int, tau: float, reference: float
) -> np.ndarray:
    """The issue (m,) of every usable row, by its evidence and the labels around it (m, k)."""
    share, agreement = evidence["own_share"], evidence["agreement"]
    usual = _quantiles(agreement, labels, c, reference)
    doubtful = (share < tau * _quantiles(share, labels, c, reference)[labels]) & (agreement < tau * usual[labels])
    far = np.zeros(len(labels), dtype=bool)
    for rows in filter(len, quotas.rows_by_class(labels, c)):
        far[rows] = _far(evidence["radius"][rows])
    mistaken, homeless = np.zeros_like(far), np.zeros_like(far)
    doubts = np.flatnonzero(doubtful)
    mistaken[doubts] = _by_chance(evidence, labels, around, c, doubts)
    homeless[doubts] = _clearest(around[doubts], usual) < tau
    return np.select([mistaken, far | homeless], [Issue.MISLABELLED, Issue.OUTLIER], Issue.NONE).astype(np.uint8)


def _quantiles(values: np.ndarray, labels: np.ndarray, c: int, reference: float) -> np.ndarray:
    """The quantile of every class's values (c,); 0 for an empty class."""
    found = np.zeros(c)
    for label, rows in enumerate(quotas.rows_by_class(labels, c)):
        found[label] = np.quantile(values[rows], reference) if len(rows) else 0
    return found


def _by_chance(
    evidence: dict[str, np.ndarray], labels: np.ndarray, around: np.ndarray, c: int, doubts: np.ndarray
) -> np.ndarray:
    """Which of the rows in doubt (r,) another class prefers, where mislabelling alone gives them as many neighbours."""
    from scipy.stats import binom

    k, preferred = around.shape[1], evidence["preferred"]
    mistakes = _inside(evidence["own_share"], np.where(preferred == labels, labels, c), around, c)
    preferred, labels = preferred[doubts], labels[doubts]
    most = binom.ppf(NOISE_QUANTILE, k, mistakes[preferred, labels])  # (r,) neighbours
    return (preferred != labels) & (np.rint(k * evidence["agreement"][doubts]) <= most)


def _inside(share: np.ndarray, group: np.ndarray, around: np.ndarray, c: int) -> np.ndarray:
    """How often (c, c) each label occurs around the rows deep inside a class: the half that the plan is surer of.

    `group` (m,) is the class of a row that the plan leaves where it is, and c of any other.
    """
    often = np.zeros((c, c))
    for label, mine in enumerate(quotas.rows_by_class(group, c + 1)[:c]):
        if len(mine):
            deep = around[mine[share[mine] >= np.median(share[mine])]]
            often[label] = np.bincount(deep.ravel(), minlength=c) / max(1, deep.size)
    return often


def _clearest(around: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The share (m,) of the class that stands out most among the labels around (m, k), by what is usual in it (c,)."""
    weight = np.divide(1, usual, out=np.zeros(len(usual)), where=usual > 0)
    best = np.zeros(len(around))
    for rows in blocks(len(around), len(usual)):
        places = np.arange(len(around[rows]))[:, None] * len(usual) + around[rows]  # (b, k)
        counts = np.bincount(places.ravel(), minlength=len(around[rows]) * len(usual)).reshape(-1, len(usual))
        best[rows] = (counts * weight).max(axis=1) / max(1, around.shape[1])
    return best


def _far(radius: np.ndarray) -> np.ndarray:
    """Which rows (m,) lie beyond the median by more than the limit, in robust standard deviations of the log.

    None do where these are 0, as in a class that is mostly copies: it does not say how far is usual.
    """
    log = np.log(np.maximum(radius, np.finfo(np.float32).tiny))
    median = np.median(log)
    deviation = 1.4826 * np.median(np.abs(log - median))
    return (log > median + OUTLIER_LIMIT * deviation) & (deviation > 0)


def _arrange(
    x: Array, table: FeatureTable, evidence: dict[str, np.ndarray], budget: int, chosen: greedy.Chosen
) -> tuple[np.ndarray, int]:
    """Survivors matched class by class and merged, then the rejected, the worst last."""
    sizes = np.bincount(table.labels, minlength=table.c)
    enough = np.maximum(quotas.quotas(budget, sizes, "proportional"), quotas.quotas(budget, sizes, "equal"))
    alive = evidence["issue"] == Issue.NONE
    groups = [rows[alive[rows]] for rows in quotas.rows_by_class(table.labels, table.c)]
    mine = [np.flatnonzero(np.isin(group, chosen)) for group in groups]
    matched = [
        group[_match(_take(x, group), max(int(k), len(some)), some)]
        for group, k, some in zip(groups, enough, mine, strict=True)
    ]
    rejected = np.flatnonzero(~alive)
    worst_last = np.argsort(_severity(evidence)[rejected], kind="stable")
    order = np.concatenate([quotas.merge(matched, sizes, "proportional"), rejected[worst_last]])
    return order, int(alive.sum())


def _match(x: Array, k: int, chosen: np.ndarray) -> np.ndarray:
    """All rows of one class: the first k in greedy energy order, the chosen before, the rest in row order."""
    return Ranking.by_picks(greedy.energy(x, min(k, len(x)), chosen), len(x)).order


def _severity(evidence: dict[str, np.ndarray]) -> np.ndarray:
    """How bad a rejected row is, from 0 to 2: its place by suspicion, for an outlier by radius if that is higher.

    Rows without features are the worst.
    """
    places = [_places(evidence[name]) for name in ("suspicion", "radius")]
    by_issue = np.where(evidence["issue"] == Issue.OUTLIER, np.maximum(*places), places[0]) / max(1, len(places[0]))
    return np.where(evidence["issue"] == Issue.NO_FEATURES, 2.0, by_issue)


def _places(values: np.ndarray) -> np.ndarray:
    """The place (n,) of each value from the lowest; 0 for all where all are alike, as suspicion without labels is."""
    if not len(values) or np.ptp(values) == 0:
        return np.zeros(len(values), dtype=np.int64)
    return np.argsort(np.argsort(values, kind="stable"))


def _notes(
    evidence: dict[str, np.ndarray], table: FeatureTable, plan: transport.ClassPlan, reference: float
) -> dict[str, object]:
    """JSON-able facts: how Sinkhorn ended, what was removed, and which classes the backbone does not separate."""
    present = [label for label in range(table.c) if np.any(table.labels == label)]
    usual = [_quantiles(evidence[name], table.labels, table.c, reference) for name in ("own_share", "agreement")]
    clarity = np.minimum(*usual)  # (c,)
    unclear = [table.classes[label] for label in present if clarity[label] < 0.5] if table.labelled else []
    notes: dict[str, object] = {
        "rounds": plan.rounds,
        "residual": plan.residual,
        "removed": {issue.title: int((evidence["issue"] == issue).sum()) for issue in REJECTED},
        "unclear classes": unclear,
    }
    return notes if table.labelled else notes | {"unlabelled": UNLABELLED_NOTE}
