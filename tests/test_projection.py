import dataclasses

import numpy as np
import pytest

from fdmat_core import projection
from tests.conftest import make_table
from tests.measures import table_of


def spread_out(xy):
    """Whether all but the last thousandths of both axes fill a square."""
    reach = np.abs(np.quantile(xy, [0.001, 0.999], axis=0)).max()
    return xy.shape[1] == 2 and xy.dtype == np.float32 and reach == pytest.approx(0.95, abs=1e-3)


def test_a_map_keeps_its_shape_and_lies_in_the_square():
    xy = np.random.default_rng(0).random((1000, 2)) * [20, 5] + 100
    found = projection.to_square(xy)
    assert spread_out(found)
    assert np.ptp(found[:, 0]) == pytest.approx(4 * np.ptp(found[:, 1]), rel=0.05)


def test_an_outlier_does_not_shrink_the_rest():
    xy = np.random.default_rng(0).random((3000, 2))
    xy[0] = 1e6
    found = projection.to_square(xy)
    assert np.all(found[0] > 1e6)
    assert np.ptp(found[1:, 0]) > 1.5


def test_far_points_do_not_pile_up_along_straight_edges():
    found = projection.to_square(np.random.default_rng(0).standard_normal((60_000, 2)))
    assert len(np.unique(found[:, 0])) > 59_000
    assert 50 < (np.abs(found) > 0.95).any(axis=1).sum() < 400


def test_a_tall_map_is_laid_on_its_side_without_changing_a_distance():
    xy = np.random.default_rng(0).random((500, 2)) * [1, 5]
    found = projection.turned(xy)
    width, height = np.ptp(found, axis=0)
    assert width > height and max(width / projection.SCREEN, height) < 0.8 * 5
    assert np.allclose(np.linalg.norm(found, axis=1), np.linalg.norm(xy, axis=1))


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
    wide = max(one.std(axis=0).max(), two.std(axis=0).max())  # of each axis by itself: the map may lie at any angle
    assert np.linalg.norm(one.mean(axis=0) - two.mean(axis=0)) > 3 * wide
    assert projection.project(table, "UMAP", seed=1).xy.tobytes() == found.xy.tobytes()


@pytest.mark.slow
def test_umap_survives_copies_and_few_items():
    for different in (1, 3, 5, 9):
        x = np.random.default_rng(0).random((different, 3))[np.arange(60) % different]
        assert np.isfinite(projection.umap(table_of(x))).all()
    assert projection.umap(make_table((5, 2))).shape == (7, 2)


def test_of_many_items_some_of_each_class_are_placed_and_the_others_lie_beside_their_neighbours(monkeypatch):
    monkeypatch.setattr(projection, "PLACED", 60)
    table = make_table((180, 90, 30), d=6, spread=0.3)
    rows = projection._share_of_each_class(table.labels, 60, 0)
    assert np.bincount(table.labels[rows]).tolist() == [36, 18, 6] and len(set(rows)) == 60
    found = projection.project(table, "UMAP")
    assert found.title == "UMAP of 60 items, others beside their neighbours" and spread_out(found.xy)
    centres = np.array([found.xy[table.labels == label].mean(axis=0) for label in range(3)])
    nearest = np.linalg.norm(found.xy[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == table.labels).mean() > 0.97
    assert np.array_equal(found.xy, projection.project(table, "UMAP").xy)


def test_an_item_lies_at_the_mean_of_its_placed_neighbours_and_those_without_follow():
    near = np.array([[1, 2], [0, 2], [0, 1], [0, 1], [3, 3], [6, 6], [5, 5]])
    xy = projection._beside(np.array([[0.0, 0.0], [2.0, 4.0], [8.0, 8.0]]), np.arange(3), near, np.zeros((7, 2)))
    assert xy[3].tolist() == [1, 2] and xy[4].tolist() == [1, 2] and xy[5].tolist() == [0, 0]


def test_few_items_are_all_placed():
    assert projection.Projection(np.zeros((5, 2), np.float32), "UMAP").title == "UMAP"
