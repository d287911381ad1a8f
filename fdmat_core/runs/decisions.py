"""What people decided about items: a log that only grows (`decision_log`) and never changes the dataset."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fdmat_core import formats
from fdmat_core.runs import decision_log

if TYPE_CHECKING:
    import pandas

KINDS = ("keep", "drop", "relabel", "unsure")
COLUMNS = ("item", "decision", "label", "author", "run", "made")
#: What an item has while nobody has decided, or after the last decision was taken back.
OPEN = ""


@dataclass(frozen=True)
class Decision:
    """One person's word on one item; `label` is the class name that a relabelled item should have.

    The decision `OPEN` takes off what the item had, whoever decided that. `session` is who may take it back: two people
    may sign with one name. `request` is what its sender called it: of those with one name, the first is taken.
    """

    item: int
    decision: str
    label: str = ""
    author: str = ""
    run: str = ""
    session: str = ""
    request: str = ""

    def __post_init__(self) -> None:
        if self.decision not in (*KINDS, OPEN):
            raise ValueError(f"decision is {self.decision!r}; choose {', '.join(KINDS)}")
        if (self.decision == "relabel") != bool(self.label):
            raise ValueError(f"decision {self.decision!r} with label {self.label!r}: a relabel, and only that, has one")


def decide(dataset: str, decision: Decision) -> int:
    """Write a decision about an item of a dataset (its key) at once, and return its number."""
    return decide_all(dataset, [decision])


def decide_all(dataset: str, decisions: Iterable[Decision], *, request: str = "") -> int:
    """Write several decisions, all or none, as one step that one undo takes back; returns the number of the last.

    Parameters
    ----------
    request
        What the sender calls all of them, instead of a request of each; of those with one name, the first are taken.

    Raises
    ------
    ValueError
        An item that occurs twice; nothing is written then.
    """
    lines = [_line(dataset, one) for one in decisions]
    if len({line["item"] for line in lines}) < len(lines):
        raise ValueError("an item occurs twice among the decisions; leave one of each")
    if request and lines:
        lines = [line | {"request": "" if i else request} for i, line in enumerate(lines)]
    with decision_log.writing() as log:
        asked = next((line["request"] for line in lines), "")
        known = _answered(log, dataset, asked)
        return known[-1][0] if known else decision_log.add(log, lines)


def undo(dataset: str, session: str, request: str = "") -> list[int]:
    """Take back a session's latest step and return its items; none if there is nothing left to take back.

    The items get back what they had before. What somebody has overruled since is passed over. A request that was
    answered before takes nothing more back, and has the same answer.
    """
    with decision_log.writing() as log:
        if known := _answered(log, dataset, request):
            return [item for _, item in known]
        latest = log.execute(f"{_UNDOABLE} ORDER BY number DESC LIMIT 1", (dataset, session)).fetchone()
        if latest is None:
            return []
        number, step = latest
        whole = f"{_UNDOABLE} AND {'step' if step else 'number'} = ?"
        log.execute(_TAKEN_BACK)
        log.execute(f"INSERT INTO taken_back SELECT number FROM ({whole})", (dataset, session, step or number))
        facts = {"dataset": dataset, "session": "", "made": _now()}
        lines = [
            facts | dict(zip(_BEFORE_COLUMNS, row, strict=True)) | {"request": "" if i else request}
            for i, row in enumerate(log.execute(_BEFORE).fetchall())
        ]
        decision_log.add(log, lines)
    return [int(line["item"]) for line in lines]


def _line(dataset: str, one: Decision) -> dict[str, Any]:
    """A decision as a line of the log."""
    facts = {"dataset": dataset, "made": _now(), "undoes": None}
    return (
        facts
        | {name: getattr(one, name) for name in ("decision", "label", "author", "run", "session", "request")}
        | {"item": int(one.item)}
    )


def _answered(log: sqlite3.Connection, dataset: str, request: str) -> list[tuple[int, int]]:
    """The numbers and the items of the step that a request made before; none if it did not come before."""
    if not request:
        return []
    query = "SELECT number, step FROM decisions WHERE dataset = ? AND request = ?"
    found = log.execute(query, (dataset, request)).fetchone()
    if found is None:
        return []
    number, step = found
    whole = "SELECT number, item FROM decisions WHERE number >= ? AND (number = ? OR step = ?) ORDER BY number"
    return log.execute(whole, (number, number, step or -1)).fetchall()


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


def current(dataset: str) -> pandas.DataFrame:
    """The latest decision on every item that has one: columns `COLUMNS`, ordered by item."""
    return _frame(_CURRENT, dataset)


class ByRow(NamedTuple):
    """What people decided, row by row of a table: the decision, or "", and the new label of those that got one."""

    decision: np.ndarray  # (n,) str
    label: np.ndarray  # (n,) str


def by_row(dataset: str, ids: np.ndarray) -> ByRow:
    """The latest decision on each of some items (n,) of a dataset."""
    found = current(dataset)
    rows = {item: row for row, item in enumerate(ids.tolist())}
    rows_decided = ByRow(np.full(len(ids), OPEN, dtype=object), np.full(len(ids), "", dtype=object))
    for one in found[found["item"].isin(rows)].itertuples():
        rows_decided.decision[rows[one.item]], rows_decided.label[rows[one.item]] = one.decision, one.label
    return rows_decided


def changes(dataset: str, after: int = 0) -> tuple[int, pandas.DataFrame]:
    """What became of items since a decision's number: the latest number, and the latest line of each item since then.

    Columns `COLUMNS`, ordered by item; an item whose decision was taken back has `OPEN`.
    """
    with decision_log.reading() as log:
        last = log.execute("SELECT coalesce(max(number), 0) FROM decisions").fetchone()[0]
    return last, _frame(_CHANGES, dataset, after, last)


def words(dataset: str) -> pandas.DataFrame:
    """The latest word of each person on every item, whoever had the last: columns `COLUMNS`, ordered by item.

    What was taken back is nobody's word; who has cleared an item has the word `OPEN`.
    """
    return _frame(_WORDS, dataset)


def history(dataset: str) -> pandas.DataFrame:
    """Every decision ever written, oldest first, those taken back included (their decision is empty)."""
    return _frame(f"SELECT {', '.join(COLUMNS)} FROM decisions WHERE dataset = ? ORDER BY number", dataset)


def read(frame: pandas.DataFrame, classes: tuple[str, ...]) -> list[Decision]:
    """Decisions from an imported table with columns `item, decision` and maybe `label, author, run`.

    Also from the exports of a selection or of issues, where they are `id`, `decision` and `corrected_label`, once
    called `label_decided`. Lines whose decision is empty are passed over.

    Raises
    ------
    ValueError
        A missing column, an unknown decision or class, an item with two decisions; nothing is written then.
    """
    frame = _renamed(frame)
    missing = {"item", "decision"} - set(frame.columns)
    if missing:
        raise ValueError(f"the table lacks the column {sorted(missing)[0]!r}; export once to see the form")
    frame = frame.astype(object).where(frame.notna(), "")
    found: dict[int, Decision] = {}
    for one in (_from_row(row, classes) for row in frame.to_dict("records") if row["decision"] != OPEN):
        before = found.setdefault(one.item, one)
        if (before.decision, before.label) != (one.decision, one.label):
            raise ValueError(f"item {one.item} has two decisions, {before.decision} and {one.decision}; leave one")
    return list(found.values())


def _renamed(frame: pandas.DataFrame) -> pandas.DataFrame:
    """The table with its columns called as ours are; `label` beside a corrected one is the label that was given."""
    corrected = next((name for name in ("corrected_label", "label_decided") if name in frame.columns), None)
    if corrected:
        frame = frame.drop(columns="label", errors="ignore").rename(columns={corrected: "label"})
    return frame if "item" in frame.columns else frame.rename(columns={"id": "item"})


def _from_row(row: Mapping[Any, Any], classes: tuple[str, ...]) -> Decision:
    extras = {name: str(row.get(name, "")) for name in ("label", "author", "run")}
    try:
        one = Decision(formats.whole(row["item"]), str(row["decision"]), **extras)
    except (TypeError, ValueError) as error:
        raise ValueError(f"cannot read the decision on item {row['item']!r}: {error}") from None
    if one.label and len(classes) < 2:
        raise ValueError(f"item {one.item} is relabelled {one.label!r}, but these data have no labels; keep or drop it")
    if one.label and one.label not in classes:
        raise ValueError(f"item {one.item} is relabelled {one.label!r}; classes are {', '.join(classes)}")
    return one


def _frame(query: str, *asked: str | int) -> pandas.DataFrame:
    import pandas

    with decision_log.reading() as log:
        return pandas.DataFrame(log.execute(query, asked).fetchall(), columns=list(COLUMNS))


_CURRENT = f"""
SELECT {", ".join(COLUMNS)} FROM decisions AS own WHERE dataset = ? AND decision <> ''
AND number = (SELECT max(number) FROM decisions WHERE dataset = own.dataset AND item = own.item) ORDER BY item
"""

_WORDS = f"""
SELECT {", ".join(COLUMNS)} FROM decisions WHERE number IN
    (SELECT max(number) FROM decisions WHERE dataset = ? AND undoes IS NULL
     AND number NOT IN (SELECT undoes FROM decisions WHERE undoes IS NOT NULL) GROUP BY item, author)
