"""A selection of one's own on the pages: brought in on the Removed page, shown like any other method."""

import dataclasses
import html

import pytest

from fdmat_core import projection
from fdmat_core.runs import foreign, library, sets, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.runs import form
from pages.shell import places
from pages.ui import toolbar
from tests.pages.conftest import RESULTS, link, texts
from tests.stores import filling

SPEC = dataclasses.replace(RESULTS, methods=(Choice("fdmat"), Choice("herding"), Choice("random")))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with filling(tmp_path_factory, "selections") as home:
        library.execute(SPEC)
        library.execute(foreign.add(Run(SPEC), listed(Run(SPEC)), "mine.txt", name="Mine"))
    return home


def listed(run):
    return "".join(f"{item}\n" for item in run.tables[0].ids[:24]).encode()


@pytest.fixture
def brought(home, monkeypatch):
    """A run that has the selection."""
    monkeypatch.setenv("FDMAT_HOME", str(home))
    return Run(foreign.add(Run(SPEC), listed(Run(SPEC)), "mine.txt", name="Mine"))


@pytest.mark.parametrize("page", [places.MAP, places.REMOVED, places.CURVES, places.BALANCE])
def test_every_page_shows_it_like_any_other_method(page, brought, visit):
    method = str(brought.spec.methods[-1])
    app = visit(page, run=brought.key, method=method, kept="0.5")
    assert not app.exception and not app.error
    switches = [one for one in (*app.segmented_control, *app.selectbox) if one.key == "method"]
    assert switches[0].value == method and "Imported: Mine" in str(switches[0].options)


@pytest.mark.parametrize(
    ("kept", "words"),
    [("0.5", "The file lists 24 of 240 items (10%): at this size 96 more are kept, drawn by chance"), ("0.1", "")],
)
def test_the_curves_say_what_is_not_from_the_file(kept, words, brought, visit):
    shown = texts(visit(places.CURVES, run=brought.key, method=str(brought.spec.methods[-1]), kept=kept))
    assert (words in shown) if words else ("The file lists" not in shown)


def test_a_menu_names_its_family(brought, visit, monkeypatch):
    monkeypatch.setattr(toolbar, "LETTERS", 0)
    menu = visit(places.CURVES, run=brought.key).selectbox(key="method")
    assert "Yours · Imported: Mine" in menu.options and "Baseline · Random" in menu.options


def decisions_tab(visit, home, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(home))
    app = visit(places.REMOVED, run=settings.checked(SPEC).key)
    return app.segmented_control(key="part").set_value("Decisions").run()


def test_a_file_becomes_a_method_of_a_new_run(home, queue, visit, monkeypatch):
    app = decisions_tab(visit, home, monkeypatch)
    content = listed(Run(settings.checked(SPEC)))
    app.text_input(key="own_name").set_value("Other").run()
    app.file_uploader(key="own_file").set_value(("picks.txt", content, "text/plain")).run()
    assert not app.exception and not app.error
    ((what, spec),) = queue.asked
    assert what == "submit" and dict(spec.methods[-1].params)["called"] == "Other"
    assert link(app, "run") == spec.key != settings.checked(SPEC).key


def test_a_wrong_file_is_refused_in_words(home, queue, visit, monkeypatch):
    app = decisions_tab(visit, home, monkeypatch)
    app.file_uploader(key="own_file").set_value(("picks.txt", b"-4\n", "text/plain")).run()
    assert "picks.txt, row 1: id -4 is not among" in app.error[0].value and queue.asked == []


def test_the_form_keeps_it_when_its_settings_are_used_again(brought, queue, visit):
    app = visit(places.RUNS)
    app.button(key=f"clone.{brought.key}").click().run()
    assert not app.exception
    pills = next(one for one in app.button_group if one.label == "Imported selections that stay")
    assert pills.value == [str(brought.spec.methods[-1])]
    assert "4 methods at 5 sizes" in texts(app)
    pills.set_value([]).run()
    assert not app.exception and "3 methods at 5 sizes" in texts(app)


def test_a_set_is_chosen_before_a_new_run_and_said_on_every_page(home, visit, queue, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(home))
    run = Run(SPEC)
    sets.save(sets.dataset_of(run), sets.of_items(run, "to check", run.tables[0].ids[:12]))
    app = visit(places.RUNS, run=run.key)
    app.button(key=f"clone.{run.key}").click().run()
    field = next(one for one in app.selectbox if one.label == "Chosen before")
    assert field.options == [form.NOTHING, "to check (12 items)"] and field.value == form.NOTHING
    field.select("to check (12 items)").run()
    assert "differs in what is chosen before" in texts(app)
    next(one for one in app.button if one.label == "Start" and one.proto.type == "primary").click().run()
    asked = next(asked for kind, asked in queue.asked if kind == "submit")
    assert asked.chosen.ids == tuple(sorted(run.tables[0].ids[:12].tolist())) and not app.exception
    monkeypatch.setattr(projection, "umap", lambda table, seed=0: projection.pca(table))
    library.execute(asked)
    queue.say(asked, "done")
    for page in (places.MAP, places.CURVES, places.BALANCE):
        app = visit(page, run=asked.key, method="herding", kept="0.1")
        shown = texts(app) + html.unescape("".join(one.value for one in app.get("html")))
        assert "Begins with the 12 items of 'to check', chosen before; Herding adds 12 to go with them." in shown
    app = visit(places.RUNS, run=asked.key)
    assert "begins with the 12 items of 'to check'" in texts(app)
    app.button(key=f"clone.{asked.key}").click().run()
    assert next(one for one in app.selectbox if one.label == "Chosen before").value == "to check (12 items)"
