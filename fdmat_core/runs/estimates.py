"""How long a run will take on this machine, and how much memory: told before it starts.

Networks are timed on some of the items themselves. All else follows from laws: `laws.json` says for every method and
measure how its seconds and its bytes grow with the size of the work, fitted by `python -m benchmarks.estimates --fit`.
A small, fixed piece of arithmetic, timed here and there, tells how this machine compares with that of the laws.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files as packaged
from typing import Any

import numpy as np

from fdmat_core import registry
from fdmat_core.formats import duration
from fdmat_core.runs import artifacts, parts
from fdmat_core.runs.artifacts import UsedFeatures
from fdmat_core.runs.parts import Part
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries
from fdmat_core.types import Dataset, FeatureTable

#: Items that a network is timed on at first; twice as many until it takes long enough to tell.
FIRST_ITEMS, ENOUGH_SECONDS, MOST_ITEMS = 16, 0.25, 1024
#: Steps of training that are timed, after one that is not.
TIMED_STEPS = 3
#: Steps of a training of a measure that is timed, and the test items that are looked at after it: few, then more.
SHORT, FEW_TESTS, MORE_TESTS = 10, 32, 544
#: With so many others a row is compared at most where neighbours are looked for, as far as seen: lists of near ones.
COMPARED = 130_000
#: So many rows of a class at most are held against all of it where it is matched or measured.
STANDING = 20_000
#: Axes of an image: height, width and channels.
IMAGE = 3
#: Pixels of an image in them, at most: more take more in proportion.
MOST_PIXELS = 1024
#: The stages of a run in words, by the kind of what they store; measuring is one of its own.
STAGES = {
    "features": "features",
    "projection": "map",
    "clusters": "map",
    "ranking": "rankings",
    "points": "points",
    "sorted": "distances between the sizes",
    "energy": "distances between the sizes",
    "detection": "detection",
}
#: Below this nothing is left to do but to look.
LEAST_SECONDS = 0.5
Law = Mapping[str, float]


@dataclass(frozen=True)
class Size:
    """How large the work is: what the terms of a law are products of."""

    n: int  # training items
    tests: int
    d: int  # numbers of a feature vector
    c: int
    pairs: float  # ordered pairs of training items of one class, of each with no more than `STANDING`
    numbers: int = 1  # of an item as it is read
    k: int = 0  # items kept
    steps: int = 1  # of a measure that trains


@dataclass(frozen=True)
class Timed:
    """What a backbone takes for a dataset, from a trial with some of its items."""

    seconds: float  # for all items, with the training of the network if it learns
    d: int
    bytes: float  # that the inputs take while they are in memory


@dataclass(frozen=True)
class Estimate:
    """What a run is going to take; what is stored already takes nothing."""

    seconds: Mapping[str, float]  # of each stage, by its words
    bytes: float  # most memory of the process
    free: float  # bytes of this machine that nobody uses now
    unknown: tuple[str, ...] = ()  # methods and measures without a law, counted as one in the middle

    @property
    def total(self) -> float:
        """Seconds from start to end."""
        return sum(self.seconds.values())

    def __str__(self) -> str:
        """The estimate in words: about 3 min and 1.2 GB of memory on this machine (features 20 s, ...)."""
        if self.total < LEAST_SECONDS:
            return "All of it is stored already."
        named = sorted(self.seconds.items(), key=lambda one: -one[1])
        parts = ", ".join(f"{name} {duration(value)}" for name, value in named if value >= 1)
        said = [f"About {duration(self.total)} and {_gigabytes(self.bytes)} of memory on this machine"]
        said[0] += f": {parts}" if parts else ""
        if self.bytes > self.free:
            said.append(f"Only {_gigabytes(self.free)} are free: choose fewer items, or end other programs first")
        if self.unknown:
            said.append(f"Nothing is known of {', '.join(self.unknown)}, which is counted like an average one")
        return ". ".join(said) + "."


def estimate(spec: Spec, dataset: Dataset, try_out: Callable[[], Timed] | None = None) -> Estimate:
    """How long a checked spec takes for a dataset as it was loaded and corrupted, and how much memory.

    Parameters
    ----------
    try_out
        Gives what `trial` gives for the dataset and the backbone, for whoever remembers it.

    Raises
    ------
    ValueError
        The backbone cannot read this dataset.
    """
    import psutil

    key = artifacts.features_key(spec, dataset)
    stored = entries.find("features", key)
    if stored:
        timed = Timed(0, stored.arrays["train.embedding"].shape[1], 0)
    else:
        timed = try_out() if try_out else trial(dataset, spec.backbone)
    counts = np.bincount(dataset.labels[dataset.rows_of(dataset.splits["train"])])
    shape = _shape(dataset, timed.d)
    size = _size(dataset, timed.d, counts.astype(float), shape)
    used = UsedFeatures(key, size.n, int(counts.max(initial=0)), artifacts.features_version(spec))
    pace, spec = clock() / laws()["clock"], _possible(spec, dataset)

    to_do = _parts(spec, used, size, shape)
    seconds = {name: pace * sum(_value(law, at) for law, at in many) for name, many in to_do.items()}
    seconds["features"] += timed.seconds
    peak = max((_value(law, at, "bytes") for many in to_do.values() for law, at in many), default=0.0)
    table = 4.0 * (size.n + size.tests) * (size.d + size.c)
    held = laws()["bytes"] + timed.bytes + 2 * table + peak
    return Estimate(seconds, held, psutil.virtual_memory().available, tuple(_unknown(spec)))


def trial(dataset: Dataset, backbone: Choice) -> Timed:
    """Run a backbone on some items of a dataset, and say what it takes for all of them: a second or a few."""
    from fdmat_core.learning import features

    train = dataset.split("train")
    tests = len(dataset.splits["test"])
    job = features.Job(
        features.describe(train, backbone), registry.backbones.get(backbone.name).facts.reads, train, train
    )
    return (_learned if job.backbone.epochs else _frozen)(job, len(train.ids), tests)


@cache
def laws() -> dict[str, Any]:
    """The laws by kind and name, the seconds of `clock` where they were fitted, and the bytes of an idle process."""
    return json.loads((packaged("fdmat_core.runs") / "laws.json").read_text())


@cache
def clock() -> float:
    """Seconds of a fixed piece of arithmetic on this machine, the best of some."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((800, 800), dtype=np.float32)

    def once() -> float:
        began = now()
        np.sort((a @ a) ** 2, axis=None)
        return since(began)

    return min(once() for _ in range(8))


