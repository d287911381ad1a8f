import numpy as np
import pytest

from tests.methods.tables import cloud, line, order, random_subsets


def test_known_answer():
    """The published rule takes the row that moves the mean farthest away: it would start with row 4."""
    assert order(line(0, 1, 2, 3, 10), "herding") == [3, 2, 1, 4, 0]


@pytest.mark.parametrize("k", [10, 30, 60])
def test_the_mean_is_closer_than_that_of_1000_random_subsets(k):
    z = cloud().embedding.astype(np.float64)
    picked = np.linalg.norm(z[order(cloud(), "herding")[:k]].mean(axis=0) - z.mean(axis=0))
    others = [np.linalg.norm(z[rows].mean(axis=0) - z.mean(axis=0)) for rows in random_subsets(len(z), k, 1000)]
    assert picked < np.quantile(others, 0.01)


def test_every_pick_follows_the_formula():
    z = cloud(40).embedding.astype(np.float64)
    picks = order(cloud(40), "herding")
    for t in range(1, 40):
        gap = np.linalg.norm(t * z.mean(axis=0) - z[picks[: t - 1]].sum(axis=0) - z, axis=1)
        gap[picks[: t - 1]] = np.inf
        assert gap[picks[t - 1]] == pytest.approx(gap.min())


def test_the_order_of_choice_is_kept():
    picks = order(cloud(40), "herding")
    assert picks != sorted(picks)
