"""The Map page under AppTest: every state of a run, and what follows the share kept; the canvas is a browser's."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from fdmat_core import curves, datasets, formats, registry, selection
from fdmat_core.analysis import issues, summary
from fdmat_core.corruptions import corrupt
from fdmat_core.figures import theme
from fdmat_core.projection import Projection
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.report import scene as report
from fdmat_core.report import sentences
from fdmat_core.runs import decisions, sets, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import FeatureTable, Truth
from fdmat_core.web import payload
from pages.map import canvas, scene
from pages.map.numbers import between, measured, removed
from pages.shell import caches, places
from pages.ui import thumbnails
from pages.ui.thumbnails import Card
from tests.pages.conftest import button, link, texts

MEASURES = tuple(map(Choice, ("sliced_wasserstein", "linear_probe", "coverage")))
DIGITS = Spec(
    dataset=Choice("digits"),
    backbone=Choice("pixels"),
    methods=(Choice("random"), Choice("moderate")),
    measures=MEASURES,
    fractions=(0.01, 0.1, 1.0),
)
POINTS = Spec(Choice("mixture"), Choice("given"), (Choice("random"),), MEASURES, fractions=(0.1, 1.0))
FLIPPED = Spec(Choice("digits"), Choice("pixels"), DIGITS.methods, MEASURES, Choice.of("symmetric", rate=0.2))


@pytest.fixture
def stored(monkeypatch):
    """Pretend that these stages of any run are there."""
    made = {}

    def table(spec):
        if spec.key not in made:
            train = corrupt(datasets.load(spec.dataset), spec.corruption).split("train")
            x = train.features if train.images is None else train.images(train.ids).reshape(len(train.ids), -1)
            made[spec.key] = FeatureTable(train.ids, train.labels, np.float32(x), train.classes, spec.key)
        return made[spec.key]

    def curve(spec):
        rows = [
            (str(method), f, round(f * table(spec).n), seed, str(measure), f + 0.1 * seed + 0.01 * place)
            for place, method in enumerate(spec.methods)
            for f in spec.fractions
            for measure in spec.measures
            for seed in range(2)
        ]
        return pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])

    def ranking(run, method, *, seed=0, k=None):
        return selection.rank(table(run.spec), method, budget=k, seed=seed)

    def pretend(*stages):
        fakes = {
            "tables": property(lambda run: (table(run.spec), table(run.spec))),
            "projection": property(lambda run: Projection(table(run.spec).embedding[:, :2], "PCA")),
            "ranking": ranking,
            "curve": lambda run: curve(run.spec),
        }
        for stage in stages:
            monkeypatch.setattr(Run, stage, fakes[stage])

    return pretend


def numbers(app):
    """Name, value and what stands beside it, of each number."""
    page = next(one.value for one in app.get("html") if 'class="numbers"' in one.value)
    return [re.findall(r"<[ib]>(.*?)</[ib]>", cell) for cell in page.split("<div")[2:]]


def verdict(app):
    return next(one.value for one in app.get("html") if 'class="verdict"' in one.value)


def gallery(app):
    return next(one.value for one in app.get("html") if 'class="cards' in one.value)


ALL = ("tables", "projection", "ranking", "curve")


def test_a_stored_run_shows_three_numbers_and_a_gallery(visit, queue, stored):
    stored(*ALL)
    app = visit(places.MAP, run=queue.say(DIGITS, "done"), method="moderate", kept="0.1")
    assert not app.exception
    assert [name for name, *_ in numbers(app)] == ["Sliced Wasserstein distance", "Linear probe accuracy", "Coverage"]
    assert numbers(app)[0][1:] == ["0.16 ± 0.0707", "random 0.15 · at 10% kept"]
    assert gallery(app).count("<figure") == 12


def test_a_set_is_ringed_while_it_is_chosen_and_a_lasso_becomes_another(visit, queue, stored, monkeypatch):
    stored(*ALL)
    shown = []
    monkeypatch.setattr(canvas, "show", lambda address, **options: shown.append(options["ringed"]))
    app = visit(places.MAP, run=queue.say(DIGITS, "done"), method="moderate", kept="0.1")
    assert not [one for one in app.radio if one.label == "Ring the items of a set"] and shown[-1] == ""
    run = caches.run(DIGITS.key)
    ids, dataset = run.tables[0].ids, caches.data_key(run)
    app.session_state["picked_lasso"] = (DIGITS.key, payload.bits_of(np.array([5, 8, 13]), len(ids)))
    app.session_state["turns"] = (1, "Lasso")
    app.run()
    app.text_input(key="set_name").set_value("lasso 1")
    button(app, "Save").click().run()
    assert not app.exception and sets.load(dataset, "lasso 1").ids == tuple(sorted(ids[[5, 8, 13]].tolist()))
    (radio,) = [one for one in app.radio if one.label == "Ring the items of a set"]
    assert radio.value == link(app, "set") == "lasso 1"
    assert payload.rows_in(shown[-1], len(ids)).tolist() == [5, 8, 13]
    button(app, "Save").click().run()
    assert "which another set has" in texts(app)
    radio.set_value("").run()
    assert not app.exception and link(app, "set") is None and shown[-1] == ""


def test_what_follows_the_slider_follows_it(visit, queue, stored):
    stored(*ALL)
    app = visit(places.MAP, run=queue.say(DIGITS, "done"), method="moderate", kept="0.1")
    before = gallery(app)
    app.session_state["map"] = {"kept": 0.01}
    app.run()
    assert numbers(app)[0][1:] == ["0.07 ± 0.0707", "random 0.06 · at 1% kept"]
    assert gallery(app) != before
    assert app.query_params["kept"] in (["0.01"], "0.01")


def test_while_a_run_is_measured_no_number_is_of_a_size_far_from_the_slider(visit, queue, stored, monkeypatch):
    stored(*ALL)
    whole = Run(DIGITS).curve()
    monkeypatch.setattr(Run, "curve", lambda run: whole[whole["kept"] == 0.01])
    key = queue.say(DIGITS, "running", stage="points", done=1, total=9)
    app = visit(places.MAP, run=key, method="moderate", kept="0.7")
    assert [words[1:] for words in numbers(app)] == [["–", "not measured yet"]] * 3
    app.session_state["map"] = {"kept": 0.05}
    app.run()
    assert numbers(app)[0][1:] == ["0.07 ± 0.0707", "random 0.06 · at 1% kept"]


@pytest.mark.parametrize(("state", "every"), [("running", 2.0), ("done", None)])
def test_numbers_verdict_and_curves_repeat_themselves_while_the_run_goes_on(
    visit, queue, stored, monkeypatch, state, every
):
    stored(*ALL)
    repeated, fragment = {}, st.fragment

    def noted(function=None, **options):
        if function is not None:
            repeated[function.__module__, function.__name__] = options.get("run_every")
        return fragment(function, **options)

    monkeypatch.setattr(st, "fragment", noted)
    app = visit(places.MAP, run=queue.say(DIGITS, state, stage="points", done=1, total=9), kept="0.1")
    assert not app.exception and numbers(app)[0][1].startswith("0.16")
    assert "10% kept: " in verdict(app)
    assert repeated["pages.map.measured_here", "show"] == every
    assert {name: often for (_, name), often in repeated.items() if name.startswith("show_")} == {
        "show_map": None,
        "show_curves": every,
    }


def test_injected_noise_is_counted_instead_of_coverage(visit, queue, stored):
    stored(*ALL)
    app = visit(places.MAP, run=queue.say(FLIPPED, "done"), method="random", kept="0.5")
    name, value, beside = numbers(app)[2]
    assert name == "Injected noise removed"
    assert 40 < float(value.rstrip("%")) < 60
    assert beside.endswith("random 50%")


def test_data_without_images_shows_the_numbers_of_its_items(visit, queue, stored):
    stored(*ALL)
    app = visit(places.MAP, run=queue.say(POINTS, "done"))
    assert not app.exception
    assert "<img" not in gallery(app)
    assert gallery(app).count("<b>") == 12


def test_while_the_run_works_on_its_features_the_layout_waits(visit, queue):
    app = visit(places.MAP, run=queue.say(DIGITS, "running", stage="features", done=1, total=4))
    assert not app.exception
    assert not any('class="numbers"' in one.value for one in app.get("html"))
    assert len(app.get("skeleton")) == 4


def test_a_run_without_curves_yet_has_a_map_already(visit, queue, stored):
    stored("tables", "projection", "ranking")
    app = visit(places.MAP, run=queue.say(DIGITS, "running", stage="rankings", done=1, total=4))
    assert not app.exception
    assert numbers(app)[0] == ["Sliced Wasserstein distance", "–", "not measured yet"]
    assert gallery(app).count("<figure") == 12


def test_a_method_that_the_run_lacks_gives_way_to_one_it_has(visit, queue, stored):
    stored(*ALL)
    app = visit(places.MAP, run=queue.say(DIGITS, "done"), method="herding")
    assert not app.exception
    assert app.session_state["method"] == "moderate"


def test_a_method_that_is_not_nested_is_cut_at_its_nearest_count(stored):
    stored("tables")
    run = Run(DIGITS)
    table = run.tables[0]
    rankings = Rankings(table.ids, {k: Ranking(np.arange(table.n), nested=False) for k in (14, 144, table.n)})
    view = scene.Scene(run, Choice("moderate"), table, Projection(np.zeros((table.n, 2)), "UMAP"), rankings)
    assert [view.rankings.cut(kept).k for kept in (1.0, 0.12, 0.001)] == [table.n, 144, 14]
    leaving, left = view.boundary(0.1)
    assert [card.id for card in leaving] == table.ids[143:131:-1].tolist()
    assert [card.id for card in left] == table.ids[:-13:-1].tolist()


def test_small_pictures_are_enlarged_in_whole_pixels():
    import io

    from PIL import Image

    pixels = np.zeros((8, 8, 1), np.uint8)
    pixels[3, 4] = 255
    image = np.asarray(Image.open(io.BytesIO(thumbnails.png(pixels))))
    assert image.shape == (112, 112)
    assert (image == 255).sum() == 14 * 14
    assert (image[42:56, 56:70] == 255).all()
    large = Image.open(io.BytesIO(thumbnails.png(np.zeros((900, 600, 3), np.uint8))))
    assert large.size == (149, 224)


def test_words_of_a_card_cannot_leave_their_place():
    shown = thumbnails.gallery([Card(7, "<b>a&b", 'x" onload="y', "noise")], "thumb/k/", empty="")
    assert "<b>a" not in shown
    assert 'onload="y' not in shown
    assert "<figure data-item=7 class=noise" in shown
    assert "src=thumb/k/7" in shown


def test_a_tile_without_a_picture_has_its_number_and_label_on_lines_of_their_own():
    shown = thumbnails.gallery([Card(379, "species_1", "item 379: species_1")], "", empty="")
    assert "<p><b>379</b></p>species_1</figure>" in shown
    bare = thumbnails.gallery([Card(379, "item 379", "item 379")], "", empty="")
    assert "<p><b>379</b></p></figure>" in bare and "item 379" not in bare
    assert ">item 379</figure>" in thumbnails.gallery([Card(379, "item 379", "item 379")], "thumb/k/", empty="")


def test_a_tile_of_words_has_the_values_and_its_tooltip_the_names_of_the_fields():
    card = Card(5, "van", "item 5: van", text="canon\n<1999", named="camera: canon\nyear: <1999")
    shown = thumbnails.gallery([card], "", empty="")
    assert "<p><b>5</b><span>canon\n&lt;1999</span></p>van</figure>" in shown
    assert 'title="item 5: van\ncamera: canon\nyear: &lt;1999"' in shown


def test_an_empty_gallery_says_so():
    assert "Nothing &lt;here" in thumbnails.gallery([], "", empty="Nothing <here")


def test_methods_stand_side_by_side_while_their_names_have_room(visit, queue, stored):
    stored(*ALL)
    taus = [Choice.of("fdmat", tau=tau) for tau in (0.125, 0.25, 0.375, 0.625, 0.75)]
    for many, menu in ((3, False), (4, True)):
        spec = replace(FLIPPED, methods=(*taus[:many], Choice("fdmat"), Choice("random")), fractions=(0.1, 1.0))
        app = visit(places.MAP, run=queue.say(spec, "done"))
        assert not app.exception
        switches = [group for group in app.get("button_group") if group.key == "method"]
        menus = [box.options for box in app.selectbox if box.key == "method"]
        assert (len(switches), len(menus)) == (not menu, menu)
    assert menus[0][:2] == ["Distribution · FDMat (threshold 0.125)", "Distribution · FDMat (threshold 0.25)"]


def test_one_seed_is_said_beside_the_accuracy_only():
    reading = summary.Reading(0.5, None, 1, 0.25, 0.1)
    accuracy = measured("Accuracy", reading, share=True)
    assert accuracy[:3] == ("Accuracy, 1 seed", "50.0%", "random 25.0% · at 10% kept")
    assert measured("Distance", reading, share=False)[:2] == ("Distance", "0.5")


def test_between_measured_sizes_random_is_of_the_same_size(visit, queue, stored, monkeypatch):
    """A distance falls with the size, so that random at another one would say nothing."""
    stored(*ALL)
    apart = {"moderate": 0.3, "random": 0.4}
    monkeypatch.setattr(Run, "distance", lambda run, measure, method, kept: apart[method.name] + kept)
    app = visit(places.MAP, run=queue.say(DIGITS, "done"), method="moderate", kept="0.07")
    assert numbers(app)[0][1:] == ["0.37", "one random draw 0.47"]
    app = visit(places.MAP, run=queue.say(DIGITS, "done"), method="random", kept="0.07")
    assert numbers(app)[0][1:3] == ["0.47", f"of these {round(0.07 * 1437):,} items"]


def test_accuracies_on_either_side_that_read_alike_are_one():
    low, high = (summary.Reading(value, None, 3, 0.25, kept) for value, kept in ((0.9531, 0.05), (0.9533, 0.1)))
    assert between("Accuracy", [low, high])[1:3] == ("95.3%", "measured at 5%, 10%")
    assert between("Accuracy", [low, summary.Reading(0.97, None, 3, 0.2, 0.1)])[1] == "95.3 – 97.0%"


def test_a_rounding_error_is_nothing():
    nothing = summary.Reading(3.5e-9, None, 1, 3.5e-9, 1.0)
    assert measured("Distance", nothing, share=False)[1:3] == ("0", "random 0 · at 100% kept")


def test_two_variants_of_a_method_are_told_apart(visit, queue, stored):
    stored(*ALL)
    plain, variant = Choice("fdmat"), Choice.of("fdmat", tau=0.0)
    spec = replace(FLIPPED, methods=(plain, variant, Choice("random")), fractions=(0.01, 0.1, 1.0))
    app = visit(places.MAP, run=queue.say(spec, "done"), method=str(variant), kept="0.1")
    assert not app.exception
    (switch,) = [group for group in app.get("button_group") if group.key == "method"]
    assert switch.value == str(variant)
    assert [getattr(option, "content", option) for option in switch.options] == [
        "FDMat",
        "FDMat (threshold 0)",
        "Random",
    ]
    lines = {trace["name"]: trace["line"] for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"]}
    one, other = lines["FDMat"], lines["FDMat (threshold 0)"]
    assert (
        one["color"] == theme.faded(other["color"], theme.LIGHT.surface, theme.QUIET)
        and one["dash"] != other["dash"]
        and one["width"] < other["width"]
    )
    assert numbers(app)[0][1].startswith("0.16 ")
    for choice, title in ((plain, b'"FDMat"'), (variant, b'"FDMat (threshold 0)"')):
        run = Run(spec)
        view = scene.Scene(run, choice, run.tables[0], run.projection, run.rankings(choice))
        assert title in view.packed()


def test_suspects_are_those_of_the_runs_fdmat_and_of_no_other_method(stored, monkeypatch):
    """Moderate is made to reject three rows, FDMat one."""
    stored("tables", "projection", "curve")
    eager, usual = (Ranking(np.arange(400), survivors=count) for count in (397, 399))
    monkeypatch.setattr(Run, "ranking", lambda run, method, **_: eager if method.name == "moderate" else usual)
    spec = replace(POINTS, dataset=Choice.of("mixture", n=500), methods=(Choice("moderate"), Choice("random")))
    for methods, told in ((spec.methods, None), ((Choice("moderate"), Choice("fdmat")), "1 of 1")):
        run = Run(replace(spec, methods=methods))
        view = scene.Scene(run, methods[0], run.tables[0], run.projection, run.rankings(methods[0]))
        names = {number.name: number.beside for number in view.numbers(0.1)}
        assert (told is None) == ("FDMat's suspects removed" not in names)
        assert told is None or names["FDMat's suspects removed"].startswith(told)


def test_that_fdmat_removes_its_own_suspects_is_called_its_rule_and_no_result():
    tally = issues.Tally(179, 0, 7421, 400)
    own, other = (removed(tally, word="suspected", own=own) for own in (True, False))
    assert own.beside == "179 of 179 · by its rule, random 95%" and "no result" in own.help
    assert other.beside == "179 of 179 · random 95%" and "rule" not in other.help
    assert removed(tally, word="injected", own=True).beside == "179 of 179 · random 95%"


def test_the_score_of_fdmat_is_called_what_a_high_one_means(stored):
    stored("tables", "projection", "curve", "ranking")
    for method, name in ((Choice("fdmat"), b'"suspicion"'), (Choice("moderate"), b'"score"')):
        run = Run(replace(FLIPPED, methods=(method,), fractions=(0.1, 1.0)))
        view = scene.Scene(run, method, run.tables[0], run.projection, run.rankings(method))
        assert b'"score": ' + name in view.packed() or b'"score":' + name in view.packed()


@pytest.fixture
def damaged(queue, stored, monkeypatch):
    """A run of damaged data that is farther from the clean part than from all items by 0.5, with its spec."""
    stored("tables", "projection", "ranking", "curve")
    plain = Run.curve

    def curve(run):
        found = plain(run)
        return found.assign(value=found["value"] + 0.5 * found["measure"].str.endswith("_to_clean"))

    monkeypatch.setattr(Run, "curve", curve)
    spec = settings.checked(settings.measured_to_clean(replace(FLIPPED, fractions=(0.01, 0.1, 1.0))))
    assert [one.name for one in spec.measures][-1] == "sliced_wasserstein_to_clean"
    return queue.say(spec, "done"), spec


def test_on_damaged_data_the_distance_is_that_to_the_clean_part_and_is_called_so(visit, damaged):
    key, spec = damaged
    app = visit(places.MAP, run=key, kept="0.1", method="moderate")
    assert numbers(app)[0] == ["Distance to the clean part", "0.66 ± 0.0707", "random 0.65 · at 10% kept"]
    shown = next(one.value for one in app.get("html") if 'class="numbers"' in one.value)
    assert "Sliced Wasserstein distance to the clean part. Damaged items are no part" in shown
    assert "To all items, with the damaged ones, it is 0.16, random 0.15." in shown
    view = scene.Scene(Run(spec), spec.methods[1], Run(spec).tables[0], None, Run(spec).rankings(spec.methods[1]))
    assert view.charted == ["sliced_wasserstein_to_clean", "linear_probe"]


def test_curves_and_report_show_the_same_distance_first_as_the_map_and_name_the_other(visit, damaged):
    key, spec = damaged
    said = sentences.summaries(report.of(Run(spec), focus="moderate", kept=0.1))
    told = "Sliced Wasserstein distance to the clean part at 10% kept: 0.66 ± 0.071"
    assert next(one.partition(" (sd")[0] for one in said if "Wasserstein distance" in one) == told
    app = visit(places.CURVES, run=key, kept="0.1", method="moderate")
    assert app.selectbox(key="right").value == app.selectbox(key="near").value == "sliced_wasserstein_to_clean"
    among = "At 10% kept Moderate lies among the random subsets, by distance to "
    assert app.subheader[1].value == f"{among}the clean part: 0.66 against 0.65 on average."
    app.selectbox(key="right").set_value("sliced_wasserstein").run()
    assert app.subheader[1].value == f"{among}all items: 0.16 against 0.15 on average."
    charts = [one.proto.alt for one in app.get("plotly_chart")]
    assert "Sliced Wasserstein distance to all items by share kept" in charts
    assert "Damaged items are part of it" in texts(app)


def test_where_people_decided_what_is_wrong_the_distance_is_that_to_the_rest(visit, queue, stored, monkeypatch):
    stored("tables", "projection", "ranking", "curve")
    monkeypatch.setattr(Run, "dataset_key", property(lambda run: run.dataset().key))
    moderate = Choice("moderate")
    key = queue.say(replace(POINTS, methods=(Choice("random"), moderate)), "done")
    visit(places.MAP, run=key)
    run = caches.run(key)
    view = scene.Scene(run, moderate, run.tables[0], None, run.rankings(moderate))
    assert view.numbers(0.5)[0].name == "Sliced Wasserstein distance"
    ids = run.tables[0].ids
    wrong = np.isin(ids, ids[::9])
    decisions.decide_all(caches.train(run).key, [decisions.Decision(int(item), "drop") for item in ids[::9]])
    number = view.numbers(0.5)[0]
    assert number.name == "Distance to the clean part" and "did not drop or relabel" in number.help
    data = replace(caches.train(run), truth=Truth(caches.train(run).labels, wrong, np.zeros(len(ids), dtype=bool)))
    distance = registry.measures.get("sliced_wasserstein_to_clean")(curves.space(run.tables[0]), dataset=data, seed=0)
    values = [formats.number(distance(run.rankings(one).cut(0.5).rows, None), "") for one in run.spec.methods]
    assert number.value == values[1] and number.beside.startswith(f"one random draw {values[0]} ")
