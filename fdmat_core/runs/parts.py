"""What a run consists of, entry by entry and point by point: the one list of it.

What is made, what is said to be missing, how long it will take and what may be swept away all go by this list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from fdmat_core import curves
from fdmat_core.projection import Kind
from fdmat_core.runs import artifacts, points
from fdmat_core.runs.artifacts import UsedFeatures
from fdmat_core.spec import Spec
from fdmat_core.store import entries

#: The maps of a run, the better first.
MAPS: tuple[Kind, ...] = ("UMAP", "PCA")


class Part(NamedTuple):
    """One entry of the store that a run has."""

    kind: str  # as the store calls it
    key: str
    of: str = ""  # the method that ranks, or what makes the map


def of(spec: Spec, used: UsedFeatures, *, seeds: int = 1) -> Iterator[Part]:
    """Every entry of a finished run; rankings that draw with seeds of 0 and up to, without, `seeds`."""
    yield Part("features", used.key)
    for kind in MAPS:
        yield Part("projection", artifacts.projection_key(used, kind), kind)
    yield Part("clusters", artifacts.clusters_key(used))
    for kind, key in artifacts.prefix_keys(spec, used):
        yield Part(kind, key)
    if method := artifacts.evidence_method(spec):
        yield Part("detection", artifacts.detection_key(spec, used, method))
    for method in spec.methods:
        for k in artifacts.sizes(spec, used.n, method):
            for seed in range(seeds):
                yield Part("ranking", artifacts.ranking_key(spec, used, method, seed, k), method.name)


def missing(spec: Spec, used: UsedFeatures) -> Iterator[Part]:
    """The entries of a run that are not stored."""
    return (part for part in of(spec, used) if not entries.find(part.kind, part.key))


def unmeasured(spec: Spec, used: UsedFeatures) -> Iterator[curves.Task]:
    """The points of a run that are not stored, in the order of work."""
    found = points.read(artifacts.source(spec, used))
    done = {(row.method, row.k, row.seed, row.measure) for row in found.itertuples()}
    return (task for task in curves.tasks(used.n, spec, used.largest) if task.key not in done)


def working(spec: Spec) -> Spec:
    """A spec without the methods and measures that are written down as problems."""
    failed = artifacts.problems(spec)
    methods, measures = (
        tuple(choice for choice in many if str(choice) not in failed) for many in (spec.methods, spec.measures)
    )
    return replace(spec, methods=methods, measures=measures)
