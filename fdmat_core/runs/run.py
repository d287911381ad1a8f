"""Spec -> key -> folder: the stages of a run, each stored under what made it.

Runs share what they have in common, a run goes on where it stopped, and all of it can be read while it is made.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from fdmat_core import corruptions, curves, datasets, registry
from fdmat_core.numerics import quotas
from fdmat_core.progress import Progress, silent
from fdmat_core.projection import Projection
from fdmat_core.runs import artifacts, points, stages
from fdmat_core.runs.costs import Costs, read
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries as store
from fdmat_core.store import files
from fdmat_core.types import Dataset, FeatureTable, Ranking

if TYPE_CHECKING:
    import numpy as np
    import pandas

KINDS = ("features", "projection", "ranking", "detection")
MAPS = ("UMAP", "PCA")  # the better first

METHODS = ("fdmat", "fdmat_published", "random", "herding", "k_center", "energy_greedy", "moderate", "el2n")
MEASURES = ("sliced_wasserstein", "exact_wasserstein", "energy", "coverage", "class_balance", "linear_probe")

#: The run that the empty app offers: bundled data, no download.
SAMPLE = Spec(
    dataset=Choice("fashion_mnist_8k"),
    backbone=Choice("early_cnn"),
    methods=tuple(map(Choice, METHODS)),
    measures=tuple(map(Choice, MEASURES)),
)
#: The same with a fifth of the labels flipped: what leaves first is noise.
SAMPLE_NOISY = replace(SAMPLE, corruption=Choice("symmetric"))


@lru_cache(maxsize=256)
def checked(spec: Spec) -> Spec:
    """The spec as it is stored: every name and value checked, parameters at their default left out.

    Raises
    ------
    ValueError
        An unknown name, a value out of range, no method; the message names the fix.
    """
    if not spec.methods:
        raise ValueError("methods is empty; name at least one")
    if not spec.fractions:
        raise ValueError("fractions is empty; give at least one kept fraction")
    for fraction in spec.fractions:
        if not 0 < fraction <= 1:
            raise ValueError(f"kept fraction is {fraction}; give a number above 0 and up to 1")
    for name, low in (("seeds", 1), ("band", 0)):
        if getattr(spec, name) < low:
            raise ValueError(f"{name} is {getattr(spec, name)}; give at least {low}")
    return replace(
        spec,
        dataset=_checked(registry.datasets, spec.dataset),
        corruption=_checked(registry.corruptions, spec.corruption),
        backbone=_checked(registry.backbones, spec.backbone),
        methods=_all_checked(registry.methods, spec.methods),
        measures=_all_checked(registry.measures, spec.measures),
        fractions=tuple(sorted(set(spec.fractions))),
        balance=quotas.check_balance(spec.balance),
    )


def execute(spec: Spec, progress: Progress | None = None) -> None:
    """Make everything that a spec asks for and that is not stored yet.

    First what a person needs to start looking: features, a PCA map, the recommended method. What is wrong with one
    method or measure is written down (see `problems`) and does not stop the others.

    Parameters
    ----------
    progress
        Called with (done, total, "stage: note"); stages are features, projection, rankings, points,
        detection.
    """
    save(spec)
    stages.everything(checked(spec), partial(dataset, spec), progress or silent)


def dataset(spec: Spec) -> Dataset:
    """The dataset of a spec, loaded and corrupted, with all its splits."""
    return corruptions.corrupt(datasets.load(spec.dataset), spec.corruption)


def tables(spec: Spec) -> tuple[FeatureTable, FeatureTable] | None:
    """The train and test features of a run, or None until they are made."""
    used = artifacts.made(checked(spec))
    item = store.find("features", used.key) if used else None
    return artifacts.unpack_tables(item) if item else None


def dataset_key(spec: Spec) -> str | None:
    """The key of a run's dataset, corrupted as it is, under which decisions are kept; None until features are made."""
    used = artifacts.made(checked(spec))
    item = store.find("features", used.key) if used else None
    return item.facts["dataset"] if item else None


def projection(spec: Spec) -> Projection | None:
    """The 2D map of a run's training items: UMAP if it is there, else PCA, else None."""
    used = artifacts.made(checked(spec))
    for kind in MAPS if used else ():
        if item := store.find("projection", artifacts.projection_key(used, kind)):
            return Projection(item.arrays["xy"], kind)
    return None


def ranking(spec: Spec, method: Choice, *, seed: int = 0, k: int | None = None) -> Ranking | None:
    """The ranking of the training items by a method of a run, or None until it is made.

    A method that is not nested has one ranking for each size that the run measures; without `k` it is that of all.
    """
    spec = checked(spec)
    used = artifacts.made(spec)
    if used is None:
        return None
    item = store.find("ranking", artifacts.ranking_key(spec, used, method, seed, used.n if k is None else k))
    return artifacts.unpack_ranking(item) if item else None


def detection(spec: Spec) -> dict[str, np.ndarray] | None:
    """How suspicious each detector finds the training items, scores (n,) by name; None until made, or without FDMat."""
    spec = checked(spec)
    used, witness = artifacts.made(spec), artifacts.witness(spec)
    if used is None or witness is None:
        return None
    item = store.find("detection", artifacts.detection_key(spec, used, witness))
    return artifacts.unpack_scores(item) if item else None


