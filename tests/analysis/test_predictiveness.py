"""Whether closer means better: coresets paired, rho within a size, and which distance tells most."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

from fdmat_core import curves
from fdmat_core.analysis import predictiveness


def rows(method, k, measure, values):
    return [dict(zip(curves.COLUMNS, (method, k / 100, k, s, measure, v), strict=True)) for s, v in enumerate(values)]


def coresets(k, near, good, distance="energy"):
    """A random method with some draws and four methods without, as rows of a curve."""
    named = [(f"m{place}", near[-4 + place], good[-4 + place]) for place in range(4)]
    found = rows("random", k, distance, near[:-4]) + rows("random", k, "probe", good[:-4])
    for place, (name, close, right) in enumerate(named):
        by = 9 * (-1) ** place  # the first training alone would say something else
        found += rows(name, k, distance, [close]) + rows(name, k, "probe", [right - by, right + by])
    return found


def paired(curve):
    found = predictiveness.coresets(curves.frame(curve), "energy", "probe")
    return [(row.method, row.seed, row.k, row.distance, row.accuracy) for row in found.itertuples()]


def test_a_draw_is_paired_with_its_own_training_and_a_fixed_coreset_with_the_mean_of_all():
    curve = rows("random", 5, "energy", [1, 2, 3]) + rows("random", 5, "probe", [0.5, 0.6])
    curve += rows("herding", 5, "energy", [4]) + rows("herding", 5, "probe", [0.7, 0.9])
    assert paired(curve) == [
        ("herding", 0, 5, 4, pytest.approx(0.8)),
        ("random", 0, 5, 1, 0.5),
        ("random", 1, 5, 2, 0.6),
    ]


def test_samples_that_a_distance_looks_at_make_no_further_coresets():
    """Herding draws nothing: three seeds of a sampled distance and three trainings are of one coreset."""
    curve = rows("herding", 5, "energy", [4, 5, 9]) + rows("herding", 5, "probe", [0.7, 0.9, 0.5])
    curve += rows("ccs", 5, "energy", [2]) + rows("ccs", 5, "probe", [0.6])
    assert paired(curve) == [("ccs", 0, 5, 2, 0.6), ("herding", 0, 5, 6, pytest.approx(0.7))]


def test_the_whole_set_and_what_has_one_measure_only_are_no_coresets():
    curve = rows("a", 100, "energy", [1]) + rows("a", 100, "probe", [1]) + rows("b", 5, "energy", [2])
    assert paired(curve) == [] and paired([]) == []
    curve += rows("b", 5, "probe", [np.nan])
    assert paired(curve) == []


def test_correlation_within_each_size():
    near = np.arange(12.0)
    noise = np.random.default_rng(0).permutation(12).astype(float)
    curve = curves.frame(coresets(5, near, -near) + coresets(20, near, near**3) + coresets(50, near, noise))
    found = predictiveness.correlation(curve, "energy", "probe").set_index("k")
    assert list(found.index) == [5, 20, 50] and set(found["count"]) == {12}
    assert found.rho[5] == pytest.approx(-1) and found.rho[20] == pytest.approx(1)
    assert found.high[5] == pytest.approx(-1) and found.low[20] == pytest.approx(1)
    assert found.rho[50] == pytest.approx(float(spearmanr(near, noise)[0]))
    assert found.low[50] < found.rho[50] < found.high[50] and found.high[50] - found.low[50] > 0.5


def test_correlation_by_hand():
    # ranks 1 2 3 4 against 2 1 4 3: rho = 1 - 6 * 4 / (4 * 15) = 0.6
    curve = curves.frame(rows("random", 5, "energy", [1, 2, 3, 9]) + rows("random", 5, "probe", [0.2, 0.1, 0.9, 0.3]))
    found = predictiveness.correlation(curve, "energy", "probe")
    assert found.rho[0] == pytest.approx(0.6) and found["count"][0] == 4 and found.kept[0] == 0.05
    assert predictiveness.correlation(curve, "energy", "probe").equals(found)


def test_correlation_leaves_out_what_says_nothing():
    same = coresets(50, np.zeros(8), np.arange(8.0))
    few = rows("a", 5, "energy", [1, 2, 3]) + rows("a", 5, "probe", [1, 2, 3])
    assert predictiveness.correlation(curves.frame(same + few), "energy", "probe").empty
    assert predictiveness.ranking(curves.frame(same + few), ["energy"], "probe").empty


def test_sizes_are_never_mixed():
    """Within each size closer is worse; over all sizes it would look better, because larger is closer and better."""
    near = np.arange(8.0)
    curve = curves.frame(coresets(5, near + 100, near) + coresets(50, near, near + 100))
    found = predictiveness.coresets(curve, "energy", "probe")
    assert float(spearmanr(found.distance, found.accuracy)[0]) < -0.4
    (row,) = predictiveness.ranking(curve, ["energy"], "probe").itertuples()
    assert row.rho == pytest.approx(1) and row.low == pytest.approx(1)
    assert (row.sizes, row.count, row.first) == (2, 8, 1)


def test_the_pooled_rho_is_the_mean_within_sizes_of_coresets_measured_at_every_size():
    rng = np.random.default_rng(1)
    near, good = np.arange(9.0), [rng.permutation(np.arange(9.0)) for _ in range(2)]
    curve = coresets(5, near, good[0]) + coresets(20, near, good[1])
    lone = rows("lone", 5, "energy", [-5]) + rows("lone", 5, "probe", [-5])
    row: Any = next(predictiveness.ranking(curves.frame(curve + lone), ["energy"], "probe").itertuples())
    assert row.rho == pytest.approx(np.mean([float(spearmanr(near, one)[0]) for one in good]))
    assert row.low < row.rho < row.high and row.count == 9


def test_the_distance_that_predicts_best_comes_first():
    near = np.arange(12.0)
    noisy = near.copy()
    noisy[[0, 11, 5, 6]] = noisy[[11, 0, 6, 5]]
    curve = [one for k in (5, 20) for one in coresets(k, near, -near)]
    curve += [one for k in (5, 20) for one in coresets(k, noisy, -near, "mmd") if one["measure"] == "mmd"]
    found = predictiveness.ranking(curves.frame(curve), ["mmd", "energy", "absent"], "probe")
    assert list(found.distance) == ["energy", "mmd"]
    assert found.rho[0] == pytest.approx(-1) and found.rho[1] == pytest.approx(float(spearmanr(noisy, -near)[0]))
    assert found["first"].sum() == pytest.approx(1) and found["first"][0] > 0.8


def test_a_distance_that_a_resample_says_nothing_of_is_not_first_there():
    good = [1, 2, 3, 4, 5, 6]
    curve = coresets(5, [6, 5, 4, 3, 2, 1], good) + coresets(5, [0, 0, 0, 0, 0, 1], good, "missing_classes")
    found = predictiveness.ranking(curves.frame(curve), ["missing_classes", "energy"], "probe")
    assert found["distance"].tolist() == ["energy", "missing_classes"] and found["first"].tolist() == [1, 0]


def test_one_resample_takes_a_coreset_at_all_its_sizes():
    """The same coresets say the same at ten sizes as at one, so that the interval does not shrink with their number."""
    near, noise = np.arange(12.0), np.random.default_rng(0).permutation(np.arange(12.0))
    one, ten = (
        predictiveness.ranking(curves.frame([r for k in sizes for r in coresets(k, near, noise)]), ["energy"], "probe")
        for sizes in ([5], range(5, 15))
    )
    assert one.low[0] == pytest.approx(ten.low[0]) and one.high[0] == pytest.approx(ten.high[0])
    assert ten.sizes[0] == 10
