"""What the report of the grid says: hand-checked on made trials, and recomputed from those that are committed."""

from pathlib import Path

import numpy as np
import pandas
import pytest

from benchmarks import grid_numbers as numbers
from benchmarks import grid_report, grid_shares, grid_study
from fdmat_core.analysis import caveats, recommendation

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PROBE, TRAINED = grid_report.PROBE, grid_report.TRAINED


def trials(rows, **same):
    """Trials of (method, draw, value), with everything else the same."""
    usual = {"dataset": "a", "damage": "clean", "share": 0.1, "judge": PROBE, "problem": "", "seed": 0}
    return pandas.DataFrame([usual | same | dict(zip(("method", "draw", "value"), row, strict=True)) for row in rows])


def one_cell():
    """Two draws: ours is ahead by 1 point in one and behind by 5 in the other; random is far behind."""
    return trials(
        [
            *(("fdmat", 0, 0.81), ("herding", 0, 0.80), ("random", 0, 0.60), ("random", 0, 0.70)),
            *(("fdmat", 1, 0.75), ("herding", 1, 0.80), ("random", 1, 0.65)),
        ]
    )


def test_a_cell_compares_within_draws():
    table = numbers.cells(numbers.judged(one_cell(), PROBE)).set_index("method")
    np.testing.assert_allclose(table["mean"], [0.78, 0.80, 0.65])
    assert table["first"].tolist() == [False, True, False]
    ours = {name: table[name].to_dict()["fdmat"] for name in table}
    assert ours["gap"] == pytest.approx(0.02)  # (-.01 + .05) / 2
    assert ours["error"] == pytest.approx(0.03)  # sd of -.01 and .05 is .06 / sqrt 2, over sqrt 2
    assert ours["near_error"] and ours["near_sd"]  # sd of .81 and .75 is .042
    assert ours["gain"] == pytest.approx(0.13)  # to random's .65 in both draws
    assert ours["gain_error"] == pytest.approx(0.03)
    assert table["near_sd"].tolist() == [True, True, False]
    assert table["rank"].tolist() == [2, 1, 3]


def test_what_is_promised_is_counted_over_cells():
    damaged = one_cell().assign(damage="noise")
    steady = (("fdmat", 0.5), ("herding", 0.6), ("random", 0.55))
    far = trials([(name, draw, value) for name, value in steady for draw in (0, 1)], damage="noise", share=0.01)
    table = numbers.cells(numbers.judged(pandas.concat([damaged, far, one_cell()]), PROBE))
    found = numbers.promises(table)
    assert (found["near_error"].number, found["near_error"].of) == (2, 3)
    assert (found["near_sd"].number, found["near_sd"].of) == (2, 3)
    assert (found["above_random"].number, found["above_random"].of) == (1, 2)  # .13 > 2 x .03; clean is not asked
    beside = numbers.beside(table)  # herding is .15 above random in one, .05 in the other, each without error
    assert (beside.none, beside.method, beside.best) == (numbers.Held(0, 1), "herding", numbers.Held(2, 2))
    level = far.assign(value=far["value"].where(far["method"] != "herding", 0.55))
    beside = numbers.beside(numbers.cells(numbers.judged(pandas.concat([damaged, level]), PROBE)))
    assert (beside.none, beside.best) == (numbers.Held(1, 1), numbers.Held(1, 2))
    lost = numbers.lost(table).reset_index()
    assert lost[["damage", "share", "method_first"]].to_numpy().tolist() == [["noise", 0.01, "herding"]]
    assert lost["gap"].tolist() == pytest.approx([0.1])


def test_what_chance_leaves_to_the_best_method():
    level = {name: 0.5 for name in ("fdmat", "herding", "random")}
    noise = np.random.default_rng(0).normal(size=(40, 3, 3))

    def reachable(means, spread):
        rows = [
            trials([(name, draw, mean + spread * each[draw][place]) for draw in range(3)], dataset=str(cell))
            for cell, each in enumerate(noise)
            for place, (name, mean) in enumerate(means.items())
        ]
        return numbers.reachable(numbers.judged(pandas.concat(rows), PROBE))

    apart = reachable(level | {"fdmat": 0.9}, 0.01)  # never in doubt
    assert apart == numbers.Reachable(1.0, 1.0)
    alike = reachable(level, 0.01)
    assert 0.6 < alike.near_error < 0.95 and alike.near_error < alike.near_sd < 1
    assert reachable(level, 0.01) == alike  # drawn by a seed