def curve(spec: Spec) -> pandas.DataFrame:
    """The points of a run's curves that exist by now: the tidy frame `method, ratio, kept, seed, measure, value`."""
    spec = checked(spec)
    used = artifacts.made(spec)
    if used is None:
        return curves.frame([])
    ratios = curves.sizes(used.n, spec)
    wanted = {task.key for task in curves.tasks(used.n, spec, used.largest)}
    found = points.read(artifacts.source(spec, used))
    found["ratio"] = found["kept"].map(ratios)
    rows = found.to_dict("records")
    return curves.frame(row for row in rows if (row["method"], row["kept"], row["seed"], row["measure"]) in wanted)


def by_class(spec: Spec, measure: str) -> pandas.DataFrame:
    """What a measure of a run says of every class by now: columns `method, kept, seed, label, value`."""
    spec = checked(spec)
    used = artifacts.made(spec)
    source = artifacts.source(spec, used) if used else points.Source("", {})
    return points.by_class(source, measure)


def costs(spec: Spec) -> Costs | None:
    """What a run cost in seconds, as far as it is stored; None until its features are made."""
    spec = checked(spec)
    used = artifacts.made(spec)
    return read(spec, used) if used else None


def problems(spec: Spec) -> dict[str, str]:
    """What kept a method or a measure of a run from working, by its name; empty if all went well."""
    return artifacts.problems(checked(spec))


def complete(key: str) -> bool:
    """Whether all that a stored run asks for is there, but for what `problems` names."""
    return _complete(key, _written(key))


@lru_cache(maxsize=256)
def _complete(key: str, written: tuple[int, ...]) -> bool:
    """As it was at the moments at which the store was last written."""
    try:
        spec = checked(open(key))
    except ValueError:  # it is gone, or names what is no longer there
        return False
    return stages.complete(spec)


def _written(key: str) -> tuple[int, ...]:
    """When the places that a run is read from were last written, in ns since 1970: a page asks at every redraw."""
    home = files.home()
    places = [home / "fdmat.sqlite", home / "fdmat.sqlite-wal", artifacts.folder(key), *(home / kind for kind in KINDS)]
    return tuple(place.stat().st_mtime_ns if place.exists() else 0 for place in places)


def save(spec: Spec) -> str:
    """Store a spec as a run, if it is not there yet, and return its key."""
    spec = checked(spec)
    file = artifacts.folder(spec.key) / "spec.json"
    if files.read_json(file) is None:
        files.write_json(file, spec.to_json())
    return spec.key


def open(key: str) -> Spec:
    """The spec of a stored run."""
    value = files.read_json(artifacts.folder(key) / "spec.json")
    if value is None:
        raise ValueError(f"no run {key!r} is stored under {files.home()}; `python -m fdmat_core list runs` names them")
    return Spec.from_json(value)


def listing() -> list[str]:
    """The keys of all stored runs, the newest first."""
    keys = [key for key in store.keys("runs") if (artifacts.folder(key) / "spec.json").exists()]
    return sorted(keys, key=lambda key: (-(artifacts.folder(key) / "spec.json").stat().st_mtime, key))


def resolve(start: str) -> str:
    """The key of the one stored run that starts like this."""
    found = [key for key in listing() if key.startswith(start)]
    if len(found) != 1:
        said = f"{len(found)} runs start with" if found else "no run starts with"
        raise ValueError(f"{said} {start!r}; `python -m fdmat_core list runs` names them")
    return found[0]


def delete(key: str) -> None:
    """Remove a run and everything that no other run shares with it."""
    mine = _owned(key)
    shutil.rmtree(artifacts.folder(key), ignore_errors=True)
    _remove(mine - _needed())


def prune() -> list[str]:
    """Remove what is damaged or half-written, and what no stored run needs; returns what went."""
    swept = [f"{kind}/{name}" for kind in KINDS for name in store.sweep(kind)]
    there = {(kind, key) for kind in KINDS for key in store.keys(kind)}
    there |= {("points", origin) for origin in points.origins()}
    unused = there - _needed()
    _remove(unused)
    return swept + [f"{kind}/{key}" for kind, key in sorted(unused)]


def _owned(key: str) -> set[tuple[str, str]]:
    """What a run uses, as (kind, key); nothing if its spec names what is no longer there."""
    try:
        spec = checked(open(key))
    except ValueError:
        return set()
    used = artifacts.made(spec)
    if used is None:
        return set()
    maps = {("projection", artifacts.projection_key(used, kind)) for kind in MAPS}
    rankings = {
        ("ranking", artifacts.ranking_key(spec, used, method, seed, k))
        for method in (artifacts.RANDOM, *spec.methods)
        for seed in range(max(spec.seeds, spec.band))
        for k in artifacts.sizes(spec, used, method)
    }
    witness = artifacts.witness(spec)
    scores = {("detection", artifacts.detection_key(spec, used, witness))} if witness else set()
    return maps | rankings | scores | {("features", used.key), ("points", artifacts.source(spec, used).origin)}


def _needed() -> set[tuple[str, str]]:
    return set().union(*map(_owned, listing()))


def _remove(entries: set[tuple[str, str]]) -> None:
    for kind, key in entries:
        if kind == "points":
            points.forget(key)
        else:
            store.delete(kind, key)


def _checked(kind: registry.Kind, choice: Choice) -> Choice:
    entry = kind.get(choice.name)
    params = entry.read(dict(choice.params))
    defaults = entry.read({})
    return Choice.of(choice.name, **{name: value for name, value in params.items() if value != defaults[name]})


def _all_checked(kind: registry.Kind, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    return tuple(dict.fromkeys(_checked(kind, choice) for choice in choices))
