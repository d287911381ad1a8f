"""FDMat: match every class's feature distribution, after the transport plan has shown what does not belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import (
    coresets,
    floods,
    greedy,
    matching,
    probabilities,
    quotas,
    spaces,
    surroundings,
    transport,
)
from fdmat_core.numerics.arrays import take, to_numpy
from fdmat_core.numerics.distances import blocks, squares
from fdmat_core.numerics.neighbours import Neighbours, nearest_rows
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
#: A label leaves that is likelier wrong than this.
LIKELY_WRONG = 0.5


@method(
    "fdmat",
    title="FDMat",
    family="distribution",
    needs=("embedding",),
    uses=("logits", "dynamics.aum_logit"),
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
    quota: np.ndarray | None = None,
    lam: Annotated[float, Range(0.01, 1000), "sharpness"] = 10.0,
    tau: Annotated[float, Range(0, 1), "threshold"] = 0.5,
    reference: Annotated[float, Range(0, 1), "reference quantile"] = 0.75,
    neighbours: Annotated[int, Range(1, 200)] = 20,
) -> Ranking:
    """Keep the coreset whose feature distribution is closest to the dataset's, class by class, without bad labels.

    **Ours, after the paper.** The goal and the transport plan are the paper's, the choice is not: its score keeps rows
    near the class prototypes, which is not what the paper sets out to do (see `fdmat_published`). By the linear probe
    FDMat lies above random in 99% of the 90 cells of our study, the published score in 18%.

    1. **Features**: Tukey power 1/2 (signed where negative), centred, unit length; or what the labels say is better.
       Rows are judged by these, or spread alike in all directions (by the inverse root of the covariance of the columns
       on one scale, shrunk after Ledoit & Wolf 2004), or, if they go below 0, as they are: whichever makes the labels
       of neighbours agree most. The notes say which.
    2. **Plan**: log-domain Sinkhorn of the rows against the class prototypes, row mass 1, column mass the class size,
       cost `|x - m_c|^2`. `q` is the share of a row's mass that stays in its class.
    3. **Removal** takes two criteria. The plan prefers another class, and `q < tau * quantile_c(q, reference)`, as a
       global threshold would empty rare classes. And by the labels around it the row's label is more likely a mistake
       than not: they may be as deep inside another class, as deep inside the row's own, or half from each on the
       border of both, where either may be right. How many foreign labels lie deep inside a class says how often it is
       mislabelled. One prototype alone is blind to a class of several modes.
    4. **Outliers** have a scale of their own, their strangeness: the log odds that a row belongs nowhere. The labels
       around it may be those around the rows deep inside some class, those of the border of two, or drawn from all
       classes alike; how much likelier the last is than the best of the others is a Bayes factor. The distance to the
       neighbours multiplies it by `1 / (2 sqrt p)`, with `p` the share of the class, by a log-normal law of robust
       moments, that lies as far: an e-value, 1 on average where only chance is at work. So does, where the table has
       logits, their energy, `-log sum exp` of the logits less their mean, by a normal law. The odds that all start from
       are the share of strangers that the factors themselves make likely. Above 0 the row leaves, as does one much
       farther from its neighbours than its class is used to.
    5. **Near copies**: by the roots, or as they are by the same rule, where the distances to the fifth neighbour in a
       class are of two kinds, at least four times and four deviations apart, rows that hang together by the shorter are
       copies of each other (`floods`). One of each group takes part; the others follow the rest of their class, and say
       nothing of what is usual in it.
    6. **Matching**: in every class, greedy energy distance between the growing coreset and the class's survivors:
       optimal transport with cost `|x - y|` in its high-regularisation limit. First the medoid, then always the row
       that brings the distance down most. Nested, no bandwidth, no randomness. Distances are those of the roots, of the
       features as they are if they go below 0, or of the columns on one scale, of unit length or not: whichever gives
       coresets of .3, 1, 3 and 10% from which a logistic regression tells the classes of the survivors best, all
       classes alike. The notes say which.
    7. **Suspicion** is the mean place among all rows, from 0 to 1, by every evidence of a wrong label that there is:
       the log odds of the plan, the share of neighbours with another label, how much likelier the labels around are
       inside another class, whether the row is removed for its label, and the area under the margin where the table has
       training dynamics. All weigh the same.
    8. Removed rows follow the survivors, the most suspicious last: each by its own scale, mistakes and outliers.

    **Without labels** all rows are one class: the whole distribution is matched, and only outliers by their
    neighbourhood are rejected; nothing is called mislabelled, and the score is the radius.

    `tau = 0` turns removal as mislabelled off. Where a class's reference is low the backbone does
    not separate it, and nothing certain can be said about its labels: the notes name such classes.

    Parameters
    ----------
    lam
        Sharpness of the transport plan.
    tau
        The plan suspects a row below this share of its class's reference; at 0 none.
    reference
        The quantile of a class that serves as its reference.
    neighbours
        How many nearest neighbours are looked at.
    """
    by = spaces_of(table)
    moved = transported(table, lam=lam, space=by.judging)
    rows = moved.rows
    if not len(rows):
        raise ValueError("every row of the features is zero, so there is nothing to match; use other features")
    evidence = {
        name: np.zeros(table.n)
        for name in ("own_share", "suspicion", "own_cost", "agreement", "radius", "nearest", "strangeness")
    }
    evidence |= {"preferred": table.labels.copy(), "copy": np.zeros(table.n, dtype=bool)}
    evidence |= {"issue": np.full(table.n, Issue.NO_FEATURES, dtype=np.uint8)}
    near = _gather(evidence, moved, table, neighbours)
    found = {name: column[rows] for name, column in evidence.items()}
    if table.labelled and table.logits is not None and np.isfinite(table.logits).all():
        found["energy"] = probabilities.energies(table.logits)[rows]
    if table.has("dynamics.aum_logit"):
        found["margin"] = table.dynamics["aum_logit"][rows]
    found["copy"] = _copies(table, by, moved, near)
    _judge(found, near, table.labels[rows], table.c, tau, reference)
    for name in ("agreement", "suspicion", "strangeness", "issue", "copy"):
        evidence[name][rows] = found[name]
    told = _told(table, by, evidence)
    space = max(told, key=told.__getitem__) if told else by.plain
    x = moved.x if space == by.judging else spaces.features(device.put(table.embedding), space).x
    order, survivors = _arrange(x, table, evidence, budget, chosen, quota)
    return Ranking(
        order,
        score=evidence["suspicion" if table.labelled else "radius"],
        survivors=survivors,
        evidence=evidence,
        notes=_notes(evidence, table, moved.plan, reference)
        | {"features": spaces.described(by, space, told), "judged": by.judging.words, "matched": space.words}
        | {"neighbours found": near.recall},
    )


def judged_in(ranking: Ranking) -> spaces.Space:
    """The space in which the rows of a table were judged, from FDMat's ranking of it."""
    return spaces.BY_WORDS[str(ranking.notes["judged"])]


