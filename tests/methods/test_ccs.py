import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import ccs
from fdmat_core.spec import Choice
from tests.methods.tables import kept, points


def scored(margins):
    """A table of these margins (high is easy) under every name that the method may read."""
    column = np.asarray(margins, dtype=np.float32)
    names = ("aum_prob", "aum_logit", "el2n", "forgetting")
    return points(np.zeros((len(column), 1)), dynamics=dict.fromkeys(names, column))


def test_known_shares():
    assert ccs.share(12, np.array([2, 10, 10])).tolist() == [2, 5, 5]
    assert ccs.share(12, np.array([10, 2, 10])).tolist() == [5, 2, 5]
    assert ccs.share(7, np.array([10, 10, 10])).tolist() == [2, 2, 3]
    assert ccs.share(5, np.array([0, 1, 0, 9])).tolist() == [0, 1, 0, 4]


def test_shares_always_add_up():
    rng = np.random.default_rng(0)
    for _ in range(300):
        sizes = rng.integers(0, 20, rng.integers(1, 30))
        k = rng.integers(0, sizes.sum() + 1)
        places = ccs.share(int(k), sizes)
        assert places.sum() == k and (places <= sizes).all()


def test_both_ends_of_the_range_belong_to_a_stratum():
    assert ccs.cut(np.array([-4.0, -3, -1, 0]), 4).tolist() == [0, 1, 3, 3]
    assert ccs.cut(np.array([2.0, 2, 2]), 4).tolist() == [0, 0, 0]


def test_known_answer():
    """Margins 0 to 1 in two strata of 2 and 10 rows: 6 places are 2 and 4; the hardest two rows are dropped first."""
    margins = [*np.linspace(0.6, 1, 10), 0, 0.05, -5, -6]
    rows = kept(scored(margins), "ccs", 6, beta=0.15, strata=2)
    assert {10, 11} <= set(rows) and len(set(rows) & set(range(10))) == 4


def test_every_stratum_gives_alike():
    margins = np.random.default_rng(1).random(3000)
    rows = kept(scored(margins), "ccs", 500, beta=0)
    counts = np.bincount(ccs.cut(margins.max() - margins.astype(np.float32), 50)[rows], minlength=50)
    assert counts.max() - counts.min() <= 1


def test_the_hardest_are_dropped_for_every_score():
    """Low margins are hard, but high error norms and many forgetting events are."""
    table = scored(np.arange(20.0))
    assert min(kept(table, "ccs", 16, beta=0.2)) == 4
    assert max(kept(table, "ccs", 16, beta=0.2, score="el2n")) == 15


def test_beta_gives_way_to_the_budget_and_says_so():
    ranking = selection.rank(scored(np.arange(20.0)), Choice.of("ccs", beta=0.5), budget=18, balance="none")
    assert ranking.notes["dropped"] == 2 and set(ranking.order[18:]) == {0, 1}


@pytest.mark.parametrize("offset", [-100, -19, 0])
def test_the_easiest_rows_stay_when_margins_are_negative(offset):
    """An upper edge of 1.0001 times a negative maximum lies below it."""
    margins = np.arange(20.0) + offset
    assert 19 in kept(scored(margins), "ccs", 20, strata=20)
    drawn = [kept(scored(margins), "ccs", 10, strata=10, beta=0, seed=seed) for seed in range(12)]
    assert 19 in np.concatenate(drawn)
    assert max(kept(scored(margins), "ccs", 19, strata=20, beta=0.05)) == 19


def test_a_constant_score_is_random():
    subsets = {tuple(sorted(kept(scored(np.ones(12)), "ccs", 4, seed=seed))) for seed in range(5)}
    assert len(subsets) > 1


def test_each_class_is_shared_by_its_own_size():
    """The class-balanced mode of the public code uses the last class's count for all."""
    table = points(
        np.zeros((30, 1)),
        labels=np.repeat([0, 1, 2], [16, 10, 4]),
        dynamics=dict.fromkeys(("aum_prob", "aum_logit", "el2n", "forgetting"), np.arange(30.0)),
    )
    labels = table.labels[kept(table, "ccs", 15, balance="proportional")]
    assert np.bincount(labels).tolist() == [8, 5, 2]
