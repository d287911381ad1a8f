"""Images by row: the files that names in a table stand for, and which rows have no image that can be read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fdmat_core.formats import some
from fdmat_core.reading.images import Seen, Source
from fdmat_core.reading.places import EXAMPLES, note, short
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
    trust = "leads out of the folder; say links=true if you trust the list"
    return (base, f"{short(name)} {trust}") if outside else (found, "")


def marks(sources: Iterable[Source]) -> str:
    """What names the content of images: name, time and length of files, and bytes by themselves."""
    found = hashlib.sha256()
    for source in sources:
        if isinstance(source, bytes):
            found.update(source)
        else:
            note(source)
            facts = source.stat()
            found.update(f"{source.name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return found.hexdigest()[:16]


#: The least and the largest side of images in pixels, as people set it.
SIDES = (8, 512)


class Looked(NamedTuple):
    """What is known of many images: why some cannot be read, by row; and how many of the others are of which kind."""

    trouble: dict[int, str]
    modes: dict[str, int]
    shapes: int  # how many different sizes
    size: tuple[int, int]  # width and height of the first of them
    several: int  # hold more than one picture


def looked_at(n: int, look: Callable[[int], Seen], trouble: Mapping[int, str], *, content: str) -> Looked:
    """What is known of the images of n rows; each is read once for a content, and that is remembered.

    Parameters
    ----------
    look
        What is known of the image of a row.
    trouble
        The rows that are known to have none, and why.
    """

    def look_at_all() -> entries.Item:
        rows = [row for row in range(n) if row not in trouble]
        with ThreadPoolExecutor() as pool:
            seen = list(pool.map(look, rows))
        there = [one for one in seen if not one.trouble]
        facts = {
            "trouble": {str(row): one.trouble for row, one in zip(rows, seen, strict=True) if one.trouble},
            "modes": dict(Counter(one.mode for one in there)),
            "shapes": len({tuple(one.size) for one in there}),
            "size": list(there[0].size) if there else [0, 0],
            "several": sum(one.several for one in there),
        }
        return entries.Item({"rows": np.array(rows, dtype=np.int64)}, facts)

    facts = entries.get("images", f"{content}-2", look_at_all).facts  # the second form of what is noted
    found = {int(row): why for row, why in facts["trouble"].items()}
    width, height = facts["size"]
    return Looked(dict(trouble) | found, facts["modes"], facts["shapes"], (width, height), facts["several"])


def scaled(shapes: int, size: tuple[int, int], side: int) -> list[Finding]:
    """What is said about images that become squares of another size.

    Parameters
    ----------
    shapes
        How many different sizes they have.
    size
        Width and height in pixels, if they have one.
    side
        Of the squares, in pixels.
    """
    if shapes > 1:
        text = f"images have {shapes:,} different sizes"
        return [Finding(text, f"scaled and cut to {side} x {side}", "size=N")]
    short_side = min(size)
    if not shapes or size == (side, side):
        return []
    does = " and ".join(["scaled"] * (short_side != side) + ["cut"] * (size[0] != size[1]))
    other = min(max(short_side, SIDES[0]), SIDES[1])
    text = f"all images are {size[0]:,} x {size[1]:,}"
    return [Finding(text, f"{does} to {side} x {side}", f"size={other}" if other != side else "")]


def lost(  # noqa: PLR0913  what is looked at, and how it is said
    n: int,
    look: Callable[[int], Seen],
    trouble: Mapping[int, str],
    *,
    content: str,
    of: str,
    side: int,
    advice: str = "put the images there, or save them as PNG or JPEG",
) -> tuple[np.ndarray, list[Finding]]:
    """Which rows (n,) bool have no image that can be read; findings name them and say what the others become.

    See `looked_at`.

    Parameters
    ----------
    of
        What the rows are of, in words: "rows of list.csv".
    side
        Of the squares that images become, in pixels.
    advice
        What to do if no row has one.
    """
    looked = looked_at(n, look, trouble, content=content)
    every, becomes = looked.trouble, scaled(looked.shapes, looked.size, side)
    gone = np.zeros(n, dtype=bool)
    gone[list(every)] = True
    if not every:
        return gone, becomes
    places = tuple(f"row {row:,}: {every[row]}" for row in sorted(every)[:EXAMPLES])
    text = f"{some(len(every), n, of)} no image that can be read"
    if gone.all():
        raise ValueError(f"{text} ({places[0]}); {advice}")
    return gone, [Finding(text, "left out", "", places), *becomes]
