"""Method notes: one for every entry, from its docstring and facts; found by any word in them."""

import pytest

from fdmat_core import registry
from pages.methods import notes
from pages.shell import places
from tests.pages.conftest import button, link, texts


def names(groups):
    return {entry.name for group in groups.values() for entry in group.values()}


def test_the_index_lists_every_method_and_measure(visit):
    app = visit(places.METHODS)
    titles = {one.label for one in app.button}
    assert {entry.title for entry in registry.methods.all().values()} <= titles
    assert {entry.title for entry in registry.measures.all().values()} <= titles


def test_the_recommended_come_first(visit):
    app = visit(places.METHODS)
    recommended = [entry.title for entry in registry.methods.all().values() if entry.facts.recommended]
    assert recommended and [one.label for one in app.button][: len(recommended)] == recommended
    assert app.header[0].value == recommended[0]


@pytest.mark.parametrize("name", registry.methods.all())
def test_a_link_opens_the_note_of_a_method(visit, name):
    entry = registry.methods.get(name)
    app = visit(places.METHODS)
    app.query_params["note"] = f"method.{name}"
    app.run()
    assert not app.exception and app.header[0].value == entry.title
    assert entry.summary in texts(app) and entry.facts.paper in texts(app)
    if entry.parameters:
        (table,) = app.table
        assert list(table.value["Name"]) == [f"`{one.name}`" for one in entry.parameters]
        assert list(table.value["Setting"]) == [one.words for one in entry.parameters]


def test_a_click_opens_a_note_and_the_link_follows(visit):
    app = visit(places.METHODS)
    button(app, "Herding").click().run()
    assert app.header[0].value == "Herding" and link(app, "note") == "method.herding"


def test_a_search_narrows_the_index_by_words_in_any_place():
    assert names(notes.find("Welling 2009")) == {"herding"}
    assert names(notes.find("ARGMIN_i")) >= {"herding"}
    assert names(notes.find("no such word")) == set()
    assert names(notes.find("")) == set(registry.methods.all()) | set(registry.measures.all())


def test_a_search_without_result_says_so(visit):
    app = visit(places.METHODS)
    app.text_input[0].set_value("no such word").run()
    assert "no such word" in app.info[0].value and not app.exception


def test_needs_are_said_in_words():
    assert notes.needs(()) == "nothing"
    assert notes.needs(("embedding", "logits")) == "features, class scores"
    assert notes.needs(("dynamics.aum_logit",)) == "training dynamics (aum logit)"
