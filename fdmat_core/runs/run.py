"""Run: everything that is stored about one spec, read while it is made; what is not stored yet is None."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from fdmat_core import corruptions, curves, datasets, prefixes, registry, sizes
from fdmat_core.analysis.clusters import Clusters
from fdmat_core.projection import Projection
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.runs import artifacts, costs, notes, originals, parts, points, stages
from fdmat_core.runs.settings import checked, clean_first
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries, files
from fdmat_core.types import Dataset, FeatureTable, Finding

if TYPE_CHECKING:
    import numpy as np
    import pandas

#: What a run reads, by the kind of entry.
KINDS = (
    *("features", "projection", "clusters", "ranking", "energy", "sorted", "detection"),
    *("imported", "content", "applied", "duplicates", "neighbours"),
)
#: The form of the key of a run.
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
Part = TypeVar("Part")


class Run:
    """Everything that is stored about a spec. Its parts stay on disk until they are read, and are looked up once.

    A part that is not there yet is looked for again at every question, so that a run can be read while it is made.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = checked(spec)
        self.key = self.spec.key
        self._parts: dict[tuple[str, str, str], object] = {}
        self._rankings: dict[Choice, Rankings] = {}
        self._named: Dataset | None = None  # its data without all that is large

    @staticmethod
    def open(key: str) -> Run:
        """The run that is stored under a key; a ValueError if there is none, or its settings cannot be read."""
        if not KEY.fullmatch(key):
            raise ValueError(f"run is {key[:40]!r}; give a key as `python -m fdmat_core list runs` names it")
        place = artifacts.folder(key)
        if not place.exists():
            raise ValueError(
                f"no run {key!r} is stored under {files.home()}; `python -m fdmat_core list runs` names them"
            )
        value = files.read_json(place / "spec.json")
        if value is None:
            raise ValueError(_unreadable(key, "its spec.json is gone, empty or no JSON"))
        try:
            found = Run(Spec.from_json(value))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise ValueError(_unreadable(key, str(error))) from error
        if found.key != key:
            raise ValueError(_unreadable(key, f"they are those of run {found.key}, as this version reads them"))
        return found

    @property
    def stored(self) -> bool:
        """Whether the run is (still) there."""
        return (artifacts.folder(self.key) / "spec.json").exists()

    def dataset(self) -> Dataset:
        """The dataset, loaded and corrupted, with all its splits."""
        return corruptions.corrupt(datasets.load(self.spec.dataset), self.spec.corruption)

    def train(self) -> Dataset:
        """Its training items; those that have changed since as their features are stored, see `originals`."""
        data, tables = self.dataset(), self.tables
        if tables is None:
            return data.split("train")
        key = self.dataset_key or ""
        return originals.train(key, self.spec, data) or originals.as_stored(key, self.spec, tables[0])

    def called(self, ids: np.ndarray) -> dict[str, np.ndarray]:
        """What somebody's own data call some items: their files, `file`, or ids that are no numbers, `name`.

        Its data are read for that once; what comes with the program goes by its ids, and so do data that have changed.
        """
        if "path" not in dict(self.spec.dataset.params):
            return {}
        if self._named is None:
            found = originals.train(self.dataset_key or "", self.spec, self.dataset())
            self._named = replace(found, images=None, features=None, logits=None) if found else None
        if self._named is None:
            return {}
        data, there = self._named, {"file": "file", "id": "name"}
        return {name: data.fields[field][data.rows_of(ids)] for field, name in there.items() if field in data.fields}

    @property
    def dataset_key(self) -> str | None:
        """The key of the dataset, corrupted as it is, under which decisions are kept; None until features are made."""
        used = artifacts.used_features(self.spec)
        return self._part("features", used.key, lambda item: item.facts["dataset"], "dataset") if used else None

    @property
    def features_key(self) -> str:
        """The key of the features that it has now; "" until there are any."""
        used = artifacts.used_features(self.spec)
        return used.key if used else ""

    @property
    def tables(self) -> tuple[FeatureTable, FeatureTable] | None:
        """The train and test features."""
        used = artifacts.used_features(self.spec)
        return self._part("features", used.key, artifacts.unpack_tables) if used else None

    @property
    def counts(self) -> tuple[int, int]:
        """How many training and test items there are; 0 and 0 until features are made."""
        tables = self.tables
        return (tables[0].n, tables[1].n) if tables else (0, 0)

    @property
    def projection(self) -> Projection | None:
        """The 2D map of the training items: UMAP if it is there, else PCA."""
        used = artifacts.used_features(self.spec)
        if used is None:
            return None
        for kind in parts.MAPS:
            unpack = lambda item, kind=kind: Projection(item.arrays["xy"], kind)  # noqa: E731
            if found := self._part("projection", artifacts.projection_key(used, kind), unpack):
                return found
        return None

    @property
    def clusters(self) -> Clusters | None:
        """The clusters of the training items."""
        used = artifacts.used_features(self.spec)
        return self._part("clusters", artifacts.clusters_key(used), artifacts.unpack_clusters) if used else None

    def distance(self, measure: Choice, method: Choice, kept: float) -> float | None:
        """A distance of just what a method keeps at a share, also between the measured sizes.

        None for measures that are known at measured sizes only, and for methods that weigh or keep to those sizes.
        """
        used, rankings = artifacts.used_features(self.spec), self.rankings(method)
        if used is None or rankings is None or not artifacts.cuts_anywhere(method):
            return None
        if not prefixes.known(used.largest or used.n, used.n, measure):
            return None
        rows = rankings.cut(kept).rows
        if measure.name == "sliced_wasserstein":
            found = self._part("sorted", artifacts.sorted_key(used, measure), artifacts.unpack_sorted)
            return found.distance(rows) if found else None
        values = self._part("energy", artifacts.energy_key(self.spec, used, method), lambda item: item.arrays["energy"])
        return None if values is None or not len(rows) else float(values[len(rows) - 1])

    def ranking(self, method: Choice, *, seed: int = 0, k: int | None = None) -> Ranking | None:
        """The ranking of the training items by a method.

        A method that is not nested has one for each size that the run measures; without `k` it is that of all.
        """
        used = artifacts.used_features(self.spec)
        if used is None:
            return None
        key = artifacts.ranking_key(self.spec, used, method, seed, used.n if k is None else k)
        return self._part("ranking", key, artifacts.unpack_ranking)

    def rankings(self, method: Choice) -> Rankings | None:
        """The rankings of a method at every size that the run measures."""
        tables = self.tables
        if tables is None:
            return None
        ids, known = tables[0].ids, self._rankings.get(method)
        if known is not None and known.ids is ids:  # of the features that are stored now
            return known
        counts = [k or len(ids) for k in artifacts.sizes(self.spec, len(ids), method)]
        found = {k: ranking for k in counts if (ranking := self.ranking(method, k=k)) is not None}
        if len(found) < len(counts):
            return None
        self._rankings[method] = Rankings(ids, found)
        return self._rankings[method]

    def method(self, name: str | None) -> Choice | None:
        """The method of the run that a link or an address names by its text."""
        return next((method for method in self.spec.methods if str(method) == name), None)

    @property
    def ranked(self) -> dict[Choice, Rankings]:
        """The methods that have ranked, the recommended first and random last, with their rankings."""
        found = {method: self.rankings(method) for method in sorted(self.spec.methods, key=_place)}
        return {method: rankings for method, rankings in found.items() if rankings is not None}

    def measures(self, kind: str) -> list[Choice]:
        """The measures of a kind that the run takes, that which is shown first before others: `settings.clean_first`.

        Those that `problems` names are left out.
        """
        left_out = self.problems
        wanted = (one for one in clean_first(self.spec.measures) if str(one) not in left_out)
        return [one for one in wanted if registry.measures.get(one.name).facts.kind == kind]

    @property
    def evidence_method(self) -> Choice | None:
        """The method whose evidence says what is suspected: the run's FDMat, of several the one with usual settings."""
        return artifacts.evidence_method(self.spec)

    @property
    def evidence(self) -> Ranking | None:
        """The ranking whose evidence says what is suspected; None without FDMat, or until it has ranked."""
        return self.ranking(self.evidence_method) if self.evidence_method else None

    @property
    def detection(self) -> dict[str, np.ndarray] | None:
        """How suspicious each detector finds the training items, scores (n,) by name; None without FDMat."""
        used, method = artifacts.used_features(self.spec), self.evidence_method
        if used is None or method is None:
            return None
        return self._part("detection", artifacts.detection_key(self.spec, used, method), artifacts.unpack_scores)

    @property
    def planned(self) -> dict[int, float]:
        """The counts that its curves measure in the end, with the share kept of each; none until features are made."""
        return sizes.measured(self.counts[0], self.spec.fractions) if self.tables else {}

    def curve(self) -> pandas.DataFrame:
        """The points of the curves that exist by now: see `fdmat_core.curves`."""
        used = artifacts.used_features(self.spec)
        if used is None:
            return curves.frame([])
        wanted = {task.key for task in curves.tasks(used.n, self.spec, used.largest)}
        found = points.read(artifacts.source(self.spec, used))
        found["kept"] = found["k"].map(sizes.measured(used.n, self.spec.fractions))
        rows = found.to_dict("records")
        return curves.frame(row for row in rows if (row["method"], row["k"], row["seed"], row["measure"]) in wanted)

    def per_class(self, measure: str) -> pandas.DataFrame:
        """What a measure says of every class by now: columns `method, k, seed, label, value`."""
        used = artifacts.used_features(self.spec)
        source = artifacts.source(self.spec, used) if used else points.Source("", {})
        return points.by_class(source, measure)

    @property
    def costs(self) -> costs.Costs | None:
        """What it cost in seconds, as far as it is stored; None until its features are made."""
        used = artifacts.used_features(self.spec)
        return costs.read(self.spec, used) if used else None

    @property
    def problems(self) -> dict[str, str]:
        """What kept a method or a measure from working, by its name; empty if all went well."""
        return artifacts.problems(self.spec)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in its data: what was left out or decided, and why, and what is odd about them."""
        return artifacts.findings(self.spec)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The small files of its folder that are damaged, or of another version; they count as not there."""
        return notes.unreadable(artifacts.folder(self.key))

    @property
    def complete(self) -> bool:
        """Whether all that the spec asks for is stored, but for what `problems` names."""
        return not self.lacking

    @property
    def lacking(self) -> tuple[str, ...]:
        """Which parts are not there as this program makes them, in words."""
        return _lacking(self.spec, _written(self.key), artifacts.weights(self.spec))

    def _part(self, kind: str, key: str, unpack: Callable[[entries.Item], Part], of: str = "") -> Part | None:
        """What is stored under a key, or what is called `of` it, read once; None until it is there."""
        if (kind, key, of) not in self._parts:
            item = entries.find(kind, key)
            if item is None:
                return None
            self._parts[kind, key, of] = unpack(item)
        return self._parts[kind, key, of]  # type: ignore[return-value]


def _unreadable(key: str, why: str) -> str:
    return f"the settings of run {key!r} cannot be read ({why}); delete the run, or repair its spec.json"


def _place(method: Choice) -> tuple[bool, bool]:
    """Where a method stands among others: the recommended first, baselines last."""
    entry = registry.methods.get(method.name)
    return not entry.facts.recommended, entry.facts.family == "baseline"


@lru_cache(maxsize=256)
def _lacking(spec: Spec, written: tuple[int, ...], weights: str) -> tuple[str, ...]:
    """As it was at the moments at which the store was last written, with weights of this content."""
    return stages.lacking(spec)


def _written(key: str) -> tuple[int, ...]:
    """When the places that a run is read from were last written, in ns since 1970: a page asks at every redraw."""
    home = files.home()
    folder = artifacts.folder(key)
    notes_of_it = (folder / name for name in ("features.json", "problems.json"))
    results = (home / "fdmat.sqlite", home / "fdmat.sqlite-wal")
    places = [*results, folder, *notes_of_it, *(home / kind for kind in KINDS)]
    return tuple(place.stat().st_mtime_ns if place.exists() else 0 for place in places)
