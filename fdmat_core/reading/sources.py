"""Images by row: the files that names in a table stand for, and which rows have no image that can be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from fdmat_core.reading.images import Source
from fdmat_core.reading.places import EXAMPLES, short
from fdmat_core.store import entries
from fdmat_core.types import Finding


def file(name: str, base: Path, *, links: bool) -> tuple[Path, str]:
    """The file that a name below a folder stands for, and why it cannot be used; empty if it can."""
    found = base / name
    try:
        if not found.is_file():
            return base, f"no file {short(name)}"
        outside = not links and not found.resolve().is_relative_to(base.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        return base, f"{short(name)}: {getattr(error, 'strerror', None) or error}"
    return (base, f"{short(name)} leads out of the folder, links=true allows it") if outside else (found, "")


def marks(sources: Iterable[Source]) -> str:
    """What names the content of images: name, time and length of files, and bytes by themselves."""
    found = hashlib.sha256()
    for source in sources:
        if isinstance(source, bytes):
            found.update(source)
        else:
            facts = source.stat()
            found.update(f"{source.name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()[:16]


def lost(
    n: int,
    look: Callable[[int], str],
    trouble: Mapping[int, str],
    *,
    content: str,
    of: str,
    advice: str = "put the images there, or save them as PNG or JPEG",
) -> tuple[np.ndarray, list[Finding]]:
    """Which rows (n,) bool have no image that can be read, and the finding that names them; tried once for a content.

    Parameters
    ----------
    look
        Why the image of a row cannot be read; empty if it can.
    trouble
        The rows that are known to have none, and why.
    of
        What the rows are of, in words: "rows of list.csv".
    advice
        What to do if no row has one.
    """

    def look_at_all() -> entries.Item:
        rows = [row for row in range(n) if row not in trouble]
        with ThreadPoolExecutor() as pool:
            found = {str(row): why for row, why in zip(rows, pool.map(look, rows), strict=True) if why}
        return entries.Item({"rows": np.array(rows, dtype=np.int64)}, {"trouble": found})

    known = {int(row): why for row, why in entries.get("manifest", content, look_at_all).facts["trouble"].items()}
    every = dict(trouble) | known
    gone = np.zeros(n, dtype=bool)
    gone[list(every)] = True
    if not every:
        return gone, []
    places = tuple(f"row {row:,}: {every[row]}" for row in sorted(every)[:EXAMPLES])
    text = f"{len(every):,} of {n:,} {of} have no image that can be read"
    if gone.all():
        raise ValueError(f"{text} ({places[0]}); {advice}")
    return gone, [Finding(text, "left out", "", places)]
