"""Figures of detection: what is drawn where, which names stand beside it, and that nothing given is changed."""
# pyright: reportAttributeAccessIssue=false
# The line above: plotly gives its figures and traces no types.

import itertools

import pandas as pd
import plotly.graph_objects as go
import pytest

from fdmat_core.figures import detection
from fdmat_core.figures.theme import Look, Style

REMOVALS = pd.DataFrame(
    [(name, kept, recall) for name, last in (("a", 1.0), ("b", 0.2)) for kept, recall in ((1, 0), (0.5, last), (0, 1))],
    columns=["method", "kept", "recall"],
)
LOOK = Look(methods={"a": Style("Alpha", "#111111"), "b": Style("Beta", "#222222", "dash")})


def trace(figure, name):
    return next(one for one in figure.data if one.name == name)


def test_removals_are_drawn_with_the_line_the_dots_and_the_names_at_a_share_kept():
    before = REMOVALS.copy()
    figure = detection.removals(REMOVALS, look=LOOK, kept=0.55, focus="b")
    assert isinstance(figure, go.Figure) and REMOVALS.equals(before)
    assert trace(figure, "Alpha").y == (0, 1.0, 1) and trace(figure, "Beta").y == (0, 0.2, 1)
    assert trace(figure, "Beta").line.width > trace(figure, "Alpha").line.width
    assert trace(figure, "at random").x == trace(figure, "at random").y
    dots = figure.data[-1]
    assert dots.x == pytest.approx((0.45,) * 3) and sorted(dots.y) == pytest.approx([0.2, 0.45, 1.0])
    assert figure.layout.shapes[0].x0 == pytest.approx(0.45)
    named = {note.text: note.y for note in figure.layout.annotations}
    assert set(named) == {"Alpha 100%", "<b>Beta 20%</b>", "Random 45%"}
    assert named["Alpha 100%"] > named["Random 45%"] > named["<b>Beta 20%</b>"]


def test_what_is_not_all_is_not_named_100_percent():
    figure = detection.removals(
        REMOVALS.assign(recall=[0, 1595 / 1600, 1] * (len(REMOVALS) // 3)), look=LOOK, kept=0.55
    )
    assert "Alpha 99.7%" in {note.text for note in figure.layout.annotations}


def test_of_many_methods_those_that_removed_most_are_named_and_the_focus():
    many = pd.concat(
        [REMOVALS[REMOVALS["method"] == "a"].assign(method=f"m{i}", recall=[0, i / 30, 1]) for i in range(30)]
    )
    figure = detection.removals(many, kept=0.5, focus="m3")
    named = [note.text for note in figure.layout.annotations]
    assert len(named) == detection.MOST_NAMES and "<b>m3 10%</b>" in named
    assert "m29 96.7%" in named and "m4 13.3%" not in named
    heights = sorted(note.y for note in figure.layout.annotations)
    gaps = [b - a for a, b in itertools.pairwise(heights)]
    assert min(gaps) * 240 > 16 and heights[0] > 0 and heights[-1] <= 1


def test_roc_shows_every_detector_on_a_log_axis_ours_on_top():
    frame = pd.DataFrame(
        [(name, price, found) for name in ("FDMat", "AUM") for price, found in ((0, 0.3), (0.01, 0.6), (1, 1))],
        columns=["detector", "false_alarms", "found"],
    )
    figure = detection.roc(frame)
    assert [one.name for one in figure.data] == ["at random", "AUM", "FDMat"]
    assert figure.layout.xaxis.type == "log" and trace(figure, "FDMat").x == (0.01, 1)
    assert trace(figure, "at random").x == trace(figure, "at random").y and trace(figure, "at random").x[-1] == 1


@pytest.mark.parametrize("count", [3, 60])
def test_alarms_show_the_share_of_every_class(count):
    frame = pd.DataFrame({"label": [f"c{i}" for i in range(count)], "items": 100, "suspected": range(count)})
    frame["share"] = frame["suspected"] / 100
    bar = detection.alarms(frame).data[0]
    if count == 3:
        assert bar.orientation == "h" and bar.y == ("c0", "c1", "c2") and bar.x == (0, 0.01, 0.02)
        assert bar.text == ("0%", "1%", "2%")
    else:
        assert bar.x[0] == "c59" and bar.y[0] == 0.59 and bar.y[-1] == 0
        assert list(bar.customdata[0]) == [59, 100]


def test_swatches_look_like_their_lines():
    assert detection.swatch(Style("x", "#123456")) == "repeating-linear-gradient(90deg,#123456 0px 1px)"
    dashed = detection.swatch(Style("x", "#123456", "8px,3px,2px,3px"))
    assert dashed.endswith("(90deg,#123456 0px 8px,transparent 8px 11px,#123456 11px 13px,transparent 13px 16px)")
    assert {detection.style(name).colour for name in detection.STYLES} == {
        one.colour for one in detection.STYLES.values()
    }
    assert len({(one.colour, one.dash) for one in detection.STYLES.values()}) == len(detection.STYLES)
    assert detection.style("new").title == "new"
