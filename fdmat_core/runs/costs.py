"""What a run cost, read from the facts of what is stored: nothing is measured again."""

from __future__ import annotations

import itertools
import statistics
import time
from dataclasses import dataclass

from fdmat_core import registry
from fdmat_core.runs import artifacts, points
from fdmat_core.runs.artifacts import UsedFeatures
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries, files


@dataclass(frozen=True)
class Costs:
    """Seconds on the machine that did the work; what is not stored yet is not there."""

    features: float | None  # of all training and test items
    rankings: dict[str, float]  # str(Choice) of a method -> of all items; of all sizes together if it is not nested
    trainings: dict[str, float]  # str(Choice) of an expensive measure -> of one training, whatever the size

    def selection(self, method: Choice) -> float | None:
        """Seconds until the coresets of a method are there, with the features if it reads any; None if not stored."""
        features = self.features if registry.methods.get(method.name).facts.needs else 0.0
        ranking = self.rankings.get(str(method))
        return None if features is None or ranking is None else features + ranking


def read(spec: Spec, used: UsedFeatures) -> Costs:
    """The costs of a checked spec as far as they are stored."""
    rankings = {str(method): _ranking(spec, used, method) for method in spec.methods}
    source = artifacts.source(spec, used)
    expensive = [measure for measure in spec.measures if registry.measures.get(measure.name).facts.expensive]
    trainings = {str(measure): _training(source, str(measure)) for measure in expensive}
    return Costs(
        _seconds("features", used.key),
        {name: seconds for name, seconds in rankings.items() if seconds is not None},
        {name: seconds for name, seconds in trainings.items() if seconds},
    )


def _ranking(spec: Spec, used: UsedFeatures, method: Choice) -> float | None:
    keys = [artifacts.ranking_key(spec, used, method, 0, k) for k in artifacts.sizes(spec, used.n, method)]
    known = [seconds for key in keys if (seconds := _seconds("ranking", key)) is not None]
    return round(sum(known), 3) if len(known) == len(keys) else None


def _seconds(kind: str, key: str) -> float | None:
    manifest = files.read_json(entries.path(kind, key) / "manifest.json")
    return manifest["facts"].get("seconds") if manifest else None


def _training(source: points.Source, measure: str) -> float | None:
    """The median of what trainings took; of those that were made one after the other, of the time between two."""
    took = points.seconds(source, measure)
    return round(statistics.median(took), 3) if took else _pace(points.moments(source, measure))


def _pace(moments: list[str]) -> float | None:
    """The median of the seconds between one point and the next: half of a run may be interrupted."""
    times = [time.mktime(time.strptime(moment, points.MOMENT)) for moment in moments]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return statistics.median(gaps) if gaps else None
