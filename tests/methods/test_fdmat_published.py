"""The published score, repaired: known answers and one test per defect of the public code."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import spearmanr

from fdmat_core import selection
from fdmat_core.numerics import transport
from fdmat_core.spec import Choice
from tests.conftest import make_table
from tests.methods.tables import points


def test_keeps_the_rows_with_the_lowest_score_in_each_class(table):
    ranking = selection.rank(table, "fdmat_published", balance="proportional")
    kept = ranking.order[:30]
    for label in range(3):
        mine = table.labels == label
        chosen = kept[table.labels[kept] == label]
        assert np.sort(ranking.score[chosen]) == pytest.approx(np.sort(ranking.score[mine])[: len(chosen)])


def test_scores_are_not_integers(table):
    score = np.asarray(selection.rank(table, "fdmat_published").score)
    assert len(np.unique(score)) == table.n and score.max() < 1


def test_no_row_is_free_when_classes_do_not_divide_n():
    assert (selection.rank(make_table((3, 2, 2)), "fdmat_published").score > 0).all()


def test_the_scale_of_the_features_hardly_matters(table):
    scaled = dataclasses.replace(table, embedding=100 * table.embedding)
    scores = [selection.rank(one, "fdmat_published").score for one in (table, scaled)]
    assert float(spearmanr(*scores)[0]) > 0.9999


def test_a_sharp_plan_scores_by_the_own_prototype():
    table = make_table((60, 50, 40), spread=0.5)
    score = selection.rank(table, Choice.of("fdmat_published", lam=60)).score
    x = transport.features(table.embedding, power=0.5, norm="before centring").x
    own = transport.label_evidence(transport.class_plan(x, table.labels, 3, lam=60), x, table.labels).own_cost
    assert float(spearmanr(score, own**2)[0]) > 0.999


def test_both_norms_are_offered(table):
    orders = [
        selection.rank(table, Choice.of("fdmat_published", norm=norm)).order for norm in ("before centring", "unit")
    ]
    assert not np.array_equal(*orders)


def test_a_row_without_features_comes_last(table):
    embedding = table.embedding.copy()
    embedding[11] = 0
    assert selection.rank(dataclasses.replace(table, embedding=embedding), "fdmat_published").order[-1] == 11


def test_features_that_are_zero_in_every_row_are_refused_in_words():
    with pytest.raises(ValueError, match="every row of the features is zero"):
        selection.rank(points(np.zeros((6, 2)), labels=np.repeat([0, 1], 3)), "fdmat_published")
