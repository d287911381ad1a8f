"""What is told between the measured sizes is what the measures say there."""

import numpy as np
import pytest

from fdmat_core import curves, prefixes, registry
from fdmat_core.spec import Choice
from tests.conftest import make_table

TABLE = make_table((120, 60, 25), d=7)
ORDER = np.random.default_rng(3).permutation(TABLE.n)
COUNTS = (1, 2, 3, 11, 60, 150, TABLE.n - 1, TABLE.n)


def measure(choice):
    return registry.measures.get(choice.name)(curves.space(TABLE), params=dict(choice.params), seed=0)


def test_the_energy_distance_of_every_prefix_is_that_of_the_measure():
    values, wanted = prefixes.energy(TABLE, ORDER), measure(Choice("energy"))
    assert values.shape == (TABLE.n,)
    for k in COUNTS:
        assert values[k - 1] == pytest.approx(wanted(ORDER[:k], None), rel=1e-5, abs=1e-7), k


@pytest.mark.parametrize("choice", [Choice("sliced_wasserstein"), Choice.of("sliced_wasserstein", projections=9)])
def test_the_sliced_distance_of_any_rows_is_that_of_the_measure(choice):
    found, wanted = prefixes.sorted_classes(TABLE, choice), measure(choice)
    assert len(found.value) == dict(choice.params).get("projections", 200)
    for k in COUNTS:
        assert found.distance(ORDER[:k]) == pytest.approx(wanted(ORDER[:k], None), rel=1e-5, abs=1e-7), k


def test_a_class_without_a_pick_counts_as_its_worst_single_pick():
    picks = np.flatnonzero(TABLE.labels == 0)
    order = np.concatenate([picks, np.flatnonzero(TABLE.labels > 0)])
    found = prefixes.sorted_classes(TABLE, Choice("sliced_wasserstein"))
    assert found.distance(picks) == pytest.approx(measure(Choice("sliced_wasserstein"))(picks, None), rel=1e-5)
    energy = prefixes.energy(TABLE, order)[len(picks) - 1]
    assert energy == pytest.approx(measure(Choice("energy"))(picks, None), rel=1e-5)


def test_it_is_known_where_no_sample_stands_for_a_class_and_projections_fit():
    assert prefixes.known(20_000, 60_000, Choice("energy"))
    assert not prefixes.known(20_001, 60_000, Choice("energy"))
    assert not prefixes.known(101, 60_000, Choice.of("energy", sample=100))
    assert prefixes.known(60_000, 60_000, Choice("sliced_wasserstein"))
    assert not prefixes.known(10, prefixes.MOST_SORTED + 1, Choice("sliced_wasserstein"))
    assert not prefixes.known(10, 100, Choice("coverage"))
