"""The pages on data without labels, whose items have a text: they open, and say what they cannot show."""

import dataclasses
import json

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from fdmat_core import datasets, projection
from fdmat_core.runs import decisions, library, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.web import payload
from pages.map import scene
from pages.removed import evidence, items, routes
from pages.shell import caches, places
from pages.ui import fields
from tests.pages.conftest import RESULTS, texts

SPEC = dataclasses.replace(
    RESULTS, dataset=Choice.of("mixture", n=300, classes=1), methods=(Choice("fdmat"), *RESULTS.methods)
)
REAL_LOAD = datasets.load


def load(choice):
    """The dataset, with a text for every item."""
    data = REAL_LOAD(choice)
    words = [f"<b>note {item}</b> on the {'red' if item % 2 else 'green'} fox" for item in data.ids]
    return dataclasses.replace(data, fields={"year": 1900 + data.ids % 100, "text": np.array(words, dtype=object)})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("unlabelled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FDMAT_HOME", str(home))
        patch.setattr(datasets, "load", load)
        patch.setattr(projection, "umap", lambda table, seed=0: projection.pca(table))
        library.execute(SPEC)
    return home


@pytest.fixture
def run(home, monkeypatch, visit):
    monkeypatch.setenv("FDMAT_HOME", str(home))
    monkeypatch.setattr(datasets, "load", load)
    return Run(settings.checked(SPEC))


@pytest.mark.parametrize(
    "page", [places.MAP, places.COMPARE, places.REMOVED, places.CURVES, places.BALANCE, places.RUNS]
)
def test_every_page_opens(page, run, visit):
    app = visit(page, run=run.key)
    assert not app.exception and not app.error
    assert "mislabelled" not in texts(app)


def test_pages_say_what_they_cannot_show(run, visit):
    assert "These data have no labels, so that there are no classes to balance" in texts(
        visit(places.BALANCE, run=run.key)
    )
    curves = texts(visit(places.CURVES, run=run.key))
    assert "Not drawn: Linear probe accuracy, Class imbalance; they need labels" in curves
    assert "without an accuracy there is nothing to predict" in curves


def test_the_truth_tab_speaks_of_no_class(run, visit):
    app = visit(places.REMOVED, run=run.key)
    app.segmented_control(key="part").set_value("Truth").run()
    assert not app.exception and "by class" not in texts(app)
    app.segmented_control(key="part").set_value("Decisions").run()
    assert not app.exception and "relabel" not in texts(app)


def test_the_map_has_no_accuracy_and_says_why(run):
    view = shown(run)
    numbers = {number.name: number for number in view.numbers(0.2)}
    assert numbers["Linear probe accuracy"].beside == "needs labels"
    assert view.charted == ["energy"]
    assert b"own_share" not in view.packed()[:2000]


def test_cards_show_the_text_escaped(run):
    from pages.ui import thumbnails

    view = shown(run)
    card = view.cards([0])[0]
    assert card.text.startswith("<b>note") and card.label == f"item {card.id}"
    page = thumbnails.gallery([card], "", empty="")
    assert "&lt;b&gt;note" in page and "<b>note" not in page


def test_the_grid_knows_where_texts_are_and_holds_none(run):
    packed = items.Items(run, Choice("fdmat"), run.rankings(Choice("fdmat"))).packed()
    assert f'"words": "words/{run.key}"'.encode() in packed and b"fox" not in packed


def test_evidence_has_no_word_about_labels(run):
    item = int(run.tables[0].ids[3])
    card = evidence.card(run, Choice("fdmat"), 0.2, item)
    assert card["sentence"].startswith("It lies farther from its neighbours than")
    assert card["near"] and {one["label"] for one in card["near"]} == {""}
    assert ("text", f"<b>note {item}</b> on the {'red' if item % 2 else 'green'} fox") in card["fields"]
    json.dumps(card)


def test_words_are_asked_for_by_what_is_visible(run):
    client = TestClient(Starlette(routes=fields.routes()))
    first, second = map(int, run.tables[0].ids[:2])
    answer = client.get(f"/words/{run.key}?items={second},{first}").json()["items"]
    assert set(answer) == {str(first), str(second)} and answer[str(first)]["short"].startswith(f"<b>note {first}<")
    assert f"year: {1900 + first % 100}" in answer[str(first)]["full"]
    assert client.get(f"/words/{run.key}?items=-5").status_code == 400
    rows = payload.rows_in(client.get(f"/words/{run.key}?text=RED").json()["rows"], run.tables[0].n)
    assert np.array_equal(rows, np.flatnonzero(run.tables[0].ids % 2))
    rows = payload.rows_in(client.get(f"/words/{run.key}?text=year:1907").json()["rows"], run.tables[0].n)
    assert np.array_equal(rows, np.flatnonzero(run.tables[0].ids % 100 == 7))


def test_a_relabel_is_refused_in_a_sentence(run):
    item = int(run.tables[0].ids[0])
    with pytest.raises(ValueError, match="cannot be relabelled: these data have no labels"):
        routes.write(run.key, {"item": item, "decision": "relabel", "label": "class 0"})
    assert decisions.current(caches.train(run).key).empty


def shown(run):
    method = Choice("fdmat")
    return scene.Scene(run, method, run.tables[0], run.projection, run.rankings(method))
