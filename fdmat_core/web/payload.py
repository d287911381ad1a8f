"""What the map in the browser needs, as one block of bytes, and what it says back, as rows."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from fdmat_core.types import FeatureTable, Ranking, Truth, fingerprint

#: Header: magic, version, what is there, rows, unused, key of the points, pruning ratio to start from.
HEADER = struct.Struct("<4sHHII8sd")
MAGIC, VERSION = b"FMAP", 1
NESTED, SCORED, WITNESSED = 1, 2, 4

#: The share kept at the right end of the slider, unless something smaller was measured.
LEAST = 0.001
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
    own: np.ndarray | None = None  # (n,) share of a row's mass that the transport plan leaves in its class
    preferred: np.ndarray | None = None  # (n,) the class that the plan sends most of it to; there if `own` is


@dataclass(frozen=True)
class Words:
    """What the map says in words."""

    method: str = ""
    map: str = "UMAP"
    scored: str = "score"  # what the method's score is called
    thumbs: str = ""  # the address of a picture, before its item's id; none if empty
    ringed: str = ""  # rows to ring, in the form that a lasso has


def points_of(
    table: FeatureTable, xy: np.ndarray, truth: Truth | None = None, witness: Ranking | None = None
) -> Points:
    """The points of a table at the places xy (n, 2), with what is known about noise.

    Parameters
    ----------
    truth
        What was injected. Where it is known, nothing is called suspected.
    witness
        A ranking that rejects rows of itself: those are suspected; and its evidence, if it holds a plan's.
    """
    key = fingerprint([table.key, float(xy[0].sum()), float(xy[-1].sum())])
    bits = flags(table.n, truth, witness)
    told = witness.evidence if witness else {}
    return Points(xy, table.labels, table.ids, table.classes, key, bits, told.get("own_share"), told.get("preferred"))


def flags(n: int, truth: Truth | None = None, witness: Ranking | None = None) -> np.ndarray:
    """A byte (n,) per row: what was injected, or else what a ranking rejected."""
    bits = np.zeros(n, dtype=np.uint8)
    if truth is not None:
        bits[truth.mislabelled] |= MISLABELLED
        bits[truth.outlier] |= OUTLIER
    elif witness is not None:
        bits[witness.order[witness.survivors :]] |= SUSPECTED
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
    score = rankings.score if nested else None
    columns = {
        "xy": np.asarray(points.xy, "<f4").reshape(n, 2),
        "order": cuts(rankings),
        "ids": np.asarray(points.ids, "<u4"),
        "score": None if score is None else np.asarray(score, "<f4"),
        "own": None if points.own is None else np.asarray(points.own, "<f4"),
        "labels": np.asarray(points.labels, "<u2"),
        "preferred": None if points.preferred is None else np.asarray(points.preferred, "<u2"),
        "flags": np.zeros(n, "u1") if points.flags is None else np.asarray(points.flags, "u1"),
    }
    has = NESTED * nested | SCORED * (score is not None) | WITNESSED * (points.own is not None)
    key = bytes.fromhex(fingerprint([points.key, n]))
    facts = asdict(words) | {"classes": points.classes, "fractions": ticks(rankings, n, fractions)}
    head = HEADER.pack(MAGIC, VERSION, has, n, 0, key, start)
    body = [column.tobytes() for column in columns.values() if column is not None]
    return b"".join([head, *body, json.dumps(facts).encode()])


def cuts(rankings: Ranking | Mapping[int, Ranking]) -> np.ndarray:
    """What the browser cuts at a count: one nested order, or for each row the counts at which it is kept."""
    return np.asarray(rankings.order if isinstance(rankings, Ranking) else kept_bits(rankings), "<u4")


def ticks(rankings: Ranking | Mapping[int, Ranking], n: int, fractions: Sequence[float]) -> list[float]:
    """The slider's ticks: the fractions that were measured; without one nested order, those that have a ranking."""
    return sorted(map(float, fractions) if isinstance(rankings, Ranking) else (k / n for k in rankings))


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


def bits_of(rows: np.ndarray, n: int) -> str:
    """Rows as the map says them: base64 of one bit per row; what `rows_in` reads."""
    mask = np.zeros(n, dtype=bool)
    mask[rows] = True
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode()


def brink(rankings: Ranking | Mapping[int, Ranking], k: int, width: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """The rows nearest to the cut at k: those about to leave, and those that have just left, nearest first.

    Without one nested order they are what the next smaller count drops, and what this count drops from the next larger.
    """
    if isinstance(rankings, Ranking):
        order, k = rankings.order, int(np.clip(k, 0, len(rankings.order)))
        return order[max(0, k - width) : k][::-1], order[k : k + width]
    kept = {count: ranking.order[:count] for count, ranking in rankings.items()}
    fewer = max((count for count in kept if count < k), default=None)
    more = min((count for count in kept if count > k), default=None)
    leaving = _without(kept[k], kept[fewer] if fewer is not None else kept[k][:0])
    left = _without(kept[more], kept[k]) if more is not None else kept[k][:0]
    return leaving[:width], left[:width]


def _without(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Rows that are not among others, the last first."""
    return rows[~np.isin(rows, others)][::-1]
