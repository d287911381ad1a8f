"""What is said before a run starts: every part that is not stored counts once, and what is stored not at all."""

import itertools
import time
from dataclasses import replace

import pytest

from fdmat_core import curves, datasets, registry
from fdmat_core.runs import estimates, library, settings
from fdmat_core.runs.estimates import Estimate, Size, Timed
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec

STAGES = ("head", "pca", "umap", "clusters", "sorted", "energy", "detection")
ONE = {"seconds": {"1": 1.0}, "bytes": {"1": 5e6}}
SIZE = Size(n=100, tests=20, d=8, c=4, pairs=2500.0, numbers=12, k=10, steps=3)


@pytest.fixture
def seconds_of_one(monkeypatch):
    """Laws by which every part takes a second, at the pace of this machine."""
    laws = {
        "clock": 2.0,
        "bytes": 1e9,
        "stages": dict.fromkeys(STAGES, ONE),
        "methods": {name: ONE for name in registry.methods.all()},
        "measures": {name: ONE for name in registry.measures.all()},
        "unknown": {"methods": ONE, "measures": ONE},
    }
    monkeypatch.setattr(estimates, "laws", lambda: laws)
    monkeypatch.setattr(estimates, "clock", lambda: 2.0)
    return laws


def said(spec, timed=Timed(7.0, 2, 0.0)):  # noqa: B008  it cannot change
    spec = settings.checked(spec)
    return estimates.estimate(spec, Run(spec).dataset(), lambda: timed)


def test_a_law_is_a_sum_of_products():
    assert estimates.term("1", SIZE) == 1 and estimates.term("pairs*d", SIZE) == 20_000
    assert estimates.term("n*n*d", SIZE) == 80_000
    assert estimates.term("n*n*d", replace(SIZE, n=1_000_000)) == 8 * 1e6 * estimates.COMPARED  # lists of near ones
    assert estimates.value({"1": 0.5, "n*d": 0.01, "k*n": 0.001}, SIZE) == pytest.approx(0.5 + 8 + 1)


def test_every_part_of_a_run_counts_once(seconds_of_one):
    spec = settings.checked(make_spec("fdmat", "herding", "k_medoids"))
    data = Run(spec).dataset()
    points = len(curves.tasks(len(data.splits["train"]), spec))
    found = said(spec)
    assert found.seconds == {
        "features": 7 + 1,  # the network, and the head on what it gives
        "map": 3,
        "rankings": 2 + 4,  # k-medoids chooses afresh for each of four sizes
        "points": points,
        "distances between the sizes": 2,  # of the two that keep what they have kept
        "detection": 1,
    }
    assert found.total == 8 + 3 + 6 + points + 2 + 1


def test_a_slower_machine_takes_longer(seconds_of_one, monkeypatch):
    before = said(make_spec())
    monkeypatch.setattr(estimates, "clock", lambda: 6.0)
    slower = said(make_spec())
    assert slower.seconds["map"] == 3 * before.seconds["map"]
    assert slower.seconds["features"] == 7 + 3  # the network was timed here


def test_what_is_stored_takes_nothing(seconds_of_one):
    spec = make_spec("fdmat", "herding")
    library.execute(spec)
    assert said(spec).total == 0 and str(said(spec)) == "All of it is stored already."
    more = said(make_spec("fdmat", "herding", "moderate"))
    assert more.seconds["rankings"] == 1 and more.seconds["features"] == more.seconds["map"] == 0
    assert more.seconds["points"] == 2 * 4  # of moderate: two measures at four sizes, once each


def test_a_method_without_a_law_is_named(seconds_of_one):
    del seconds_of_one["methods"]["herding"]
    found = said(make_spec("fdmat", "herding"))
    assert found.unknown == ("herding",) and "Nothing is known of herding" in str(found)
    assert found.seconds["rankings"] == 2


