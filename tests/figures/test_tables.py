"""Tables beside the figures: every number, the best marked."""

import re

import pandas as pd
import pytest

from fdmat_core import formats
from fdmat_core.analysis import summary
from fdmat_core.figures import tables
from fdmat_core.figures.theme import Look, Style
from fdmat_core.registry import MeasureFacts

LOOK = Look(
    methods={"fdmat": Style("FDMat", "#0072B2"), "random": Style("<Random>", "#888888", "dash")},
    measures={
        "probe": MeasureFacts(title="Probe", unit="share of test items", better="higher", source=""),
        "w": MeasureFacts(title="W", unit="feature units", better="lower", source=""),
    },
)


@pytest.fixture
def curve():
    rows = [("fdmat", 0.1, 100, seed, "probe", 0.8 + 0.01 * seed) for seed in range(3)]
    rows += [("random", 0.1, 100, seed, "probe", 0.6 + 0.1 * seed) for seed in range(3)]
    rows += [(method, 0.01, 10, 0, "probe", value) for method, value in (("fdmat", 0.4), ("random", 0.5))]
    rows += [(method, 1, 1000, 0, "probe", 0.9) for method in ("fdmat", "random")]
    rows += [("fdmat", 0.1, 100, 0, "w", 0.123456), ("random", 0.1, 100, 0, "w", 2.5)]
    return pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])


def cells(page):
    """The words of a table, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page)
    return [[re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_a_wide_table_holds_mean_sd_and_seeds_and_stars_the_best_of_each_size(curve):
    page = tables.wide(summary.by_size(curve, "probe"), "probe", ["fdmat", "random"], look=LOOK, kept=0.1)
    assert cells(page) == [
        ["", "100%1,000", "10%100", "1%10"],
        ["FDMat", "90.0% (1)", "★ 81.0 ± 1.0% (3)", "40.0% (1)"],
        ["&lt;Random&gt;", "90.0% (1)", "70.0 ± 10.0% (3)", "★ 50.0% (1)"],
    ]
    assert re.findall(r"<th class=near>(.*?)<", page) == ["10%"]


def test_less_is_better_for_a_distance_and_a_missing_point_is_a_dash(curve):
    table = summary.by_size(curve, "w")
    assert cells(tables.wide(table, "w", ["random", "fdmat", "herding"], look=LOOK)) == [
        ["", "10%100"],
        ["&lt;Random&gt;", "2.5 (1)"],
        ["FDMat", "★ 0.123 (1)"],
        ["herding", "–"],
    ]


def test_numbers_are_read_at_a_glance():
    assert formats.number(8e-9, "feature units") == "0" and formats.number(8e-6, "feature units") == "8e-06"
    assert formats.spread(0.2049, 0.01193, 10, "feature units") == "0.205 ± 0.012 (10)"
    assert formats.spread(2, 0.0, 3, "classes") == "2 (3)"
    assert formats.spread(0.8331, 0.0004, 3, "share of x") == "83.3 ± < 0.1% (3)"
    assert formats.spread(0.8331, 0.0005, 3, "share of x") == "83.3 ± 0.1% (3)"


def test_only_the_methods_that_are_shown_compete(curve):
    page = tables.wide(summary.by_size(curve, "probe"), "probe", ["random"], look=LOOK)
    assert "★" not in page and "FDMat" not in page


def test_a_swatch_is_the_stroke_of_the_method():
    solid, dashed = tables.stroke(Style("a", "#123456")), tables.stroke(Style("b", "#123456", "12px,3px"))
    assert 'stroke="#123456"' in solid and 'stroke-dasharray=""' in solid and 'stroke-dasharray="12 3"' in dashed
    assert tables.address(Style("a", "#123456")).startswith("data:image/svg+xml;base64,")


def test_predictions_list_distances_by_rho_and_star_a_sure_winner():
    columns = ["distance", "rho", "low", "high", "sizes", "count", "first"]
    rows = [("energy", -0.7, -0.8, -0.5, 2, 17, 1.0), ("w", -0.001, -0.7, 0.2, 2, 17, 0.0)]
    sizes = {"energy": {10: -0.9, 100: -0.5}, "w": {10: 0.25}}
    page = tables.predictions(pd.DataFrame(rows, columns=columns), sizes, {"energy": "Energy", "w": "W2"})
    assert cells(page) == [
        ["rho by items kept", "all sizes, 95% interval", "100", "10"],
        ["Energy", "★ −0.70 [−0.80, −0.50]", "−0.50", "−0.90"],
        ["W2", "0.00 [−0.70, 0.20]", "–", "0.25"],
    ]
    close = pd.DataFrame(rows, columns=columns).assign(first=[0.6, 0.4])
    assert "★" not in tables.predictions(close, sizes, {})
    unsure = pd.DataFrame(rows, columns=columns).assign(high=0.1)
    assert "★" not in tables.predictions(unsure, sizes, {})