ORDER BY item, author
"""

_CHANGES = f"""
SELECT {", ".join(COLUMNS)} FROM decisions WHERE number IN
    (SELECT max(number) FROM decisions WHERE dataset = ? AND number > ? AND number <= ? GROUP BY item) ORDER BY item
"""

#: The decisions of a session that still hold: the latest on their items that were not taken back.
_UNDOABLE = """
SELECT number, step FROM decisions AS own WHERE dataset = ? AND session = ? AND undoes IS NULL
AND number = (SELECT max(number) FROM decisions AS other WHERE other.dataset = own.dataset AND other.item = own.item
              AND other.undoes IS NULL AND other.number NOT IN (SELECT undoes FROM decisions WHERE undoes IS NOT NULL))
"""

_TAKEN_BACK = "CREATE TEMP TABLE taken_back (number INTEGER PRIMARY KEY)"
_BEFORE_COLUMNS = ("undoes", "item", "author", "run", "decision", "label")
#: What the items of `taken_back` had before.
_BEFORE = """
SELECT own.number, own.item, own.author, own.run, coalesce(before.decision, ''), coalesce(before.label, '')
FROM taken_back JOIN decisions AS own ON own.number = taken_back.number
LEFT JOIN decisions AS before ON before.number = (
    SELECT max(number) FROM decisions AS other WHERE other.dataset = own.dataset AND other.item = own.item
    AND other.number < own.number AND other.undoes IS NULL
    AND other.number NOT IN (SELECT undoes FROM decisions WHERE undoes IS NOT NULL))
ORDER BY own.number
"""
