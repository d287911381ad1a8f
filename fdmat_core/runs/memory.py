"""What a run does about memory that ran out: it says where, keeps the rest, and tries again with smaller blocks.

Blocks bound how much is held at once and are no part of a result's name: sums over smaller ones may differ in the last
bits of a float.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from fdmat_core import measures, prefixes
from fdmat_core.learning import training
from fdmat_core.measures import coverage
from fdmat_core.numerics import distances
from fdmat_core.store import files

#: Each attempt after memory ran out holds at once a fourth of what the one before did.
SMALLER = 4
#: What bounds how much is held at once, by the module that reads it.
BOUNDS = (
    (distances, "BLOCK"),
    (distances, "DENSE_ROWS"),
    (measures, "BLOCK"),
    (coverage, "BLOCK"),
    (prefixes, "BLOCK"),
    (training, "EVALUATED"),
)


def times(folder: Path) -> int:
    """How many attempts at a run have run out of memory."""
    value = files.read_json(folder / "memory.json")
    return value if isinstance(value, int) and 0 <= value <= 8 else 0


def note(folder: Path) -> None:
    """Write down that an attempt ran out of memory: the next one holds less at once."""
    files.write_json(folder / "memory.json", min(8, times(folder) + 1))


@contextmanager
def held(folder: Path) -> Generator[None]:
    """Let the work inside hold less at once, if memory ran out before; it is forgotten when all goes well."""
    with less(times(folder)):
        yield
        (folder / "memory.json").unlink(missing_ok=True)


@contextmanager
def less(shortages: int) -> Generator[None]:
    """Let the work inside hold at once what it may after so many attempts that ran out of memory."""
    before = [(module, name, getattr(module, name)) for module, name in BOUNDS]
    try:
        for module, name, value in before:
            setattr(module, name, max(1, value // SMALLER**shortages))
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
