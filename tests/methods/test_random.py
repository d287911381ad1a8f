import numpy as np

from fdmat_core.methods.random import random
from tests.conftest import make_table
from tests.methods.tables import kept, line


def test_every_row_is_kept_equally_often():
    """10,000 seeds, 3 of 10 rows: within four standard deviations of 3/10."""
    table, seeds = line(*range(10)), 10_000
    drawn = [random(table, rng=np.random.default_rng(seed)).order[:3] for seed in range(seeds)]
    counts = np.bincount(np.concatenate(drawn), minlength=10)
    assert np.abs(counts / seeds - 0.3).max() < 4 * np.sqrt(0.3 * 0.7 / seeds)


def test_pairs_are_kept_equally_often():
    table, seeds = line(*range(5)), 4000
    pairs = [tuple(sorted(random(table, rng=np.random.default_rng(seed)).order[:2])) for seed in range(seeds)]
    share = np.array([pairs.count((a, b)) for a in range(5) for b in range(a + 1, 5)]) / seeds
    assert np.abs(share - 0.1).max() < 4 * np.sqrt(0.1 * 0.9 / seeds)


def test_stratified_counts_follow_the_class_sizes():
    table = make_table((50, 30, 20))
    for k in (10, 20, 33, 50):
        counts = np.bincount(table.labels[kept(table, "random", k, balance="proportional")], minlength=3)
        assert np.abs(counts - k * np.array([0.5, 0.3, 0.2])).max() <= 1
