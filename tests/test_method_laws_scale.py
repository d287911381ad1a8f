"""Laws over all methods: what the scale of features may change, which end is kept, how orders follow scores."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import registry, selection
from fdmat_core.numerics import probabilities
from fdmat_core.types import FeatureTable
from tests.conftest import make_table

METHODS = registry.methods.all()

#: Methods to which a larger embedding is another one, and why.
SCALE_MATTERS = {
    "craig": "the gradient of the bias does not grow with the embedding",
    "deepfool": "the head's boundary stays where it is",
    "glister": "the gradient of the bias does not grow with the embedding",
    "gradmatch": "the gradient of the bias does not grow with the embedding",
    "lcmat": "the gradient of the bias does not grow with the embedding",
}
#: Methods that keep what carries a wrong label, and methods that leave it out.
KEEP_FLIPPED = ("aum_logit", "aum_prob", "el2n", "forgetting", "grand")
LEAVE_FLIPPED = ("fdmat",)
#: Methods whose score is told for information; the order follows from more than it.
ORDER_BY_MORE = ("d2", "elfs", "fdmat")
#: Score methods in which ties go by something else than the row.
OWN_TIES = ("forgetting",)


@pytest.mark.parametrize("name", sorted(set(METHODS) - set(SCALE_MATTERS)))
@pytest.mark.parametrize("balance", ["proportional", "none"])
def test_the_scale_of_the_embedding_does_not_matter(name, balance, table):
    larger = dataclasses.replace(table, embedding=10 * table.embedding)
    kept, again = (set(selection.coreset(one, name, 30, balance=balance).ids) for one in (table, larger))
    assert kept == again


def test_the_exceptions_are_methods():
    assert set(SCALE_MATTERS) | set(KEEP_FLIPPED) | set(LEAVE_FLIPPED) | set(ORDER_BY_MORE + OWN_TIES) <= set(METHODS)


def two_clusters(flipped=17):
    """Two far clusters of 50 rows, all learnt well; one row carries the other cluster's label."""
    rng = np.random.default_rng(0)
    cluster = np.repeat([0, 1], 50)
    embedding = np.maximum(0, rng.standard_normal((100, 6)) + np.where(cluster, 8, 2)[:, None])
    logits = 3 * np.eye(2)[cluster] + 0.3 * rng.standard_normal((100, 2))
    labels = cluster.copy()
    labels[flipped] = 1
    p = probabilities.softmax(logits)
    dynamics = {
        "forgetting": np.where(labels == cluster, 1.0, 20.0),
        "mean_loss": -np.log(p[np.arange(100), labels]),
        "aum_logit": probabilities.margins(logits, labels),
        "aum_prob": probabilities.margins(p, labels),
        "el2n": probabilities.el2n(p, labels),
        "grand": probabilities.grand(p, labels, embedding),
        "tdds": rng.random(100),
    }
    return FeatureTable(np.arange(100), labels, embedding.astype(np.float32), ("a", "b"), "t", logits, None, dynamics)


@pytest.mark.parametrize("name", KEEP_FLIPPED)
def test_a_flipped_row_is_among_the_hardest(name):
    assert 17 in selection.rank(two_clusters(), name, balance="none").order[:5]


@pytest.mark.parametrize("name", LEAVE_FLIPPED)
def test_a_flipped_row_is_among_the_last(name):
    assert 17 in selection.rank(two_clusters(), name, balance="none").order[-5:]


@pytest.mark.parametrize("column", ["suspicion", "own_cost"])
def test_a_flipped_row_is_among_the_most_suspicious(column):
    assert 17 in np.argsort(-selection.rank(two_clusters(), "fdmat").evidence[column])[:5]


def test_it_would_be_among_the_easiest_by_its_cluster():
    """The other way round: with its own cluster's label the row is not hard for anyone."""
    clean = two_clusters(flipped=slice(0, 0))
    for name in KEEP_FLIPPED:
        assert 17 not in selection.rank(clean, name, balance="none").order[:5]


def scored(name):
    """Whether a method is a score alone: it ranks all rows whatever the budget, without drawing."""
    return not {"budget", "rng"} & METHODS[name].accepts and name not in ORDER_BY_MORE


@pytest.mark.parametrize("name", list(filter(scored, METHODS)))
def test_the_order_follows_the_score(name):
    table = make_table()
    table = table.take(np.argsort(table.ids))
    ranking = selection.rank(table, name, balance="none")
    along = ranking.score[ranking.order]
    assert along[0] != along[-1]
    sign = 1 if along[0] < along[-1] else -1
    assert (sign * np.diff(along) >= 0).all()
    if name not in OWN_TIES:
        assert np.array_equal(ranking.order, np.argsort(sign * np.asarray(ranking.score), kind="stable"))


def test_there_are_score_methods():
    assert {"entropy", "least_confidence", "margin", "moderate", "cal", "deepfool"} <= set(filter(scored, METHODS))
