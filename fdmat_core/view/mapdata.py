"""What the map in the browser needs, as one block of bytes, and what it says back, as rows."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from fdmat_core.types import Ranking, Truth, fingerprint

#: Header: magic, version, what is there, rows, unused, key of the points, pruning ratio to start from.
HEADER = struct.Struct("<4sHHII8sd")
MAGIC, VERSION = b"FMAP", 1
NESTED, SCORED = 1, 2

#: Bits of a row's flag.
SUSPECTED, MISLABELLED, OUTLIER = 1, 2, 4
#: A ranking that is not nested is told for at most this many kept counts, one bit each.
MOST_COUNTS = 32


@dataclass(frozen=True)
class Points:
    """What stays when the method changes: where each row lies on the map, and what it is."""

    xy: np.ndarray  # (n, 2)
    labels: np.ndarray  # (n,) positions in `classes`
    ids: np.ndarray  # (n,) below 2**32
    classes: tuple[str, ...]
    key: str  # names these points: the camera stays while it does
    flags: np.ndarray | None = None  # (n,) bits SUSPECTED, MISLABELLED, OUTLIER


@dataclass(frozen=True)
class Words:
    """What the map says in words."""

    method: str = ""
    map: str = "UMAP"
    scored: str = "score"  # what the method's score is called
    thumbs: str = ""  # the address of a picture, before its item's id; none if empty


def flags(n: int, truth: Truth | None = None, suspected: np.ndarray | None = None) -> np.ndarray:
    """A byte (n,) per row: what was injected, and what is suspected (rows, or a mask)."""
    bits = np.zeros(n, dtype=np.uint8)
    if truth is not None:
        bits[truth.mislabelled] |= MISLABELLED
        bits[truth.outlier] |= OUTLIER
    if suspected is not None:
        bits[suspected] |= SUSPECTED
    return bits


def pack(
    points: Points,
    rankings: Ranking | Mapping[int, Ranking],
    words: Words,
    *,
    fractions: Sequence[float],
    start: float = 0.0,
) -> bytes:
    """The bytes that the map draws: 32 bytes of header, the columns, and the words as JSON.

    Parameters
    ----------
    rankings
        One nested ranking; or, for a method that is not nested, its ranking for each count kept.
    fractions
        The kept fractions that were measured: ticks of the slider. A method that is not nested has its counts for
        ticks, and stops nowhere else.
    start
        The pruning ratio to start from when these points are first shown.
    """
    n = len(points.ids)
    nested = isinstance(rankings, Ranking)
    stops = sorted(fractions if nested else (k / n for k in rankings))
    score = rankings.score if nested else None
    bits = np.zeros(n, np.uint8) if points.flags is None else points.flags
    columns = [
        np.asarray(points.xy, "<f4").reshape(n, 2),
        np.asarray(rankings.order if nested else kept_bits(rankings), "<u4"),
        np.asarray(points.ids, "<u4"),
        *([] if score is None else [np.asarray(score, "<f4")]),
        np.asarray(points.labels, "<u2"),
        np.asarray(bits, "u1"),
    ]
    has = NESTED * nested | SCORED * (score is not None)
    key = bytes.fromhex(fingerprint([points.key, n]))
    facts = asdict(words) | {"classes": points.classes, "fractions": [float(stop) for stop in stops]}
    head = HEADER.pack(MAGIC, VERSION, has, n, 0, key, start)
    return b"".join([head, *(column.tobytes() for column in columns), json.dumps(facts).encode()])


def kept_bits(rankings: Mapping[int, Ranking]) -> np.ndarray:
    """For each row (n,), bit j says whether it is kept at the j-th smallest count."""
    if not 0 < len(rankings) <= MOST_COUNTS:
        raise ValueError(f"rankings holds {len(rankings)} kept counts; give 1 to {MOST_COUNTS}")
    counts = sorted(rankings)
    bits = np.zeros(len(rankings[counts[0]].order), dtype=np.uint32)
    for place, k in enumerate(counts):
        bits[rankings[k].order[:k]] |= np.uint32(1 << place)
    return bits


def snap(ratio: float, fractions: Sequence[float]) -> float:
    """The computed kept fraction nearest to a pruning ratio, on a log scale; ties go to the smaller fraction."""
    stops = np.sort(np.asarray([fraction for fraction in fractions if fraction > 0], dtype=np.float64))
    away = np.abs(np.log(stops) - np.log(max(1 - ratio, 1e-9)))
    return float(stops[away.argmin()])


def rows_in(lasso: str | None, n: int) -> np.ndarray:
    """The rows, ascending, that a lasso of the map holds: base64 of one bit per row."""
    try:
        packed = np.frombuffer(base64.b64decode(lasso or "", validate=True), dtype=np.uint8)
    except ValueError:
        raise ValueError(f"lasso is {str(lasso)[:20]!r}; give the base64 text that the map sends") from None
    return np.flatnonzero(np.unpackbits(packed, bitorder="little")[:n])


def brink(ranking: Ranking, k: int, width: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """The rows nearest to the cut at k: those about to leave, and those that have just left, nearest first."""
    k = int(np.clip(k, 0, len(ranking.order)))
    return ranking.order[max(0, k - width) : k][::-1], ranking.order[k : k + width]
