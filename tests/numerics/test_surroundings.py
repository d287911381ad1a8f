"""What labels around a row say, by hand."""

import numpy as np
import pytest

from fdmat_core.numerics import surroundings

#: Classes 0, 1 and 2 of 10 rows; around rows deep inside one, 9 of 10 neighbours carry its label.
COUNTS, SIZES = 900 * np.eye(3) + 50 * (1 - np.eye(3)), np.array([10, 10, 10])
OWN, OTHER = (900 + 1 / 3) / 1001, (50 + 1 / 3) / 1001


@pytest.mark.parametrize(
    ("around", "belonging"),
    [
        ([1, 1, 1, 1], OWN**4),  # inside class 1
        ([2, 0, 2, 0], ((OWN + OTHER) / 2) ** 4),  # half from each: on the border of 0 and 2
        ([2, 0, 2, 2], max(OWN**3 * OTHER, ((OWN + OTHER) / 2) ** 4)),
        ([0, 1, 2, 0], ((OWN + OTHER) / 2) ** 3 * OTHER),  # on a border with a stranger
    ],
)
def test_belonging_nowhere_is_held_against_the_likeliest_class_or_border(around, belonging):
    found = surroundings.strangeness(np.array([around]), COUNTS, SIZES)
    np.testing.assert_allclose(found, 4 * np.log(1 / 3) - np.log(belonging))


def test_the_more_neighbours_of_all_labels_the_stranger():
    mixed = [surroundings.strangeness(np.array([[0, 1, 2] * times]), COUNTS, SIZES)[0] for times in (1, 3, 6)]
    assert mixed[0] < mixed[1] < mixed[2] and mixed[2] > 0


def test_what_is_usual_counts_by_the_size_of_the_classes():
    """Where class 0 has nearly all rows its label says little about belonging nowhere, a rare one much."""
    common = surroundings.strangeness(np.array([[0, 0, 1, 2]]), COUNTS, np.array([98, 1, 1]))
    assert common < surroundings.strangeness(np.array([[0, 0, 1, 2]]), COUNTS, SIZES)


def test_labels_say_nothing_where_every_neighbourhood_is_a_border():
    two = surroundings.strangeness(np.array([[0, 1], [0, 0]]), np.eye(3), np.array([5, 5, 0]))
    assert two.tolist() == [0, 0]
    assert surroundings.strangeness(np.zeros((1, 0), int), np.eye(3), SIZES).tolist() == [0]


def test_an_empty_class_changes_nothing():
    counts = np.zeros((4, 4))
    counts[:3, :3] = COUNTS
    around = np.array([[0, 1, 2, 0], [1, 1, 1, 1]])
    np.testing.assert_allclose(
        surroundings.strangeness(around, counts, np.append(SIZES, 0)), surroundings.strangeness(around, COUNTS, SIZES)
    )


@pytest.mark.parametrize(
    ("around", "label", "preferred", "factor"),
    [
        ([1, 1, 1, 0], 0, 1, (OWN / OTHER) ** 2),  # three for class 1, one for its own
        ([0, 0, 0, 0], 0, 2, (OTHER / OWN) ** 4),  # none for another: the preferred one
        ([1, 2, 2, 0], 0, 1, OWN / OTHER),  # the other that is most frequent
    ],
)
def test_labels_around_are_held_against_the_own_class_and_its_rival(around, label, preferred, factor):
    found = surroundings.elsewhere(np.array([around]), np.array([label]), np.array([preferred]), COUNTS, SIZES)
    np.testing.assert_allclose(found, np.log(factor))


def test_the_share_of_strangers_is_found_from_the_factors():
    """100 of 1,000 rows are e^8 times likelier strangers, the rest e^8 times likelier not: the odds begin at 1 to 9."""
    factors = np.where(np.arange(1000) < 100, 8.0, -8.0)
    np.testing.assert_allclose(surroundings.posterior(factors) - factors, np.log(1 / 9), atol=0.01)
    few = surroundings.posterior(np.append(np.full(999, -3.0), 3.0))
    assert few[-1] < 0 and surroundings.posterior(np.zeros(0)).shape == (0,)


def test_a_label_is_wrong_where_the_labels_around_are_those_of_another_class():
    """By hand: row 0 lies in class 1, row 1 in its own class, row 2 between the two; each is as frequent as it is."""
    around = np.array([[1] * 8, [0] * 8, [0, 1] * 4])
    wrong = surroundings.mistaken(around, np.zeros(3, int), np.ones(3, int), COUNTS, SIZES)
    np.testing.assert_allclose(wrong, [1, 0, OTHER / (OTHER + OWN)], atol=0.02)


def test_how_often_labels_are_wrong_decides_where_two_are_as_likely():
    """Around all rows the same half of each label, and one more: of many clear mistakes the doubtful one is another."""
    doubtful, mistake, right = [0, 1, 1, 0, 1], [1] * 5, [0] * 5
    counts, sizes = np.array([[60.0, 40], [40, 60]]), np.array([50, 50])

    def of_the_doubtful(others):
        around = np.array([doubtful] + others * 40)
        return surroundings.mistaken(around, np.zeros(41, int), np.ones(41, int), counts, sizes)[0]

    assert of_the_doubtful([mistake]) > 0.5 > of_the_doubtful([right])


def test_the_rival_is_the_most_frequent_other_label():
    around = np.array([[0, 0, 0, 2, 2, 1], [0, 0, 1, 1, 2, 2], [0, 0, 0, 0, 0, 0], [2, 2, 1, 1, 0, 0]])
    found = surroundings._rivals(around, np.array([0, 0, 0, 0]), np.array([1, 2, 1, 1]), 3)
    assert found.tolist() == [2, 2, 1, 1]
    nobody = np.zeros(0, int)
    none = surroundings.mistaken(np.zeros((0, 5), int), nobody, nobody, COUNTS, SIZES)
    assert none.shape == (0,)
