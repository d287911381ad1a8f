import dataclasses

import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.numerics import greedy
from fdmat_core.spec import Choice
from tests.methods.tables import cloud, distances, kept, line, order, points
from tests.methods.test_craig import greedy_by_definition

#: Unit rows with cosines .9 between the first two, and 0 with the third.
THREE = points([[1, 0, 0], [0.9, np.sqrt(0.19), 0], [0, 0, 1]])


def test_known_answer():
    assert order(THREE, "facility_location") == [0, 2, 1]


def test_known_answer_for_distances():
    """The medoid of 0, 1, 2, 3, 10, then the far row, then the rest by what they save."""
    assert order(line(0, 1, 2, 3, 10), "facility_location", similarity="distance") == [2, 4, 0, 1, 3]


def test_distances_follow_the_definition():
    table = cloud()
    gaps = distances(table.embedding, table.embedding)
    assert order(table, "facility_location", similarity="distance")[:20] == greedy_by_definition(gaps, 20)


@pytest.mark.parametrize("similarity", ["cosine", "distance"])
def test_the_scale_of_the_features_does_not_matter(table, similarity):
    scaled = dataclasses.replace(table, embedding=16 * table.embedding)
    choice = Choice.of("facility_location", similarity=similarity)
    assert np.array_equal(*(selection.coreset(one, choice, 20).ids for one in (table, scaled)))


def test_a_row_of_zeros_is_not_picked_first():
    """Its cosine is undefined; as NaN it wins every comparison in the published code."""
    table = points([[1, 0.2], [0, 0], [1, 0], [1, 0.1]])
    assert order(table, "facility_location")[0] == 3


def test_a_class_without_places_is_no_error():
    table = points(np.eye(4), labels=[0, 0, 0, 1])
    assert len(kept(table, "facility_location", 1, balance="proportional")) == 1


def test_the_order_is_that_of_choice(table):
    rows = selection.coreset(table, "facility_location", 20, balance="none").rows
    assert rows.tolist() != sorted(rows.tolist())


def test_a_table_too_large_for_memory_is_represented_by_a_part(monkeypatch):
    table = cloud(200)
    whole = kept(table, "facility_location", 10, similarity="distance")
    monkeypatch.setattr(greedy, "SIMILARITIES", 200 * 60)
    part = kept(table, "facility_location", 10, similarity="distance")
    gaps = distances(table.embedding, table.embedding)
    mean = [gaps[rows].min(axis=0).mean() for rows in (whole, part)]
    assert part != whole and mean[1] < 1.15 * mean[0]
