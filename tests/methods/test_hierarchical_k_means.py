import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import hierarchical_k_means as method
from tests.methods.tables import kept, order, points


def two_places(many=190, few=10, seed=0):
    """Many rows in a unit square and a few in another, far away."""
    rng = np.random.default_rng(seed)
    return points(np.concatenate([rng.random((many, 2)), 50 + rng.random((few, 2))]))


def cut(sizes, k):
    """What each group gives of k when all give alike: the highest `min(cut, size)` that fits, and what is left over."""
    level = max(one for one in range(max(sizes) + 1) if np.minimum(one, sizes).sum() <= k)
    return np.minimum(level, sizes), k - np.minimum(level, sizes).sum()


def test_turns_are_the_balanced_sampling_of_every_size():
    sizes = np.array([2, 10, 10, 1, 5])
    groups = np.split(np.arange(28), np.cumsum(sizes)[:-1])
    owner = np.repeat(np.arange(5), sizes)
    dealt = method.turns(groups, np.random.default_rng(0))
    for k in range(29):
        counts = np.bincount(owner[dealt[:k]], minlength=5)
        least, over = cut(sizes, k)
        assert ((counts - least == 0) | (counts - least == 1)).all() and (counts - least).sum() == over
        assert all(
            dealt[:k][owner[dealt[:k]] == one].tolist() == groups[one][: counts[one]].tolist() for one in range(5)
        )


def test_what_is_left_over_goes_by_chance():
    groups = [np.array([0]), np.array([1]), np.array([2])]
    firsts = [int(method.turns(groups, np.random.default_rng(seed))[0]) for seed in range(300)]
    assert np.bincount(firsts, minlength=3).min() > 70


def test_known_answer():
    """Two clusters of 190 and 10 rows at the top: both give alike until the smaller is empty."""
    table = two_places()
    for k, few in ((2, 1), (8, 4), (20, 10), (60, 10)):
        rows = np.array(kept(table, "hierarchical_k_means", k, levels=1, rows=100))
        assert (rows >= 190).sum() == few


def test_the_closest_come_first_if_wanted():
    """One cluster whose centre is the mean, 3.2: the rows lie 3.2, 2.2, 1.2, .2 and 6.8 away."""
    table = points(np.array([[0.0], [1], [2], [3], [10]]))
    assert order(table, "hierarchical_k_means", levels=1, take="closest", rows=5, resample=0) == [3, 2, 1, 0, 4]


def test_resampling_spreads_the_centres():
    """Nine in ten rows lie in a tenth of a line: plain k-means puts more centres there than the resampled one."""
    rng = np.random.default_rng(0)
    x = np.concatenate([0.1 * rng.random((1800, 1)), 0.1 + 0.9 * rng.random((200, 1))]).astype(np.float32)
    dense = [
        (method.clustered(x, 20, times, np.random.default_rng(seed)).centres < 0.1).mean()
        for times in (0, 10)
        for seed in range(5)
    ]
    assert np.mean(dense[5:]) < np.mean(dense[:5]) - 0.1


def test_dense_regions_give_no_more_than_sparse_ones():
    """Of 1,000 rows, 900 lie in a tenth of a line: of 100 kept, random keeps 90 there, this far fewer."""
    rng = np.random.default_rng(1)
    z = np.concatenate([0.1 * rng.random((900, 1)), 0.1 + 0.9 * rng.random((100, 1))])
    dense = [(z[kept(points(z), "hierarchical_k_means", 100, seed=seed)] < 0.1).mean() for seed in range(5)]
    assert np.mean(dense) < 0.6


def test_every_row_belongs_to_one_cluster_and_none_is_empty():
    x = np.random.default_rng(2).standard_normal((300, 3)).astype(np.float32)
    found = method.clustered(x, 15, 3, np.random.default_rng(0))
    assert sorted(np.concatenate(found.members).tolist()) == list(range(300))
    assert len(found.members) == len(found.centres) <= 15 and min(map(len, found.members)) > 0
    for centre, rows in zip(found.centres, found.members, strict=True):
        apart = np.linalg.norm(x[rows] - centre, axis=1)
        assert (np.diff(apart) >= -1e-6).all()
        assert np.linalg.norm(x[rows, None] - found.centres, axis=2).min(axis=1) == pytest.approx(apart, abs=1e-4)


def test_more_clusters_than_distinct_rows_are_survived():
    table = points(np.repeat([[0.0], [5.0]], [30, 3], axis=0))
    rows = kept(table, "hierarchical_k_means", 4, rows=2)
    assert sum(row >= 30 for row in rows) == 2


def test_it_does_not_see_labels():
    table = two_places()
    other = points(table.embedding, labels=np.arange(200) % 2)
    one, two = (selection.rank(of, "hierarchical_k_means", balance="none").order for of in (table, other))
    assert np.array_equal(one, two)
