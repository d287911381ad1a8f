"""Whether closer means better, as pictures and in words: the right points, and sentences that follow the interval."""
# pyright: reportAttributeAccessIssue=false
# The line above: plotly gives its figures and traces no types.

import pandas as pd
import pytest

from fdmat_core.analysis import predictiveness
from fdmat_core.figures import correlation
from fdmat_core.figures.theme import KEPT, LIGHT, NOISE, Look, Style
from fdmat_core.registry import MeasureFacts

LOOK = Look(
    methods={"fdmat": Style("FDMat", "#0072B2"), "random": Style("Random", "#888888", "dash")},
    measures={
        "w": MeasureFacts(title="Distance W", unit="", better="lower", source=""),
        "probe": MeasureFacts(title="Probe", unit="", better="higher", source="", kind="accuracy"),
    },
)


@pytest.fixture
def found():
    rows = [
        ("fdmat", 0, 0.01, 10, 2.0, 0.7),
        ("random", 0, 0.01, 10, 3.0, 0.5),
        ("random", 1, 0.01, 10, 4.0, 0.6),
        ("fdmat", 0, 0.1, 100, 1.0, 0.8),
    ]
    return pd.DataFrame(rows, columns=["method", "seed", "kept", "k", "distance", "accuracy"])


@pytest.fixture
def table():
    rows = [(0.01, 10, -0.8, -0.9, -0.6, 17), (0.1, 100, 0.1, -0.3, 0.4, 17), (0.5, 500, 0.5, 0.2, 0.7, 12)]
    return pd.DataFrame(rows, columns=["kept", "k", "rho", "low", "high", "count"])


def test_the_scatter_holds_every_coreset_and_those_of_one_size_stand_out(found):
    figure = correlation.scatter(found, "w", "probe", look=LOOK, k=10)
    drawn = [(trace.name, trace.showlegend, list(trace.x), list(trace.y)) for trace in figure.data]
    assert drawn == [
        ("FDMat", False, [1.0], [0.8]),
        ("Random", True, [3.0, 4.0], [0.5, 0.6]),
        ("FDMat", True, [2.0], [0.7]),
    ]
    assert figure.data[0].opacity < 0.5 < figure.data[1].opacity
    assert figure.data[2].marker.color == "#0072B2" and figure.data[2].marker.size > figure.data[0].marker.size
    assert figure.data[0].marker.symbol == figure.data[2].marker.symbol != figure.data[1].marker.symbol
    assert figure.layout.xaxis.title.text == "Distance W: closer is left" and figure.layout.yaxis.title.text == "Probe"
    assert figure.data[1].customdata[1] == "kept 10 (1%), selection 1<br>distance 4, accuracy 0.6"


def test_distances_that_span_much_have_a_log_axis_with_round_ticks(found):
    assert correlation.scatter(found, "w", "probe", k=10).layout.xaxis.type == "linear"
    wide = found.assign(distance=[1.0, 10.0, 40.0, 0.5])
    axis = correlation.scatter(wide, "w", "probe", k=10).layout.xaxis
    assert (axis.type == "log" and list(axis.ticktext) == ["1", "3", "10", "30"]) or list(axis.ticktext) == ["1", "10"]
    assert axis.range[0] < -0.301 and axis.range[1] > 1.602


def test_correlations_are_filled_where_the_interval_leaves_out_zero(table):
    (trace,) = correlation.correlations(table, look=LOOK).data
    assert list(trace.x) == pytest.approx([0.01, 0.1, 0.5]) and list(trace.y) == [-0.8, 0.1, 0.5]
    assert list(trace.marker.symbol) == ["circle", "circle-open", "circle"]
    assert list(trace.marker.color) == [KEPT, LIGHT.muted, NOISE]
    assert list(trace.error_y.array) == pytest.approx([0.2, 0.3, 0.2])
    assert list(trace.error_y.arrayminus) == pytest.approx([0.1, 0.4, 0.3])
    assert trace.customdata[0] == "1% kept, 17 coresets<br>rho = −0.80 [−0.90, −0.60]"
    assert len(correlation.correlations(table[:0]).data) == 1


def test_the_verdict_follows_the_interval(table):
    close, unclear, far = table.itertuples()
    assert predictiveness.verdict(close, "W2") == (
        "At 1% kept, closer in W2 means better here: rho = −0.80 [−0.90, −0.60], 17 coresets."
    )
    assert predictiveness.verdict(far, "W2").startswith(
        "At 50% kept, closer in W2 means worse here: rho = 0.50 [0.20, 0.70]"
    )
    assert "it is open" in predictiveness.verdict(unclear, "W2") and "contains 0" in predictiveness.verdict(
        unclear, "W2"
    )
    assert "too few" in predictiveness.verdict(None, "W2")


def test_the_verdict_is_about_the_nearest_size_by_the_share_kept(table):
    planned = (0.01, 0.1, 0.5, 1.0)
    assert predictiveness.nearest(table, 0.25, planned).k == 500  # nearer to 50% than to 10% on the log scale
    assert predictiveness.nearest(table, 0.04, planned).k == 100
    assert predictiveness.nearest(table, 0.02, planned).k == 10
    assert predictiveness.nearest(table, 1.0, planned).k == 500  # all items are no coreset
    assert predictiveness.nearest(table[:0], 0.1, planned) is None


def test_there_is_no_verdict_from_a_size_far_from_the_one_asked_for(table):
    early = table[:1]  # 1% only
    assert predictiveness.nearest(early, 0.5, (0.01, 0.1, 0.5, 1.0)) is None
    assert predictiveness.nearest(early, 0.05, (0.01, 0.1, 0.5, 1.0)).k == 10


def test_the_winner_is_named_with_how_sure_that_is():
    columns = ["distance", "rho", "low", "high", "sizes", "count", "first"]
    two = [("energy", -0.7, -0.8, -0.5, 11, 17, 0.99), ("w", -0.5, -0.7, -0.2, 11, 17, 0.01)]
    titles = {"energy": "Energy distance", "w": "W2"}
    said = predictiveness.winner(pd.DataFrame(two, columns=columns), titles)
    assert said == (
        "Over 11 sizes Energy distance predicts best: rho = −0.70 [−0.80, −0.50], ahead in 99% of resamples."
    )
    close = pd.DataFrame(two, columns=columns).assign(first=[0.6, 0.4])
    assert "comes first, not clearly" in predictiveness.winner(close, titles)
    assert "predicts" not in predictiveness.winner(pd.DataFrame(two[:1], columns=columns), titles)
    none = pd.DataFrame(two, columns=columns).assign(high=0.1)
    assert predictiveness.winner(none, titles).startswith("No distance predicts accuracy here")
    assert "enough" in predictiveness.winner(none[:0], titles)
