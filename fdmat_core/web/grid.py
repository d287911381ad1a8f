"""What the grid of removed items draws: every item and its issue, who is kept at which size, and where to ask more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fdmat_core.rankings import Rankings
from fdmat_core.types import Issue, Truth
from fdmat_core.web import columns, payload

#: How many features of a row stand in for its picture.
FIELDS = 4


@dataclass(frozen=True)
class Items:
    """What stays when the method or the share kept changes: every row, and what is the matter with it."""

    ids: np.ndarray  # (n,) int64
    labels: np.ndarray  # (n,) positions in `classes`
    preferred: np.ndarray  # (n,) the class that the transport plan prefers
    issue: np.ndarray  # (n,) numbers of `Issue`
    worst: np.ndarray  # (n,) rows in the order to look at them
    classes: tuple[str, ...]
    issues: tuple[Issue, ...]
    suspected: np.ndarray  # (n,) bool, what the cleaned list leaves out unless people say otherwise
    truth: Truth | None = None
    features: np.ndarray | None = None  # (n, d), for data without pictures


@dataclass(frozen=True)
class Score:
    """A score that the grid can ask for, to sort by it."""

    name: str  # in its address
    group: str
    title: str


@dataclass(frozen=True)
class Addresses:
    """Whose items they are, and where the grid asks for more about one."""

    items: str  # names the run: what a person was looking at stays while it does
    pictures: str = ""  # the address of a picture, before its item's id; none if empty
    words: str = ""  # the address of items' texts or fields, which stand for pictures; none if empty
    search: str = ""  # the address that finds items by a text in their fields; none if empty
    evidence: str = ""  # the address of an item's evidence, before its id
    decisions: str = ""  # the address of the decisions
    like: str = ""  # the address that takes a picture and says how like it all items are; none if empty
    sets: str = ""  # the address of named sets of items
    views: str = ""  # the address of saved views
    score: str = ""  # the address of a score, before its name
    method: str = ""  # the method, as the address of the evidence names it


def pack(
    items: Items,
    rankings: Rankings,
    addresses: Addresses,
    *,
    fractions: Sequence[float],
    scores: Sequence[Score] = (),
    named: Sequence[str] = (),
) -> bytes:
    """The payload of the grid; see `points.pack`. `named` are the fields that can be searched."""
    facts: dict[str, Any] = {"classes": items.classes, "issues": [issue.title for issue in items.issues]}
    facts |= {"scores": [asdict(one) for one in scores], "named": list(named)}
    facts |= columns.facts(rankings, fractions) | asdict(addresses)
    return payload.pack(_columns(items) | columns.orders(rankings), facts)


def pack_score(name: str, values: np.ndarray) -> bytes:
    """One score as a payload with a column `score` (n,), by row; what is higher comes first."""
    return payload.pack({"score": np.asarray(values, "<f4")}, {"name": name})


def _columns(items: Items) -> dict[str, np.ndarray]:
    """The columns of all items by name, in the types that travel."""
    c = len(items.classes)
    places = np.argmax(items.issue[:, None] == np.array(items.issues), axis=1)
    sent = {
        "worst": np.asarray(items.worst, "<u4"),
        "ids": np.asarray(items.ids, "<i8"),
        "labels": payload.smallest(items.labels, c),
        "preferred": payload.smallest(items.preferred, c),
        "issue": payload.smallest(places, len(items.issues)),
        "suspected": np.asarray(items.suspected, np.uint8),
        "flags": columns.flags(len(items.ids), items.truth),
    }
    if items.truth is not None:
        sent["clean_labels"] = payload.smallest(items.truth.clean_labels, c)
    if items.features is not None:
        sent["fields"] = np.asarray(items.features[:, :FIELDS], "<f4")
    return sent