def now() -> np.ndarray:
    """Seconds (2,) of the clock, and of processors that this process has had."""
    return np.array([time.perf_counter(), time.process_time()])


def since(began: np.ndarray) -> float:
    """Seconds since a moment: of the clock, or of processors where other programs hold them."""
    return float((now() - began).min())


def value(law: Law, size: Size) -> float:
    """What a law says for a size: the sum of its terms, each a factor times a product such as n*d."""
    return sum(factor * term(name, size) for name, factor in law.items())


def term(name: str, size: Size) -> float:
    """A product of facts of a size by its name: "pairs*d"; "1" is 1; of "n*n" the second stops at `COMPARED`."""
    product = math.prod(1.0 if fact == "1" else float(getattr(size, fact)) for fact in name.split("*"))
    return product * min(1.0, COMPARED / max(1, size.n)) if "n*n" in name else product


def _value(law: Mapping[str, Law], size: Size, of: str = "seconds") -> float:
    return value(law.get(of, {}), size)


def _possible(spec: Spec, dataset: Dataset) -> Spec:
    """A spec without what needs labels, if the data have none: a run writes that down and leaves it out."""
    if dataset.labelled:
        return spec
    methods = (one for one in spec.methods if "labels" not in registry.methods.get(one.name).facts.needs)
    measures = (one for one in spec.measures if "labels" not in registry.measures.get(one.name).facts.needs)
    return replace(spec, methods=tuple(methods), measures=tuple(measures))


def _parts(
    spec: Spec, used: UsedFeatures, size: Size, shape: tuple[int, ...]
) -> dict[str, list[tuple[Mapping[str, Law], Size]]]:
    """The laws of what is not stored yet, by stage, each with its size."""
    found: dict[str, list[tuple[Mapping[str, Law], Size]]] = {name: [] for name in STAGES.values()}
    for part in parts.missing(spec, used):
        for law in _laws(part, spec, size):
            found[STAGES[part.kind]].append((law, size))
    for task in parts.unmeasured(spec, used):  # each measure is prepared once
        at = replace(size, k=task.k, steps=_steps(task.measure))
        found["points"].append((_measuring(task.measure.name, size.c, shape), at))
    return found


def _laws(part: Part, spec: Spec, size: Size) -> list[Mapping[str, Law]]:
    """The laws of one part of a run: of features that of the head on them, if they get one."""
    known = laws()["stages"]
    if part.kind == "features":
        learns = registry.backbones.get(spec.backbone.name).facts.trains
        return [] if learns or size.c < 2 else [_head(known["head"], size.n)]
    if part.kind == "ranking":
        return [_law("methods", part.of)]
    return [known[part.of.lower() or part.kind]]


def _head(law: Mapping[str, Law], n: int) -> Mapping[str, Law]:
    """The laws of the head that is trained on n features: on many for fewer epochs."""
    from fdmat_core.learning.head import HEAD_EPOCHS, epochs_of

    share = epochs_of(n) / HEAD_EPOCHS
    return {**law, "seconds": {name: share * factor for name, factor in law["seconds"].items()}}


def _measuring(name: str, c: int, shape: tuple[int, ...]) -> Mapping[str, Law]:
    """The laws of a measure. One that trains on images is tried out, as its law is that of features."""
    known = _law("measures", name)
    return {**known, "seconds": _trained(name, c, shape)} if len(shape) == IMAGE and _trains(name) else known


def _trains(measure: str) -> bool:
    entry = registry.measures.get(measure)
    return entry.facts.expensive and "steps" in entry.read({})


