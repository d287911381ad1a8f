import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import dual
from fdmat_core.spec import Choice
from tests.methods.tables import kept, order, points, recorded


def scored(score, easy):
    columns = {"dual": np.asarray(score, dtype=np.float32), "early_prob": np.asarray(easy, dtype=np.float32)}
    return points(np.zeros((len(score), 1)), dynamics=columns)


def test_known_scores():
    """Of nine epochs three are early, in two windows of two; what comes later does not count."""
    later = [0.9, 0.1, 0.9, 0.1, 0.9, 0.1]
    rows = [0.2, 0.4, 0.6, *later], [0.7, 0.9, 0.9, *later], [0.1, 0.1, 0.1, *later], [0.1, 0.3, 0.5, *later]
    table = recorded(*rows)
    apart = 0.2 / np.sqrt(2)
    expected = [apart * (0.7 + 0.5) / 2, apart * 0.2 / 2, 0, apart * (0.8 + 0.6) / 2]
    assert table.dynamics["dual"] == pytest.approx(expected, abs=1e-6)
    assert table.dynamics["early_prob"] == pytest.approx([0.4, 2.5 / 3, 0.1, 0.3], abs=1e-6)
    assert order(table, "dual", draw="none") == [3, 0, 1, 2]


def test_known_weights():
    """Half left out, m = .2: b = 15 * .8 * (1 - .5^4) = 11.25 and a = 4.75, whose density peaks at 3.75 / 14."""
    score, easy = np.array([1.0, *[0.1] * 99]), np.array([0.2, *np.linspace(0.01, 0.99, 99)])
    easy[np.argsort(-score, kind="stable")[:10]] = 0.2
    weight = dual.beta_weight(score, easy, 0.5, 4.0)
    assert weight[0] == pytest.approx(3.75 * np.log(0.2) + 10.25 * np.log(0.8))
    from scipy.stats import beta

    density = beta.logpdf(easy, 4.75, 11.25)
    assert weight - weight[0] == pytest.approx(density - density[0])
    assert easy[weight.argmax()] == pytest.approx(3.75 / 14, abs=0.01)


def test_the_less_is_kept_the_easier_are_the_rows():
    rng = np.random.default_rng(0)
    easy = rng.random(2000)
    table = scored(rng.random(2000) * (1 - easy), easy)
    means = [easy[kept(table, "dual", k)].mean() for k in (20, 200, 1000)]
    assert means[0] > means[1] + 0.05 > means[2] + 0.1


def test_rows_are_drawn_by_their_weights():
    """All are equally easy, so the first of two is drawn as often as its score is of both."""
    table = scored([3.0, 1.0], [0.5, 0.5])
    first = [order(table, "dual", seed=seed)[0] for seed in range(2000)]
    assert first.count(0) / 2000 == pytest.approx(0.75, abs=0.03)


def test_scores_count_and_not_the_numbers_of_rows():
    """The public command draws by row numbers: the last rows, whatever their score."""
    score = np.linspace(1, 0.001, 400) ** 8
    rows = np.concatenate([kept(scored(score, np.full(400, 0.5)), "dual", 20, seed=seed) for seed in range(20)])
    assert np.mean(rows < 100) > 0.8


def test_rows_without_weight_come_last_and_may_be_needed():
    """numpy's choice stops where fewer rows than wanted have a weight."""
    table = scored([0, 0.5, 0, 0.2, 0], [0.3, 0.6, 1, 0, 0.2])
    assert set(kept(table, "dual", 2)) == {1, 3}
    assert len(set(kept(table, "dual", 4))) == 4


@pytest.mark.parametrize("easy", [0.0, 1.0])
def test_probabilities_at_an_end_are_survived(easy):
    assert len(set(kept(scored(np.linspace(0, 1, 30), np.full(30, easy)), "dual", 7))) == 7


def test_the_score_is_told():
    ranking = selection.rank(scored([0.1, 0.4], [0.5, 0.5]), Choice("dual"), budget=1)
    assert ranking.score.tolist() == pytest.approx([0.1, 0.4])
