"""The class plan: closed forms, marginals, blocks, what it says about labels. Distances: closed forms, and POT's."""

from typing import Any

import numpy as np
import pytest

from fdmat_core.numerics import distances, transport
from tests.conftest import make_table


def table_with_costs():
    """Two rows on their own prototypes, at squared distance 1 of each other."""
    return np.array([[0.0], [1.0]]), np.array([0, 1])


def test_two_rows_closed_form():
    x, labels = table_with_costs()
    plan = transport.class_plan(x, labels, 2, lam=4)
    told = transport.label_evidence(plan, x, labels)
    assert plan.shares(x)[0, 0] == pytest.approx(1 / (1 + np.exp(-4)), abs=1e-6)
    assert told.contribution == pytest.approx([0.0179862**2] * 2, rel=1e-4)
    assert told.suspicion == pytest.approx([-4, -4], abs=1e-5)


def test_rows_sum_to_one_and_columns_to_class_sizes():
    table = make_table((50, 30, 7), seed=3)
    x = transport.features(table.embedding, power=0.5, norm="unit").x
    shares = transport.class_plan(x, table.labels, 3, lam=10).shares(x)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-9)
    assert np.allclose(shares.sum(axis=0), [50, 30, 7], atol=1e-4)


def test_it_agrees_with_pot():
    import ot

    table = make_table((30, 20, 10), seed=5)
    x = transport.features(table.embedding, power=0.5, norm="unit").x
    plan = transport.class_plan(x, table.labels, 3, lam=5, tolerance=1e-10)
    costs = plan.costs(x)
    peer = ot.bregman.sinkhorn_log(np.ones(60), np.array([30.0, 20, 10]), costs, reg=1 / 5, stopThr=1e-12)
    assert np.allclose(plan.shares(x), peer, atol=1e-6)


def test_blocks_change_nothing(monkeypatch):
    table = make_table((50, 30, 7), seed=3)
    whole = transport.class_plan(table.embedding, table.labels, 3, lam=2)
    monkeypatch.setattr(distances, "BLOCK", 64)
    monkeypatch.setattr(transport, "KEPT_COSTS", 10)
    pieces = transport.class_plan(table.embedding, table.labels, 3, lam=2)
    assert np.allclose(whole.log_v, pieces.log_v, atol=1e-9)
    for one, other in zip(
        vars(transport.label_evidence(whole, table.embedding, table.labels)).values(),
        vars(transport.label_evidence(pieces, table.embedding, table.labels)).values(),
        strict=True,
    ):
        assert np.allclose(one, other, atol=1e-6)


def test_a_very_sharp_plan_stays_finite():
    table = make_table((50, 30, 7), seed=3)
    plan = transport.class_plan(table.embedding, table.labels, 3, lam=500, max_rounds=50)
    told = transport.label_evidence(plan, table.embedding, table.labels)
    assert np.isfinite(plan.log_v).all() and np.isfinite(told.suspicion).all()
    assert len(np.unique(told.suspicion)) == table.n  # log-odds do not saturate


def test_an_empty_class_gets_no_mass():
    x, labels = table_with_costs()
    shares = transport.class_plan(x, labels * 2, 4, lam=4).shares(x)
    assert shares[:, [1, 3]].sum() == 0 and np.allclose(shares.sum(axis=1), 1)


def test_one_class_has_nothing_to_suspect():
    x = np.array([[0.0], [1.0], [5.0]])
    told = transport.label_evidence(transport.class_plan(x, np.zeros(3, int), 1), x, np.zeros(3, int))
    assert told.suspicion.tolist() == [0, 0, 0] and np.allclose(told.own_share, 1)
    assert told.contribution == pytest.approx(told.own_cost**2)


def test_a_swapped_label_is_suspected_and_the_right_one_preferred():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, (50, 2)), rng.normal(8, 1, (50, 2))])
    labels = np.repeat([0, 1], 50)
    given = labels.copy()
    given[[3, 20, 41, 60, 99]] ^= 1
    told = transport.label_evidence(transport.class_plan(x, given, 2, lam=0.1), x, given)
    assert set(np.argsort(-told.suspicion)[:5]) == {3, 20, 41, 60, 99}
    assert np.array_equal(told.preferred, labels)


def test_tukey_keeps_signs_and_leaves_no_nan():
    assert transport.tukey(np.array([[-4.0, 0.0, 9.0]])).tolist() == [[-2, 0, 3]]
    assert transport.tukey(np.array([[4.0]])) == pytest.approx(2, abs=1e-5)


