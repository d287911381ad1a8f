"""The Curves page under AppTest: measures, methods on and off, whether closer trains better, costs, a run under way."""

import html
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fdmat_core import cli, registry
from fdmat_core.analysis import caveats, per_class, predictiveness, recommendation, summary
from fdmat_core.figures.theme import Look
from fdmat_core.registry import MeasureFacts
from fdmat_core.runs import costs, library, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.curves import charts
from pages.shell import caches, places
from tests.pages.conftest import RESULTS, button, link, share_features, texts


@pytest.fixture
def open_curves(visit, queue, results):
    """Open the page of the stored run."""

    def open_page(state="done", **options):
        options = {"run": queue.say(results, state), "method": "herding", "kept": "0.2"} | options
        app = visit(places.CURVES, **options)
        assert not app.exception and not app.error
        return app

    return open_page


def figures(app):
    """The charts of a page, by their alternative text."""
    return {one.proto.alt: json.loads(one.proto.spec) for one in app.get("plotly_chart")}


def traces(figure):
    return {trace["name"]: trace for trace in figure["data"]}


def styles(app):
    return "\n".join(one.value for one in app.get("html") if one.value.startswith("<style>.st-key-lined"))


def grids(app):
    return [one.value for one in app.get("html") if 'class="grid"' in one.value]


PROBE, ENERGY = "Linear probe accuracy by share kept", "Energy distance by share kept"


def heads(app):
    """The parts of the page, and the words of the links that lead to them."""
    return [(one.value, one.proto.anchor) for one in app.header]


def links(app):
    (row,) = [one.value for one in app.get("html") if '<nav class="parts"' in one.value]
    return [(name, anchor) for anchor, name in re.findall(r'<a href="#([\w-]+)">(.*?)</a>', row)]


def test_the_page_is_four_parts_with_a_row_of_links_that_lead_to_them(open_curves, monkeypatch):
    monkeypatch.setattr(Run, "costs", property(lambda run: costs.Costs(30.0, {"herding": 6.0}, {})))
    app = open_curves()
    parts = [("Accuracy", "accuracy"), ("Distance", "distance"), ("Does closer train better?", "closer")]
    assert heads(app) == links(app) == [*parts, ("Cost", "cost")]
    app.selectbox(key="right").set_value("class_balance").run()
    assert heads(app) == links(app) and heads(app)[1] == ("Class balance", "balance")
    app.selectbox(key="left").set_value("energy").run()
    app.selectbox(key="right").set_value("sliced_wasserstein").run()
    assert links(app)[:2] == [("Energy distance", "distance-1"), ("Sliced Wasserstein distance", "distance-2")]
    assert heads(app) == links(app)


def test_the_answer_of_each_part_stands_above_its_chart(open_curves, results, monkeypatch):
    monkeypatch.setattr(Run, "costs", property(lambda run: costs.Costs(30.0, {"herding": 6.0}, {})))
    app, curve = open_curves(kept="0.2"), Run(RESULTS).curve()
    order = [one.value if one.type == "subheader" else one.proto.alt for one in shown(app)]
    facts = registry.measures.get("energy").facts
    table, planned = summary.by_size(curve, "energy"), Run(results).planned.values()
    told = summary.beside_random(table, "herding", "Herding", 0.2, planned, facts)
    enough = summary.enough(summary.by_size(curve, "linear_probe"))
    assert order[0].startswith("Herding is within a point of all data (") and order[1] == PROBE
    assert f" {100 * enough['random']:.4g}%." in order[0] if enough["random"] else "random at no smaller" in order[0]
    assert order[2:4] == [told, ENERGY] and told.startswith("At 20% kept Herding")
    assert order[4].startswith("At 20% kept") and order[5] == "Energy distance against Linear probe accuracy"
    assert order[-1] == "Herding has paid for itself after one training on 20%: it takes 36 s, each saves 8 min."


