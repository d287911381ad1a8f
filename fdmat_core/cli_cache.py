"""The command line about what is stored: disk use, checks, clearing up."""

from __future__ import annotations

import sys

import typer
from rich.table import Table

from fdmat_core import terminal
from fdmat_core.cli_report import Key
from fdmat_core.runs import decision_log, jobs, library
from fdmat_core.runs.run import KINDS
from fdmat_core.store import entries, files, notices

cache = typer.Typer(help="What is stored: disk use, checks, clearing up.")


@cache.callback(invoke_without_command=True)
def usage(context: typer.Context) -> None:
    """Show how much disk is used, by kind."""
    if context.invoked_subcommand:
        return
    table = Table(title=str(files.home()), title_justify="left", box=None)
    table.add_column("kind")
    table.add_column("MB", justify="right")
    for kind, size in entries.usage().items():
        table.add_row(kind, f"{size / 1e6:,.1f}")
    terminal.show(table)
    for text in notices.unread():
        print(f"note: {text}")


@cache.command()
def verify() -> None:
    """Read everything byte by byte; what is damaged is set aside and will be made again when asked for."""
    whole = 0
    for kind in KINDS:
        for key, fine in entries.verify(kind):
            whole += fine
            if not fine:
                print(f"{kind} {key}: damaged, set aside")
    print(f"{whole} entries and {decision_log.verify()} lines of decisions are whole")


@cache.command()
def prune() -> None:
    """Remove what is damaged or half-written, and what no stored run needs."""
    before = sum(entries.usage().values())
    removed = library.prune()
    print(f"{len(removed)} entries removed, {(before - sum(entries.usage().values())) / 1e6:,.1f} MB freed")
    if strange := library.unreadable():
        print(f"note: nobody can tell what run {strange[0]} needs; what no other needs is kept", file=sys.stderr)


@cache.command()
def delete(key: Key) -> None:
    """Delete a run and what no other run shares with it; one that is going on is stopped."""
    found = library.resolve(key)
    jobs.delete(found)
    print(f"run {found} is deleted")