def test_draws_without_every_method_and_single_draws_do_not_count():
    extra = trials([("fdmat", 2, 0.1), ("random", 2, 0.9)])  # herding was not tried
    values = numbers.judged(pandas.concat([one_cell(), extra]), PROBE)
    assert sorted(values["draw"].unique()) == [0, 1]
    single = numbers.judged(one_cell()[lambda one: one["draw"] == 0], PROBE)
    assert numbers.cells(single).empty
    large = one_cell().assign(share=0.3)
    assert numbers.judged(large, PROBE).empty


def test_a_method_that_failed_is_last():
    made = one_cell()
    made.loc[made["method"] == "herding", ["value", "problem"]] = [np.nan, "out of range"]
    table = numbers.cells(numbers.judged(made, PROBE)).set_index("method")
    assert table.loc["herding", "mean"] == 0
    assert table.loc["herding", "rank"] == 3
    assert numbers.failed(made).to_dict() == {("herding", "out of range"): 2}


def test_friedman_and_nemenyi_on_four_blocks_that_agree():
    """Ranks 1, 2, 3 in all: 12 n / (k (k + 1)) x (1 + 0 + 1) = 8; 2.343 sqrt(3 x 4 / 24) = 1.657 (Demšar's table)."""
    wide = pandas.DataFrame({"a": [9, 8, 7, 9], "b": [5, 5, 5, 5], "c": [1, 2, 3, 4]})
    found = numbers.ranks(wide)
    assert found.mean.to_dict() == {"a": 1, "b": 2, "c": 3}
    assert found.chi2 == pytest.approx(8)
    assert found.critical == pytest.approx(1.657, abs=1e-3)
    assert found.alike == [("a", "b"), ("b", "c")]


def test_an_interval_is_of_the_mean():
    mean, low, high = numbers.interval([1.0, 2.0, 3.0, 4.0])
    assert mean == 2.5
    assert 1.2 < low < 1.9  # about 2.5 give or take 1.96 x 1.118 / 2
    assert 3.1 < high < 3.8
    assert numbers.interval([2.0, 2.0]) == (2, 2, 2)


def test_how_alike_two_judges_rank():
    names = ("energy_greedy", "fdmat", "k_medoids", "support_points", "random")  # four of one family
    probe = trials([(name, 0, place / 10) for place, name in enumerate(names)])
    trained = trials([(name, 0, value) for name, value in zip(names, (0.4, 0.3, 0.2, 0.1, 0.9), strict=True)])
    found = numbers.alike(numbers.agreement(*(numbers.judged(one, PROBE) for one in (probe, trained)))).set_index(
        "among"
    )
    assert found.loc["distribution", "rho"] == pytest.approx(-1)
    assert found.loc["all methods", "rho"] == pytest.approx(0)  # 1 - 6 x (9 + 1 + 1 + 9 + 0) / 120
    turned = numbers.agreement(*(numbers.judged(one, PROBE) for one in (probe, trained)), sign=-1).set_index("among")
    assert turned.loc["distribution", "rho"] == pytest.approx(1)
    assert numbers.chosen_by(*(numbers.judged(one, PROBE) for one in (trained, probe))) == pytest.approx((0, 0, 0))
    regret = numbers.chosen_by(*(numbers.judged(one.query("method != 'random'"), PROBE) for one in (probe, trained)))
    assert regret == pytest.approx((0.3, 0.3, 0.3))  # it takes support points, .1 of .4


def test_what_a_method_costs():
    """A tenth of the items saves 9 s of 10; 3 s of features and 7 s of ranking are paid for after two trainings."""
    times = {"ranking_seconds": 7.0, "features_seconds": 3.0, "seconds": 1.0, "judge": TRAINED}
    some = trials([(name, draw, 0.5) for name in ("fdmat", "random") for draw in (0, 1)], **times)
    some.loc[some["method"] == "random", "ranking_seconds"] = 0.0
    whole = trials([("random", 0, 0.9)], **times | {"share": 1, "seconds": 10.0})
    found = numbers.costs(pandas.concat([some, whole]), TRAINED)
    assert found["repaid"].to_dict() == {"fdmat": 2, "random": 1}  # random reads no features
    assert found["seconds"].to_dict() == {"fdmat": 7, "random": 0}