def shown(app):
    """The answers and the charts of a page in their order."""
    return [one for one in app.main if one.type in ("subheader", "plotly_chart")]


def test_a_share_is_recommended_for_networks_where_the_probe_alone_tells(visit, open_curves, results, monkeypatch):
    assert "Recommended" not in texts(open_curves())  # FDMat has not ranked
    monkeypatch.setattr(recommendation, "METHOD", "herding")
    run = Run(results)
    share = recommendation.of_summary(summary.by_size(run.curve(), "linear_probe"), run.planned)
    assert share in (0.5, 1.0) and recommendation.said(share) in texts(open_curves())
    on_map = visit(places.MAP, run=results.key, kept="0.2", method="herding")
    assert recommendation.in_short(share) in str([one.value for one in on_map.get("html")])
    other = visit(places.MAP, run=results.key, kept="0.2", method="moderate")
    assert recommendation.in_short(share) not in str([one.value for one in other.get("html")])
    spec = replace(results, measures=(*results.measures, Choice.of("full_training", steps=2000)))
    share_features(spec, results)
    assert "Recommended" not in texts(visit(places.CURVES, run=settings.checked(spec).key))  # networks tell it better


def test_an_accuracy_says_what_must_be_known_of_a_probe(open_curves):
    app = open_curves()
    (told,) = [one.value for one in app.get("html") if '<div class="caveats">' in one.value]
    assert "No network was trained; in our grid the probe ranked methods like training: rho = 0.93." in told


def test_a_method_that_keeps_damage_is_told_below_the_strip(open_curves, monkeypatch):
    warned = lambda app: [one.value for one in app.get("html") if 'class="warning"' in one.value]  # noqa: E731
    assert warned(open_curves(method="herding")) == []
    (told,) = warned(open_curves(method="k_center"))
    known = caveats.known_to_keep_bad(registry.methods.get("k_center").facts)
    assert known.startswith("Known to keep damage") and known in html.unescape(told)


def test_a_chart_for_each_measure_with_what_must_be_known(open_curves):
    app = open_curves()
    drawn = figures(app)
    assert list(drawn)[:2] == [PROBE, ENERGY]
    assert {"lowest", "highest", "Random", "Herding", "Moderate", "k-center greedy", "All data"} <= set(
        traces(drawn[PROBE])
    )
    assert "On fixed features: 500 steps, the same for every method and size." in texts(app)
    assert "A finite subset is never at distance 0: the grey band is what random subsets" in texts(app)
    assert "mean of 2 seeds, band of Herding: 1 sd" in texts(app)
    curve = Run(RESULTS).curve()
    mine = curve[(curve["method"] == "moderate") & (curve["measure"] == "energy") & (curve["k"] == 48)]
    line = traces(drawn[ENERGY])["Moderate"]
    assert dict(zip([round(x, 6) for x in line["x"]], line["y"], strict=True))[0.2] == mine["value"].item()


def test_any_measure_may_be_shown(open_curves):
    app = open_curves()
    app.selectbox(key="right").set_value("class_balance").run()
    assert "Class imbalance by share kept" in figures(app) and ENERGY not in figures(app)
    assert "Compare the class shares of the coreset" in texts(app)


def test_a_link_names_the_measures(open_curves):
    app = open_curves(left="Energy distance", near="Sliced Wasserstein distance")
    assert app.selectbox(key="left").value == "energy" and app.selectbox(key="near").value == "sliced_wasserstein"
    assert not open_curves(left="Nonsense").exception


def test_methods_are_switched_on_and_off_and_random_stays(open_curves):
    app = open_curves()
    before = traces(figures(app)[PROBE])["Moderate"]["line"]
    app.pills(key=f"shown.{link(app, 'run')}").set_value(["moderate"]).run()
    after = traces(figures(app)[PROBE])
    assert "Herding" not in after and "Random" in after
    assert "Herding is in focus and switched off" in texts(app)
    assert (after["Moderate"]["line"]["color"], after["Moderate"]["line"]["dash"]) == (before["color"], before["dash"])
    assert "bars: 1 sd" in texts(app)  # the method in focus is off


