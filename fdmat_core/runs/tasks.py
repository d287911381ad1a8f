"""What of a run can be computed anywhere that its store is seen: features of some items, a ranking, a point of a curve.

Rankings go to the store as entries, but for those of some classes, which the process of the run puts together. Of a
point the value is the answer: only the process of the run writes to the database, which two machines must not share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from fdmat_core import corruptions, curves, datasets, registry, selection
from fdmat_core.learning import features
from fdmat_core.rankings import Ranking
from fdmat_core.runs import artifacts, graphs, memory
from fdmat_core.runs.artifacts import UsedFeatures
from fdmat_core.runs.shards import Shard, leave
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries, files
from fdmat_core.types import Dataset, FeatureTable, fingerprint


class Unfit(ValueError):
    """A worker must not compute any task of a run, so that the run stops."""


class Work(NamedTuple):
    """What a worker is told of a run."""

    spec: Spec
    used: UsedFeatures
    version: str  # of the code and the libraries that decide
    shortages: int  # how many attempts have run out of memory

    @staticmethod
    def of(spec: Spec, used: UsedFeatures) -> Work:
        """The work of a checked spec on features that are stored."""
        return Work(spec, used, _version(spec, used), memory.times(artifacts.folder(spec.key)))


def embedding(work: Work, shard: Shard) -> None:
    """Leave the features of a shard of the items, if they are not there yet."""
    if not shard.file.exists():
        leave(shard, features.shard(_job(work), shard.split, slice(shard.start, shard.stop)))


class Rank(NamedTuple):
    """What is to be ranked by a method, for a size if it is not nested: all classes, or some of them."""

    method: Choice
    k: int | None
    labels: tuple[int, ...] = ()  # of some classes


class Ranked(NamedTuple):
    """What has been ranked: all of it is in the store, the rankings of some classes are here by their labels."""

    task: Rank
    classes: Mapping[int, Ranking]
    seconds: float


def ranking(work: Work, task: Rank) -> Ranked:
    """Store a ranking, if it is not there yet, or answer those of some classes."""
    with memory.less(work.shortages), graphs.kept(work.used.key):
        train, began = _tables(work)[0], time.monotonic()
        if not task.labels:
            rank(work.spec, work.used, train, task.method, 0, task.k)
            return Ranked(task, {}, _since(began))
        classes = selection.rank_classes(train, task.method, task.labels, **_asked(work.spec, task.k))
        return Ranked(task, classes, _since(began))


def point(work: Work, task: curves.Task) -> dict[str, Any]:
    """A point of a curve: see `curves.points`; of an expensive measure with the `seconds` that it took."""
    measure, began = registry.measures.get(task.measure.name), time.monotonic()
    with memory.less(work.shortages), graphs.kept(work.used.key):
        found = _measurer(work, "dataset" in measure.accepts)(task)
    return found | ({"seconds": _since(began)} if measure.facts.expensive else {})


def rank(spec: Spec, used: UsedFeatures, train: FeatureTable, method: Choice, seed: int, k: int | None) -> Ranking:
    """The stored ranking of a method and seed, and of a size if it is not nested; made first if need be."""

    def make() -> entries.Item:
        began = time.monotonic()
        found = selection.rank(train, method, seed=seed, **_asked(spec, k))
        return artifacts.pack_ranking(found, {"method": str(method), "seconds": _since(began)})

    return artifacts.unpack_ranking(entries.get("ranking", artifacts.ranking_key(spec, used, method, seed, k), make))


def put_together(spec: Spec, used: UsedFeatures, train: FeatureTable, parts: Sequence[Ranked]) -> None:
    """Store a ranking of which workers have ranked every class; it took as long as they did together."""
    method, k, _ = parts[0].task
    began, classes = time.monotonic(), {label: one for part in parts for label, one in part.classes.items()}
    found = selection.rank(train, method, known=classes, **_asked(spec, k))
    seconds = round(sum(part.seconds for part in parts) + _since(began), 3)
    packed = artifacts.pack_ranking(found, {"method": str(method), "seconds": seconds})
    entries.put("ranking", artifacts.ranking_key(spec, used, method, 0, k), packed)


def _asked(spec: Spec, k: int | None) -> dict[str, Any]:
    """What a run asks of every ranking."""
    return {"budget": k, "balance": spec.balance, "chosen": spec.chosen.ids if spec.chosen else ()}


@cache
def _measurer(work: Work, reads_items: bool) -> Callable[[curves.Task], dict[str, Any]]:
    """What measures a point; a worker prepares each measure once."""
    tables = _tables(work)
    items = _items(work) if reads_items else None
    return curves.measurer(*tables, work.spec, dataset=items, ranking=partial(rank, work.spec, work.used, tables[0]))


@cache
def _tables(work: Work) -> tuple[FeatureTable, FeatureTable]:
    """The features of a run, if this machine sees them and would compute what the run's own process would."""
    _job.cache_clear()  # all features are made
    _require_fit(work)
    return artifacts.unpack_tables(_features(work))


@lru_cache(maxsize=1)
def _job(work: Work) -> features.Job:
    """The network and the items of a run whose features are being made."""
    _require_fit(work)
    return features.Job.of(_items(work), work.spec.backbone)


def _require_fit(work: Work) -> None:
    """Refuse to compute on a machine whose results might not be those of the run's own process."""
    if _version(work.spec, work.used) != work.version:
        raise Unfit(
            "a worker has another version of this program or of a library, whose results may differ; "
            "install the same versions on every machine"
        )


def _items(work: Work) -> Dataset:
    """The items of a run, as they were when its features were made."""
    found = corruptions.corrupt(datasets.load(work.spec.dataset), work.spec.corruption)
    if artifacts.features_key(work.spec, found) != work.used.key:
        raise Unfit("a worker finds other data than the run began with; let every machine see the same, and Resume")
    return found


def _features(work: Work) -> entries.Item:
    item = entries.find("features", work.used.key)
    if item is None:
        raise Unfit(
            f"a worker finds no features of this run under {files.home()}; let FDMAT_HOME name a folder that every "
            "machine sees"
        )
    return item


def _version(spec: Spec, used: UsedFeatures) -> str:
    source = artifacts.source(spec, used)
    return fingerprint([source.origin, sorted(map(list, source.versions.items()))])


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
