"""The Duplicates page under AppTest: it offers a search, shows groups, keeps by hand, and decides as one step."""

import pytest

from fdmat_core.runs import decisions, duplicates
from pages.shell import places
from tests.copies import run_with_copies
from tests.pages.conftest import button, texts
from tests.stores import filling


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with filling(tmp_path_factory, "copies") as home:
        return home, run_with_copies(home)


@pytest.fixture
def run(made, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(made[0]))
    return made[1]


def test_a_search_is_offered_first(run, visit, monkeypatch):
    asked = []
    monkeypatch.setattr(duplicates, "find", lambda run: None)
    monkeypatch.setattr(duplicates, "start", lambda run: asked.append(run.key))
    app = visit(places.DUPLICATES, run=run.key)
    button(app, "Look for copies").click().run()
    assert not app.exception and asked == [run.key]


def test_copies_are_shown_kept_by_hand_dropped_and_taken_back(run, visit):
    duplicates.look(run)
    app = visit(places.DUPLICATES, run=run.key)
    assert not app.exception
    assert "**4 groups of training items**, 9 items in all · 3 with different labels" in texts(app)
    keep = next(one for one in app.selectbox if one.label == "Keep item" and 3 in map(int, one.options))
    keep.set_value(140).run()
    button(app, "Drop 5 items").click().run()
    dropped = set(decisions.current(run.dataset_key)["item"])
    assert {3, 141} <= dropped and 140 not in dropped and len(dropped) == 5
    assert "5 decided already" in texts(app) and button(app, "Drop 0 items").disabled
    counted = [name for name in app.session_state if name.startswith("copies_steps")]
    assert counted == [f"copies_steps.{run.dataset_key}"]  # steps on other data are counted for themselves
    button(app, "Take back").click().run()
    assert not app.exception and decisions.current(run.dataset_key).empty


def test_leaks_name_the_test_items(run, visit):
    duplicates.look(run)
    app = visit(places.DUPLICATES, run=run.key)
    app.session_state["copies_where"] = True
    app.run()
    assert "**2 groups of training and test items**, 4 items in all" in texts(app)
    assert "2 of 20 test items are trained on" in texts(app)
    assert not [one for one in app.selectbox if one.label == "Keep item"]
    assert button(app, "Drop 2 items")
