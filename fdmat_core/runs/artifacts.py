"""Feature tables, rankings and maps as stored entries, and the keys that say what made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fdmat_core import curves, prefixes, projection, registry, selection
from fdmat_core.analysis import clusters, detectors, duplicates
from fdmat_core.analysis.clusters import Clusters
from fdmat_core.corruptions import cleaned
from fdmat_core.learning import features
from fdmat_core.methods import imported
from fdmat_core.prefixes import SortedClasses
from fdmat_core.rankings import Ranking
from fdmat_core.reading import check
from fdmat_core.runs import notes, points
from fdmat_core.sizes import measured
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries, files, provenance
from fdmat_core.store.entries import Item
from fdmat_core.types import Dataset, FeatureTable, Finding, fingerprint

SPLITS = ("train", "test")
RANDOM = Choice("random")  # always among the methods of a curve
COLUMNS = ("ids", "labels", "embedding", "logits", "head")
#: The functions that decide what is stored, beside the registered ones.
EXTRACT, PROJECT, RANK, MEASURE, DETECT, CLUSTER, COPIES = (
    features.extract,
    projection.project,
    selection.rank,
    curves.points,
    detectors.scores,
    clusters.clusters,
    (duplicates.first_of, duplicates.by_pixels, duplicates.by_features),
)
#: Columns of `prefixes.SortedClasses`.
SORTED = ("rows", "starts", "order", "value", "farthest")


class UsedFeatures(NamedTuple):
    """Which stored features a run uses, of how many training items, and how many the largest class has."""

    key: str
    n: int
    largest: int = 0  # not known in runs stored before it was counted
    version: str = ""  # see `features_version`; not known in runs stored before it was noted
    weights: str = ""  # see `weights`; not known in runs stored before it was noted


def folder(run: str) -> Path:
    """The folder of a run: its spec, which features it uses, its problems, its status and its log."""
    return entries.path("runs", run)


def note(spec: Spec, used: UsedFeatures) -> None:
    """Write down which features a run uses, so that a reader need not load the dataset to find them."""
    files.write_json(folder(spec.key) / "features.json", used._asdict())


def used_features(spec: Spec) -> UsedFeatures | None:
    """Which features a run uses, once that is known."""
    value = notes.read(folder(spec.key), "features.json")
    return UsedFeatures(**value) if value else None


def problems(spec: Spec) -> dict[str, str]:
    """What kept a method or a measure of a run from working, by its name."""
    return notes.read(folder(spec.key), "problems.json") or {}


def note_findings(spec: Spec, dataset: Dataset) -> None:
    """Write down what was found in a run's data, so that what was left out stays in sight.

    That is what was found when they were read, and what is odd about them as a whole, which is looked for once.
    """
    place = folder(spec.key)
    files.write_json(place / "findings.json", [asdict(one) for one in dataset.findings])
    known = notes.read(place, "check.json")
    if not known or known["dataset"] != dataset.key:
        odd = [asdict(one) for one in check.check(dataset)]
        files.write_json(place / "check.json", {"dataset": dataset.key, "findings": odd})


def findings(spec: Spec) -> tuple[Finding, ...]:
    """What was found in a run's data; nothing until they were read."""
    read = notes.read(folder(spec.key), "findings.json") or []
    checked = notes.read(folder(spec.key), "check.json") or {"findings": []}
    return tuple(Finding(**one | {"places": tuple(one["places"])}) for one in (*read, *checked["findings"]))


def features_key(spec: Spec, dataset: Dataset) -> str:
    """Name the features of a dataset, as it was loaded and corrupted, by a backbone."""
    own = weights(spec)
    return fingerprint([features.key(dataset, spec.backbone), features_version(spec), *([own] if own else [])])


def weights(spec: Spec) -> str:
    """The content of somebody's own weights that a spec's backbone reads; "" if it reads none, or they are gone."""
    entry = registry.backbones.get(spec.backbone.name)
    params = entry.read(dict(spec.backbone.params))
    return provenance.content(*(Path(params[name]).expanduser() for name in entry.facts.files if params[name]))


