"""The greedy loop and its objectives: the picks of the plain definition, found with less work."""

from itertools import combinations

import numpy as np
import pytest

from fdmat_core.numerics import greedy
from fdmat_core.numerics.greedy import FacilityLocation, GraphCut, cosine_similarity, maximise, represented, unit_rows

#: Two rows alike and one unlike them (methods.md 16).
THREE = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])


def similarities(n, seed=0):
    """Symmetric similarities (n, n) without ties: two rows that only stand for each other differ on the diagonal."""
    rng = np.random.default_rng(seed)
    x = unit_rows(rng.standard_normal((n, 5)))
    return (1 + x @ x.T) / 2 + np.diag(0.1 * rng.random(n))


def facility_value(similarity, rows):
    return similarity[:, list(rows)].max(axis=1).sum() if len(rows) else 0.0


def cut_value(similarity, rows, lam):
    rows = list(rows)
    return lam * similarity[:, rows].sum() - similarity[np.ix_(rows, rows)].sum()


def graph_cut(similarity, lam):
    return GraphCut(similarity.__getitem__, similarity.sum(axis=0), np.diag(similarity), lam=lam)


def naive(value, n, budget):
    """Every row tried for every place: the picks and what each added."""
    picks, added = [], []
    for _ in range(budget):
        gains = [value([*picks, row]) - value(picks) if row not in picks else -np.inf for row in range(n)]
        picks.append(int(np.argmax(gains)))
        added.append(max(gains))
    return picks, added


@pytest.mark.parametrize("batch", [1, 3, 64])
def test_facility_location_picks_what_the_definition_says(batch):
    similarity = similarities(50)
    picks, added = maximise(FacilityLocation(similarity.copy()), 50, 50, batch=batch)
    expected, gains = naive(lambda rows: facility_value(similarity, rows), 50, 20)
    assert picks[:20].tolist() == expected and added[:20] == pytest.approx(gains)


@pytest.mark.parametrize("lam", [0.0, 1.0, 2.0])
def test_graph_cut_picks_what_the_definition_says(lam):
    similarity = similarities(40, seed=1)
    picks, added = maximise(graph_cut(similarity, lam), 40, 40, batch=40)
    expected, gains = naive(lambda rows: cut_value(similarity, rows, lam), 40, 40)
    assert picks.tolist() == expected and added == pytest.approx(gains)


def test_known_picks():
    assert maximise(FacilityLocation(THREE.copy()), 3, 3)[0].tolist() == [0, 2, 1]
    assert maximise(graph_cut(THREE, 1.0), 3, 3)[0].tolist() == [0, 2, 1]


def test_gains_never_rise_and_greedy_is_near_the_best():
    similarity = similarities(12, seed=2)
    for k in (1, 2, 3, 4):
        picks, added = maximise(FacilityLocation(similarity.copy()), 12, k)
        assert (np.diff(added) <= 1e-9).all()
        best = max(facility_value(similarity, rows) for rows in combinations(range(12), k))
        assert facility_value(similarity, picks) >= (1 - 1 / np.e) * best


def test_lazy_looks_at_few_rows():
    class Counted(FacilityLocation):
        looked = 0

        def gains(self, rows):
            self.looked += len(rows)
            return super().gains(rows)

    lazy, plain = Counted(similarities(400)), Counted(similarities(400))
    picks, _ = maximise(lazy, 400, 100, batch=8)
    assert np.array_equal(picks, maximise(plain, 400, 100, batch=400)[0])
    assert lazy.looked < plain.looked / 4


def test_equal_gains_go_to_the_lower_row():
    assert maximise(FacilityLocation(np.zeros((5, 5))), 5, 5, batch=2)[0].tolist() == [0, 1, 2, 3, 4]
    twins = np.repeat(np.repeat(THREE, 2, axis=0), 2, axis=1)
    assert maximise(FacilityLocation(twins), 6, 2)[0].tolist() == [0, 4]


def test_gains_that_rise_need_a_look_at_every_row():
    class Rising:
        now = np.array([3.0, 2.0, 1.0])

        def gains(self, rows):
            return self.now[rows]

        def take(self, row):
            self.now = np.array([0.0, 1.0, 5.0])

    assert maximise(Rising(), 3, 3, batch=3)[0].tolist() == [0, 2, 1]


@pytest.mark.parametrize("k", [0, 1])
def test_budgets_of_none_and_one(k):
    assert len(maximise(FacilityLocation(THREE.copy()), 3, k)[0]) == k


def test_a_stochastic_search_is_nearly_as_good_with_a_proper_sample_and_not_with_the_published_one():
    """eps = .05 asks for (n / k) ln 20 = 30 rows a place; the published eps = .9 for about one: random picks."""
    similarity, k = similarities(300, seed=4) ** 4, 30
    exact = facility_value(similarity, maximise(FacilityLocation(similarity.copy()), 300, k)[0])

    def value(sample, seed):
        rng = np.random.default_rng(seed)
        return facility_value(
            similarity, maximise(FacilityLocation(similarity.copy()), 300, k, sample=sample, rng=rng)[0]
        )

    proper = [value(30, seed) for seed in range(5)]
    published = [value(int(300 / k * np.log(1 / 0.9)), seed) for seed in range(5)]
    chance = [
        facility_value(similarity, np.random.default_rng(seed).choice(300, k, replace=False)) for seed in range(20)
    ]
    assert min(proper) > 0.98 * exact
    assert max(published) < min(proper) and np.mean(published) < np.mean(chance) + 0.5 * (exact - np.mean(chance))


def test_a_sample_of_all_rows_is_the_exact_search():
    similarity = similarities(60, seed=5)
    rng = np.random.default_rng(0)
    exact = maximise(FacilityLocation(similarity.copy()), 60, 20)[0]
    assert np.array_equal(exact, maximise(FacilityLocation(similarity.copy()), 60, 20, sample=60, rng=rng)[0])


def test_similarities_lie_between_0_and_1_and_a_zero_row_is_half_like_all():
    x = np.array([[1.0, 0], [-2, 0], [0, 0]])
    assert cosine_similarity(x, np.arange(3)) == pytest.approx(np.array([[1, 0, 0.5], [0, 1, 0.5], [0.5, 0.5, 0.5]]))


def test_too_many_rows_are_represented_by_some_of_every_class(monkeypatch):
    monkeypatch.setattr(greedy, "SIMILARITIES", 1000)
    labels = np.tile(np.arange(4), 25)
    rows = represented(labels)
    assert np.array_equal(represented(labels[:30]), np.arange(30))
    assert len(np.unique(rows)) == len(rows) == 10
    counts = np.bincount(labels[rows], minlength=4)
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("optimizer", ["naive", "lazy"])
def test_agrees_with_apricot(optimizer):
    apricot = pytest.importorskip("apricot")
    similarity = similarities(80, seed=6)
    theirs = apricot.FacilityLocationSelection(20, metric="precomputed", optimizer=optimizer).fit(similarity)
    picks, added = maximise(FacilityLocation(similarity.copy()), 80, 20)
    assert np.array_equal(picks, theirs.ranking) and added == pytest.approx(theirs.gains)
    cut = apricot.GraphCutSelection(20, metric="precomputed", optimizer=optimizer, alpha=2).fit(similarity)
    assert np.array_equal(maximise(graph_cut(similarity, 2.0), 80, 20, batch=80)[0], cut.ranking)