def test_features_are_the_same_block_by_block(monkeypatch):
    z = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float16)
    z[:20], z[7] = np.abs(z[:20]), 0  # the first blocks alone would look as if nothing went below 0
    whole = transport.features(z, power=0.5, norm="unit")
    t = np.sign(z.astype(np.float32)) * np.sqrt(np.abs(z.astype(np.float32)))
    t -= t[whole.usable].mean(axis=0)
    assert np.flatnonzero(~whole.usable).tolist() == [7]
    assert np.allclose(whole.x * whole.scale[:, None], t, atol=1e-6)
    monkeypatch.setattr(transport.distances, "BLOCK", 4 * 4 * 3)
    parts = transport.features(z, power=0.5, norm="unit")
    assert np.allclose(parts.x, whole.x, atol=1e-6) and np.array_equal(parts.usable, whole.usable)


def test_zero_rows_are_not_usable_and_do_not_move_the_mean():
    z = np.array([[1.0, 3.0], [3.0, 1.0], [0.0, 0.0]])
    x, usable, _ = transport.features(z, power=1.0, norm="unit")
    assert usable.tolist() == [True, True, False]
    assert np.allclose(np.linalg.norm(x[:2], axis=1), 1) and np.allclose(x[0], -x[1], atol=1e-5)


def test_norm_before_centring_differs_from_unit():
    z = make_table().embedding
    before = transport.features(z, power=0.5, norm="before centring").x
    t = transport.tukey(z)
    assert np.allclose(before, (t - t.mean(axis=0)) / np.linalg.norm(t, axis=1, keepdims=True), atol=1e-5)


def noisy(n, c, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, c, n)
    x = rng.normal(size=(c, 16))[labels] + rng.normal(size=(n, 16))
    wrong = rng.random(n) < 0.3
    labels[wrong] = rng.integers(0, c, wrong.sum())
    return transport.features(x, power=0.5, norm="unit")[0], labels


def test_a_handful_of_rounds_balances_what_takes_sinkhorn_hundreds():
    x, labels = noisy(600, 8)
    plan = transport.class_plan(x, labels, 8, lam=30)
    assert plan.rounds <= 12 and plan.residual <= 1e-6
    assert plan.shares(x).sum(axis=0) == pytest.approx(np.bincount(labels), rel=1e-5)


def test_without_newton_it_is_sinkhorn_and_ends_at_the_same_plan(monkeypatch):
    x, labels = noisy(300, 4)
    plan = transport.class_plan(x, labels, 4, lam=10, tolerance=1e-9)
    monkeypatch.setattr(transport, "_newton", lambda now, sizes: None)
    slow = transport.class_plan(x, labels, 4, lam=10, tolerance=1e-9, max_rounds=2000)
    assert slow.rounds > 3 * plan.rounds
    assert slow.shares(x) == pytest.approx(plan.shares(x), abs=1e-7)
    one = transport.class_plan(x, labels, 4, lam=10, max_rounds=2)
    by_hand = np.exp(np.log(np.bincount(labels)) - 10 * one.costs(x))  # rows, then columns, then rows again
    by_hand *= np.bincount(labels) / (by_hand / by_hand.sum(axis=1, keepdims=True)).sum(axis=0)
    assert one.shares(x) == pytest.approx(by_hand / by_hand.sum(axis=1, keepdims=True), abs=1e-6)


def test_a_step_that_leads_away_is_not_taken(monkeypatch):
    x, labels = noisy(300, 4)
    newton = transport._newton
    monkeypatch.setattr(transport, "_newton", lambda now, sizes: -newton(now, sizes))
    plan = transport.class_plan(x, labels, 4, lam=10, max_rounds=500)
    assert plan.residual <= 1e-6
    assert plan.shares(x).sum(axis=0) == pytest.approx(np.bincount(labels), rel=1e-5)


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
        theirs: Any = ot.sliced_wasserstein_distance(x, y, mass, even(m), projections=directions)
        assert slices.squared_distance(x @ directions, mass) == pytest.approx(theirs**2, rel=1e-9)


def test_slices_are_symmetric_and_zero_on_themselves():
    directions = transport.directions(3, 9, 0)
    x, y = cloud(8) @ directions, cloud(12, seed=1) @ directions
    there = transport.Slices.of(y).squared_distance(x, even(8))
    assert there == pytest.approx(transport.Slices.of(x).squared_distance(y, even(12)))
    assert transport.Slices.of(x).squared_distance(x[::-1], even(8)) == pytest.approx(0, abs=1e-12)


def test_the_distance_to_single_points():
    directions = transport.directions(3, 9, 0)
    x = cloud(8) @ directions
    slices = transport.Slices.of(x)
    assert slices.apart(x) / 9 == pytest.approx([slices.squared_distance(x[i : i + 1], even(1)) for i in range(8)])
    some = slices.along(slice(2, 5))
    assert some.squared_distance(x[:3, 2:5], even(3)) == pytest.approx(
        np.mean([slices.along(slice(i, i + 1)).squared_distance(x[:3, i : i + 1], even(3)) for i in (2, 3, 4)])
    )


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
    plan: Any = ot.sinkhorn(a, b, costs, epsilon, method="sinkhorn_log", numItermax=20_000, stopThr=1e-10)
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
