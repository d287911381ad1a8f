import numpy as np

from fdmat_core import selection
from fdmat_core.numerics import greedy
from fdmat_core.spec import Choice
from tests.methods.tables import cloud, kept, order, random_subsets
from tests.methods.test_facility_location import THREE


def value(table, rows):
    return greedy.cosine_similarity(table.embedding, np.arange(table.n))[rows].max(axis=0).sum()


def test_known_answer():
    """When all rows compete the search is exact."""
    assert order(THREE, "facility_location_stochastic", share=1) == [0, 2, 1]


def test_nearly_as_good_as_the_exact_search_and_better_than_chance():
    table, k = cloud(300, d=6), 30
    exact, chance = (
        value(table, kept(table, "facility_location", k)),
        np.mean([value(table, rows) for rows in random_subsets(300, k, 50)]),
    )
    for seed in range(3):
        mine = value(table, kept(table, "facility_location_stochastic", k, seed=seed))
        assert mine > exact - 0.2 * (exact - chance)


def test_a_class_draws_the_same_however_many_another_keeps(table):
    choice = Choice("facility_location_stochastic")
    few, many = (selection.rank(table, choice, budget=budget).order for budget in (10, 80))
    assert np.array_equal(few[:10], many[:10])
