"""How long work reports how far it has come."""

from __future__ import annotations

from collections.abc import Callable

#: Called with (done, total, note): how far long work has come.
Progress = Callable[[int, int, str], None]


def silent(done: int, total: int, note: str) -> None:
    """Report progress to nobody."""
