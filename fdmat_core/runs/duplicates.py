"""Copies among the items of a run, looked for on request in a process of its own, and stored."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fdmat_core.analysis import duplicates
from fdmat_core.analysis.duplicates import By, Found, Pairs, Rule
from fdmat_core.progress import Progress, silent
from fdmat_core.reading import check
from fdmat_core.runs import artifacts, decisions, originals
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.store import entries
from fdmat_core.types import Dataset, FeatureTable

KIND = "duplicates"
COMMAND = (sys.executable, "-P", "-m", "fdmat_core", "duplicates")
#: The processes that this one started, by the key of their run.
_STARTED: dict[str, subprocess.Popen[bytes]] = {}


class Copies(NamedTuple):
    """What is there twice among the training items of a run and, behind them, its test items."""

    found: Found
    ids: np.ndarray  # (n,) int64
    labels: np.ndarray  # (n,) int64
    n_train: int
    seconds: float  # that it took to look

    @property
    def ways(self) -> list[By]:
        """By what near copies were looked for."""
        return list(self.found.near)


def find(run: Run) -> Copies | None:
    """What was found of a run; None until somebody has looked."""
    used = artifacts.used_features(run.spec)
    item = entries.find(KIND, artifacts.duplicates_key(used)) if used else None
    return None if item is None else _unpacked(item)


def look(run: Run, tell: Progress = silent) -> Copies:
    """Look for copies among the training and test items of a run, and store what is found.

    Raises
    ------
    ValueError
        The run has no features yet.
    """
    used, tables = artifacts.used_features(run.spec), run.tables
    if used is None or tables is None:
        raise ValueError(f"run {run.key} has no features yet; let it run first")

    def make() -> entries.Item:
        began = time.monotonic()
        data = _both(run)
        tell(0, 3, "exact copies")
        first = duplicates.first_of(check.hashes(data))
        near = {}
        if data.images is not None:
            tell(1, 3, "near copies, by pixels")
            small = duplicates.small_pictures(data.images_of, data.ids)
            near["pixels"] = duplicates.of_distinct(first, lambda rows: duplicates.by_pixels(small[rows]))
        tell(2, 3, "near copies, by features")
        x = np.concatenate([table.embedding for table in tables])
        near["features"] = duplicates.of_distinct(first, lambda rows: duplicates.by_features(x[rows]))
        copies = Copies(Found(first, near), data.ids, data.labels, tables[0].n, time.monotonic() - began)
        return _packed(copies)

    return _unpacked(entries.get(KIND, artifacts.duplicates_key(used), make))


def start(run: Run) -> None:
    """Look in a process of its own, unless one is at it."""
    if is_looking(run):
        return
    package = Path(__file__).resolve().parents[2]
    paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
    with _log(run).open("wb") as log:
        _STARTED[run.key] = subprocess.Popen(
            [*COMMAND, run.key],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )


def is_looking(run: Run) -> bool:
    """Whether a process that was started here looks for the copies of a run."""
    process = _STARTED.get(run.key)
    return process is not None and process.poll() is None


def problem(run: Run) -> str:
    """Why the last search that was started here ended without a result, in words; "" if it did not."""
    process = _STARTED.get(run.key)
    if process is None or not process.poll():
        return ""
    lines = _log(run).read_text(errors="replace").splitlines()
    return lines[-1].removeprefix("error: ") if lines else f"the process ended with status {process.returncode}"


class Asked(NamedTuple):
    """What counts as copies, and which of each group is kept."""

    by: By | None = None  # what tells near copies; None for exact ones alone
    threshold: float = 0.0  # the farthest pair that counts
    leaks: bool = False  # groups of training and test items, instead of those of training items alone
    rule: Rule = "rank"
    by_hand: Mapping[int, int] = {}  # lowest id of a group -> the id that somebody keeps instead


class Plan(NamedTuple):
    """Groups of copies, and what keeping one of each means."""

    groups: list[np.ndarray]  # rows
    kept: list[int]  # the row of each group that is kept; of one with test items, a test item's
    drops: np.ndarray  # the training rows that go, but for those that people decided about
    decided: np.ndarray  # the training rows that would go but are kept, relabelled or dropped by people already
    differing: int  # groups of items with different labels


def plan(run: Run, copies: Copies, asked: Asked) -> Plan:
    """What to do about the copies that were found, as somebody asked; a ValueError without features."""
    table, dataset = _table(run), run.dataset_key or ""
    everything = duplicates.groups(copies.found, asked.by, asked.threshold)
    groups = duplicates.of_split(everything, copies.n_train, leaks=asked.leaks)
    if asked.leaks:
        kept = [int(group[group >= copies.n_train][0]) for group in groups]
    else:
        place = duplicates.standing(table, run.evidence.order if run.evidence else None, asked.rule)
        kept = [_kept(group, copies, asked.by_hand, place) for group in groups]
    rows = duplicates.to_drop(groups, kept, copies.n_train)
    is_open = np.isin(decisions.by_row(dataset, table.ids).decision[rows], ("", "unsure"))
    return Plan(groups, kept, rows[is_open], rows[~is_open], duplicates.differing(groups, copies.labels))


def drop(run: Run, rows: np.ndarray, session: str, author: str = "") -> int:
    """Decide to drop training items, by their rows, as one step that `session` can take back; returns how many."""
    items = _table(run).ids[rows]
    if len(items):
        found = [Decision(int(item), "drop", "", author, run.key, session) for item in items]
        decisions.decide_all(run.dataset_key or "", found)
    return len(items)


def _table(run: Run) -> FeatureTable:
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; let it run first")
    return run.tables[0]


def _kept(group: np.ndarray, copies: Copies, by_hand: Mapping[int, int], place: np.ndarray) -> int:
    wish = by_hand.get(int(copies.ids[group].min()))
    mine = group[copies.ids[group] == wish] if wish is not None else group[:0]
    return int(mine[0]) if len(mine) else duplicates.kept_of(group, copies.labels, place)


def _both(run: Run) -> Dataset:
    """The training and then the test items of a run, as its features have them."""
    data, tables = run.dataset(), run.tables
    assert tables is not None
    if originals.train(run.dataset_key or "", run.spec, data) is None:
        raise ValueError(f"{originals.CHANGED}; run it again first")
    ids = np.concatenate([table.ids for table in tables])
    return data.take(data.rows_of(ids))


def _packed(copies: Copies) -> entries.Item:
    arrays = {"first": copies.found.first, "ids": copies.ids, "labels": copies.labels}
    for by, pairs in copies.found.near.items():
        arrays |= {f"{by}.{name}": column for name, column in pairs._asdict().items()}
    facts = {"n_train": copies.n_train, "seconds": round(copies.seconds, 3), "ways": copies.ways}
    return entries.Item(arrays, facts)


def _unpacked(item: entries.Item) -> Copies:
    arrays: Any = item.arrays
    near = {by: Pairs(*(arrays[f"{by}.{name}"] for name in Pairs._fields)) for by in item.facts["ways"]}
    found = Found(arrays["first"], near)
    return Copies(found, arrays["ids"], arrays["labels"], item.facts["n_train"], item.facts["seconds"])


def _log(run: Run) -> Path:
    return artifacts.folder(run.key) / "duplicates.log"
