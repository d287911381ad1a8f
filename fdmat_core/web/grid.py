"""What the Removed page's wall of items needs in the browser, as one block of bytes: columns by row, and words."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from fdmat_core.types import Issue, Ranking, Truth
from fdmat_core.web import payload

#: Header: magic, version, unused, rows, bytes of the words that follow it.
HEADER = struct.Struct("<4sHHII")
MAGIC, VERSION = b"FTRI", 1
#: How many features of a row stand in for its picture.
FIELDS = 4


@dataclass(frozen=True)
class Sheet:
    """What stays when the method or the ratio changes: every row, and what is the matter with it."""

    ids: np.ndarray  # (n,) below 2**32
    labels: np.ndarray  # (n,) positions in `classes`
    preferred: np.ndarray  # (n,) the class that the transport plan prefers
    issue: np.ndarray  # (n,) numbers of `Issue`
    worst: np.ndarray  # (n,) rows in the order to look at them
    classes: tuple[str, ...]
    issues: tuple[Issue, ...]
    truth: Truth | None = None
    features: np.ndarray | None = None  # (n, d), for data without pictures


@dataclass(frozen=True)
class Words:
    """What the wall says and whom it asks, in words."""

    key: str  # names the run: what a person was looking at stays while it does
    thumbs: str = ""  # the address of a picture, before its item's id; none if empty
    evidence: str = ""  # the address of an item's evidence, before its id
    decisions: str = ""  # the address of the decisions
    method: str = ""  # the method, as the evidence is asked for it
    only: str = ""  # rows to show and no others, in the form that a lasso has; all if empty
    filters: Mapping[str, str] = field(default_factory=dict)  # to start with, by name


def pack(
    sheet: Sheet,
    rankings: Ranking | Mapping[int, Ranking],
    words: Words,
    *,
    fractions: Sequence[float],
    start: float = 0.0,
) -> bytes:
    """The bytes that the wall draws: a header, the words as JSON, and the columns, each at a multiple of 4 bytes.

    Parameters
    ----------
    rankings
        One nested ranking; or, for a method that is not nested, its ranking for each count kept.
    fractions
        The kept fractions that were measured, for the ticks of the slider (see `mapdata.pack`).
    start
        The pruning ratio to start from.
    """
    n = len(sheet.ids)
    columns = {"column": payload.cuts(rankings)} | _columns(sheet)
    facts: dict[str, Any] = asdict(words) | {
        "nested": isinstance(rankings, Ranking),
        "fractions": payload.ticks(rankings, n, fractions),
        "start": start,
        "classes": sheet.classes,
        "issues": [issue.title for issue in sheet.issues],
        "columns": [[name, column.dtype.str[1:], column.size] for name, column in columns.items()],
    }
    told = _padded(json.dumps(facts).encode(), b" ")
    head = HEADER.pack(MAGIC, VERSION, 0, n, len(told))
    return b"".join([head, told, *(_padded(column.tobytes(), b"\0") for column in columns.values())])


def _columns(sheet: Sheet) -> dict[str, np.ndarray]:
    """The columns of a sheet by name, in the types that travel."""
    places = np.argmax(sheet.issue[:, None] == np.array(sheet.issues), axis=1)
    columns = {
        "worst": np.asarray(sheet.worst, "<u4"),
        "ids": np.asarray(sheet.ids, "<u4"),
        "labels": np.asarray(sheet.labels, "<u2"),
        "preferred": np.asarray(sheet.preferred, "<u2"),
        "issue": np.asarray(places, "u1"),
        "flags": payload.flags(len(sheet.ids), sheet.truth),
    }
    if sheet.truth is not None:
        columns["real"] = np.asarray(sheet.truth.clean_labels, "<u2")
    if sheet.features is not None:
        columns["fields"] = np.asarray(sheet.features[:, :FIELDS], "<f4")
    return columns


def _padded(block: bytes, filler: bytes) -> bytes:
    return block + filler * (-len(block) % 4)
