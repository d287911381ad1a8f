"""What a run cost, from the facts of stored entries, and what a coreset saves."""

import sqlite3

import pytest

from fdmat_core.analysis import savings
from fdmat_core.runs import artifacts, costs, library, points, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import entries, files
from tests.runs.conftest import make_spec

DEAR = Choice.of("full_training", steps=10)


def restate(kind, key, seconds):
    """Let a stored entry have taken this long."""
    item = entries.find(kind, key)
    entries.delete(kind, key)
    entries.put(kind, key, entries.Item(item.arrays, dict(item.facts) | {"seconds": seconds}))


def test_nothing_is_known_before_there_are_features():
    assert Run(make_spec()).costs is None


def test_seconds_are_those_of_the_stored_entries():
    spec = make_spec("fdmat", "herding")
    library.execute(spec)
    used = artifacts.used_features(settings.checked(spec))
    restate("features", used.key, 40.0)
    restate("ranking", artifacts.ranking_key(spec, used, Choice("fdmat"), 0, None), 2.5)
    restate("ranking", artifacts.ranking_key(spec, used, Choice("herding"), 0, None), 0.5)
    found = Run(spec).costs
    assert found.features == 40 and found.rankings == {"fdmat": 2.5, "herding": 0.5} and found.trainings == {}
    assert found.selection(Choice("fdmat")) == 42.5
    assert found.selection(Choice("moderate")) is None


def test_random_selection_needs_no_features():
    found = costs.Costs(40.0, {"random": 0.25, "herding": 2.0}, {})
    assert found.selection(Choice("random")) == 0.25 and found.selection(Choice("herding")) == 42
    assert costs.Costs(None, {"random": 0.25}, {}).selection(Choice("random")) == 0.25


def test_a_method_that_chooses_afresh_costs_all_its_sizes_and_a_missing_one_nothing_yet():
    spec = settings.checked(make_spec("k_medoids"))
    library.execute(spec)
    used = artifacts.used_features(spec)
    sizes = artifacts.sizes(spec, used.n, Choice("k_medoids"))
    assert len(sizes) == 4
    for place, k in enumerate(sizes):
        restate("ranking", artifacts.ranking_key(spec, used, Choice("k_medoids"), 0, k), 10.0**place)
    assert Run(spec).costs.rankings == {"k_medoids": 1111}
    entries.delete("ranking", artifacts.ranking_key(spec, used, Choice("k_medoids"), 0, sizes[1]))
    assert Run(spec).costs.rankings == {}


def test_a_training_takes_the_median_time_between_its_points():
    spec = make_spec("herding", measures=(DEAR,), seeds=1, band=1, fractions=(0.1, 0.2))
    library.execute(spec)
    with sqlite3.connect(files.home() / "fdmat.sqlite") as database:
        rows = database.execute("SELECT method, kept, seed FROM points ORDER BY kept, method").fetchall()
        seconds = [0, 7, 14, 59, 66, 73]  # one pause
        assert len(rows) == len(seconds)
        for second, row in zip(seconds, rows, strict=True):
            made = f"2026-01-01 00:{second // 60:02}:{second % 60:02}"
            database.execute("UPDATE points SET made=? WHERE method=? AND kept=? AND seed=?", (made, *row))
    assert Run(spec).costs.trainings == {"full_training(steps=10)": 7}


def test_a_training_beside_others_takes_what_it_took_itself():
    spec = make_spec("herding", measures=(DEAR,), seeds=1, band=1, fractions=(0.1, 0.2))
    library.execute(spec)
    source = artifacts.source(settings.checked(spec), artifacts.used_features(spec))
    point = {"method": "herding", "measure": str(DEAR), "value": 0.5, "seed": 0}
    points.insert(source, [point | {"k": k, "seconds": seconds} for k, seconds in ((20, 3.0), (40, 4.5), (200, 9.0))])
    assert Run(spec).costs.trainings == {"full_training(steps=10)": 4.5}
    points.forget(source.origin)
    assert points.seconds(source, str(DEAR)) == []


def test_what_a_coreset_saves_goes_with_the_items_removed():
    assert savings.saved(100, 0.1) == pytest.approx(90)
    assert savings.repaid(45, 100, 0.1) == 1 and savings.repaid(91, 100, 0.1) == 2
    assert savings.repaid(45, 100, 1.0) is None


def test_a_sentence_says_when_a_selection_has_paid_for_itself():
    told = "FDMat has paid for itself after 2 trainings on 10%: it takes 91 s, each saves 90 s."
    assert savings.said("FDMat", 91, 100, 0.1) == told.replace("91 s", "2 min").replace("90 s", "2 min")
    assert savings.said("FDMat", 4.5, 10, 0.1) == (
        "FDMat has paid for itself after one training on 10%: it takes 4.5 s, each saves 9 s."
    )
    assert savings.said("FDMat", None, 10, 0.1) == "What FDMat costs is not stored yet."
    assert savings.said("FDMat", 4.5, 10, 1.0) == (
        "At 100% kept nothing is saved, so that FDMat never pays for itself."
    )
