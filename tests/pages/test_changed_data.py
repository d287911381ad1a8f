"""Data that change under a run: said on every page, pictures off, no decision; decisions go on by content."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from fdmat_core import projection
from fdmat_core.runs import decisions, exchange, jobs, library, originals
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from pages.compare import routes as compare_routes
from pages.map import routes as map_routes
from pages.removed import routes
from pages.shell import caches, places
from pages.ui import fields, serving, thumbnails
from tests.pages.conftest import button, texts

PAGES = (places.MAP, places.REMOVED, places.CURVES, places.BALANCE, places.COMPARE, places.RUNS)


def picture(number):
    return np.random.default_rng(number).integers(0, 255, (8, 8, 3)).astype(np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Forty pictures in two classes."""
    for number in range(40):
        place = tmp_path / "pictures" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(number)).save(place / f"{number:02}.png")
    return tmp_path / "pictures"


@pytest.fixture
def key(folder, monkeypatch):
    """A run of them with two decisions; what a page reads is never older than this."""
    monkeypatch.setattr(projection, "umap", lambda table, seed=0: projection.pca(table))
    caches._FILES.clear()
    methods = (Choice("fdmat"), Choice("random"))
    data = Choice.of("folder", path=str(folder), size=8)
    spec = Spec(data, Choice("pixels"), methods, (Choice("energy"),), fractions=(0.2, 1.0), seeds=1, band=2)
    key = library.save(spec)
    library.execute(spec)
    for row, said in ((3, "keep"), (9, "drop")):
        item = int(Run.open(key).tables[0].ids[row])
        decisions.decide(Run.open(key).dataset_key, decisions.Decision(item, said, author="ann"))
    return key


def seen_anew():
    """As four seconds later."""
    caches._written.clear()
    caches._changed.clear()


def client():
    parts = (routes, thumbnails, fields, map_routes, compare_routes)
    return TestClient(Starlette(routes=serving.under_base([one for part in parts for one in part.routes()])))


def add(folder):
    Image.fromarray(picture(99)).save(folder / "cat" / "00a.png")


def remove(folder):
    (folder / "cat" / "02.png").unlink()


def replaced(folder):
    Image.fromarray(picture(98)).save(folder / "cat" / "02.png")


def swap(folder):
    one, other, aside = (folder / "cat" / name for name in ("02.png", "04.png", "aside"))
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def take_away(folder):
    shutil.rmtree(folder)


def touch(folder):
    for file in folder.rglob("*.png"):
        os.utime(file, (1, 1))


def copy_back(folder):
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)


@pytest.mark.parametrize("change", [add, remove, replaced, swap, take_away])
def test_changed_data_are_said_and_nothing_wrong_is_shown(visit, key, folder, change):
    run = Run.open(key)
    first = int(run.tables[0].ids[0])
    seen = f"/{thumbnails.address(run)}{first}"
    assert client().get(seen).status_code == 200
    assert not caches.changed(run)
    change(folder)
    seen_anew()
    for page in PAGES:
        app = visit(page, run=key, method="fdmat")
        assert not app.exception and not app.error, page
        said = "cannot be read any more" if change is take_away else "have changed since it was made"
        assert said in texts(app), page
    asked = client()
    assert asked.get(seen).status_code == 404
    assert asked.get(f"/evidence/{key}/{first}?method=fdmat&kept=0.2").status_code == 200
    assert asked.get(f"/payload/grid/{key}/fdmat").status_code == 200
    answer = asked.post(f"/decisions/{key}", json={"item": first, "decision": "keep"})
    assert answer.status_code == 400 and "no decision is taken" in answer.json()["error"]
    assert len(asked.get(f"/decisions/{key}").json()["changes"]) == 2
    assert len(decisions.history(run.dataset_key)) == 2


@pytest.mark.parametrize("change", [touch, copy_back])
def test_files_that_were_only_touched_are_the_same_and_keep_their_decisions(visit, key, folder, change):
    run = Run.open(key)
    item = int(run.tables[0].ids[0])
    seen = f"/{thumbnails.address(run)}{item}"
    change(folder)
    seen_anew()
    app = visit(places.REMOVED, run=key, method="fdmat")
    assert "have changed" not in texts(app)
    asked = client()
    assert asked.get(seen).status_code == 200
    assert asked.post(f"/decisions/{key}", json={"item": item, "decision": "keep"}).status_code == 200
    assert len(decisions.current(run.dataset_key)) == 3
    assert exchange.decided(run)["item"].tolist() == decisions.current(run.dataset_key)["item"].tolist()


def test_a_run_of_what_lies_there_now_gets_the_decisions_by_content(visit, key, folder, queue):
    run = Run.open(key)
    was = run.dataset_key
    named = {row.item: row.decision for row in decisions.current(was).itertuples()}
    files = run.called(run.tables[0].ids)["file"]
    before = {files[run.tables[0].ids.tolist().index(item)]: said for item, said in named.items()}
    add(folder)  # the numbers of all later items change
    (folder / "dog" / "00.png").write_bytes((folder / "cat" / "00a.png").read_bytes())
    seen_anew()
    with pytest.raises(ValueError, match="have changed since"):
        exchange.take_in(run, exchange.decided(run))
    assert Run.open(key).called(run.tables[0].ids) == {}
    app = visit(places.RUNS, run=key)
    button(app, "Make a run of what lies there now").click().run()
    assert queue.asked == [("submit", run.spec)]
    library.execute(run.spec)
    seen_anew()
    fresh = Run.open(key)
    assert fresh.dataset_key != was and not caches.changed(fresh)
    now = {row.item: row.decision for row in decisions.current(fresh.dataset_key).itertuples()}
    train = fresh.train()
    after = {str(train.fields["file"][train.rows_of([item])[0]]): said for item, said in now.items()}
    there = {name: said for name, said in before.items() if name in set(train.fields["file"])}
    assert after == there and len(after) >= 1
    assert [row.author for row in decisions.current(fresh.dataset_key).itertuples()] == ["ann"] * len(after)
    assert originals.carry(was, run.spec, run.dataset()) == 0  # once more does nothing
    assert jobs.status(key)


def test_what_was_pruned_is_not_what_tells_whether_data_changed(key):
    library.prune()
    assert originals.KIND in {kind for kind, _ in library._owned(key)}
    assert originals.train(Run.open(key).dataset_key, Run.open(key).spec, Run.open(key).dataset()) is not None


def test_a_run_made_again_shows_its_pictures_at_other_addresses(key, folder):
    """Browsers keep pictures by their address, and an id may be another item's by then."""
    before = Run.open(key)
    old = thumbnails.address(before)
    add(folder)
    seen_anew()
    library.execute(before.spec)
    seen_anew()
    again = caches.run(key)
    item = int(again.tables[0].ids[0])
    assert client().get(f"/{thumbnails.address(again)}{item}").status_code == 200
    assert old != thumbnails.address(again) and client().get(f"/{old}{item}").status_code == 404
