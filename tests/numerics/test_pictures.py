"""Small grey pictures: reduced by areas, and compared once they are aligned."""

import numpy as np
import pytest

from fdmat_core.numerics import pictures


def smooth(n, side=64, seed=0):
    """Random pictures (n, side, side, 1) uint8 with details of every size."""
    rng = np.random.default_rng(seed)
    waves = pictures._frequencies(24, side)
    strength = 1 / (1 + np.hypot(*np.mgrid[:24, :24])) ** 1.2
    found = waves.T @ (rng.normal(size=(n, 24, 24)) * strength) @ waves
    low, high = found.min(axis=(1, 2), keepdims=True), found.max(axis=(1, 2), keepdims=True)
    return np.rint(255 * (found - low) / (high - low)).astype(np.uint8)[..., None]


def whole(n):
    ones, zeros = np.ones(n, dtype=np.float32), np.zeros(n, dtype=np.float32)
    return pictures.Window(ones, zeros, ones, zeros)


def test_a_picture_is_reduced_by_the_means_of_areas():
    image = np.zeros((1, 64, 64, 3), dtype=np.uint8)
    image[0, :2, :2] = [[[255, 0, 0]] * 2, [[0, 0, 0]] * 2]
    small = pictures.reduced(image)
    assert small.shape == (1, 32, 32)
    assert small[0, 0, 0] == pytest.approx(1 / 6) and small.sum() == pytest.approx(1 / 6)


def test_fingerprints_know_neither_brightness_nor_contrast():
    small = pictures.reduced(smooth(5))
    first, second = (pictures.fingerprints(one, (1.0, 0.0, 0.0)) for one in (small, 0.2 + 0.5 * small))
    np.testing.assert_allclose(first, second, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    assert (pictures.fingerprints(np.full((1, 32, 32), 0.5), (1.0, 0.0, 0.0)) == 0).all()


def test_the_fingerprint_of_a_window_is_that_of_what_it_shows():
    images = smooth(5, side=100)
    cut = pictures.reduced(images[:, 7:100, 0:93])
    seen = pictures.fingerprints(pictures.reduced(images), (0.93, 0.07, 0.0))
    assert np.linalg.norm(seen - pictures.fingerprints(cut, (1.0, 0.0, 0.0)), axis=1).max() < 0.05


def test_a_crop_is_aligned_and_another_picture_is_not():
    images = smooth(6, side=100)
    small = pictures.reduced(np.concatenate([images, images]))
    small[6:] = pictures.reduced(images[:, 3:97, 4:98])
    a, b = np.arange(6), np.arange(6, 12)
    shrunk = pictures.coarse(small)
    window, rough = pictures.roughly(shrunk, a, b, whole(6))
    window, away = pictures.finely(small, a, b, window)
    np.testing.assert_allclose(window.height, 0.94, atol=0.015)
    np.testing.assert_allclose(window.left, 0.04, atol=0.015)
    assert away.max() < 0.15 and rough.max() < 0.15
    others = pictures.finely(small, a, np.roll(b, 1), whole(6))[1]
    assert others.min() > 0.5
    assert len(pictures.finely(small, a[:0], b[:0], whole(0))[1]) == 0