def features_version(spec: Spec) -> str:
    """The version of what makes the features of a spec: its dataset, its corruption and its backbone."""
    data, backbone = registry.datasets.get(spec.dataset.name), registry.backbones.get(spec.backbone.name)
    damage = [provenance.of(registry.corruptions.get(one.name)) for one in _corruptions(spec.corruption)]
    return fingerprint([provenance.of(data), *damage, provenance.of(backbone, EXTRACT)])


def projection_key(used: UsedFeatures, kind: str) -> str:
    """Name the map of some features; kind is "PCA" or "UMAP"."""
    return fingerprint([used.key, kind, provenance.code(PROJECT)])


def ranking_key(spec: Spec, used: UsedFeatures, method: Choice, seed: int, k: int | None) -> str:
    """Name a ranking; `k` counts only for methods that are not nested, `seed` only for those that draw."""
    entry = registry.methods.get(method.name)
    return fingerprint(
        {
            "features": used.key,
            "method": [entry.name, entry.read(dict(method.params))],
            "balance": spec.balance,
            "seed": seed if entry.draws else 0,
            "k": None if entry.facts.nested else k,
            "code": provenance.of(entry, RANK),
        }
        | ({"chosen": spec.chosen.ids} if spec.chosen else {})
    )


def evidence_method(spec: Spec) -> Choice | None:
    """The method of a run whose evidence tells what is suspected: its FDMat, of several the one with usual settings."""
    own = (method for method in spec.methods if method.name == "fdmat")
    return min(own, key=lambda method: bool(method.params), default=None)


def brought(spec: Spec) -> set[tuple[str, str]]:
    """What people brought along for a run, as (kind, key): its imported selections, and decisions that were applied."""
    contents = (dict(method.params).get("content", "") for method in spec.methods if method.name == imported.KIND)
    applied = (dict(one.params).get("content", "") for one in _corruptions(spec.corruption) if one.name == "cleaned")
    found = {(imported.KIND, content) for content in contents} | {(cleaned.KIND, content) for content in applied}
    return {(kind, content) for kind, content in found if content}


def _corruptions(choice: Choice) -> Iterator[Choice]:
    """A corruption and those before it."""
    yield choice
    if choice.name == "cleaned":
        yield from _corruptions(Choice.read(dict(choice.params).get("after", "none"))[0])


def detection_key(spec: Spec, used: UsedFeatures, method: Choice) -> str:
    """Name the scores of all detectors of bad items, FDMat's being those of a method."""
    return fingerprint([ranking_key(spec, used, method, 0, None), provenance.code(DETECT)])


def clusters_key(used: UsedFeatures) -> str:
    """Name the clusters of some features."""
    return fingerprint([used.key, provenance.code(CLUSTER)])


def duplicates_key(used: UsedFeatures) -> str:
    """Name the copies that are found among the items of some features."""
    return fingerprint([used.key, *map(provenance.code, COPIES)])


def energy_key(spec: Spec, used: UsedFeatures, method: Choice) -> str:
    """Name the energy distances of all prefixes of a method's order."""
    return fingerprint([ranking_key(spec, used, method, 0, None), provenance.code(prefixes.energy)])


def sorted_key(used: UsedFeatures, measure: Choice) -> str:
    """Name the sorted projections that a sliced Wasserstein measure of some features reads."""
    params = registry.measures.get(measure.name).read(dict(measure.params))
    return fingerprint([used.key, params, provenance.code(prefixes.sorted_classes)])


def prefix_keys(spec: Spec, used: UsedFeatures) -> dict[tuple[str, str], tuple[Choice, Choice | None]]:
    """What is stored so that a distance is known at every count: (kind, key) -> measure, and method if it is of one."""
    found: dict[tuple[str, str], tuple[Choice, Choice | None]] = {}
    for measure in spec.measures:
        if not prefixes.known(used.largest or used.n, used.n, measure):
            continue
        if measure.name == "sliced_wasserstein":
            found["sorted", sorted_key(used, measure)] = measure, None
        else:
            cut = [one for one in spec.methods if cuts_anywhere(one)]
            found |= {("energy", energy_key(spec, used, method)): (measure, method) for method in cut}
    return found


def cuts_anywhere(method: Choice) -> bool:
    """Whether any prefix of a method's one order is a coreset of its own, without weights."""
    facts = registry.methods.get(method.name).facts
    return facts.nested and facts.weigh is None


