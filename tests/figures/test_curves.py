"""Figures: the right values in the right traces, inputs unchanged, nothing covered."""
# pyright: reportAttributeAccessIssue=false
# The line above: plotly gives its figures and traces no types.

import itertools

import pandas as pd
import plotly.graph_objects as go
import pytest

from fdmat_core.figures import curves, panels
from fdmat_core.figures.classes import balance, counts
from fdmat_core.figures.theme import DARK, LIGHT, Look, Style
from fdmat_core.registry import MeasureFacts

FRACTIONS = (1.0, 0.1, 0.01)
ACCURACY = {"random": (0.9, 0.7, 0.5), "fdmat": (0.9, 0.8, 0.7), "herding": (0.9, 0.75, 0.4)}
LOOK = Look(
    methods={
        "random": Style("Random", "#888888", "dash"),
        "fdmat": Style("FDMat", "#0072B2", "solid"),
        "herding": Style("Herding", "#E69F00", "longdash"),
    },
    measures={
        "accuracy": MeasureFacts(
            title="Probe accuracy", unit="share right", better="higher", source="", kind="accuracy"
        ),
        "sliced": MeasureFacts(title="Sliced distance", unit="", better="lower", source=""),
    },
)


def make_frame(seeds=3, band=10):
    rows = []
    for method, values in ACCURACY.items():
        for fraction, value in zip(FRACTIONS, values, strict=True):
            count = band if method == "random" else seeds
            for seed in range(count):
                shift = 0.01 * (seed - (count - 1) / 2)
                rows.append((method, fraction, round(1000 * fraction), seed, "accuracy", value + shift))
            rows.append((method, fraction, round(1000 * fraction), 0, "sliced", 0.01 * (1 / fraction**2 - 1) + 1e-9))
    columns = ["method", "kept", "k", "seed", "measure", "value"]
    return pd.DataFrame(rows, columns=columns).sample(frac=1, random_state=0)


@pytest.fixture
def frame():
    return make_frame()


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def points(figure):
    return sum(len(trace.x) for trace in figure.data)


def texts(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def test_curve_draws_every_method_in_its_style_at_its_means(frame):
    figure = curves.curve(frame, "accuracy", look=LOOK)
    assert isinstance(figure, go.Figure)
    assert [trace.name for trace in figure.data] == ["lowest", "highest", "Random", "FDMat", "Herding", "All data"]
    line = trace(figure, "FDMat")
    assert list(line.x) == pytest.approx([1, 0.1, 0.01]) and list(line.y) == pytest.approx([0.9, 0.8, 0.7])
    assert (line.line.color, line.line.dash) == ("#0072B2", "solid")
    assert list(line.error_y.array) == pytest.approx([0.01] * 3) and line.error_y.visible
    assert (trace(figure, "Random").line.color, trace(figure, "Random").line.dash) == ("#888888", "dash")
    assert points(figure) < 2000


def test_the_random_band_runs_from_the_lowest_to_the_highest_subset_and_says_so(frame):
    figure = curves.curve(frame, "accuracy", look=LOOK)
    low, high = trace(figure, "lowest"), trace(figure, "highest")
    assert list(low.y) == pytest.approx([0.855, 0.655, 0.455])
    assert list(high.y) == pytest.approx([0.945, 0.745, 0.545])
    assert high.fill == "tonexty"
    assert "lowest to highest of 10 random subsets" in figure.layout.title.subtitle.text
    assert "mean of 3 seeds" in figure.layout.title.subtitle.text


def test_one_seed_is_called_one_seed_and_has_no_bars():
    figure = curves.curve(make_frame(seeds=1, band=1), "accuracy", look=LOOK)
    assert figure.layout.title.subtitle.text == "share right · higher is better<br>1 seed"
    assert [trace.name for trace in figure.data] == ["Random", "FDMat", "Herding", "All data"]
    assert not trace(figure, "FDMat").error_y.visible


def test_the_full_data_line_is_dotted_in_the_ink_of_the_page(frame):
    for dark, ink in ((False, LIGHT), (True, DARK)):
        line = trace(curves.curve(frame, "accuracy", look=Look(dark)), "All data")
        assert list(line.y) == pytest.approx([0.9, 0.9]) and line.line.dash == "dot" and line.line.color == ink.focus


def test_more_pruned_lies_to_the_right_and_ticks_say_both(frame):
    axis = curves.curve(frame, "accuracy", look=LOOK).layout.xaxis
    assert axis.type == "log" and axis.range[0] > 0 > -2 > axis.range[1]
    assert axis.ticktext[0] == "100%<br>0%" and axis.ticktext[-1] == "1%<br>99%"
    assert list(axis.tickvals) == [1, 0.3, 0.1, 0.03, 0.01]


def test_the_line_stands_at_the_share_kept(frame):
    (line,) = curves.curve(frame, "accuracy", look=LOOK, kept=0.3).layout.shapes
    assert line.x0 == line.x1 == pytest.approx(0.3)
    (last,) = curves.curve(frame, "accuracy", look=LOOK, kept=0.0).layout.shapes
    assert last.x0 == pytest.approx(0.01)
    assert curves.curve(frame, "accuracy", look=LOOK).layout.shapes == ()


@pytest.mark.parametrize(("value", "low", "high"), [(0.0, -0.06, 1.06), (0.9, -0.054, 0.954), (-0.5, -0.53, 0.03)])
def test_a_flat_line_stands_beside_0(value, low, high):
    """Not in a window as narrow as its rounding error."""
    rows = [("fdmat", share, 10, 0, "accuracy", value) for share in (1.0, 0.1)]
    frame = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])
    drawn = curves.curve(frame, "accuracy", look=LOOK), curves.rail(frame, ["accuracy"], look=LOOK)
    for axis in (figure.layout.yaxis for figure in drawn):
        assert axis.range == pytest.approx((low, high)) and axis.tickformat == ".3~%"