def spaces_of(table: FeatureTable) -> spaces.Chosen:
    """Step 1: in which spaces the rows of a table are judged, and copies among them looked for."""
    return spaces.chosen(device.put(table.embedding), table.labels if table.labelled else None)


class Transported(NamedTuple):
    """The features of a table as they are transported, and the plan over the rows that have any."""

    x: Array  # (n, d) float32
    scale: Array  # (n,) what each row was divided by at last
    rows: np.ndarray  # (m,) the usable ones
    plan: transport.ClassPlan


def transported(table: FeatureTable, *, lam: float, space: spaces.Space) -> Transported:
    """Steps 1 and 2, in a space."""
    x, usable, scale = spaces.features(device.put(table.embedding), space)
    rows = np.flatnonzero(to_numpy(usable))
    return Transported(x, scale, rows, transport.class_plan(take(x, rows), table.labels[rows], table.c, lam=lam))


def _gather(evidence: dict[str, np.ndarray], moved: Transported, table: FeatureTable, k: int) -> Neighbours:
    """Fill in what the plan says of the m usable rows and how far their neighbours are, and return these k."""
    rows, x = moved.rows, take(moved.x, moved.rows)
    by_plan = transport.label_evidence(moved.plan, x, table.labels[rows])
    for name in ("own_share", "suspicion", "own_cost", "preferred"):
        evidence[name][rows] = getattr(by_plan, name)
    found = nearest_rows(x, k)
    if found.rows.shape[1]:
        evidence["nearest"][rows] = found.distances[:, 0]
        lengths = np.where(to_numpy(squares(x)) > 0.5, to_numpy(moved.scale)[rows], 0)  # or it lies in the middle
        evidence["radius"][rows] = _radius(found, lengths)
    return found


def _copies(table: FeatureTable, by: spaces.Chosen, moved: Transported, near: Neighbours) -> np.ndarray:
    """Which (m,) of the usable rows are copies of one before."""
    if by.plain != by.judging:
        x = spaces.features(device.put(table.embedding), by.plain).x
        near = nearest_rows(take(x, moved.rows), near.rows.shape[1])
    return floods.first_copies(near, table.labels[moved.rows]) != np.arange(len(moved.rows))


