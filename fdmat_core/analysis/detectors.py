"""Who finds the bad items: scores of FDMat and of its competitors on the same features, and how well they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core.learning.held_out import AFFORDABLE, out_of_fold
from fdmat_core.numerics.neighbours import SMALL_ROWS, distance_graph, nearest_rows
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    import pandas

#: FDMat's two scales, by what they are called among the detectors: its evidence of wrong labels, and of outliers.
OURS = {"FDMat": "suspicion", "FDMat, outliers": "strangeness"}
#: How many of the most suspicious items are looked at to tell a detector's precision.
CUTS = (50, 100, 200)
STEPS = 80  # points of a ROC curve, close together where false alarms are few


def scores(table: FeatureTable, fdmat: Ranking, *, seed: int = 0) -> dict[str, np.ndarray]:
    """Scores (n,) of FDMat and its competitors on the same features, higher is more suspicious, by name.

    Self-confidence (as in cleanlab) and the margin come from out-of-fold probabilities of a logistic regression, and
    are left out where that would take too long or fewer than two classes have two items; AUM comes from the training
    dynamics if the table has them; the local outlier factor looks inside each class. Without labels only two are left:
    FDMat's, by the distance to the neighbours, and the local outlier factor.

    Parameters
    ----------
    table
        The features.
    fdmat
        The ranking of method `fdmat` on this table, for its evidence.
    seed
        Of the folds.
    """
    if not table.labelled:
        return {"FDMat": np.asarray(fdmat.evidence["radius"]), "local outlier factor": _local_outlier_factor(table)}
    found = {name: np.asarray(fdmat.evidence[column]) for name, column in OURS.items()}
    comparable = np.count_nonzero(np.bincount(table.labels) > 1) > 1
    if comparable and table.n * table.embedding.shape[1] * table.c <= AFFORDABLE:
        found |= label_quality(out_of_fold(table, seed=seed), table.labels)
    if table.has("dynamics.aum_logit"):
        found["AUM"] = -np.asarray(table.dynamics["aum_logit"])
    found["neighbour disagreement"] = 1 - np.asarray(fdmat.evidence["agreement"])
    found["local outlier factor"] = _local_outlier_factor(table)
    return found


def label_quality(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Two scores (n,) from out-of-fold probabilities (n, c), higher is more suspicious, by name."""
    rows = np.arange(len(labels))
    own, others = probabilities[rows, labels], probabilities.copy()
    others[rows, labels] = -1
    return {"self-confidence": 1 - own, "normalised margin": others.max(axis=1) - own}


def _local_outlier_factor(table: FeatureTable, neighbours: int = 20) -> np.ndarray:
    score = np.zeros(table.n)
    for label in np.unique(table.labels):
        mine = np.flatnonzero(table.labels == label)
        if len(mine) > 2:
            score[mine] = _outlier_factors(table.embedding[mine], min(neighbours, len(mine) - 1))
    return np.clip(score, 0, 1e6)


def _outlier_factors(x: np.ndarray, k: int) -> np.ndarray:
    """The local outlier factor (m,) of each row of x (m, d), by its k nearest; of many rows by our own search."""
    from sklearn.neighbors import LocalOutlierFactor

    if len(x) <= SMALL_ROWS:
        return -LocalOutlierFactor(n_neighbors=k).fit(x).negative_outlier_factor_
    model = LocalOutlierFactor(n_neighbors=k, metric="precomputed")
    return -model.fit(distance_graph(nearest_rows(x, k))).negative_outlier_factor_


def compare(scores: Mapping[str, np.ndarray], bad: np.ndarray, cuts: tuple[int, ...] = CUTS) -> pandas.DataFrame:
    """How well each detector's score (n,), higher is more suspicious, finds the bad rows (n,) bool.

    Columns: `detector, auroc, auprc`, and `precision_at_<m>` for each cut; NaN where the truth has one side only.
    """
    import pandas
    from sklearn.metrics import average_precision_score, roc_auc_score

    defined = bad.any() and not bad.all()
    lines = []
    for name, score in scores.items():
        worst = np.argsort(-score, kind="stable")
        line = {"detector": name, "auroc": roc_auc_score(bad, score) if defined else np.nan}
        line["auprc"] = average_precision_score(bad, score) if defined else np.nan
        line |= {f"precision_at_{m}": bad[worst[:m]].mean() if defined else np.nan for m in cuts if m <= len(bad)}
        lines.append(line)
    return pandas.DataFrame(lines)


def roc(scores: Mapping[str, np.ndarray], bad: np.ndarray) -> pandas.DataFrame:
    """The ROC curve of each detector's score (n,) against the bad rows (n,) bool; none if the truth has one side only.

    Columns `detector, false_alarms, found`: the share of the clean rows that are flagged, and the largest share of the
    bad rows that is found with them.
    """
    import pandas
    from sklearn.metrics import roc_curve

    shares = np.linspace(0, 1, STEPS) ** 2
    lines = [pandas.DataFrame([], columns=["detector", "false_alarms", "found"])]
    for name, score in scores.items() if bad.any() and not bad.all() else ():
        alarms, found, _ = roc_curve(bad, score)
        best = found[np.searchsorted(alarms, shares, side="right") - 1]
        lines.append(pandas.DataFrame({"detector": name, "false_alarms": shares, "found": best}))
    return pandas.concat(lines[1:] or lines, ignore_index=True)


def removals(rankings: Mapping[str, Rankings], bad: np.ndarray) -> pandas.DataFrame:
    """How much of the bad rows (n,) bool every method has removed at every size.

    Columns `method, kept, k, recall, false_removal`: the last two are the shares of the bad and of the clean rows that
    are removed.

    Parameters
    ----------
    rankings
        By the method's name.
    """
    import pandas

    steps = np.unique(np.round(len(bad) * np.linspace(0, 1, 201)).astype(int))
    lines = []
    for name, found in rankings.items():
        for size, ranking in sorted(found.orders.items()):
            k = steps if found.nested else np.array([size])
            stay = np.concatenate([[0], np.cumsum(bad[ranking.order])])[k]  # bad rows among the kept
            line = {"method": name, "kept": k / len(bad), "k": k}
            line |= {"recall": 1 - stay / max(1, bad.sum()), "false_removal": 1 - (k - stay) / max(1, (~bad).sum())}
            lines.append(pandas.DataFrame(line))
    return pandas.concat(lines, ignore_index=True)


def agreement(decision: np.ndarray, suspected: np.ndarray) -> pandas.DataFrame:
    """What people decided (n,), "" for nothing, beside what was suspected (n,) bool: `decision, items, suspected`."""
    import pandas

    frame = pandas.DataFrame({"decision": decision, "items": 1, "suspected": suspected.astype(int)})
    return frame[frame["decision"] != ""].groupby("decision", as_index=False).sum()


def judged(decision: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows (m,) about which people were sure, and which of them (m,) bool they called wrong: dropped or relabelled.

    Parameters
    ----------
    decision
        (n,) what was decided about each row, "" for nothing.
    """
    wrong = np.isin(decision, ["drop", "relabel"])
    rows = np.flatnonzero(wrong | (decision == "keep"))
    return rows, wrong[rows]