def curve(dataset, probe, trained):
    """Ours at 1%, 10% and everything, as two judges see it."""
    rows = [
        trials([("random" if share == 1 else "fdmat", 0, value)], dataset=dataset, share=share, judge=judge)
        for judge, values in ((PROBE, probe), (TRAINED, trained))
        for share, value in zip((0.01, 0.1, 1.0), values, strict=True)
    ]
    return pandas.concat(rows)


def test_what_networks_lose_on_the_share_that_is_recommended():
    points = grid_shares.curves(curve("a", (0.80, 0.90, 0.90), (0.5, 0.88, 0.95)), PROBE, TRAINED)
    found = grid_shares.losses(points, 0.0)
    assert found["share"].tolist() == [0.1] and found["loss"].tolist() == pytest.approx([0.07])
    assert grid_shares.losses(points, 0.3)[["share", "loss"]].to_numpy().tolist() == [[1, 0]]


def test_a_floor_is_chosen_without_the_data_that_it_is_judged_on():
    kind = curve("a", (0.80, 0.90, 0.90), (0.80, 0.945, 0.95))  # a tenth is enough, a hundredth not
    harsh = curve("b", (0.80, 0.90, 0.90), (0.5, 0.88, 0.95))  # a tenth is not enough
    points = grid_shares.curves(pandas.concat([kind, harsh]), PROBE, TRAINED)
    found = grid_shares.judged(points).set_index("dataset")
    assert found["floor"].to_dict() == {"a": 0.3, "b": 0.0}  # the lowest of all with which nothing is lost
    assert found["share"].to_dict() == {"a": 1, "b": 0.1}
    assert found["loss"].to_dict() == pytest.approx({"a": 0, "b": 0.07})
    assert grid_shares.chosen(points) == 0.3  # one of two blocks is not nine of ten


def test_the_means_of_the_study_are_read():
    text = "## Accuracy, linear probe\n### digits\n| corruption | kept | fdmat | random |\n|---|---|---|---|\n"
    found = grid_study.studied(
        text + "| clean | 0.5% | **.479 ± .036** | .300 ± .1° |\n| outliers | 1% | .1 ± 0 | .2 |"
    )
    assert found.to_numpy().tolist() == [
        ["linear_probe", "digits", "clean", 0.005, "fdmat", 0.479],
        ["linear_probe", "digits", "clean", 0.005, "random", 0.3],
    ]


@pytest.fixture(scope="module")
def committed():
    return grid_report.read(RESULTS / "grid.parquet")


@pytest.mark.slow
def test_every_figure_of_the_report_is_what_the_committed_trials_say(committed):
    _, mark, below = (RESULTS / "grid.md").read_text().partition(grid_report.MARK)
    assert mark
    assert below == "\n" + grid_report.generated(committed)
    assert (RESULTS / "grid.svg").read_text() == grid_report.diagrams(grid_report.usual(committed))


def test_the_trials_are_small_and_say_where_they_come_from(committed):
    assert (RESULTS / "grid.parquet").stat().st_size < 5_000_000
    assert committed["commit"].str.fullmatch(r"[0-9a-f]{12}").all()
    good = committed[(committed["problem"] == "") & ~committed["judge"].isin(grid_report.REMOVED)]
    assert good[["value", "seconds", "ranking_seconds"]].notna().all(axis=None)
    assert not committed.duplicated(["dataset", "damage", "draw", "method", "k", "seed", "judge"]).any()


@pytest.mark.slow
def test_the_readme_quotes_the_trials(committed):
    text = " ".join((ROOT / "README.md").read_text().split())
    for sentence in grid_report.quoted(committed):
        assert sentence in text


def test_the_explorer_recommends_by_the_rule_that_the_grid_chooses(committed):
    points = grid_shares.curves(committed, PROBE, TRAINED)
    found = grid_shares.judged(points)
    assert grid_shares.chosen(points) == recommendation.FLOOR
    assert (int(grid_shares.fine(found).sum()), len(found)) == recommendation.HELD


def test_the_explorer_says_how_the_probe_ranks_in_the_grid(committed):
    usual = grid_report.usual(committed)
    rhos = numbers.agreement(*(numbers.judged(usual, judge) for judge in (PROBE, TRAINED)))
    found = numbers.alike(rhos).set_index("among")
    assert float(found["rho"]["all methods"]) == pytest.approx(caveats.IN_THE_GRID, abs=0.005)
