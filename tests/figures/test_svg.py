"""Figures that we draw ourselves: marks lie where their values say, and words are words."""

import math
import re
import xml.etree.ElementTree as XML

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from fdmat_core.figures import axes, classes, curves, detection, svg
from fdmat_core.figures.theme import Look
from tests.figures.test_curves import frame

assert frame  # the fixture
SVG = "{http://www.w3.org/2000/svg}"


def read(text):
    return XML.fromstring(text)


def words(drawn):
    return ["".join(one.itertext()) for one in drawn.iter(f"{SVG}text")]


def points(element):
    return [tuple(map(float, pair.split(","))) for pair in element.get("points").split()]


def test_points_lie_where_a_log_axis_says():
    line = {"type": "scatter", "mode": "lines", "x": [1, 0.1, 0.01], "y": [0, 5, 10], "line": {"color": "#123456"}}
    layout = {"height": 200, "margin": {"l": 50, "r": 50, "t": 20, "b": 30}}
    axis = {"type": "log", "range": [0, -2], "tickvals": [1, 0.1, 0.01], "ticktext": ["all", "a tenth", "1%"]}
    figure = go.Figure({"data": [line], "layout": layout | {"xaxis": axis, "yaxis": {"range": [0, 10]}}})
    drawn = read(svg.draw(figure, width=500))
    (polyline,) = drawn.iter(f"{SVG}polyline")
    assert points(polyline) == [(50, 170), (250, 95), (450, 20)] and polyline.get("stroke") == "#123456"
    assert float(drawn.get("data-unit")) == 200 and drawn.get("width") == "500"
    assert {"all", "a tenth", "1%", "0", "10"} <= set(words(drawn))


def test_texts_of_data_are_never_markup():
    name = "<script>&\"'</script>"
    figure = classes.balance([name, "b"], [10, 10], [5, 1])
    text = svg.draw(figure, heading=["<b>T</b> <i>", name])
    assert "<script" not in text and "&lt;script&gt;&amp;" in text
    assert any("least: b, 10%" in one for one in words(read(text))) and any("<i>" in one for one in words(read(text)))


def test_bars_are_as_long_as_their_values_and_stand_on_each_other():
    drawn = read(svg.draw(classes.counts(["x", "y"], {"right": [30, 10], "changed": [10, 5]}), ground=False))
    bars = [one for one in drawn.iter(f"{SVG}rect") if one.get("height") != "12"]
    width = [float(one.get("width")) for one in bars]
    assert np.allclose(np.divide(width, width[0]), [1, 1 / 3, 1 / 3, 1 / 6], atol=0.01)
    assert float(bars[2].get("x")) == pytest.approx(float(bars[0].get("x")) + width[0], abs=0.02)
    assert "right" in words(drawn) and "changed" in words(drawn)


def test_what_lies_beyond_an_axis_is_cut_off():
    rows = [(0.00001, 0.2), (0.01, 0.5), (1.0, 1.0)]
    table = pd.DataFrame([("FDMat", *row) for row in rows], columns=["detector", "false_alarms", "found"])
    drawn = read(svg.draw(detection.roc(table), width=600))
    inner = [one for one in drawn.iter(f"{SVG}svg") if one.get("viewBox") and one is not drawn]
    left, _, wide, _ = (float(part) for part in inner[-1].get("viewBox").split())
    first = points(next(inner[-1].iter(f"{SVG}polyline")))[0]
    assert first[0] < left and wide == pytest.approx(600 - 68 - 24)


def test_a_curve_has_its_line_its_names_and_the_colours_of_its_ground(frame):
    for dark in (False, True):
        look = Look(dark)
        figure = curves.curve(frame, frame["measure"].iloc[0], look=look, kept=0.1)
        text = svg.draw(figure, look=look)
        drawn = read(text)
        marks = [one for one in drawn.iter(f"{SVG}g") if one.get("class") == "mark"]
        assert len(marks) == 1 and set(frame["method"]) - {"random"} <= set(words(drawn))
        assert look.ink.text in text and svg.draw(figure, look=look) == text


@pytest.mark.parametrize(
    ("facts", "values", "ticks"),
    [
        ({"tickformat": ".0%", "range": [-0.02, 1.02], "nticks": 6}, [0.5], ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ({"tickformat": ",d", "range": [0, 2500], "nticks": 6}, [1], ["0", "500", "1,000", "1,500", "2,000", "2,500"]),
        ({"range": [-1, 1], "nticks": 4}, [0], ["−1", "−0.5", "0", "0.5", "1"]),
        ({"type": "log", "range": [-2, 0]}, [1], ["0.01", "0.1", "1"]),
        ({"type": "category", "autorange": "reversed"}, ["b", "a", "b"], ["b", "a"]),
    ],
)
def test_ticks_are_round(facts, values, ticks):
    axis = axes.of(facts, values, (0, 400))
    assert [text for _, text in axis.ticks()] == ticks
    assert all(math.isfinite(pixel) and axis.inside(pixel) for pixel, _ in axis.ticks())


def test_an_axis_without_a_range_shows_all_values_and_bars_from_zero():
    axis = axes.of({}, [2.0, float("nan"), 4.0], (100, 0))
    assert axis.at(2.0) < 100 and axis.at(4.0) > 0
    assert axes.of({}, [2.0, 4.0], (100, 0), zero=True).at(0) == 100
    assert not re.search("nan|inf", svg.draw(go.Figure({"data": [], "layout": {}})))
