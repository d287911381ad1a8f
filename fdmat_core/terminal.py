"""What the command line shows: tables, and progress as bars on a terminal or lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from rich import progress
from rich.console import Console
from rich.table import Table

from fdmat_core.progress import Progress
from fdmat_core.types import Dataset


@contextmanager
def drawing(console: Console) -> Generator[Progress]:
    """A progress callable: bars on a terminal, one line for each stage elsewhere."""
    if not console.is_terminal:
        yield _lines(console)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Bars(*columns, TextColumn("{task.fields[note]}", markup=False), console=console) as bars:
        yield _bars(bars)


def _lines(console: Console) -> Progress:
    stages = []

    def draw(done: int, total: int, note: str) -> None:
        stage = note.partition(": ")[0]
        if stage not in stages[-1:]:
            stages.append(stage)
            words = note if stage == "queued" else stage  # with how many are before it
            console.print(words, highlight=False, markup=False)

    return draw


def _bars(bars: progress.Progress) -> Progress:
    tasks = {}

    def draw(done: int, total: int, note: str) -> None:
        stage, _, text = note.partition(": ")
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, note="")
        bars.update(tasks[stage], completed=done, total=total or None, note=text)

    return draw


def table(title: str, *columns: str) -> Table:
    """An empty table with a title and named columns."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def show(table: Table) -> None:
    """Print a table: as wide as the terminal, or as wide as it needs to be in a file or a pipe."""
    width = None if sys.stdout.isatty() else 10_000
    Console(width=width, markup=False, emoji=False).print(table)  # names are people's, and no markup


def splits(data: Dataset) -> Table:
    """How many items, classes and splits a dataset has; of items alone where nothing tells classes apart."""
    if not data.labelled:
        made = table(data.name, "split", "items")
        for name, ids in data.splits.items():
            made.add_row(name, f"{len(ids):,}")
        return made
    made = table(data.name, "split", "items", "classes", "smallest class", "largest class")
    for name in data.splits:
        labels = data.split(name).labels
        counts = [int((labels == label).sum()) for label in range(len(data.classes))]
        there = [count for count in counts if count]
        made.add_row(name, f"{len(labels):,}", f"{len(there):,}", f"{min(there):,}", f"{max(there):,}")
    return made