def test_the_line_moves_with_the_share_kept_and_the_charts_stay_as_they_are(open_curves):
    app = open_curves()
    charts_then, lines_then = figures(app), styles(app)
    app.select_slider(key="kept").set_value(0.05).run()
    assert link(app, "kept") == "0.05"
    assert styles(app) != lines_then
    for name in (PROBE, ENERGY, "Rank correlation by share kept"):
        assert figures(app)[name] == charts_then[name]


def test_a_share_kept_from_another_page_is_a_stop_of_the_slider(open_curves):
    app = open_curves(kept="0.266")
    assert app.select_slider(key="kept").value == 0.266
    assert not open_curves(kept="0").exception


def test_the_verdict_is_that_of_the_coresets_of_this_size(open_curves):
    app, curve = open_curves(kept="0.05"), Run(RESULTS).curve()
    for distance, title in (("energy", "Energy distance"), ("sliced_wasserstein", "Sliced Wasserstein distance")):
        app.selectbox(key="near").set_value(distance).run()
        row = next(predictiveness.correlation(curve, distance, "linear_probe").itertuples())
        assert row.k == 12 and row.count == 7
        assert predictiveness.verdict(row, title) in texts(app)
    assert "Sizes are never mixed" in texts(app) and "4 of the coresets at 5% kept are random draws" in texts(app)


def test_every_distance_stands_in_the_table_with_its_rho(open_curves):
    app, curve = open_curves(), Run(RESULTS).curve()
    found = predictiveness.ranking(curve, ["energy", "sliced_wasserstein"], "linear_probe")
    titles = {"energy": "Energy distance", "sliced_wasserstein": "Sliced Wasserstein distance"}
    assert predictiveness.winner(found, titles) in texts(app)
    page = next(page for page in grids(app) if "rho by items kept" in page)
    assert re.findall("<tr><th>(.*?)</th>", page)[1:] == [titles[name] for name in found["distance"]]


def test_tables_and_downloads_open_on_demand(open_curves):
    app = open_curves()
    count = len(grids(app))
    app.session_state["tables"] = True
    app.run()
    assert len(grids(app)) == count + 2 and "Moderate" in grids(app)[0]
    assert [one.label for one in app.get("download_button")] == ["All points (CSV)", "What the charts show (CSV)"]


def test_the_figure_data_are_the_summaries_of_what_is_shown():
    rows = [("a", 0.5, 5, seed, name, value) for name in ("v", "w") for seed, value in enumerate((1.0, 3.0))]
    import pandas as pd

    curve = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])
    units = {"v": "metres", "w": "grams"}
    facts = {name: MeasureFacts(title=name, unit=unit, better="lower", source="") for name, unit in units.items()}
    look = Look(measures=facts)
    told = charts._figure_data(curve, look, ["v", "w", "v"])
    assert told["unit"].tolist() == ["metres", "grams"]
    assert told[["measure", "mean", "seeds"]].to_numpy().tolist() == [["v", 2, 2], ["w", 2, 2]]


def test_networks_are_offered_and_the_form_starts_with_them(open_curves, results):
    app = open_curves()
    app.pills(key=f"shown.{link(app, 'run')}").set_value(["moderate"]).run()
    button(app, "Train networks on these coresets").click().run()
    assert app.title[0].value == "Runs" and not app.exception
    start = app.session_state["start"]
    assert start.measures == (*results.measures, Choice("full_training"))
    assert start.methods == (Choice("moderate"), Choice("random"))
    assert start.fractions == (0.05, 1.0)
    assert (start.dataset, start.backbone, start.balance) == (results.dataset, results.backbone, results.balance)