def test_names_stand_at_the_line_ends_and_do_not_cover_each_other(frame):
    figure = curves.curve(frame, "accuracy", look=LOOK)
    labels = {label.text: label for label in figure.layout.annotations}
    assert set(labels) == {"Random", "FDMat", "Herding", "All data"}
    assert labels["Herding"].x == pytest.approx(-2) and labels["Herding"].y == pytest.approx(0.4)
    low, high = figure.layout.yaxis.range
    heights = sorted((label.y - low) / (high - low) * 290 - label.ay for label in labels.values())
    assert min(b - a for a, b in itertools.pairwise(heights)) >= panels.LABEL_GAP - 1e-6


def test_spread_moves_little_and_keeps_the_order():
    assert panels.spread([10, 50, 90], 17, 100) == [10, 50, 90]
    assert panels.spread([50, 50], 20, 100) == [40, 60]
    assert panels.spread([3, 99, 2], 10, 100) == pytest.approx([10, 99, 0])
    assert panels.spread([99, 100, 98], 10, 100) == pytest.approx([90, 100, 80])


def test_a_distance_is_logarithmic_without_its_zero_and_has_no_full_line(frame):
    figure = curves.curve(frame, "sliced", look=LOOK)
    assert figure.layout.yaxis.type == "log"
    assert [trace.name for trace in figure.data] == ["Random", "FDMat", "Herding"]
    assert list(trace(figure, "FDMat").y) == pytest.approx([0.99, 99.99])
    assert figure.layout.title.subtitle.text.startswith("lower is better<br>1 seed")
    assert curves.curve(frame, "accuracy", look=LOOK).layout.yaxis.type == "linear"


def test_focus_is_on_top_and_thick_over_a_band_of_one_sd_and_all_are_named(frame):
    figure = curves.curve(frame, "accuracy", look=LOOK, focus="fdmat")
    lines = [trace for trace in figure.data if trace.name in ("Random", "FDMat", "Herding")]
    assert lines[-1].name == "FDMat" and lines[-1].line.width > lines[1].line.width > 2
    assert trace(figure, "Herding").line.color == LOOK.style("herding").colour
    assert not any(line.error_y.visible for line in lines)
    assert list(trace(figure, "one sd below").y) == pytest.approx([0.89, 0.79, 0.69])
    assert list(trace(figure, "one sd above").y) == pytest.approx([0.91, 0.81, 0.71])
    assert trace(figure, "one sd above").fillcolor == "rgba(0,114,178,0.22)"
    assert set(texts(figure)) == {"Random", "FDMat", "Herding", "All data"}
    assert "mean of 3 seeds, band of FDMat: 1 sd" in figure.layout.title.subtitle.text


def test_one_seed_has_no_band(frame):
    names = [trace.name for trace in curves.curve(frame, "sliced", look=LOOK, focus="fdmat").data]
    assert "one sd above" not in names


def test_on_a_rail_the_others_step_back(frame):
    figure = curves.rail(frame, ["accuracy"], look=LOOK, focus="fdmat")
    assert trace(figure, "FDMat").line.width > 3 and trace(figure, "Herding").line.width < 2
    assert [text for text in texts(figure) if not text.startswith("<b>")] == ["Random", "FDMat", "All data"]


def test_hover_says_counts_both_shares_and_the_spread(frame):
    words = trace(curves.curve(frame, "accuracy", look=LOOK), "FDMat").customdata
    assert words[1] == "kept 100 (10%), pruned 90%<br>Probe accuracy 0.8 ± 0.01 (3 seeds)"


