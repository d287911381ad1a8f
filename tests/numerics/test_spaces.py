"""Spaces in which rows are compared: closed forms, a peer, laws, and which is chosen where the answer is known."""

import numpy as np
import pytest

from fdmat_core.numerics import spaces, transport
from fdmat_core.numerics.distances import squared_distances
from fdmat_core.numerics.spaces import EVEN, PLAIN, ROOT


def correlated(n, d, seed=0):
    """Rows that spread little in some directions, far from 0, in columns of units from a hundredth to a hundred."""
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) + 5) * 10.0 ** rng.integers(-2, 3, d)


def test_even_spread_by_hand():
    """Columns of variance 9/2 and 1/2 that go apart: each is divided by its standard deviation, and nothing else."""
    by = spaces.even_spread(np.array([[5.0, 1], [-1, 1], [2, 2], [2, 0]]))
    assert by.middle == pytest.approx([2, 1])
    assert by.matrix == pytest.approx(np.diag([np.sqrt(2) / 3, np.sqrt(2)]), abs=1e-6)
    assert by(np.array([[5.0, 1]])) == pytest.approx(np.array([[np.sqrt(2), 0]]), abs=1e-6)


@pytest.mark.parametrize(("n", "d"), [(400, 5), (60, 30), (12, 40)])
def test_the_map_is_the_inverse_root_of_the_shrunk_covariance(n, d):
    """By scikit-learn's Ledoit-Wolf of the columns on one scale."""
    from sklearn.covariance import ledoit_wolf

    z = correlated(n, d)
    on_one_scale = (z - z.mean(axis=0)) / z.std(axis=0)
    matrix = spaces.even_spread(z).matrix * z.std(axis=0)[:, None]
    assert matrix == pytest.approx(matrix.T, abs=1e-4)
    assert matrix @ ledoit_wolf(on_one_scale)[0] @ matrix == pytest.approx(np.eye(d), abs=1e-3)


def test_many_rows_spread_alike_in_all_directions():
    z = correlated(20_000, 4)
    x = spaces.even_spread(z)(z)
    assert np.cov(x.T) == pytest.approx(np.eye(4), abs=0.02)


def test_units_signs_and_where_zero_lies_change_no_distance():
    z = correlated(80, 6)
    other = z * [1, -1000, 0.01, 7, -3, 1e4] + [3, 0, -2, 50, 1, 0]
    one, two = (spaces.features(values, EVEN) for values in (z, other))
    assert squared_distances(one.x, one.x) == pytest.approx(squared_distances(two.x, two.x), abs=1e-3)
    assert one.scale == pytest.approx(two.scale, rel=1e-3)
    assert np.abs(squared_distances(one.x, one.x) - squared_distances(*[spaces.features(z, PLAIN).x] * 2)).max() > 0.1


def test_a_column_without_spread_and_rows_of_zeros_do_not_count():
    z = correlated(50, 3)
    more = np.concatenate([np.insert(z, 1, 7.0, axis=1), np.zeros((9, 4))])
    one, two = spaces.features(z, EVEN), spaces.features(more, EVEN)
    assert np.flatnonzero(~two.usable).tolist() == list(range(50, 59))
    assert np.delete(two.x[:50], 1, axis=1) == pytest.approx(one.x, abs=0.02) and np.abs(two.x[:50, 1]).max() == 0


def test_rows_that_are_all_alike_stay_finite():
    assert np.isfinite(spaces.features(np.full((6, 3), -2.0), EVEN).x).all()


def test_root_and_plain_are_the_powers_of_transport():
    z = correlated(30, 4)
    for space, power in ((ROOT, 0.5), (PLAIN, 1.0)):
        assert np.array_equal(spaces.features(z, space).x, transport.features(z, power=power, norm="unit").x)


def two_crowds():
    """Two far crowds of 21 rows."""
    return np.repeat([[-9.0, 1], [9.0, -1]], 21, axis=0) + 0.1 * np.random.default_rng(0).standard_normal((42, 2))


def test_agreement_by_hand():
    """In a crowd of 21 all 20 neighbours are of the crowd; a wrong label has none of its own, the others 19 of 20."""
    labels = np.repeat([0, 1], 21)
    found = spaces.features(two_crowds(), PLAIN)
    assert spaces.agreement(found, labels) == 1
    labels[4] = 1
    assert spaces.agreement(found, labels) == pytest.approx((20 * 0.95 + 21) / 42)
    few = spaces.features(two_crowds()[:5], PLAIN)
    assert spaces.agreement(few, np.array([0, 0, 0, 1, 1])) == pytest.approx((3 * 2 / 4 + 2 * 1 / 4) / 5)
    assert spaces.agreement(spaces.features(two_crowds()[:1], PLAIN), np.array([0])) == 0


def test_rows_without_features_are_nobodys_neighbours():
    z = np.concatenate([np.zeros((30, 2)), two_crowds()])
    labels = np.concatenate([np.full(30, 1), np.repeat([0, 1], 21)])
    assert spaces.agreement(spaces.features(z, PLAIN), labels) == 1


def thin(n=400, seed=0):
    """Two classes beside each other in the direction of three in which the rows spread least."""
    rng = np.random.default_rng(seed)
    labels, turn = rng.integers(0, 2, n), np.linalg.qr(rng.standard_normal((3, 3)))[0]
    across = 0.7 * (2 * labels - 1) + 0.4 * rng.standard_normal(n)
    return np.column_stack([5 * rng.standard_normal((n, 2)), across]) @ turn, labels