@cache
def _trained(measure: str, c: int, shape: tuple[int, ...]) -> Law:
    """The law of the seconds of a measure that trains on images of a shape, from some short trainings on grey ones."""
    height, width, channels = shape
    part = min(1.0, math.sqrt(MOST_PIXELS / (height * width)))
    small = (max(1, round(height * part)), max(1, round(width * part)), channels)
    _took(measure, c, small, FEW_TESTS)  # libraries are loaded, threads started
    few, more = (_took(measure, c, small, tests) for tests in (FEW_TESTS, MORE_TESTS))
    scale = height * width / (small[0] * small[1]) * laws()["clock"] / clock()
    return {"steps": few / SHORT * scale, "tests": max(0.0, more - few) / (MORE_TESTS - FEW_TESTS) * scale}


def _took(measure: str, c: int, shape: tuple[int, ...], tests: int) -> float:
    """Seconds of a measure by a few steps on a batch of grey images, and a look at so many test items."""
    from fdmat_core.learning import training

    ids, names = np.arange(training.BATCH + tests), tuple(map(str, range(c)))
    splits = {"train": ids[: training.BATCH], "test": ids[training.BATCH :]}
    grey = lambda some: np.full((len(some), *shape), 127, dtype=np.uint8)  # noqa: E731
    data = Dataset("grey", ids, ids % c, names, splits, "", images=grey)
    table = FeatureTable(splits["train"], splits["train"] % c, np.zeros((training.BATCH, 1), np.float32), names, "")
    take = registry.measures.get(measure)(table, dataset=data, params={"steps": SHORT}, seed=0)
    began = now()
    take(np.arange(table.n), None)
    return since(began)


@cache
def _steps(measure: Choice) -> int:
    return registry.measures.get(measure.name).read(dict(measure.params)).get("steps", 1)


def _law(kind: str, name: str) -> Mapping[str, Law]:
    """The law of a method or measure; of one that has none, the terms that stand for all."""
    return laws()[kind].get(name) or laws()["unknown"][kind]


def _unknown(spec: Spec) -> list[str]:
    named = [("methods", one.name) for one in spec.methods] + [("measures", one.name) for one in spec.measures]
    return [name for kind, name in named if name not in laws()[kind] and name != "imported"]


def _shape(dataset: Dataset, d: int) -> tuple[int, ...]:
    """The shape of an item as it is read; of a text that of its features (d,)."""
    from fdmat_core.learning import features

    return (d,) if dataset.holds == "text" else features.items(dataset, dataset.holds, dataset.ids[:1]).shape[1:]


def _size(dataset: Dataset, d: int, counts: np.ndarray, shape: tuple[int, ...]) -> Size:
    """How large the work is, when the classes have so many training items (c,) each, of a shape."""
    n, tests = (len(dataset.splits[name]) for name in ("train", "test"))
    return Size(
        n, tests, d, len(dataset.classes), float((counts * np.minimum(counts, STANDING)).sum()), math.prod(shape)
    )


def _frozen(job: Any, n: int, tests: int) -> Timed:
    """A network that stays as it is: more and more items are read and embedded as a run does it."""
    from fdmat_core.learning import features

    width = 0

    def embed(count: int) -> float:
        nonlocal width
        some = job.train.take(np.linspace(0, n - 1, count).astype(int))
        some = replace(some, splits={"train": some.ids})
        began = time.perf_counter()
        width = features.embedded(job, some, None, lambda done, fresh: None).shape[1]
        return time.perf_counter() - began

    embed(min(n, 2))  # libraries are loaded, threads started
    return Timed((n + tests) * _each(embed, n), width, 0)


def _learned(job: Any, n: int, tests: int) -> Timed:
    """A network that learns the dataset: a few steps of its training, and one evaluation."""
    import torch

    from fdmat_core.learning import features, training

    ids = job.train.ids[np.linspace(0, n - 1, min(n, 2 * training.BATCH)).astype(int)]
    c = len(job.train.classes)
    inputs = training.to_inputs(features.items(job.train, job.reads, ids))
    network = training.classifier(job.backbone.network, inputs.shape[1:], c, seed=0)
    epochs = features.epochs_for(job.backbone, n)
    recipe = training.Recipe(1 + TIMED_STEPS, min(n, training.BATCH), job.backbone.rate)
    moments = [now() for _ in training.train(network, inputs, torch.zeros(len(ids), dtype=torch.long), recipe)]
    step = float((moments[-1] - moments[0]).min()) / (len(moments) - 1)
    began = now()
    width = training.evaluate(network[0], inputs).shape[1]
    look = since(began) / len(ids)
    steps = epochs * training.steps_per_epoch(n, training.BATCH)
    return Timed(steps * step + (epochs * n + tests) * look, width, float(n * inputs[0].numel()))


def _each(run: Callable[[int], float], n: int) -> float:
    """Seconds for each of n items, by running more and more of them."""
    count = min(n, FIRST_ITEMS)
    while (seconds := run(count)) < ENOUGH_SECONDS and count < min(n, MOST_ITEMS):
        count = min(n, 2 * count, MOST_ITEMS)
    return seconds / count


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
