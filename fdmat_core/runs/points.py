"""Curve points in SQLite: each is written the moment it is known, and read by every page and process.

A value that is known class by class (`measures.ByClass`) leaves its values in a table of their own.
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
import zlib
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fdmat_core.measures import ByClass
from fdmat_core.store import files, notices
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
    kept INTEGER NOT NULL, seed INTEGER NOT NULL, value REAL, made TEXT NOT NULL, seal INTEGER,
    PRIMARY KEY (origin, method, measure, version, kept, seed)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS classes (
    origin TEXT NOT NULL, method TEXT NOT NULL, measure TEXT NOT NULL, version TEXT NOT NULL,
    kept INTEGER NOT NULL, seed INTEGER NOT NULL, parts TEXT NOT NULL, seal INTEGER,
    PRIMARY KEY (origin, method, measure, version, kept, seed)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS took (
    origin TEXT NOT NULL, method TEXT NOT NULL, measure TEXT NOT NULL, version TEXT NOT NULL,
    kept INTEGER NOT NULL, seed INTEGER NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (origin, method, measure, version, kept, seed)
) WITHOUT ROWID;
"""
#: What each table says of a point.
SAYS = {"points": "value", "classes": "parts"}


@dataclass(frozen=True)
class Source:
    """Where points come from: the features with the balance, and the code version of each (method, measure)."""

    origin: str
    versions: Mapping[tuple[str, str], str]


def insert(source: Source, points: Iterable[Mapping[str, Any]]) -> int:
    """Write points one by one as an iterator yields them, and return how many; a point known already is replaced."""
    count = 0
    with _results() as database:
        for point in points:
            name, value = _name(source, point), point["value"]
            if isinstance(value, ByClass):  # first, so that a point that is there is there with its classes
                parts = json.dumps(value.per_class.tolist())
                _put(database, "classes", (*name, parts, _seal(*name, parts)))
            if "seconds" in point:
                _put(database, "took", (*name, point["seconds"]))
            number = None if math.isnan(value) else float(value)
            _put(database, "points", (*name, number, time.strftime(MOMENT), _seal(*name, number)))
            count += 1
    return count


def _put(database: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> None:
    database.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def _seal(*row: Any) -> int:
    """The checksum of a point's name and what is said of it."""
    return zlib.crc32(json.dumps(row).encode())


def read(source: Source) -> pandas.DataFrame:
    """The points of a source that exist so far: columns `method, measure, k, seed, value`."""
    import pandas

    current = [
        (method, measure, *rest)
        for _, method, measure, version, *rest in _found("points", source.origin)
        if source.versions.get((method, measure)) == version
    ]
    frame = pandas.DataFrame(current, columns=["method", "measure", "k", "seed", "value"])
    return frame.astype({"k": int, "seed": int, "value": float})


def by_class(source: Source, measure: str) -> pandas.DataFrame:
    """What a measure says of every class: columns `method, k, seed, label, value`; empty if it does not say."""
    import pandas

    rows = [
        (method, k, seed, label, value)
        for _, method, _, version, k, seed, parts in _found("classes", source.origin, measure)
        if source.versions.get((method, measure)) == version
        for label, value in enumerate(json.loads(parts))
    ]
    frame = pandas.DataFrame(rows, columns=["method", "k", "seed", "label", "value"])
    return frame.astype({"k": int, "seed": int, "label": int, "value": float})


def _found(table: str, origin: str, measure: str | None = None) -> list[tuple[Any, ...]]:
    """The names of points with what a table says of them; nothing, and nothing made, where there is no store yet.

    What is not as it was written is taken away with all of its point, which a run then lacks, and that is said.
    """
    if not (files.home() / "fdmat.sqlite").exists():
        return []
    query = f"SELECT {', '.join(COLUMNS)}, {SAYS[table]}, seal FROM {table} WHERE origin = ?"
    chosen = (origin,) if measure is None else (origin, measure)
    with _results() as database:
        found = database.execute(query + (" AND measure = ?" if measure is not None else ""), chosen).fetchall()
        whole = [tuple(row) for *row, seal in found if seal == _seal(*row)]
        if len(whole) < len(found):
            _take_away(database, [tuple(row[: len(COLUMNS)]) for *row, seal in found if seal != _seal(*row)])
    return whole


def _take_away(database: sqlite3.Connection, names: list[tuple[Any, ...]]) -> None:
    with suppress(sqlite3.OperationalError):  # a disk that cannot be written; they are passed over all the same
        for table in SAYS:
            where = " AND ".join(f"{column} = ?" for column in COLUMNS)
            database.executemany(f"DELETE FROM {table} WHERE {where}", names)
        text = f"{len(names):,} points of curves were damaged and are gone ({names[0][1]}, {names[0][2]}, ...)"
        notices.note(f"{text}; Resume makes them again")


@contextmanager
def _results() -> Generator[sqlite3.Connection]:
    """The database with its tables as they are now; points from before there were checksums get theirs."""
    with connect(SCHEMA) as database:
        for table, says in SAYS.items():
            if not _has_seals(database, table):
                database.create_function("sealed", -1, _seal)
                database.execute("BEGIN IMMEDIATE")
                if not _has_seals(database, table):  # no other process was first
                    database.execute(f"ALTER TABLE {table} ADD COLUMN seal INTEGER")
                    database.execute(f"UPDATE {table} SET seal = sealed({', '.join(COLUMNS)}, {says})")
                database.execute("COMMIT")
        yield database


def _has_seals(database: sqlite3.Connection, table: str) -> bool:
    return "seal" in {column[1] for column in database.execute(f"PRAGMA table_info({table})")}


def moments(source: Source, measure: str) -> list[str]:
    """When each point of a measure was made, in the form MOMENT, from the first to the last."""
    query = "SELECT method, version, made FROM points WHERE origin = ? AND measure = ? ORDER BY made"
    with _results() as database:
        found = database.execute(query, (source.origin, measure)).fetchall()
    return [made for method, version, made in found if source.versions.get((method, measure)) == version]


def seconds(source: Source, measure: str) -> list[float]:
    """How long each point of a measure took that was made beside others, so that `moments` do not tell."""
    query = "SELECT method, version, seconds FROM took WHERE origin = ? AND measure = ?"
    with _results() as database:
        try:
            found = database.execute(query, (source.origin, measure)).fetchall()
        except sqlite3.OperationalError:  # no such table in a store of an earlier version that cannot be written
            return []
    return [took for method, version, took in found if source.versions.get((method, measure)) == version]


def origins() -> set[str]:
    """Every origin that has points."""
    with connect(SCHEMA) as database:
        return {origin for (origin,) in database.execute("SELECT DISTINCT origin FROM points")}


def forget(origin: str) -> None:
    """Remove the points of an origin."""
    with connect(SCHEMA) as database:
        for table in (*SAYS, "took"):
            database.execute(f"DELETE FROM {table} WHERE origin = ?", (origin,))


def _name(source: Source, point: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    pair = (point["method"], point["measure"])
    return (source.origin, *pair, source.versions[pair], int(point["k"]), int(point["seed"]))
