"""What must be known to read a number stands beside it, on the Map and beside the method switch."""

from dataclasses import replace

import numpy as np
import pytest

from fdmat_core.rankings import Ranking
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import Finding
from pages.shell import places
from tests.pages import test_map
from tests.pages.test_map import ALL, DIGITS, FLIPPED

stored = test_map.stored


def caveats(app):
    return next((one.value for one in app.get("html") if 'class="caveats"' in one.value), "")


@pytest.fixture
def worst_first(monkeypatch):
    """Every method keeps what was flipped before all else."""

    def ranking(run, method, *, seed=0, k=None):
        bad = run.dataset().split("train").truth.bad
        return Ranking(np.argsort(~bad, kind="stable"))

    monkeypatch.setattr(Run, "ranking", ranking)


def test_a_method_that_keeps_more_noise_than_chance_is_warned_of(visit, queue, stored, worst_first):
    stored("tables", "projection", "curve")
    app = visit(places.MAP, run=queue.say(FLIPPED, "done"), method="moderate", kept="0.1")
    assert "Keeps damage: 100% of what is kept is injected noise, 20% of all." in caveats(app)
    app.session_state["map"] = {"kept": 0.5}
    app.run()
    assert "Keeps damage: 40.1% of what is kept" in caveats(app)
    app.session_state["map"] = {"kept": 1.0}
    app.run()
    assert "Keeps damage" not in caveats(app)


def test_where_nothing_is_known_to_be_bad_the_warning_is_what_was_measured_elsewhere(visit, queue, stored):
    stored(*ALL)
    spec = replace(DIGITS, methods=(Choice("random"), Choice("k_center")))
    app = visit(places.MAP, run=queue.say(spec, "done"), method="k_center", kept="0.1")
    assert "Known to keep damage: with 20% of the sample" in caveats(app)
    app = visit(places.MAP, run=queue.say(spec, "done"), method="random", kept="0.1")
    assert "damage" not in caveats(app)


def test_a_probe_says_that_it_is_not_training_and_test_items_that_they_are_as_noisy(visit, queue, stored, monkeypatch):
    stored(*ALL)
    key = queue.say(DIGITS, "done")
    app = visit(places.MAP, run=key, method="random", kept="0.1")
    assert "No network was trained; in our grid the probe ranked methods like training: rho = 0.93." in caveats(app)
    assert "as noisy" not in caveats(app)
    held = Finding("only train items", "20% of every class is held out for testing", "test_share")
    monkeypatch.setattr(Run, "findings", property(lambda run: (held,)))
    app = visit(places.MAP, run=key, method="random", kept="0.1")
    assert "their labels are as noisy" in caveats(app)


def test_the_switch_says_what_a_method_stands_for(visit, queue, stored):
    stored(*ALL)
    spec = replace(DIGITS, methods=tuple(map(Choice, ("random", "fdmat", "fdmat_published"))))
    key = queue.say(spec, "done")
    for method, words in (("fdmat", "ours"), ("fdmat_published", "the paper's score"), ("random", "about it")):
        app = visit(places.MAP, run=key, method=method, kept="0.1")
        assert not app.exception
        assert [one.proto.popover.label.split(":")[0] for one in popovers(app)] == [words]


def popovers(app):
    return [one for one in app.get("popover") if "stands" in one.proto.id]