def test_a_run_with_networks_tells_their_recipe_and_offers_none(visit, queue, results):
    spec = replace(results, measures=(*results.measures, Choice.of("full_training", steps=2000)))
    share_features(spec, results)
    app = visit(places.CURVES, run=queue.say(spec, "running", stage="points", done=3, total=9), kept="0.2")
    assert not app.exception
    assert app.selectbox(key="left").value == app.selectbox(key="good").value == "full_training(steps=2000)"
    assert "Networks trained from scratch: 2,000 steps, the same for every method and size." in texts(app)
    (recipe,) = [one.help for one in app.caption if one.value.startswith("Networks trained from scratch")]
    assert "Three 3 x 3 convolutions" in recipe and "steps\n    Gradient" not in recipe
    assert "no points yet" in texts(app) and "Train networks on these coresets" not in [one.label for one in app.button]
    assert len(app.get("progress")) == 1


def test_charts_tables_and_units_turn_to_differences_and_the_answer_stays(open_curves):
    app = open_curves()
    before, said = traces(figures(app)[PROBE]), texts(app)
    (switch,) = [group for group in app.get("button_group") if group.key == "values"]
    switch.set_value("Against random").run()
    assert not app.exception
    after = traces(figures(app)[PROBE])
    assert set(after["Random"]["y"]) == {0}
    np.testing.assert_allclose(after["Moderate"]["y"], np.subtract(before["Moderate"]["y"], before["Random"]["y"]))
    assert "All data" in before and "All data" not in after
    assert figures(app)[ENERGY]["layout"]["yaxis"].get("type", "linear") == "linear"
    assert "share of test items, minus random · higher is better" in texts(app)
    assert "Below 0 is closer to the whole" in texts(app) and "never at distance 0" not in texts(app)
    app.session_state["tables"] = True
    app.run()
    row = next(row for row in grids(app)[0].split("<tr>") if "Random" in row)
    assert {re.sub(r" \(\d+\)", "", cell) for cell in re.findall(r"<td>([^<]*)</td>", row)} >= {"0.0%"}
    assert "share of test items, minus random; mean ± sd" in texts(app)
    answer = re.search(r"Within a point of all data.*", said)[0]
    assert answer in texts(app)


def test_the_answer_names_the_share_that_each_method_needs():
    needed = {"FDMat": 0.02, "Herding": 0.02, "Random": 0.125, "EL2N": None}
    told = "**from 2%** FDMat, Herding; **from 12.5%** Random; **at no smaller size measured** EL2N."
    assert summary.answer(needed, 0.8724) == f"Within a point of all data (87.2%), by share kept: {told}"


def test_what_each_method_needs_stands_beside_an_accuracy_and_follows_its_curve(open_curves, results):
    app = open_curves()
    curve = Run(results).curve()
    table = summary.by_size(curve, "linear_probe")
    share = summary.enough(table, 0.01)["moderate"]
    (told,) = [one.value for one in app.markdown if one.value.startswith("Within a point of all data")]
    group = next(part for part in told.split("**")[1:] if "Moderate" in part)
    size = told.split("**")[told.split("**").index(group) - 1]
    assert size == ("at no smaller size measured" if share is None else f"from {100 * round(share, 6):.4g}%")


def test_costs_are_read_from_the_store_and_follow_the_training_time(open_curves, monkeypatch):
    known = costs.Costs(30.0, {"herding": 6.0, "moderate": 0.25}, {"full_training": 600.0})
    monkeypatch.setattr(Run, "costs", property(lambda run: known))
    app = open_curves(kept="0.05")
    assert {one.label: one.value for one in app.metric} == {
        "Features": "30 s",
        "A training on 5%": "30 s",
        "Saved by each": "10 min",
    }
    page = next(page for page in grids(app) if "paid back after" in page)
    rows = [re.sub("<.*?>", " ", row).split() for row in re.findall("<tr>(.*?)</tr>", page)]
    assert ["Herding", "6", "s", "36", "s", "1", "training"] in rows
    assert ["Moderate", "0.25", "s", "30", "s", "1", "training"] in rows
    app.number_input[0].set_value(0.2).run()  # 12 s, of which 11.4 are saved
    page = next(page for page in grids(app) if "paid back after" in page)
    assert re.findall(r"\d+ trainings?", page)[:2] == ["4 trainings", "3 trainings"]
    assert "k-center greedy</span></th><td>–</td><td>–</td><td>–</td>" in page  # nothing of it is stored
    assert "same epochs" in texts(app) and "about 10 min each" in texts(app)