def test_rail_stacks_its_measures_over_one_axis_with_a_line_in_each(frame):
    figure = curves.rail(frame, ["sliced", "accuracy"], look=LOOK, kept=0.1, focus="fdmat")
    top, bottom = figure.layout.yaxis.domain, figure.layout.yaxis2.domain
    assert top[1] == 1 and bottom[0] == pytest.approx(0) and top[0] > bottom[1]
    assert [(line.yref, round(line.x0, 6)) for line in figure.layout.shapes] == [("y domain", 0.1), ("y2 domain", 0.1)]
    assert any(text.startswith("<b>Sliced distance</b>") for text in texts(figure))
    assert {trace.yaxis for trace in figure.data} == {"y", "y2"}
    assert figure.layout.xaxis.anchor == "y2"
    assert points(figure) < 2000


def test_on_a_rail_every_line_says_its_name_along_its_way_over_an_axis_with_a_title(frame):
    figure = curves.rail(frame, ["sliced", "accuracy"], look=LOOK, focus="fdmat")
    named = [one for one in figure.data if one.hoverinfo != "skip" and one.name != "All data"]
    assert len(named) == 2 * 3 and all(one.hovertemplate.startswith(f"<b>{one.name}</b>") for one in named)
    assert all(one.hoverlabel.bordercolor == LOOK.style(one.name.lower()).colour for one in named)
    assert figure.layout.hoverdistance >= 39  # half the way from 5% to 2% on a screen of 1920 pixels
    assert (
        list(figure.layout.xaxis.ticktext) == ["100%", "10%", "1%"] and figure.layout.xaxis.title.text == "share kept"
    )


def test_a_rail_of_nothing_is_refused(frame):
    with pytest.raises(ValueError, match="measures is empty"):
        curves.rail(frame, [])


def test_no_points_yet_is_a_figure_that_says_so(frame):
    for empty in (frame[:0], frame[frame["measure"] == "sliced"]):
        assert "no points yet" in texts(curves.curve(empty, "accuracy", look=LOOK, kept=0.5))
    assert "no points yet" in texts(curves.rail(frame[:0], ["sliced", "accuracy"], look=LOOK, kept=0.5))


def test_a_partial_curve_draws_what_there_is(frame):
    figure = curves.rail(frame[frame["method"] == "fdmat"], ["sliced", "accuracy"], look=LOOK, focus="herding")
    assert [trace.name for trace in figure.data] == ["FDMat", "FDMat", "All data"]


def test_it_draws_without_a_look(frame):
    figure = curves.curve(frame, "accuracy")
    assert "fdmat" in texts(figure) and figure.layout.title.text == "<b>accuracy</b>"


def test_the_frame_is_unchanged(frame):
    before = frame.copy()
    curves.curve(frame, "accuracy", look=LOOK, kept=0.5)
    curves.rail(frame, ["sliced", "accuracy"], look=LOOK, kept=0.5)
    pd.testing.assert_frame_equal(frame, before)


def test_balance_draws_shares_and_names_the_worst():
    figure = balance(["cat", "dog", "emu"], [100, 50, 10], [50, 10, 0], look=LOOK)
    (bars,) = figure.data
    assert list(bars.x) == pytest.approx([0.5, 0.2, 0.0]) and list(bars.y) == ["cat", "dog", "emu"]
    assert list(bars.text) == ["50%", "20%", "0%"]
    (line,) = figure.layout.shapes
    assert line.x0 == pytest.approx(60 / 160)
    assert figure.layout.title.subtitle.text == "overall 37.5% · least: emu, 0%"


def test_balance_counts_the_classes_that_lose_everything_and_survives_empty_ones():
    figure = balance(["a", "b", "c", "d"], [10, 0, 10, 10], [5, 0, 0, 0])  # there is nothing of b to lose
    assert figure.layout.title.subtitle.text.endswith("least: c, 0% · 2 of 3 classes lose everything")


def test_counts_stack_the_groups():
    figure = counts(["cat", "dog"], {"label is right": [8, 9], "label was flipped": [2, 1]}, look=LOOK)
    assert figure.layout.barmode == "stack" and figure.layout.showlegend
    assert [list(bar.x) for bar in figure.data] == [[8, 9], [2, 1]]
    assert figure.data[0].marker.color != figure.data[1].marker.color
    assert not counts(["cat"], {"items": [3]}).layout.showlegend


def test_many_classes_are_a_skyline_with_the_largest_first():
    classes, sizes = [f"c{i}" for i in range(100)], list(range(1, 101))
    kept = [size // 2 for size in sizes]
    (bars,) = counts(classes, {"items": sizes}).data
    assert bars.orientation == "v" and bars.x[0] == "c99" and list(bars.y) == sizes[::-1]
    figure = balance(classes, sizes, kept, look=LOOK)
    assert figure.data[0].x[:2] == ("c99", "c98") and figure.data[0].y[0] == 0.5 and figure.layout.height < 400
    assert figure.layout.shapes[0].y0 == pytest.approx(sum(kept) / sum(sizes))
    assert "least: c0, 0%" in figure.layout.title.subtitle.text
