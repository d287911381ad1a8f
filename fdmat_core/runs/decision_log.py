"""The log of decisions on disk: a database of its own, the same as lines of text, and a backup for each day.

What people decided cannot be made again. Every line carries a checksum of what it says. A process looks the log through
when it opens it first; what is damaged or gone is set aside and made anew from what is whole in all of its copies.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from fdmat_core.store import copies, database, notices
from fdmat_core.store.files import home

NAME = "decisions"
COLUMNS = (
    *("number", "dataset", "item", "decision", "label", "author", "run", "made"),
    "undoes",  # the number of the decision that this line takes back
    "session",  # whose it is
    "request",  # what its sender called it, so that it is taken once
    "step",  # the number of the first line of those that were written together and are taken back together; 0 if alone
)
SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
    number INTEGER PRIMARY KEY, dataset TEXT NOT NULL, item INTEGER NOT NULL, decision TEXT NOT NULL,
    label TEXT NOT NULL, author TEXT NOT NULL, run TEXT NOT NULL, made TEXT NOT NULL, undoes INTEGER,
    session TEXT NOT NULL, request TEXT NOT NULL, seal INTEGER NOT NULL, step INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS decisions_by_item ON decisions (dataset, item, number);
CREATE UNIQUE INDEX IF NOT EXISTS decisions_by_request ON decisions (dataset, request) WHERE request <> '';
"""
#: What a log lacks that was begun before there were steps.
STEP = "ALTER TABLE decisions ADD COLUMN step INTEGER NOT NULL DEFAULT 0"
INSERT = f"INSERT INTO decisions ({', '.join(COLUMNS)}, seal) VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"
ALL = f"SELECT {', '.join(COLUMNS)}, seal FROM decisions"
ALL_ALONE = f"SELECT {', '.join(COLUMNS[:-1])}, 0, seal FROM decisions"
#: Decisions as they lay beside points and jobs, before they had a database of their own; `-` is nobody's session.
EARLIER = """
SELECT own.number, dataset, item, decision, label, author, run, made, undoes, coalesce(session, '-'), '', 0
FROM decisions AS own LEFT JOIN decision_sessions AS its ON its.number = own.number
"""
EARLIEST = "SELECT number, dataset, item, decision, label, author, run, made, undoes, '-', '', 0 FROM decisions AS own"
Row = tuple[Any, ...]  # the values of COLUMNS


@contextmanager
def reading() -> Generator[sqlite3.Connection]:
    """The log, to ask it; one that is shorter than its copy is mended first."""
    noted = _noted()
    with database.connect(SCHEMA, LOG) as log:
        if _last(log) >= noted:
            yield log
            return
    database.look_again(LOG)
    with database.connect(SCHEMA, LOG) as log:
        yield log


@contextmanager
def writing() -> Generator[sqlite3.Connection]:
    """The log, held for lines that are written all or none; afterwards they are on the disk, and in the copy."""
    with reading() as log:
        log.execute("BEGIN IMMEDIATE")
        try:
            if not _has_steps(log):
                log.execute(STEP)
            yield log
            log.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                log.execute("ROLLBACK")
            raise
        _copy(log)


def add(log: sqlite3.Connection, lines: Sequence[Mapping[str, Any]]) -> int:
    """Write lines within `writing`, as one step, and return the number of the last.

    A line has the columns but `number` and `step`.
    """
    first = _last(log) + 1
    step = first if len(lines) > 1 else 0
    rows = [(first + i, *(line[name] for name in COLUMNS[1:-1]), step) for i, line in enumerate(lines)]
    log.executemany(INSERT, ((*row, seal(row)) for row in rows))
    return first + len(lines) - 1


def seal(row: Sequence[Any]) -> int:
    """The checksum of a line; that of a line alone is as it was before there were steps."""
    return zlib.crc32(json.dumps(list(row if row[-1] else row[:-1])).encode())


def verify() -> int:
    """Look the log through again, mend it if need be, and return how many lines it has."""
    database.look_again(LOG)
    with reading() as log:
        return _count(log)


def _sealed(log: sqlite3.Connection) -> bool:
    """Whether every line is as it was written."""
    if not database.sound(log):
        return False
    known = log.execute("SELECT count(*) FROM sqlite_master WHERE name = 'decisions'").fetchone()[0]
    return not known or all(mark == seal(row) for *row, mark in log.execute(_all(log)))


def _has_steps(log: sqlite3.Connection) -> bool:
    return any(column[1] == "step" for column in log.execute("PRAGMA table_info(decisions)"))


def _all(log: sqlite3.Connection) -> str:
    """How to ask for every line of a log, also of one from before there were steps."""
    return ALL if _has_steps(log) else ALL_ALONE


def _whole(log: sqlite3.Connection) -> bool:
    """Whether every line is as it was written, and none is missing that the copy has."""
    noted = _noted()
    return _sealed(log) and _count(log) >= noted


