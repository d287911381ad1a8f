"""Columns in fewer bytes, for many points and for files; `small.js` reads them back. Packed, 7 to 10 bytes a point.

Places are rounded to `STEPS` steps of a box around them, but for the few that lie far outside it; ids are
differences; an order is the rank of every row; scores are rounded to `FRACTION` bits and lie by rank, where they often
ascend; shares of mass are whole percents; the class that most mass goes to is the difference from the label.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fdmat_core.web import payload

#: Rows up to which columns travel as they are.
FEW = 100_000
#: Places travel as this many steps of the box's width and height.
STEPS = 65535
#: Bits of a score's fraction that travel: three digits of it are shown, and 256 colours.
FRACTION = 11
#: This share of the points at either end of an axis may lie outside the box, if all need so many times its room.
FAR, MOST_WIDER = 0.002, 1.5


def small(sent: Mapping[str, np.ndarray], classes: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Columns as they travel and the facts to read them by; what a picture begins with comes first.

    Parameters
    ----------
    sent
        `xy` (n, 2), `ids`, `labels` and maybe `own_share` and `preferred` (n,) each; any number of `order` and
        `score` (n,) with endings that say whose they are. Other columns stay as they are.
    classes
        How many there are.
    """
    left = dict(sent)
    first, last = {}, {}
    for name in [name for name in sent if name.startswith("order")]:
        ending, order = name.removeprefix("order"), left.pop(name)
        first |= _rank(order, ending)
        if (score := left.pop(f"score{ending}", None)) is not None:
            last |= _score(score[order], ending)
    places, box = _places(left.pop("xy"))
    last["steps"] = np.diff(np.asarray(left.pop("ids"), "<i8"), prepend=np.int64(0))
    if "own_share" in left:
        last["own_percent"] = np.round(100 * np.asarray(left.pop("own_share"))).astype("u1")
        away = (left.pop("preferred").astype("i8") - left["labels"].astype("i8")) % classes
        last["preferred_step"] = payload.smallest(away, classes)
    return first | places | left | last, {"box": box, "steps": STEPS}


def _rank(order: np.ndarray, ending: str) -> dict[str, np.ndarray]:
    """The rank (n,) of every row: its lower 16 bits, and where there are more rows the rest."""
    rank = np.empty(len(order), dtype="<u4")
    rank[order] = np.arange(len(order), dtype="<u4")
    sent = {f"rank{ending}": rank.astype("<u2")}
    if len(order) > STEPS + 1:
        sent[f"rank_high{ending}"] = payload.smallest(rank >> 16, (len(order) - 1 >> 16) + 1)
    return sent


def _score(score: np.ndarray, ending: str) -> dict[str, np.ndarray]:
    """Numbers (n,) float32 rounded: the upper 16 bits of each, and the next bits that are left."""
    dropped = 23 - FRACTION
    bits = np.asarray(score, "<f4").view("<u4")
    exponent = bits & np.uint32(0x7F800000)
    bits = np.where(exponent == 0x7F800000, bits, bits + np.uint32(1 << (dropped - 1)))
    return {
        f"score_high{ending}": (bits >> 16).astype("<u2"),
        f"score_low{ending}": (bits >> np.uint32(dropped) & np.uint32((1 << 16 - dropped) - 1)).astype("u1"),
    }


def _places(xy: np.ndarray) -> tuple[dict[str, np.ndarray], list[float]]:
    """Places (n, 2) in steps of a box [left, low, width, height], and the rows outside it with their coordinates."""
    xy = np.asarray(xy, dtype=np.float64)
    low, side = np.transpose([_middle(axis) for axis in xy.T]) if len(xy) else (np.zeros(2), np.ones(2))
    steps = np.round((xy - low) / side * STEPS)
    far = np.flatnonzero(((steps < 0) | (steps > STEPS)).any(axis=1))
    sent = {"places": np.clip(steps, 0, STEPS).astype("<u2")}
    if len(far):
        sent = {"far": far.astype("<u4"), "far_xy": xy[far].astype("<f4")} | sent
    return sent, [*map(float, low), *map(float, side)]


def _middle(values: np.ndarray) -> tuple[float, float]:
    """Where the middle of some coordinates (n,) begins, and its length: of all, but for few that need most of it."""
    least, most = values.min(), values.max()
    low, high = np.quantile(values, [FAR, 1 - FAR])
    inner = high - low
    if inner > 0 and most - least > MOST_WIDER * inner:
        least, most = max(least, low - 0.05 * inner), min(most, high + 0.05 * inner)
    return least, max(most - least, 1e-9)
