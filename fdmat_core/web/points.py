"""What the map draws: where each item lies, what it is, and who is kept at which size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fdmat_core.analysis.clusters import Clusters
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.types import FeatureTable, Truth
from fdmat_core.web import columns, payload, small

#: What points have for each row.
BY_ROW = ("xy", "labels", "ids", "flags", "own_share", "preferred")


@dataclass(frozen=True)
class Points:
    """What stays when the method changes: where each row lies on the map, and what it is."""

    xy: np.ndarray  # (n, 2)
    labels: np.ndarray  # (n,) positions in `classes`
    ids: np.ndarray  # (n,) int64
    classes: tuple[str, ...]
    items: str  # names the items: slider, camera, colours and lasso stay while it does, wherever the points lie
    flags: np.ndarray | None = None  # (n,) bits of `columns.FLAGS`
    own_share: np.ndarray | None = None  # (n,) share of a row's mass that the transport plan leaves in its class
    preferred: np.ndarray | None = None  # (n,) the class that most of it goes to; there if `own_share` is
    clusters: Clusters | None = None

    def take(self, rows: np.ndarray) -> Points:
        """The points of some rows (m,) in this order, without clusters; they are other items than all of them are."""
        if len(rows) == len(self.ids) and (rows[1:] > rows[:-1]).all():
            return self
        some = {name: None if (all_of := getattr(self, name)) is None else all_of[rows] for name in BY_ROW}
        return replace(self, items=f"{self.items} {len(rows)}", clusters=None, **some)


@dataclass(frozen=True)
class Words:
    """What the map says in words."""

    method: str = ""
    colour: str = ""  # of what it keeps, as "#RRGGBB"; the usual one if empty
    projection: str = "UMAP"
    score: str = "score"  # what the method's score is called
    pictures: str = ""  # the address of a picture, before its item's id; none if empty
    words: str = ""  # the address of items' texts or fields, which stand for pictures; none if empty
    heading: str = ""  # what the data are, in a line; for pictures that people take along
    file: str = "map"  # the beginning of the names of such files


def points_of(
    table: FeatureTable,
    xy: np.ndarray,
    truth: Truth | None = None,
    detector: Ranking | None = None,
    clusters: Clusters | None = None,
) -> Points:
    """The points of a table at the places xy (n, 2), with what is known about noise.

    Parameters
    ----------
    truth
        What was injected. Where anything was, nothing is called suspected.
    detector
        A ranking that rejects rows of itself: those are suspected; and its evidence, if it holds a plan's.
    clusters
        Of the table's rows.
    """
    found = detector.evidence if detector else {}
    bits = columns.flags(table.n, truth, detector)
    evidence = (found.get("own_share"), found.get("preferred")) if table.labelled else (None, None)
    return Points(xy, table.labels, table.ids, table.classes, table.key, bits, *evidence, clusters)


def pack(points: Points, rankings: Rankings, words: Words, *, fractions: Sequence[float]) -> bytes:
    """The payload of the map; `fractions` are the shares kept that were measured."""
    sent = columns_of(points) | scores(rankings) | columns.orders(rankings)
    facts = {"items": points.items, "classes": points.classes} | columns.facts(rankings, fractions)
    return packed(sent, facts | asdict(words))


def packed(sent: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> bytes:
    """The payload of some columns of points; those of many points travel in fewer bytes."""
    read_by: dict[str, Any] = {}
    if len(sent["ids"]) > small.FEW:
        sent, read_by = small.small(sent, len(facts["classes"]))
    return payload.pack(sent, dict(facts) | read_by)


def columns_of(points: Points) -> dict[str, np.ndarray]:
    """What does not depend on the method, by name, in the types that travel."""
    n = len(points.ids)
    sent = {
        "xy": np.asarray(points.xy, "<f4"),
        "ids": np.asarray(points.ids, "<i8"),
        "labels": payload.smallest(points.labels, len(points.classes)),
        "flags": np.zeros(n, "u1") if points.flags is None else np.asarray(points.flags, "u1"),
    }
    if points.own_share is not None and points.preferred is not None:
        sent["own_share"] = np.asarray(points.own_share, "<f4")
        sent["preferred"] = payload.smallest(points.preferred, len(points.classes))
    if points.clusters is not None:
        sent["medoids"] = np.asarray(points.clusters.medoids, "<u4")
        sent["sizes"] = np.asarray(points.clusters.sizes, "<u4")
    return sent


def score_name(rankings: Rankings) -> str:
    """What a method's score is called: its suspicion where that is it, so that one knows what a high one means."""
    ranking = rankings.nested
    if ranking is None or ranking.score is None:
        return "score"
    return "suspicion" if np.array_equal(ranking.score, ranking.evidence.get("suspicion", ())) else "score"


def scores(rankings: Rankings) -> dict[str, np.ndarray]:
    """The column `score` (n,) of a method that gives one to every row; none of another."""
    score = rankings.nested.score if rankings.nested else None
    return {} if score is None else {"score": np.asarray(score, "<f4")}