def _told(table: FeatureTable, by: spaces.Chosen, evidence: dict[str, np.ndarray]) -> dict[spaces.Space, float]:
    """In which spaces small coresets of the survivors tell how much of the classes; empty without labels."""
    if not table.labelled:
        return {}
    alive = (evidence["issue"] == Issue.NONE) & ~evidence["copy"]
    tried = (*(space for space in by.agreeing if not space.even), spaces.SCALED_UNIT, spaces.SCALED)
    return coresets.told(device.put(table.embedding), table.labels, alive, tried)


def _radius(near: Neighbours, lengths: np.ndarray) -> np.ndarray:
    """The mean distance (m,) from rows to their neighbours, with the lengths (m,) counted that unit rows have lost.

    By the law of cosines `|s a - t b|^2 = (s - t)^2 + s t |a - b|^2` for rows a and b of length 1.
    """
    radius = np.empty(len(lengths))
    for rows in blocks(len(lengths), 8 * near.rows.shape[1]):
        mine, theirs = lengths[rows, None].astype(np.float64), lengths[near.rows[rows]]
        radius[rows] = np.sqrt((mine - theirs) ** 2 + mine * theirs * near.distances[rows] ** 2).mean(axis=1)
    return radius


def _judge(
    evidence: dict[str, np.ndarray], near: Neighbours, labels: np.ndarray, c: int, tau: float, reference: float
) -> None:
    """Fill in what the labels around rows (m,) say, of which some are copies: how strange each is, what is wrong."""
    around, alone = labels[near.rows], ~evidence["copy"]
    counts, sizes = _inside(evidence, labels, around, c), np.bincount(labels, minlength=c)
    far = _from_usual(np.log(np.maximum(evidence["radius"], np.finfo(np.float32).tiny)), labels, alone)
    unsure = [_from_usual(evidence["energy"], labels, alone)] if "energy" in evidence else []
    evidence["strangeness"] = _strangeness(surroundings.strangeness(around, counts, sizes), [far, *unsure])
    mislabelled = np.zeros(len(labels), dtype=bool)
    if around.shape[1]:
        evidence["agreement"] = (around == labels[:, None]).mean(axis=1)
        doubts = _doubts(evidence, labels, c, tau, reference)
        given = around[doubts], labels[doubts], evidence["preferred"][doubts]
        mislabelled[doubts] = surroundings.mistaken(*given, counts, sizes) > LIKELY_WRONG
    if c > 1:
        inside = surroundings.elsewhere(around, labels, evidence["preferred"], counts, sizes)
        evidence["suspicion"] = _suspicion(evidence, inside, mislabelled)
    outlier = (evidence["strangeness"] > 0) | (far > OUTLIER_LIMIT)
    issue = np.select([mislabelled, outlier], [Issue.MISLABELLED, Issue.OUTLIER], Issue.NONE)
    evidence["issue"] = issue.astype(np.uint8)


def _suspicion(evidence: dict[str, np.ndarray], inside: np.ndarray, mislabelled: np.ndarray) -> np.ndarray:
    """The mean place (m,) of the rows, from 0 to 1, by the plan's suspicion and all other evidence of a wrong label.

    How much likelier the labels around are inside another class (m,), and whether the row leaves as mislabelled (m,).
    """
    from scipy.stats import rankdata

    columns = [evidence["suspicion"], -evidence["agreement"], inside, mislabelled]
    columns += [-evidence["margin"]] if "margin" in evidence else []
    return (np.mean([rankdata(column) for column in columns], axis=0) - 1) / max(1, len(inside) - 1)


def _strangeness(factors: np.ndarray, columns: list[np.ndarray]) -> np.ndarray:
    """The log odds that rows (m,) belong nowhere, by log Bayes factors (m,) of the labels around them.

    How far their neighbours lie, and how unsure a classifier is of them where there is one: columns (m,) in deviations
    from what is usual in their class, which count as e-values.
    """
    from scipy.stats import norm

    found = factors.copy()
    for column in columns:
        found += -0.5 * norm.logsf(column) - np.log(2)
    return surroundings.posterior(found)


def _doubts(evidence: dict[str, np.ndarray], labels: np.ndarray, c: int, tau: float, reference: float) -> np.ndarray:
    """The rows whose label the plan doubts: it prefers another class, and leaves less than is usual in their own."""
    share = evidence["own_share"]
    doubtful = share < tau * _quantiles(share, labels, c, reference)[labels]
    return np.flatnonzero(doubtful & (evidence["preferred"] != labels))