def test_the_estimate_in_words():
    known = {"features": 20.0, "map": 0.4, "points": 100.0}
    text = str(Estimate(known, 1.24e9, 8e9))
    assert text == "About 2 min and 1.2 GB of memory on this machine: points 2 min, features 20 s."
    assert "Only 1.0 GB are free" in str(Estimate(known, 1.24e9, 1e9))


def test_memory_counts_the_table_twice_and_the_largest_part(seconds_of_one):
    seconds_of_one["methods"]["herding"] = {"seconds": {}, "bytes": {"n": 1e5}}
    spec = make_spec("fdmat", "herding")
    data = Run(settings.checked(spec)).dataset()
    n, both, c = len(data.splits["train"]), len(data.ids), len(data.classes)
    found = said(spec, Timed(0, 30, 4e6))
    assert found.bytes == 1e9 + 4e6 + 2 * 4 * both * (30 + c) + 1e5 * n


@pytest.mark.parametrize(("of_clock", "of_processors"), [(1, 2), (9, 1)], ids=["alone", "beside others"])
def test_a_trial_counts_steps_and_looks(monkeypatch, of_clock, of_processors):
    for name, seconds in (("perf_counter", of_clock), ("process_time", of_processors)):  # each look takes so long
        monkeypatch.setattr(time, name, itertools.count(0.0, seconds).__next__)
    data = datasets.load("digits")
    n, tests = (len(data.splits[name]) for name in ("train", "test"))
    found = estimates.trial(data, Choice.of("early_cnn", epochs=40))
    steps = 40 * (n // 128)
    assert found.d == 128 and found.seconds == pytest.approx(steps + (40 * n + tests) / 256)


def test_a_trial_of_a_frozen_network_counts_all_items(monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(ticks)))
    data = datasets.load("digits")
    found = estimates.trial(data, Choice("pixels"))
    assert found.d == 64 and found.seconds == pytest.approx(len(data.ids) / estimates.FIRST_ITEMS)


def test_a_backbone_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="reads images"):
        estimates.trial(datasets.load("mixture"), Choice("pixels"))


def test_a_training_on_images_is_timed_as_its_law_is_of_features(seconds_of_one, monkeypatch):
    tried = []

    def took(measure, c, shape, tests):
        tried.append((measure, c, shape, tests))
        return 1.0 + tests / 64

    monkeypatch.setattr(estimates, "_took", took)
    estimates._trained.cache_clear()
    law = estimates._trained("full_training", 10, (64, 32, 3))
    assert {shape for _, _, shape, _ in tried} == {(45, 23, 3)}  # about a thousand pixels
    scale = 64 * 32 / (45 * 23)
    assert law == pytest.approx({"steps": 1.5 / 10 * scale, "tests": scale / 64})
    assert estimates._measuring("full_training", 10, (64, 32, 3))["seconds"] == law
    assert estimates._measuring("full_training", 10, ())["seconds"] == ONE["seconds"]  # features have a law
    assert estimates._measuring("energy", 10, (64, 32, 3))["seconds"] == ONE["seconds"]
    estimates._trained.cache_clear()


def test_a_short_training_is_one_of_the_measure_itself():
    assert 0 < estimates._took("full_training", 3, (8, 8, 1), 5) < 60


def test_the_laws_name_what_there_is_and_are_made_of_facts():
    laws = estimates.laws()
    assert set(laws["methods"]) <= set(registry.methods.all()) and set(laws["measures"]) <= set(registry.measures.all())
    assert set(laws["stages"]) == set(STAGES)
    every = [*laws["stages"].values(), *laws["methods"].values(), *laws["measures"].values(), *laws["unknown"].values()]
    for law in every:
        assert estimates.value(law["seconds"], SIZE) >= 0 and estimates.value(law["bytes"], SIZE) >= 0
    assert laws["clock"] > 0 and laws["bytes"] > 0
    for name, law in laws["measures"].items():  # a probe of features does not care how large the pictures are
        reads = "dataset" in registry.measures.get(name).accepts
        assert reads or not any("numbers" in term for term in law["seconds"])
