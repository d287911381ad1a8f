"""Curve points: written one by one, found again by what made them."""

import math
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fdmat_core.measures import ByClass
from fdmat_core.runs import points
from fdmat_core.runs.points import Source
from fdmat_core.store import database, notices

SOURCE = Source("features.proportional", {("fdmat", "energy"): "v1", ("random", "energy"): "v1"})


def point(method="fdmat", k=10, seed=0, value=0.5):
    return {"method": method, "kept": 0.1, "k": k, "seed": seed, "measure": "energy", "value": value}


def test_nothing_is_read_and_nothing_made_where_there_is_nothing(store_home):
    assert points.read(SOURCE).empty
    assert list(points.read(SOURCE).columns) == ["method", "measure", "k", "seed", "value"]
    assert not store_home.exists()


def test_points_come_back_as_they_went_in():
    value = 0.1 + 0.2
    assert points.insert(SOURCE, [point(value=value), point("random", k=20, seed=3)]) == 2
    rows = points.read(SOURCE).to_dict("records")
    assert {"method": "fdmat", "measure": "energy", "k": 10, "seed": 0, "value": value} in rows
    assert {"method": "random", "measure": "energy", "k": 20, "seed": 3, "value": 0.5} in rows


def test_a_value_that_is_known_class_by_class_comes_back_with_its_parts(store_home):
    assert points.by_class(SOURCE, "energy").empty and not store_home.exists()
    right, labels = np.array([True, False, True, True]), np.array([0, 0, 2, 2])
    points.insert(SOURCE, [point(value=ByClass.of(right, labels, 3), seed=1), point("random", value=0.5)])
    assert points.read(SOURCE).set_index("method")["value"].to_dict() == {"fdmat": 0.75, "random": 0.5}
    told = points.by_class(SOURCE, "energy")
    assert told[["method", "k", "seed", "label"]].values.tolist() == [["fdmat", 10, 1, label] for label in range(3)]
    assert told["value"].fillna(-1).tolist() == [0.5, -1, 1.0]
    assert points.by_class(Source(SOURCE.origin, {("fdmat", "energy"): "v2"}), "energy").empty
    points.forget(SOURCE.origin)
    assert points.by_class(SOURCE, "energy").empty


def test_what_is_not_a_number_stays_so():
    points.insert(SOURCE, [point(value=math.nan)])
    assert math.isnan(points.read(SOURCE)["value"].item())


def test_a_point_is_stored_the_moment_it_is_known():
    def work():
        yield point(k=1)
        assert len(points.read(SOURCE)) == 1
        yield point(k=2)
        raise RuntimeError("the third fails")

    with pytest.raises(RuntimeError):
        points.insert(SOURCE, work())
    assert points.read(SOURCE)["k"].tolist() == [1, 2]


def test_points_of_other_features_or_other_code_are_not_mixed_in():
    points.insert(SOURCE, [point()])
    other = Source("features.equal", SOURCE.versions)
    newer = Source(SOURCE.origin, {("fdmat", "energy"): "v2"})
    assert points.read(other).empty and points.read(newer).empty
    points.insert(newer, [point(value=0.7)])
    assert points.read(newer)["value"].tolist() == [0.7] and points.read(SOURCE)["value"].tolist() == [0.5]


def test_the_same_point_again_replaces_the_old_one():
    points.insert(SOURCE, [point(value=0.5), point(value=0.6)])
    assert points.read(SOURCE)["value"].tolist() == [0.6]


def test_an_origin_can_be_forgotten():
    points.insert(SOURCE, [point()])
    points.insert(Source("other", SOURCE.versions), [point()])
    assert points.origins() == {"features.proportional", "other"}
    points.forget("other")
    assert points.origins() == {"features.proportional"}


WRITER = """
import sys
from fdmat_core.runs import points
source = points.Source("shared", {(name, "energy"): "v1" for name in "abcd"})
points.insert(source, (
    {"method": sys.argv[1], "kept": 0.5, "k": k, "seed": 0, "measure": "energy", "value": float(k)}
    for k in range(200)
))
"""


def test_processes_that_write_at_once_lose_nothing():
    root = Path(__file__).parents[2]
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=root) for name in "abcd"]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    found = points.read(Source("shared", {(name, "energy"): "v1" for name in "abcd"}))
    assert len(found) == 800
    assert found.groupby("method")["value"].sum().tolist() == [199 * 100.0] * 4


def test_a_full_disk_is_explained(monkeypatch):
    points.insert(SOURCE, [point()])

    def full(file, schema, kind):
        connection = sqlite3.connect(file, isolation_level=None)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(database, "_connection", full)
    with pytest.raises(OSError, match="database or disk is full; free disk space"):
        points.insert(SOURCE, (point(k=k) for k in range(2000)))
    monkeypatch.undo()
    assert points.read(SOURCE)["k"].tolist() == list(range(len(points.read(SOURCE))))


@pytest.mark.parametrize("table", ["points", "classes"])
def test_a_point_that_is_not_as_it_was_written_is_gone_and_that_is_said(store_home, table):
    right, labels = np.array([True, False, True, True]), np.array([0, 0, 2, 2])
    points.insert(SOURCE, [point(value=ByClass.of(right, labels, 3), k=k) for k in (1, 2)] + [point(k=3)])
    wrong = {"points": "value = 0.661", "classes": "parts = replace(parts, '0.5', '0.7')"}[table]
    with database.connect("") as open_file:
        open_file.execute(f"UPDATE {table} SET {wrong} WHERE kept = 2")
    read = {"points": lambda: points.read(SOURCE), "classes": lambda: points.by_class(SOURCE, "energy")}[table]
    assert 2 not in set(read()["k"])
    (said,) = notices.unread()
    assert "1 points of curves were damaged" in said and "Resume" in said
    assert points.read(SOURCE)["k"].tolist() == [1, 3]  # a point goes with its classes, and is made again
    assert set(points.by_class(SOURCE, "energy")["k"]) == {1}
    points.insert(SOURCE, [point(k=2)])
    assert points.read(SOURCE)["k"].tolist() == [1, 2, 3] and len(notices.unread()) == 1


def test_points_from_before_there_were_checksums_get_theirs(store_home):
    with database.connect(points.SCHEMA.replace(" seal INTEGER,", "")) as open_file:
        name = (SOURCE.origin, "fdmat", "energy", "v1", 7, 0)
        open_file.execute("INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, 0.911, '2026-01-01 10:00:00')", name)
    assert points.read(SOURCE)["value"].tolist() == [0.911]
    with database.connect("") as open_file:
        open_file.execute("UPDATE points SET value = 0.661")
    assert points.read(SOURCE).empty