def _quantiles(values: np.ndarray, labels: np.ndarray, c: int, reference: float) -> np.ndarray:
    """The quantile of every class's values (c,); 0 for an empty class."""
    found = np.zeros(c)
    for label, rows in enumerate(quotas.rows_by_class(labels, c)):
        found[label] = np.quantile(values[rows], reference) if len(rows) else 0
    return found


def _inside(evidence: dict[str, np.ndarray], labels: np.ndarray, around: np.ndarray, c: int) -> np.ndarray:
    """How often (c, c) each label occurs around the rows deep inside a class: the half that the plan is surer of.

    Only rows count that the plan leaves in the class of their label.
    """
    counts, share = np.zeros((c, c)), evidence["own_share"]
    group = np.where(evidence["preferred"] == labels, labels, c)
    for label, mine in enumerate(quotas.rows_by_class(group, c + 1)[:c]):
        if len(mine):
            deep = around[mine[share[mine] >= np.median(share[mine])]]
            counts[label] = np.bincount(deep.ravel(), minlength=c)
    return counts


def _from_usual(values: np.ndarray, labels: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """How many robust standard deviations each value (m,) lies above the median of its class, copies left out."""
    found = np.zeros_like(values)
    for rows in filter(len, quotas.rows_by_class(labels, int(labels.max()) + 1)):
        found[rows] = _deviations(values[rows], values[rows[alone[rows]]])
    return found


def _deviations(values: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """How many robust standard deviations each value (m,) of a class lies above the median of usual ones.

    All 0 where these are 0, as for radii in a class that is mostly copies: it does not say how far is usual.
    """
    median = np.median(usual)
    deviation = 1.4826 * np.median(np.abs(usual - median))
    return (values - median) / deviation if deviation > 0 else np.zeros_like(values)


def _arrange(
    x: Array,
    table: FeatureTable,
    evidence: dict[str, np.ndarray],
    budget: int,
    chosen: greedy.Chosen,
    quota: np.ndarray | None,
) -> tuple[np.ndarray, int]:
    """Survivors matched class by class and merged, copies at the end of their class; then the rejected, worst last."""
    sizes = np.bincount(table.labels, minlength=table.c)
    alive = evidence["issue"] == Issue.NONE
    shares = [quotas.quotas(budget, sizes, how) for how in ("proportional", "equal")]
    shares += [] if quota is None else [quota]
    enough = _enough(shares, np.bincount(table.labels[alive], minlength=table.c))
    again = evidence["copy"] & ~np.isin(np.arange(table.n), chosen)
    classes = [rows[alive[rows]] for rows in quotas.rows_by_class(table.labels, table.c)]
    groups = [rows[~again[rows]] for rows in classes]
    mine = [np.flatnonzero(np.isin(group, chosen)) for group in groups]
    matched = [
        np.concatenate([group[_match(take(x, group), max(int(k), len(some)), some)], rows[again[rows]]])
        for rows, group, k, some in zip(classes, groups, enough, mine, strict=True)
    ]
    rejected = np.flatnonzero(~alive)
    worst_last = np.argsort(_severity(evidence)[rejected], kind="stable")
    order = np.concatenate([quotas.merge(matched, sizes, "proportional"), rejected[worst_last]])
    return order, int(alive.sum())


def _enough(shares: list[np.ndarray], alive: np.ndarray) -> np.ndarray:
    """So many survivors of each class (c,) at most are among the first, however the places are shared out.

    Where a class has fewer survivors (c,) than places, the rest of its places goes to other classes.
    """
    return np.max([np.minimum(alive, share + np.maximum(0, share - alive).sum()) for share in shares], axis=0)


def _match(x: Array, k: int, chosen: np.ndarray) -> np.ndarray:
    """All rows of one class: the first k in greedy energy order, the chosen before, the rest in row order."""
    return Ranking.by_picks(matching.energy(x, min(k, len(x)), chosen), len(x)).order


def _severity(evidence: dict[str, np.ndarray]) -> np.ndarray:
    """How bad a rejected row is, from 0 to 2: its place by suspicion, for an outlier by strangeness.

    Rows without features are the worst.
    """
    suspicious, strange = (_places(evidence[name]) for name in ("suspicion", "strangeness"))
    place = np.where(evidence["issue"] == Issue.OUTLIER, strange, suspicious) / max(1, len(strange))
    return np.where(evidence["issue"] == Issue.NO_FEATURES, 2.0, place)


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
        "near copies": int(evidence["copy"].sum()),
        "removed": {issue.title: int((evidence["issue"] == issue).sum()) for issue in REJECTED},
        "unclear classes": unclear,
    }
    return notes if table.labelled else notes | {"unlabelled": UNLABELLED_NOTE}
