"""The Compare page under AppTest: who is compared, what differs, every state of a run; the canvas is a browser's."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from fdmat_core.analysis import agreement
from fdmat_core.runs import library, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.compare import pair as pairs
from pages.compare import routes
from pages.shell import places
from tests.pages.conftest import RESULTS, button, link, share_features, texts
from tests.web.reading import unpack

RANDOM, HERDING, MODERATE, K_CENTER = RESULTS.methods


@pytest.fixture
def key(results, queue):
    return queue.say(results, "done")


def tables(app):
    """The cells of every table of a page, without markup."""
    grids = [one.value for one in app.get("html") if 'class="grid"' in one.value]
    rows = [[re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in grid.split("<tr>")[2:]] for grid in grids]
    return [[[re.sub("<.*?>", "", cell) for cell in row] for row in grid] for grid in rows]


def galleries(app):
    shown = [one.value for one in app.get("html") if 'class="cards' in one.value]
    return [[int(item) for item in re.findall(r"data-item=(-?\d+)", one)] for one in shown]


def test_the_galleries_are_the_difference_of_the_two_coresets(visit, key, results):
    app = visit(places.COMPARE, run=key, a="herding", b="moderate", kept="0.2")
    assert not app.exception and not app.error
    cuts = [Run(results).rankings(method).cut(0.2) for method in (HERDING, MODERATE)]
    for shown, mine, other, letter in zip(galleries(app), cuts, cuts[::-1], "AB", strict=True):
        alone = [item for item in mine.ids.tolist() if item not in set(other.ids.tolist())]
        assert shown == alone[:10] and f"Only {letter} keeps {len(alone)}" in texts(app)


def test_measures_settings_and_neighbours_are_told(visit, key, results):
    app = visit(places.COMPARE, run=key, a="herding", b="moderate", kept="0.2")
    measures, differ, nearest = tables(app)
    assert [row[0] for row in measures] == [
        "Energy distance at 20%",
        "Linear probe accuracy at 20%",
        "Sliced Wasserstein distance at 20%",
        "Class imbalance at 20%",
    ]
    values = Run(results).curve().query("measure == 'energy' and kept == 0.2").groupby("method")["value"].mean()
    assert measures[0][1] == f"{values['herding']:.3g} (1)" and "one value each" in measures[0][4]
    assert ["Family", "geometry", "geometry"] not in differ and any(row[0] == "Keeps" for row in differ)
    ranked = {str(method): its for method, its in Run(results).ranked.items()}
    alike = agreement.matrix({"a": ranked["herding"]}, ranked, 0.2)[0]
    best = max(value for name, value in zip(ranked, alike, strict=True) if name != "herding")
    assert nearest[0][1] == f"{best:.1%}" and len(nearest) == 3


def test_the_matrix_and_the_curve_hold_the_numbers_of_the_core(visit, key, results):
    app = visit(places.COMPARE, run=key, a="herding", b="moderate", kept="0.2")
    curve, matrix = (json.loads(one.proto.spec) for one in app.get("plotly_chart"))
    ranked = Run(results).ranked
    line = next(trace for trace in curve["data"] if trace.get("name") == "A and B")
    shares = agreement.stops(ranked[HERDING], ranked[MODERATE], results.fractions)
    table = agreement.curve(ranked[HERDING], ranked[MODERATE], shares)
    assert line["y"] == table["jaccard"].tolist()
    named = {str(method): its for method, its in ranked.items()}
    cells = matrix["data"][0]["z"]
    alike = agreement.matrix(named, named, 0.2)
    order = agreement.chain(alike)
    assert cells[0][1] == pytest.approx(alike[order[0], order[1]], abs=1e-4) and cells[0][0] is None
    assert len(matrix["data"][1]["x"]) == 4 * 3


def test_what_follows_the_slider_follows_it(visit, key):
    app = visit(places.COMPARE, run=key, a="herding", b="moderate", kept="0.2")
    before = galleries(app)
    app.session_state["pair"] = {"kept": 0.05}
    app.run()
    assert galleries(app) != before and tables(app)[0][0][0] == "Energy distance at 5%"
    assert link(app, "kept") == "0.05"


def test_without_a_link_a_is_the_method_of_the_other_pages_and_b_another(visit, key):
    app = visit(places.COMPARE, run=key, method="k_center")
    assert (app.selectbox(key="side_a").value, app.selectbox(key="side_b").value) == ("k_center", "herding")
    app = visit(places.COMPARE, run=key, a="nonsense", b="herding", method="herding")
    assert app.selectbox(key="side_a").value == "herding" and app.selectbox(key="side_b").value != "herding"


def test_choices_swaps_and_number_keys_travel(visit, key):
    app = visit(places.COMPARE, run=key, a="herding", b="moderate")
    app.selectbox(key="side_b").select("random").run()
    assert (link(app, "a"), link(app, "b")) == ("herding", "random")
    app.button(key="swap").click().run()
    assert (link(app, "a"), link(app, "b")) == ("random", "herding")
    app.session_state["pair"] = {"method": 2}
    app.run()
    assert link(app, "b") == "moderate" and app.selectbox(key="side_b").value == "moderate"


def test_another_run_forgets_the_pair(visit, key, queue):
    app = visit(places.RUNS, run=key, a="herding", b="moderate", run_b="x")
    other = queue.say(settings.SAMPLE, "done")
    app.run()
    app.button(key=f"open.{other}").click().run()
    assert [link(app, word) for word in ("run", "a", "b", "run_b")] == [other, None, None, None]


def test_the_map_leads_to_the_pair(visit, key):
    app = visit(places.MAP, run=key, method="moderate", b="moderate")
    button(app, "Compare").click().run()
    assert not app.exception and (link(app, "a"), link(app, "b")) == ("moderate", None)


def test_two_runs_are_joined_by_id_and_say_how_many_items_they_share(visit, key, queue, results, monkeypatch):
    other = replace(results, methods=(HERDING, RANDOM), measures=(Choice("energy"),), balance="equal")
    library.execute(other)
    app = visit(places.COMPARE, run=key, run_b=queue.say(other, "done"), a="herding", kept="0.2")
    assert not app.exception and not app.error
    assert app.selectbox(key="side_b").value == "herding" and app.selectbox(key="run_of_b").value == other.key
    n = Run(results).tables[0].n
    assert f"Same items: {n:,} of {n:,} of A's run and of {n:,} of B's." in texts(app)
    measures, differ, _ = tables(app)
    assert [row[0] for row in measures] == ["Energy distance at 20%"]
    assert ["Places by class", "none", "equal"] in differ
    options = app.selectbox(key="run_of_b").options
    assert options[0] == "the same run" and f"places by class: equal · 2 methods · {other.key[:6]}" in options
    found = pairs.of((Run(results), HERDING), (Run(other), HERDING))
    titles = [side["method"] for side in unpack(found.packed())[0]["sides"]]
    monkeypatch.setattr(pairs.thumbnails, "address", lambda run: f"pictures/{run.key}")
    monkeypatch.setattr(pairs.served, "address", lambda run: f"words/{run.key}")
    told = unpack(found.packed())[0]["sides"][1]
    assert (told["pictures"], told["words"], told["score"]) == (f"pictures/{other.key}", f"words/{other.key}", "score")
    assert titles == ["Herding · places by class: none", "Herding · places by class: equal"]
    library.rename(other.key, "even")
    assert [side["method"] for side in unpack(found.packed())[0]["sides"]][1] == "Herding · even"
    library.rename(other.key, "")
    app.button(key="swap").click().run()
    assert [link(app, word) for word in ("run", "a", "b", "run_b")] == [other.key, "herding", "herding", key]


def test_distances_in_other_features_are_not_held_against_each_other(visit, key, queue, results, monkeypatch):
    measures = (Choice("energy"), Choice("class_balance"))
    other = replace(results, methods=(HERDING, RANDOM), measures=measures, corruption=Choice("symmetric"))
    library.execute(other)
    queue.say(other, "done")

    def table():
        app = visit(places.COMPARE, run=key, run_b=other.key, a="herding", b="random", kept="0.2")
        assert not app.exception
        return tables(app)[0], "are not the same here" in "".join(one.value for one in app.get("html"))

    (energy, _), warned = table()  # features that came with the data, or of a network that stays as it is
    assert not warned and energy[3] not in {"not alike", ""} and energy[4] != "–"
    monkeypatch.setattr(pairs.Pair, "other_features", True)
    (energy, imbalance), warned = table()
    assert warned and energy[3:5] == ["not alike", "–"] and "; in B 0." in energy[5]
    assert imbalance[3] != "not alike" and "; in B" not in imbalance[5]


@pytest.mark.parametrize(
    ("backbones", "keys", "other"),
    [
        (("early_cnn", "early_cnn"), "xx", False),  # the same features
        (("early_cnn", "early_cnn"), "xy", True),  # learnt anew
        (("pixels", "pixels"), "xy", False),  # stays as it is, whatever the data
        (("pixels", "early_cnn"), "xy", True),
    ],
)
def test_features_are_alike_if_one_network_that_learns_nothing_made_them(backbones, keys, other):
    runs = [
        SimpleNamespace(spec=SimpleNamespace(backbone=Choice(name)), features_key=key)
        for name, key in zip(backbones, keys, strict=True)
    ]
    a, b = (SimpleNamespace(run=run) for run in runs)
    assert pairs.Pair(a, b, None).other_features is other


def test_items_of_one_run_only_are_left_out_and_counted(results):
    """The second run is as the first, but lacks all items after the 150th."""
    run, rows = Run(results), np.arange(150)
    table = run.tables[0]
    few = SimpleNamespace(tables=(table.take(rows), table), spec=run.spec, key="few")
    found = pairs.of((run, HERDING), (few, HERDING))
    assert found.n == 150 and found.a.rows.tolist() == found.b.rows.tolist() == rows.tolist()
    cut = found.a.rankings.cut(0.1)
    order = [row for row in run.ranking(HERDING).order.tolist() if row < 150]
    assert cut.rows.tolist() == order[:15]


def test_runs_that_cannot_be_compared_say_why(visit, key, queue):
    app = visit(places.COMPARE, run=key, run_b="0123456789abcdef")
    assert not app.exception and "not stored here" in app.warning[0].value
    app = visit(places.COMPARE, run=key, run_b=queue.say(settings.SAMPLE, "done"))
    assert not app.exception and "on other data" in app.warning[0].value
    mine = replace(RESULTS, seeds=3)
    app = visit(places.COMPARE, run=key, run_b=queue.say(mine, "queued"))
    assert not app.exception and "no rankings yet" in app.info[0].value


def test_one_method_is_not_enough(visit, queue, results):
    alone = replace(RESULTS, methods=(HERDING,))
    key = queue.say(alone, "done")
    share_features(alone, results)
    app = visit(places.COMPARE, run=key)
    assert not app.exception and "a comparison needs two" in app.info[0].value


def test_while_nothing_is_ranked_the_layout_waits(visit, queue):
    app = visit(places.COMPARE, run=queue.say(RESULTS, "running", stage="features", done=1, total=4))
    assert not app.exception and len(app.get("skeleton")) == 4


def test_sizes_not_measured_are_no_numbers(visit, key, results, monkeypatch):
    whole = Run(results).curve()
    monkeypatch.setattr(Run, "curve", lambda run: whole[whole["kept"] == 0.05])
    app = visit(places.COMPARE, run=key, a="herding", b="moderate", kept="0.5")
    assert tables(app)[0][0][1:4] == ["–", "–", "not measured yet"]


def test_the_payload_is_what_the_store_holds(results, key):
    facts, columns = unpack(routes.payload(key, "herding", "moderate", ""))
    assert [one["method"] for one in facts["sides"]] == ["Herding", "Moderate"]
    assert columns["order_b"].tolist() == Run(results).ranking(MODERATE).order.tolist()
    assert len(columns["xy"]) == 2 * len(columns["ids"]) == 2 * Run(results).tables[0].n
    with pytest.raises(ValueError, match="no ranking by method 'nonsense'"):
        routes.payload(key, "herding", "nonsense", "")
