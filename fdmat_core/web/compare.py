"""What the comparison draws: items at one place each, and two methods that keep different ones of them.

Columns of one side end in `_a` or `_b`; all else is shared, so that both canvases have one map and one camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fdmat_core.rankings import Rankings
from fdmat_core.web import columns, points


@dataclass(frozen=True)
class Side:
    """One of the two: who is kept at which size, in which words, and what is known about noise in its data."""

    rankings: Rankings  # of the items that both have
    words: points.Words
    flags: np.ndarray  # (n,) bits of `columns.FLAGS`


def pack(drawn: points.Points, sides: tuple[Side, Side], projection: str, *, fractions: Sequence[float]) -> bytes:
    """The payload of the comparison.

    Parameters
    ----------
    drawn
        The n items that both sides have, in one order.
    projection
        What made their places: "UMAP" or "PCA".
    fractions
        The shares kept that were measured: the slider's ticks. A side that has an order for each size stops at these.
    """
    sent, facts = points.columns_of(drawn), {"items": drawn.items, "classes": drawn.classes, "flags": columns.FLAGS}
    del sent["flags"]
    for side, letter in zip(sides, "ab", strict=True):
        mine = points.scores(side.rankings) | columns.orders(side.rankings) | {"flags": side.flags.astype("u1")}
        sent |= {f"{name}_{letter}": column for name, column in mine.items()}
    told = [columns.facts(side.rankings, fractions) for side in sides]
    facts |= {"projection": projection, "sides": list(map(_told, sides, told))}
    return points.packed(sent, facts | _slider(sides, told))


def _told(side: Side, told: dict[str, Any]) -> dict[str, Any]:
    """What the browser reads of one side besides its columns."""
    words = asdict(side.words)
    del words["projection"]
    return words | {"sizes": told["sizes"]}


def _slider(sides: tuple[Side, Side], told: list[dict[str, Any]]) -> dict[str, Any]:
    """The ticks of the one slider: where a side has an order for each size, it stops at those of such sides only."""
    fixed = [its["sizes"] for side, its in zip(sides, told, strict=True) if not side.rankings.nested]
    stops = sorted({size for its in fixed or [one["sizes"] for one in told] for size in its})
    return {"stops": stops, "nested": not fixed, "least": min(its["least"] for its in told)}