def source(spec: Spec, used: UsedFeatures) -> points.Source:
    """Where the points of a run are kept, and which code they must come from."""
    methods = {str(one): provenance.of(registry.methods.get(one.name), RANK) for one in (RANDOM, *spec.methods)}
    measures = {str(one): provenance.of(registry.measures.get(one.name), MEASURE) for one in spec.measures}
    pairs = {(a, b): fingerprint([methods[a], measures[b]]) for a in methods for b in measures}
    after = f".{fingerprint(spec.chosen.ids)}" if spec.chosen else ""
    return points.Source(f"{used.key}.{spec.balance}{after}", pairs)


def sizes(spec: Spec, n: int, method: Choice) -> list[int | None]:
    """The counts that a method must be run for: None, for all, if it is nested, else each that is measured."""
    return [None] if registry.methods.get(method.name).facts.nested else list(measured(n, spec.fractions))


def pack_tables(tables: tuple[FeatureTable, FeatureTable], facts: Mapping[str, Any]) -> Item:
    """Train and test features as one entry."""
    arrays = {
        f"{split}.{name}": column
        for split, table in zip(SPLITS, tables, strict=True)
        for name, column in _columns(table)
        if column is not None
    }
    keys = {split: table.key for split, table in zip(SPLITS, tables, strict=True)}
    return Item(arrays, dict(facts) | {"classes": list(tables[0].classes), "keys": keys, "n": tables[0].n})


def unpack_tables(item: Item) -> tuple[FeatureTable, FeatureTable]:
    """The train and test features of an entry; arrays stay on disk until they are read."""
    return _table(item, "train"), _table(item, "test")


def pack_ranking(ranking: Ranking, facts: Mapping[str, Any]) -> Item:
    """A ranking with its evidence as an entry."""
    arrays = {"order": ranking.order} | {f"evidence.{name}": column for name, column in ranking.evidence.items()}
    if ranking.score is not None:
        arrays["score"] = ranking.score
    kept_facts = {"nested": ranking.nested, "survivors": ranking.survivors, "notes": dict(ranking.notes)}
    return Item(arrays, dict(facts) | kept_facts)


def unpack_ranking(item: Item) -> Ranking:
    """The ranking of an entry."""
    return Ranking(
        order=item.arrays["order"],
        score=item.arrays.get("score"),
        nested=item.facts["nested"],
        survivors=item.facts["survivors"],
        evidence=_below(item, "evidence."),
        notes=item.facts["notes"],
    )


def pack_scores(scores: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> Item:
    """Scores (n,) by name as an entry, in their order."""
    return Item({"scores": np.stack(list(scores.values()))}, dict(facts) | {"detectors": list(scores)})


def unpack_scores(item: Item) -> dict[str, np.ndarray]:
    """The scores of an entry."""
    return dict(zip(item.facts["detectors"], item.arrays["scores"], strict=True))


def pack_clusters(found: Clusters) -> Item:
    """Clusters as an entry."""
    return Item(found._asdict(), {})


def unpack_clusters(item: Item) -> Clusters:
    """The clusters of an entry."""
    return Clusters(item.arrays["of"], item.arrays["medoids"])


def pack_sorted(found: SortedClasses) -> Item:
    """Sorted projections as an entry."""
    return Item({name: getattr(found, name) for name in SORTED}, {})


def unpack_sorted(item: Item) -> SortedClasses:
    """The sorted projections of an entry; they stay on disk until they are read."""
    return SortedClasses(*(item.arrays[name] for name in SORTED))


def _columns(table: FeatureTable) -> Iterator[tuple[str, np.ndarray | None]]:
    yield from ((name, getattr(table, name)) for name in COLUMNS)
    yield from ((f"dynamics.{name}", column) for name, column in table.dynamics.items())


def _table(item: Item, split: str) -> FeatureTable:
    return FeatureTable(
        **{name: item.arrays[f"{split}.{name}"] for name in COLUMNS if f"{split}.{name}" in item.arrays},
        classes=tuple(item.facts["classes"]),
        key=item.facts["keys"][split],
        dynamics=_below(item, f"{split}.dynamics."),
    )


def _below(item: Item, prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in item.arrays.items() if name.startswith(prefix)}
