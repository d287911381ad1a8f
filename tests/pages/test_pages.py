"""Every page runs, and says what to do when there is nothing to show."""

import os
from dataclasses import replace

import pytest

from fdmat_core.runs import artifacts, library, settings
from pages.shell import caches, places
from tests.pages.conftest import button, link, texts

PAGES = [
    places.MAP,
    places.COMPARE,
    places.REMOVED,
    places.CURVES,
    places.BALANCE,
    places.DATA,
    places.RUNS,
    places.METHODS,
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs_with_nothing_stored(visit, page):
    app = visit(page)
    assert not app.exception and not app.error
    assert len(texts(app)) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_link_to_a_run_that_is_not_here_is_survived(visit, page):
    app = visit(page, run="0123456789abcdef", ratio="much", method="nonsense")
    assert not app.exception and not app.error


def test_a_link_to_a_run_that_is_not_there_says_so(visit):
    app = visit(places.CURVES, run="0123456789abcdef")
    assert not app.exception and "not stored here" in app.warning[0].value
    assert button(app, "Open the sample run") and not visit(places.CURVES).warning


def test_runs_that_are_stored_are_offered_the_newest_first(visit, queue):
    assert "Open one of your runs" not in texts(visit(places.MAP))
    keys = [queue.say(replace(settings.SAMPLE, seeds=seeds), "done") for seeds in range(2, 7)]
    for age, key in enumerate(reversed(keys)):
        os.utime(artifacts.folder(key) / "spec.json", times=(1e9 - age, 1e9 - age))
    library.rename(keys[-1], "the last")
    app = visit(places.CURVES)
    offered = [one for one in app.button if one.key and one.key.startswith("switch.")]
    assert [one.key for one in offered] == [f"switch.{key}" for key in keys[:0:-1]]
    assert offered[0].label.startswith("the last · Fashion") and "1 more on the Runs page" in texts(app)
    offered[1].click().run()
    assert link(app, "run") == keys[-2] and queue.asked == []


def test_the_empty_map_offers_the_sample_run_and_opens_it(visit, queue):
    app = visit(places.MAP)
    button(app, "Open the sample run").click().run()
    assert queue.asked == [("submit", settings.SAMPLE)]
    assert link(app, "run") == settings.SAMPLE.key
    assert not app.exception


def test_a_sample_run_that_is_stored_is_opened_and_not_started_again(visit, queue):
    key = queue.say(settings.SAMPLE, "done")
    app = visit(places.MAP)
    button(app, "Open the sample run").click().run()
    assert queue.asked == [] and link(app, "run") == key


def test_choices_travel_from_page_to_page(visit, queue):
    key = queue.say(settings.SAMPLE, "queued")
    app = visit(places.RUNS, run=key, kept="0.3", method="herding")
    assert (link(app, "run"), link(app, "kept")) == (key, "0.3")
    app.switch_page("../../pages/methods/page.py").run()
    assert link(app, "run") == key and link(app, "method") == "herding"


@pytest.mark.parametrize("error", [ValueError("weights are missing; put w.pth there"), OSError(28, "No space left")])
def test_an_error_is_told_with_its_fix_and_without_a_traceback(visit, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(caches, "dataset", fail)
    app = visit(places.DATA)
    assert not app.exception
    (shown,) = app.error
    assert ("Put w.pth there." in shown.value) if isinstance(error, ValueError) else ("FDMAT" in shown.value)
