"""Curve points in SQLite: each is written the moment it is known, and read by every page and process.

A value that is known class by class (`measures.ByClass`) leaves its values in a table of their own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fdmat_core.measures import ByClass
from fdmat_core.store import files
from fdmat_core.store.database import connect

if TYPE_CHECKING:
    import pandas

#: What names a point. `origin` is the features and the balance; `version` the code of the method and the measure;
#: `kept` is the count, which frames call `k`.
COLUMNS = ("origin", "method", "measure", "version", "kept", "seed")

#: How the time at which a point was made is written.
MOMENT = "%Y-%m-%d %H:%M:%S"

SCHEMA = """
CREATE TABLE IF NOT EXISTS points (
    origin TEXT NOT NULL, method TEXT NOT NULL, measure TEXT NOT NULL, version TEXT NOT NULL,
    kept INTEGER NOT NULL, seed INTEGER NOT NULL, value REAL, made TEXT NOT NULL,
    PRIMARY KEY (origin, method, measure, version, kept, seed)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS classes (
    origin TEXT NOT NULL, method TEXT NOT NULL, measure TEXT NOT NULL, version TEXT NOT NULL,
    kept INTEGER NOT NULL, seed INTEGER NOT NULL, parts TEXT NOT NULL,
    PRIMARY KEY (origin, method, measure, version, kept, seed)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Source:
    """Where points come from: the features with the balance, and the code version of each (method, measure)."""

    origin: str
    versions: Mapping[tuple[str, str], str]


def insert(source: Source, points: Iterable[Mapping[str, Any]]) -> int:
    """Write points one by one as an iterator yields them, and return how many; a point known already is replaced."""
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    count = 0
    with connect(SCHEMA) as database:
        for point in points:
            name, value = _name(source, point), point["value"]
            if isinstance(value, ByClass):  # first, so that a point that is there is there with its classes
                classes = json.dumps(value.per_class.tolist())
                database.execute(f"INSERT OR REPLACE INTO classes VALUES ({marks})", (*name, classes))
            made = time.strftime(MOMENT)
            database.execute(f"INSERT OR REPLACE INTO points VALUES ({marks}, ?)", (*name, float(value), made))
            count += 1
    return count


def read(source: Source) -> pandas.DataFrame:
    """The points of a source that exist so far: columns `method, measure, k, seed, value`."""
    import pandas

    query = "SELECT method, measure, version, kept, seed, value FROM points WHERE origin = ?"
    current = [
        (method, measure, *rest)
        for method, measure, version, *rest in _found(query, source.origin)
        if source.versions.get((method, measure)) == version
    ]
    frame = pandas.DataFrame(current, columns=["method", "measure", "k", "seed", "value"])
    return frame.astype({"k": int, "seed": int, "value": float})


def by_class(source: Source, measure: str) -> pandas.DataFrame:
    """What a measure says of every class: columns `method, k, seed, label, value`; empty if it does not say."""
    import pandas

    query = "SELECT method, version, kept, seed, parts FROM classes WHERE origin = ? AND measure = ?"
    rows = [
        (method, k, seed, label, value)
        for method, version, k, seed, parts in _found(query, source.origin, measure)
        if source.versions.get((method, measure)) == version
        for label, value in enumerate(json.loads(parts))
    ]
    frame = pandas.DataFrame(rows, columns=["method", "k", "seed", "label", "value"])
    return frame.astype({"k": int, "seed": int, "label": int, "value": float})


def _found(query: str, *values: str) -> list[tuple[Any, ...]]:
    """What a query finds; nothing, and nothing made, where there is no store yet."""
    if not (files.home() / "fdmat.sqlite").exists():
        return []
    with connect(SCHEMA) as database:
        return database.execute(query, values).fetchall()


def moments(source: Source, measure: str) -> list[str]:
    """When each point of a measure was made, in the form MOMENT, from the first to the last."""
    query = "SELECT method, version, made FROM points WHERE origin = ? AND measure = ? ORDER BY made"
    with connect(SCHEMA) as database:
        found = database.execute(query, (source.origin, measure)).fetchall()
    return [made for method, version, made in found if source.versions.get((method, measure)) == version]


def origins() -> set[str]:
    """Every origin that has points."""
    with connect(SCHEMA) as database:
        return {origin for (origin,) in database.execute("SELECT DISTINCT origin FROM points")}


def forget(origin: str) -> None:
    """Remove the points of an origin."""
    with connect(SCHEMA) as database:
        for table in ("points", "classes"):
            database.execute(f"DELETE FROM {table} WHERE origin = ?", (origin,))


def _name(source: Source, point: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    pair = (point["method"], point["measure"])
    return (source.origin, *pair, source.versions[pair], int(point["k"]), int(point["seed"]))
