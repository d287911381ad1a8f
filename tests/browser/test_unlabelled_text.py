"""Texts without labels, from the file to every page, in a browser: nothing fails, and what needs labels says so."""

import json
import re

import numpy as np
import pytest

from fdmat_core import datasets
from fdmat_core.reading import check
from fdmat_core.report import page as report
from fdmat_core.runs import library, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from tests.browser import driving, reports
from tests.stores import filling

N = 150
#: The words that each page must show, beside no error.
PAGES = {
    "curves": ["Not drawn: Linear probe accuracy; they need labels"],
    "balance": ["These data have no labels, so that there are no classes to balance"],
    "compare": ["only here", "Sliced Wasserstein distance"],
    "removed": ["foxes"],
}


def texts(file):
    """Notes with a vector each, as a language model gives it, and no labels; every item has an id of its own."""
    rng = np.random.default_rng(0)
    with file.open("w") as lines:
        for row in range(N):
            vector = (rng.standard_normal(8) + 4 * (row % 3)).round(4).tolist()
            note = {"id": 900 - row, "embedding": vector, "text": f"note {900 - row} on <b>foxes</b>"}
            lines.write(json.dumps(note) + "\n")
    return file


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A file of notes, the key of its run, the address of the app that has it, and its store."""
    file = texts(tmp_path_factory.mktemp("notes") / "notes.jsonl")
    found = datasets.recognise(file)
    data = datasets.load(found.choice)
    assert any("without labels" in one.action for one in (*data.findings, *check.check(data)))
    spec = Spec(
        dataset=found.choice,
        backbone=datasets.suited(data),
        methods=tuple(map(Choice, ("fdmat", "random", "k_center"))),
        measures=tuple(map(Choice, ("sliced_wasserstein", "linear_probe"))),
        fractions=(0.05, 0.2, 0.5, 1.0),
        seeds=1,
        band=2,
    )
    with filling(tmp_path_factory, "texts") as home:
        library.execute(spec)
        with driving.server(driving.ROOT / "app.py", {"FDMAT_HOME": str(home)}) as address:
            yield file, settings.checked(spec).key, address, home


def arrive(page, address):
    page.goto(driving.without_tour(address))
    page.wait_for_selector('[data-testid=stApp][data-test-script-state="notRunning"]', timeout=60_000)
    assert page.get_by_test_id("stException").count() == 0


def test_the_path_of_texts_is_taken_for_what_it_is(page, place):
    file, _, address, _ = place
    page.set_default_timeout(60_000)  # the first page of a server
    arrive(page, f"{address}/data")
    path = page.get_by_role("textbox", name="Your own data")
    path.fill(str(file))
    path.press("Enter")
    page.get_by_text("Taken for a table, notes.jsonl").wait_for()
    page.get_by_text("taken as data without labels").first.wait_for()
    assert page.get_by_test_id("stException").count() == 0


def test_the_map_shows_texts_and_no_classes(page, place):
    _, key, address, _ = place
    driving.open_map(page, f"{address}/?run={key}")
    assert driving.look(page, "points.n") == 120 and len(driving.look(page, "points.classes")) == 1
    assert page.locator("p.count .kept").inner_text() == "kept 6 of 120 (5.0%)"
    assert page.get_by_role("radio", name="Class", exact=True).count() == 0
    card = page.locator(".cards figure").first
    card.wait_for()
    assert "on <b>foxes</b>" in card.inner_text()  # as text, not as markup
    assert page.get_by_test_id("stException").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_and_says_what_needs_labels(page, place, name):
    _, key, address, _ = place
    page.set_default_timeout(60_000)
    arrive(page, f"{address}/{name}?run={key}&method=fdmat")
    for words in PAGES[name]:
        page.get_by_text(words).first.wait_for()
    assert page.get_by_test_id("stException").count() == 0


def test_a_report_shows_the_text_of_the_item_under_the_pointer(page, place, tmp_path, monkeypatch):
    _, key, _, home = place
    monkeypatch.setenv("FDMAT_HOME", str(home))
    file = tmp_path / "report.html"
    file.write_text(report.html(Run.open(key)))
    reports.opened(page, file)
    page.locator("figure[data-item]").last.hover()  # points at its place on the map
    words = page.locator(".card .words")
    words.filter(has_text=re.compile(r"^note \d+ on <b>foxes</b>$")).wait_for()
    said = page.locator(".card").inner_text()
    assert re.search(r"item (\d+)", said)[1] == re.search(r"note (\d+)", said)[1]