def _lost() -> bool:
    """Whether there are decisions although there is no log: in its copies, or where they lay before."""
    return any(next(rows, None) for rows in _sources(home() / LOG.name))


def _mend(file: Path) -> None:
    """Make the log anew from what is whole of it and of its copies; what was there is set aside."""
    damaged = database.set_aside(file)
    found: dict[int, Row] = {}
    for rows in _sources(file):
        for row in rows:
            found.setdefault(row[0], row)
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial, isolation_level=None)) as log:
        log.executescript(SCHEMA)
        log.execute("BEGIN")
        log.executemany(INSERT, [(*row, seal(row)) for _, row in sorted(found.items())])
        log.execute("COMMIT")
    partial.replace(file)
    if (
        damaged or _twin().exists() or copies.backups(_backups(), NAME)
    ):  # otherwise they moved here from where they lay before
        missing = max(found, default=0) - len(found)
        lacking = f"; {missing:,} are in no copy" if missing else ""
        where = f"; what was there lies as {damaged.name}" if damaged else ""
        notices.note(
            f"{file.name} was damaged or gone: its {len(found):,} lines were restored from what is whole of it and of "
            f"its copies{lacking}{where}"
        )


def _sources(file: Path) -> Iterator[Iterator[Row]]:
    """The whole lines of every place that may hold decisions, the best place first."""
    for damaged in sorted(file.parent.glob(f"{file.name}.damaged-*[0-9]"), reverse=True):
        yield _of_database(damaged)
    yield (row for line in copies.lines(_twin()) if (row := _row(line)))
    for backup in copies.backups(_backups(), NAME):
        yield _of_database(backup)
    for query in (EARLIER, EARLIEST):
        yield _asked(home() / database.RESULTS.name, query)


def _of_database(file: Path) -> Iterator[Row]:
    """The lines of a log that are as they were written, read from its beginning and from its end."""
    for order in ("", " ORDER BY number DESC"):
        for query in (ALL, ALL_ALONE):
            yield from (tuple(row) for *row, mark in _asked(file, query + order) if _is_row(row) and mark == seal(row))


def _asked(file: Path, query: str) -> Iterator[Row]:
    """What a database answers until it is found damaged; nothing if it is not there, or has no such table."""
    if file.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(file)) as log:
            yield from log.execute(query)


def _is_row(row: Sequence[Any]) -> bool:
    return len(row) == len(COLUMNS) and isinstance(row[0], int)


def _row(line: Mapping[str, Any]) -> Row | None:
    """The line of the log that a line of text says; None if it is not as it was written."""
    row = (*(line.get(name) for name in COLUMNS[:-1]), line.get("step", 0))
    return row if _is_row(row) and line.get("seal") == seal(row) else None


def _noted() -> int:
    """The number of the last whole line of the copy."""
    return next((row[0] for line in copies.from_the_end(_twin()) if (row := _row(line))), 0)


def _last(log: sqlite3.Connection) -> int:
    return log.execute("SELECT coalesce(max(number), 0) FROM decisions").fetchone()[0]


def _count(log: sqlite3.Connection) -> int:
    known = log.execute("SELECT count(*) FROM sqlite_master WHERE name = 'decisions'").fetchone()[0]
    return log.execute("SELECT count(*) FROM decisions").fetchone()[0] if known else 0


def _opened(log: sqlite3.Connection) -> None:
    """Bring the copies up to date with a log that is whole; a copy that lacks lines in its middle is made anew."""
    twin = _twin()
    if twin.exists() and len({row[0] for line in copies.lines(twin) if (row := _row(line))}) < _noted():
        aside = twin.with_name(f"{twin.name}.damaged")
        twin.replace(aside)
        notices.note(
            f"{twin.name}, the copy of decisions, was damaged; it is made anew, the old one lies as {aside.name}"
        )
    if _last(log):
        _copy(log)


def _copy(log: sqlite3.Connection) -> None:
    """Write to the copies what they lack; what fails is made up for the next time: the log itself has it."""
    try:
        log.execute("BEGIN IMMEDIATE")  # one process at a time
        try:
            rows = log.execute(f"{_all(log)} WHERE number > ? ORDER BY number", (_noted(),)).fetchall()
            copies.append(_twin(), (dict(zip((*COLUMNS, "seal"), row, strict=True)) for row in rows))
        finally:
            log.execute("ROLLBACK")
        copies.back_up(log, NAME, _backups(), _sealed)
    except (OSError, sqlite3.Error) as error:
        print(f"note: the copies of decisions could not be written ({error}); free disk space", file=sys.stderr)


def _twin() -> Path:
    return home() / f"{NAME}.jsonl"


def _backups() -> Path:
    return home() / "backups"


LOG = database.Kind(f"{NAME}.sqlite", _whole, _mend, "FULL", _lost, _opened)
