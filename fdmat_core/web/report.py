"""What a report draws: the map of several methods in one payload, packed small, to be read by `report/methods.js`."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fdmat_core.rankings import Rankings
from fdmat_core.web import columns, payload
from fdmat_core.web.points import Points

#: Places travel as this many steps of the map's width and height.
STEPS = 65535
#: Bits of a score's fraction that travel: three digits of it are shown, and 256 colours.
FRACTION = 11


@dataclass(frozen=True)
class Method:
    """A method of a report: who is kept, and what it is called."""

    rankings: Rankings
    title: str
    colour: str  # of what it keeps, as "#RRGGBB"
    file: str  # the beginning of the names of its files


def pack(points: Points, methods: Sequence[Method], facts: Mapping[str, Any], *, fractions: Sequence[float]) -> bytes:
    """The payload of a report.

    Places are rounded to `STEPS`, shares of mass to whole percents, scores to `FRACTION` bits; ids are differences.

    Parameters
    ----------
    facts
        Whatever else the report's script reads, as JSON holds it.
    fractions
        The shares kept that were measured.
    """
    c = len(points.classes)
    places, box = _places(points.xy)
    n = len(points.ids)
    sent = {
        "places": places,
        "steps": np.diff(np.asarray(points.ids, "<i8"), prepend=np.int64(0)),
        "labels": payload.smallest(points.labels, c),
        "flags": np.zeros(n, "u1") if points.flags is None else np.asarray(points.flags, "u1"),
    }
    if points.own_share is not None and points.preferred is not None:
        sent["own_percent"] = np.round(100 * np.asarray(points.own_share)).astype("u1")
        sent["preferred"] = payload.smallest(points.preferred, c)
    if points.clusters is not None:
        sent |= {
            "medoids": np.asarray(points.clusters.medoids, "<u4"),
            "sizes": np.asarray(points.clusters.sizes, "<u4"),
        }
    for number, method in enumerate(methods):
        sent |= {f"{name}.{number}": column for name, column in _ranked(method.rankings).items()}
    told = [
        {"method": one.title, "colour": one.colour, "file": one.file} | columns.facts(one.rankings, fractions)
        for one in methods
    ]
    own = {"items": points.items, "classes": points.classes, "box": box, "steps": STEPS, "methods": told}
    return payload.pack(sent, own | dict(facts))


def text(packed: bytes) -> str:
    """A payload as text that can stand in a page: deflated, in base64, so that no sign of it means anything there."""
    return base64.b64encode(zlib.compress(packed, 9)).decode()


def _places(xy: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """Places (n, 2) in steps, and the box [left, low, width, height] around them."""
    xy = np.asarray(xy, dtype=np.float64)
    low = xy.min(axis=0)
    side = np.maximum(np.ptp(xy, axis=0), 1e-9)
    return np.round((xy - low) / side * STEPS).astype("<u2"), [*map(float, low), *map(float, side)]


def _ranked(rankings: Rankings) -> dict[str, np.ndarray]:
    """Who is kept: the rank (n,) of every row and its score, or without one nested order a bit for each size."""
    nested = rankings.nested
    if nested is None:
        return columns.orders(rankings)
    n = len(nested.order)
    rank = np.empty(n, dtype=np.int64)
    rank[nested.order] = np.arange(n)
    sent = {"rank": payload.smallest(rank, n)}
    if nested.score is not None:
        sent["score"] = _rounded(nested.score)
    return sent


def _rounded(values: np.ndarray) -> np.ndarray:
    """Numbers (n,) float32 whose last bits are 0, so that they pack well."""
    dropped = 23 - FRACTION
    bits = np.asarray(values, "<f4").view("<u4")
    exponent = bits & np.uint32(0x7F800000)
    whole = (bits + np.uint32(1 << (dropped - 1))) & np.uint32(0xFFFFFFFF << dropped & 0xFFFFFFFF)
    return np.where(exponent == 0x7F800000, bits, whole).astype("<u4").view("<f4")
