import dataclasses

import numpy as np
import pytest

from fdmat_core import projection
from fdmat_core.numerics import scaling
from tests.conftest import make_table
from tests.measures import table_of


def spread_out(xy):
    return xy.shape[1] == 2 and xy.dtype == np.float32 and np.abs(xy).max() <= 1 and np.abs(xy).max() > 0.9


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


def test_a_map_keeps_its_shape_and_lies_in_the_square():
    xy = np.random.default_rng(0).random((1000, 2)) * [20, 5] + 100
    found = projection.to_square(xy)
    assert spread_out(found)
    assert np.ptp(found[:, 0]) == pytest.approx(4 * np.ptp(found[:, 1]), rel=0.05)


def test_an_outlier_does_not_shrink_the_rest():
    xy = np.random.default_rng(0).random((3000, 2))
    xy[0] = 1e6
    found = projection.to_square(xy)
    assert np.all(found[0] == 1)
    assert np.ptp(found[1:, 0]) > 1.5


@pytest.mark.parametrize("x", [[3.0], [1.0, 1.0, 1.0], [[1.0, 2.0], [1.0, 2.0]]])
def test_one_item_and_constant_features_have_a_map(x):
    for kind in ("PCA", "UMAP"):
        found = projection.project(table_of(x), kind).xy
        assert found.shape == (len(x), 2) and np.isfinite(found).all()


def test_a_map_does_not_see_labels_and_repeats():
    table = make_table()
    other = dataclasses.replace(table, labels=table.labels[::-1].copy())
    assert np.array_equal(projection.pca(table), projection.pca(other))
    assert projection.pca(table).tobytes() == projection.pca(table).tobytes()


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="choose PCA or UMAP"):
        projection.project(make_table(), "TSNE")


@pytest.mark.slow
def test_umap_separates_clusters_and_repeats():
    table = make_table((60, 60), d=60, spread=0.3)
    found = projection.project(table, "UMAP", seed=1)
    assert found.kind == "UMAP" and spread_out(found.xy)
    one, two = (found.xy[table.labels == label] for label in (0, 1))
    assert np.linalg.norm(one.mean(axis=0) - two.mean(axis=0)) > 3 * max(one.std(), two.std())
    assert projection.project(table, "UMAP", seed=1).xy.tobytes() == found.xy.tobytes()


@pytest.mark.slow
def test_umap_survives_copies_and_few_items():
    for different in (1, 3, 5, 9):
        x = np.random.default_rng(0).random((different, 3))[np.arange(60) % different]
        assert np.isfinite(projection.umap(table_of(x))).all()
    assert projection.umap(make_table((5, 2))).shape == (7, 2)
