"""What a report draws: the map of several methods in one payload, packed small, to be read by `report/methods.js`."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fdmat_core.rankings import Rankings
from fdmat_core.web import columns, payload, small
from fdmat_core.web.points import Points, columns_of, score_name, scores


@dataclass(frozen=True)
class Method:
    """A method of a report: who is kept, and what it is called."""

    rankings: Rankings
    title: str
    colour: str  # of what it keeps, as "#RRGGBB"
    file: str  # the beginning of the names of its files


def pack(points: Points, methods: Sequence[Method], facts: Mapping[str, Any], *, fractions: Sequence[float]) -> bytes:
    """The payload of a report, in as few bytes as `small` makes it.

    Parameters
    ----------
    facts
        Whatever else the report's script reads, as JSON holds it.
    fractions
        The shares kept that were measured.
    """
    sent = columns_of(points)
    for number, method in enumerate(methods):
        own = scores(method.rankings) | columns.orders(method.rankings)
        sent |= {f"{name}.{number}": column for name, column in own.items()}
    sent, read_by = small.small(sent, len(points.classes))
    told = [
        {"method": one.title, "colour": one.colour, "file": one.file, "score": score_name(one.rankings)}
        | columns.facts(one.rankings, fractions)
        for one in methods
    ]
    shared = {"items": points.items, "classes": points.classes, "methods": told} | read_by
    return payload.pack(sent, shared | dict(facts))


def text(packed: bytes) -> str:
    """A payload as text that can stand in a page: deflated, in base64, so that no sign of it means anything there."""
    return base64.b64encode(zlib.compress(packed, 9)).decode()