def signs(n=400, seed=0):
    """Two classes told apart by the signs of columns, most of them right, whose sizes differ by orders of magnitude."""
    rng = np.random.default_rng(seed)
    labels, pattern = rng.integers(0, 2, n), np.array([1, -1, 1, -1, 1, -1, -1, 1])
    right = np.where(rng.random((n, 8)) < 0.8, 1, -1) * np.where(labels[:, None] == 0, pattern, -pattern)
    return right * np.exp(2 * rng.standard_normal((n, 8))), labels


def balls(n=400, seed=0):
    """Two round classes, told apart by two columns; the others are next to 0, where a root makes much of a sign."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    z = np.concatenate([rng.standard_normal((n, 2)), 0.1 * rng.standard_normal((n, 20))], axis=1)
    z[:, :2] += 2.0 * labels[:, None]
    return z - z.mean(axis=0), labels


@pytest.mark.parametrize(
    ("data", "judging", "plain"), [(thin, EVEN, PLAIN), (signs, ROOT, ROOT), (balls, PLAIN, PLAIN)]
)
def test_the_space_is_chosen_in_which_neighbours_agree(data, judging, plain):
    z, labels = data()
    found = spaces.chosen(z, labels)
    assert (found.judging, found.plain) == (judging, plain)
    shares = {space: spaces.agreement(spaces.features(z, space), labels) for space in (ROOT, PLAIN, EVEN)}
    assert max(shares, key=lambda space: shares[space]) == judging
    assert (found.kind, found.agreeing) == ("both signs", shares)


def test_the_covariance_of_many_columns_is_not_asked_for(monkeypatch):
    z, labels = thin()
    monkeypatch.setattr(spaces, "COLUMNS", z.shape[1])
    assert spaces.chosen(z, labels).judging == EVEN
    monkeypatch.setattr(spaces, "COLUMNS", z.shape[1] - 1)
    found = spaces.chosen(z, labels)
    assert (found.judging, found.plain) == (PLAIN, PLAIN) and EVEN not in found.agreeing


@pytest.mark.parametrize("data", [thin, signs, balls])
def test_wrong_labels_and_one_scale_for_all_change_no_choice(data):
    z, labels = data()
    flipped = np.where(np.random.default_rng(1).random(len(labels)) < 0.3, 1 - labels, labels)
    plain, other = spaces.chosen(z, labels), spaces.chosen(-32 * z, flipped)
    assert (other.judging, other.plain) == (plain.judging, plain.plain)


def test_what_never_goes_below_zero_is_not_compared_as_it_is():
    """Nor are columns of units from a hundredth to a hundred, which EVEN does not see."""
    z, labels = thin()
    far = (z + 100) * [0.01, 1, 100]
    found = spaces.chosen(far, labels)
    assert (found.judging, found.plain) == (EVEN, ROOT)
    assert found.kind == "no value below 0"
    assert found.agreeing == {space: spaces.agreement(spaces.features(far, space), labels) for space in (ROOT, EVEN)}
    crowds = spaces.chosen(two_crowds() + 20, np.repeat([0, 1], 21))
    assert (crowds.judging, crowds.plain) == (ROOT, ROOT)


def test_what_nobody_labelled_takes_the_root():
    z, _ = thin()
    for values, kind in ((z, "both signs"), (np.abs(z), "no value below 0")):
        assert spaces.chosen(values, None) == (ROOT, ROOT, f"{kind}, no labels", {})


def test_columns_on_one_scale_by_hand():
    """Columns of deviation 2 and 1 whose means are 3 and 4, one without spread, and a row without features."""
    z = np.array([[5.0, 5, 7], [1, 3, 7], [5, 3, 7], [1, 5, 7], [0, 0, 0]])
    found = spaces.features(z, spaces.SCALED)
    assert found.x[:4] == pytest.approx(np.array([[1, 1, 0], [-1, -1, 0], [1, -1, 0], [-1, 1, 0]]), abs=1e-6)
    assert found.usable.tolist() == [True] * 4 + [False] and found.scale.tolist() == [1.0] * 5
    unit = spaces.features(z, spaces.SCALED_UNIT)
    assert unit.x[:4] == pytest.approx(found.x[:4] / np.sqrt(2), abs=1e-6)
    assert unit.scale[:4] == pytest.approx(np.full(4, np.sqrt(2)))


def test_many_rows_are_sampled_evenly(monkeypatch):
    z, labels = thin(3000)
    monkeypatch.setattr(spaces, "ROWS", 500)
    monkeypatch.setattr(spaces, "ASKED", 40)
    rows = np.linspace(0, 2999, 500).astype(int)
    assert spaces.chosen(z, labels) == spaces.chosen(z[rows], labels[rows])
    assert spaces.chosen(z, labels).judging == EVEN


def test_tensors_say_the_same():
    torch = pytest.importorskip("torch")
    z, labels = thin()
    z = z.astype(np.float32)
    assert spaces.chosen(torch.as_tensor(z), labels).judging == EVEN
    mine, theirs = spaces.features(z, EVEN), spaces.features(torch.as_tensor(z), EVEN)
    assert theirs.x.numpy() == pytest.approx(mine.x, abs=1e-4)


@pytest.mark.parametrize("value", [1e3, 1e5])
def test_the_spread_of_a_column_does_not_depend_on_which_row_is_far_away(value):
    z = np.random.default_rng(0).standard_normal((60_000, 3)).astype(np.float32)
    z[:, 2] = 7.123
    for row in (0, 5):
        far = z.copy()
        far[row, 0] = value
        _, spread, n = spaces._scales(far)
        assert spread[:2] == pytest.approx(far[:, :2].astype(np.float64).std(axis=0), rel=1e-4)
        assert spread[2] == 1 and n == 60_000  # all alike