def test_a_run_without_measures_says_so(visit, queue, results):
    spec = replace(results, measures=())
    share_features(spec, results)
    app = visit(places.CURVES, run=queue.say(spec, "done"), kept="0.2")
    assert not app.exception and "takes no measures" in texts(app) and len(app.metric) == 3


def test_a_run_without_distances_says_what_the_comparison_needs(visit, queue, results):
    spec = replace(results, measures=(Choice("linear_probe"),))
    share_features(spec, results)
    app = visit(places.CURVES, run=queue.say(spec, "done"), kept="0.2")
    assert not app.exception and "needs a distance and an accuracy" in texts(app)


def test_before_there_are_rankings_the_page_waits(visit, queue, results):
    spec = replace(results, dataset=Choice.of("mixture", n=310))
    app = visit(places.CURVES, run=queue.say(spec, "running", stage="features", done=1, total=4))
    assert not app.exception and len(app.get("skeleton")) == 4


def test_what_was_made_once_is_not_made_again():
    import pandas as pd

    made = []
    make = lambda frame: made.append(len(frame)) or object()  # noqa: E731
    one, other = pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"a": [1.0, 3.0]})
    first = caches.once(one, "key", make=make)
    assert caches.once(one.copy(), "key", make=make) is first and made == [2]
    assert caches.once(other, "key", make=make) is not first
    assert caches.once(one, "other key", make=make) is not first


def test_the_command_line_and_the_pages_pick_the_same_measured_size(open_curves, results, capsys):
    curve, planned = summary.by_size(Run(results).curve(), "energy"), {12: 0.05, 48: 0.2, 120: 0.5, 240: 1.0}
    values = pd.DataFrame({"method": "herding", "k": list(planned), "seed": 0, "label": 0, "value": 0.5})
    key = library.save(results)
    for kept in (*np.geomspace(0.003, 1, 40), 0.1, 0.3, 0.34, 0.35, 0.36, 0.7, 0.75):
        cli.main(["show", key, "--at", f"{kept:.9f}"])
        (shown,) = re.findall(r"^kept ([\d.]+)% *$", capsys.readouterr().out, re.MULTILINE)
        assert summary.nearest(curve, "herding", kept, planned.values()).kept == pytest.approx(float(shown) / 100)
        assert per_class.read(values, "herding", kept, planned).kept == pytest.approx(float(shown) / 100)
    for kept, column in (("0.34", "50%"), ("0.31", "20%"), ("0.11", "20%"), ("0.09", "5%")):  # 34% is nearer to 50%
        app = open_curves(kept=kept)
        app.session_state["tables"] = True
        app.run()
        assert re.findall(r"<th class=near>(.*?)<", grids(app)[0]) == [column]
        assert cli._sizes(Run(results), (float(kept),)) == [float(column[:-1]) / 100]


def test_while_a_run_is_measured_there_is_no_verdict_of_a_far_size(open_curves, results, monkeypatch):
    whole = Run(results).curve()
    monkeypatch.setattr(Run, "curve", lambda run: whole[whole["k"].isin([12, 240])])
    assert "At 5% kept, " in texts(open_curves(kept="0.1")) and "too few" not in texts(open_curves(kept="0.1"))
    app = open_curves(kept="0.4")
    assert "At 5% kept" not in texts(app)
    assert "At this size there are too few coresets to say whether closer means better." in texts(app)
