import numpy as np
import pytest

from fdmat_core.numerics import distances, transport


def cloud(n, d=3, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def even(n):
    return np.full(n, 1 / n)


def uneven(n, seed=0):
    mass = np.random.default_rng(seed).random(n) + 0.05
    return mass / mass.sum()


def between(x, y):
    return distances.squared_distances(x, y)


@pytest.mark.parametrize(("k", "m"), [(1, 7), (5, 12), (20, 20)])
def test_exact_agrees_with_pot(k, m):
    import ot

    costs, mass = between(cloud(k), cloud(m, seed=1)), uneven(k)
    assert transport.exact(costs, mass) == pytest.approx(ot.emd2(mass, even(m), costs))


def test_a_shifted_copy_is_as_far_as_the_shift():
    x, shift = cloud(30), np.array([3.0, -4.0, 12.0])
    assert transport.exact(between(x, x + shift), even(30)) == pytest.approx(13.0**2)
    assert transport.exact(np.sqrt(between(x, x + shift)), even(30)) == pytest.approx(13.0)
    for epsilon in (0.1, 1.0, 100.0):
        assert divergence(x, x + shift, epsilon) == pytest.approx(13.0**2, rel=1e-2)
    directions = transport.directions(3, 30, 0)  # whole bases: the mean squared shift is |shift|^2 / d
    slices = transport.Slices.of(x @ directions)
    assert slices.squared_distance((x + shift) @ directions, even(30)) == pytest.approx(13.0**2 / 3)


def test_gaussians_on_a_line_have_their_closed_form():
    from scipy.stats import norm

    quantiles = norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None]
    slices = transport.Slices.of(1 + 2 * quantiles)
    assert slices.squared_distance(4 + 0.5 * quantiles[::-1], even(4000)) == pytest.approx(3**2 + 1.5**2, rel=1e-3)


@pytest.mark.parametrize(("k", "m"), [(1, 5), (7, 5), (6, 12), (13, 11)])
def test_slices_agree_with_pot(k, m):
    import ot

    x, y = cloud(k), cloud(m, seed=1)
    directions = transport.directions(3, 17, 4)
    slices = transport.Slices.of(y @ directions)
    for mass in (even(k), uneven(k)):
        theirs = ot.sliced_wasserstein_distance(x, y, mass, even(m), projections=directions) ** 2
        assert slices.squared_distance(x @ directions, mass) == pytest.approx(theirs, rel=1e-9)


def test_slices_are_symmetric_and_zero_on_themselves():
    directions = transport.directions(3, 9, 0)
    x, y = cloud(8) @ directions, cloud(12, seed=1) @ directions
    there = transport.Slices.of(y).squared_distance(x, even(8))
    assert there == pytest.approx(transport.Slices.of(x).squared_distance(y, even(12)))
    assert transport.Slices.of(x).squared_distance(x[::-1], even(8)) == pytest.approx(0, abs=1e-12)


def test_the_farthest_single_point():
    directions = transport.directions(3, 9, 0)
    x = cloud(8) @ directions
    slices = transport.Slices.of(x)
    assert slices.farthest(x) == pytest.approx(max(slices.squared_distance(x[i : i + 1], even(1)) for i in range(8)))


def test_directions_are_orthonormal_bases_with_a_seed():
    found = transport.directions(4, 10, 0)
    assert found.shape == (4, 10)
    assert np.allclose(np.linalg.norm(found, axis=0), 1)
    assert np.allclose(found[:, :4].T @ found[:, :4], np.eye(4))
    assert np.array_equal(found, transport.directions(4, 10, 0))
    assert not np.allclose(found, transport.directions(4, 10, 1))


@pytest.mark.parametrize("epsilon", [0.05, 0.5, 5.0])
def test_entropic_agrees_with_pot(epsilon):
    import ot

    costs, a, b = between(cloud(15), cloud(20, seed=1)), uneven(15), even(20)
    plan = ot.sinkhorn(a, b, costs, epsilon, method="sinkhorn_log", numItermax=20_000, stopThr=1e-10)
    divergence = np.sum(plan * np.log(np.maximum(plan, 1e-300) / np.outer(a, b)))
    theirs = np.sum(plan * costs) + epsilon * divergence
    assert transport.entropic(costs, a, b, epsilon=epsilon, rounds=500) == pytest.approx(theirs, rel=1e-3)


def test_entropic_to_one_point_is_the_mean_cost():
    costs = between(cloud(15), cloud(1, seed=1))
    assert transport.entropic(costs, uneven(15), even(1), epsilon=0.3) == pytest.approx(uneven(15) @ costs[:, 0])


def test_entropic_survives_costs_far_above_epsilon():
    costs = 1e4 * between(cloud(15), cloud(20, seed=1))
    value = transport.entropic(costs, even(15), even(20), epsilon=1.0, rounds=3000)
    assert value == pytest.approx(transport.exact(costs, even(15)), rel=1e-2)


def divergence(x, y, epsilon):
    solve = lambda a, b: transport.entropic(between(a, b), even(len(a)), even(len(b)), epsilon=epsilon, rounds=500)  # noqa: E731
    return solve(x, y) - (solve(x, x) + solve(y, y)) / 2


def test_the_divergence_is_symmetric_and_zero_on_itself():
    x, y = cloud(12), cloud(16, seed=1)
    assert divergence(x, y, 0.3) == pytest.approx(divergence(y, x, 0.3), rel=1e-3)
    assert divergence(x, x, 0.3) == pytest.approx(0, abs=1e-9)
    assert divergence(x, y, 0.3) > 0
