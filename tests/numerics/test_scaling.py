"""Columns on one scale: as scikit-learn has them, but for constant ones and what lies far out."""

import numpy as np
import pytest

from fdmat_core.numerics import distances, scaling
from tests.conftest import make_table


def test_moments_are_those_of_scikit_learn(monkeypatch):
    from sklearn.preprocessing import StandardScaler

    x = make_table((200, 100), d=12).embedding * np.geomspace(1e-3, 1e3, 12, dtype=np.float32)
    theirs = StandardScaler().fit(x)
    mean, scale = scaling.moments(x)
    assert np.array_equal(mean, theirs.mean_) and np.array_equal(scale, theirs.scale_)
    monkeypatch.setattr(distances, "BLOCK", 4 * 12 * 70)  # five blocks, the last one smaller
    for one, other in zip(scaling.moments(x), (mean, scale), strict=True):
        assert one == pytest.approx(other, rel=1e-12)


def test_a_constant_column_counts_nothing_and_a_nearly_constant_one_little_where_that_is_asked_for():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((500, 4)) * [1, 20, 1e-4, 1e-5] + [0, 0, 0, 100]
    deviation = x.std(axis=0)
    assert scaling.moments(x)[1] == pytest.approx([*deviation[:3], np.inf])
    assert scaling.moments(x, least=1e-3)[1] == pytest.approx([*deviation[:2], deviation[1], np.inf])
    assert scaling.moments(np.ones((5, 2)), least=1e-3)[1].tolist() == [np.inf, np.inf]


def test_principal_components_recover_the_axes_by_variance():
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((500, 2)) * [3, 1]
    x = np.stack([hidden[:, 0], hidden[:, 0], hidden[:, 0] + 1e-3 * hidden[:, 1], hidden[:, 1]], axis=1) + 7
    found = scaling.principal(x, 2)
    assert found.shape == (500, 2) and found.dtype == np.float32
    assert np.corrcoef(found[:, 0], hidden[:, 0])[0, 1] > 0.999  # three of four standardised columns, loadings positive
    assert np.corrcoef(found[:, 1], hidden[:, 1])[0, 1] > 0.99
    assert found.var(axis=0) == pytest.approx([3, 1], rel=0.02)


def test_a_channel_that_is_silent_but_for_one_item_does_not_send_it_away():
    x = np.random.default_rng(0).standard_normal((4000, 3)).astype(np.float32)
    x[:, 2] = 0
    x[7, 2] = 0.001  # 63 standard deviations
    seen = scaling.standardised(x)
    assert seen[7, 2] == scaling.FAR == 10
    assert np.allclose(seen[:, :2], (x[:, :2] - x[:, :2].mean(axis=0)) / x[:, :2].std(axis=0), atol=1e-4)
    assert np.linalg.norm(scaling.principal(x, 3)[7]) < 13


def test_all_components_keep_the_distances_of_standardised_columns():
    x = make_table().embedding
    found, flat = scaling.principal(x, 50), scaling.standardised(x)
    assert found.shape == x.shape
    gaps = [np.linalg.norm(one[:20, None] - one[None, :20], axis=2) for one in (found, flat)]
    assert np.allclose(*gaps, atol=1e-4)


def test_components_agree_with_scikit_learn():
    from sklearn.decomposition import PCA

    x = make_table((200, 100), d=12).embedding
    theirs = PCA(3).fit_transform(scaling.standardised(x))
    ours = scaling.principal(x, 3)
    assert np.allclose(np.abs(ours), np.abs(theirs), atol=1e-3)


def test_constant_columns_are_zero_not_infinite():
    x = np.random.default_rng(0).random((30, 3)).astype(np.float32)
    x[:, 1] = 0.1
    assert np.all(np.abs(scaling.standardised(x)[:, 1]) < 1e-3)
    assert np.isfinite(scaling.principal(x, 3)).all()


def test_components_of_few_wide_rows_are_those_of_their_columns():
    x = (np.random.default_rng(0).standard_normal((40, 90)) * np.linspace(1, 5, 90)).astype(np.float32)
    found = scaling.principal(x, 50)
    mean, scale = scaling.moments(x)
    z = (x - mean) / scale
    left, lengths, _ = np.linalg.svd(z, full_matrices=False)
    assert found.shape == (40, 50) and np.abs(found[:, 39:]).max() < 1e-4  # 40 centred rows span 39 directions
    assert np.allclose(np.abs(found[:, :39]), np.abs(left * lengths)[:, :39], atol=1e-3)
