"""The only caches of the app: stored results as shared, read-only resources, bounded, by the key of what made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import streamlit as st

from fdmat_core import datasets, errors, registry
from fdmat_core.analysis import before_after, fields, issues, summary
from fdmat_core.analysis import detectors as compare
from fdmat_core.corruptions import corrupt
from fdmat_core.learning import features
from fdmat_core.measures import Measure
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.reading import check
from fdmat_core.runs import cleaning, decisions, library, originals
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, Finding

if TYPE_CHECKING:
    import pandas as pd

    from fdmat_core.runs.costs import Costs
    from fdmat_core.runs.estimates import Estimate, Timed


Made = TypeVar("Made")
#: What counts where something is asked for: of a run its key and that of the features that it has now, of a dataset its
#: key, which names its content, and of a choice its text.
BY_KEY: dict[str | type[Any], Callable[[Any], Any]] = {
    Run: lambda run: (run.key, run.features_key),
    Dataset: lambda data: data.key,
    Choice: str,
}


def _there(value: Any) -> bool:
    """Whether a result exists; what does not exist yet is looked for again next time."""
    return value is not None


def dataset(choice: Choice, corruption: Choice) -> Dataset:
    """A dataset as it is used: loaded, and corrupted if so chosen; read again when its files are written."""
    found = None
    if choice not in _FILES:
        found = _read(choice, corruption)
        _written.clear(choice, corruption)  # until now nobody knew which files to look at
    return _dataset(choice, corruption, _written(choice, corruption), found)


@st.cache_resource(max_entries=3, show_spinner="Reading the data", hash_funcs=BY_KEY)
def _dataset(choice: Choice, corruption: Choice, written: str, _found: Dataset | None) -> Dataset:
    return _found or _read(choice, corruption)


def _read(choice: Choice, corruption: Choice) -> Dataset:
    with datasets.noting() as files:
        found = corrupt(datasets.load(choice), corruption)
    _FILES[choice] = list(dict.fromkeys(files))
    return found


#: The files by which the content of somebody's own data is named, once they were read.
_FILES: dict[Choice, list[Path]] = {}


@st.cache_data(max_entries=16, ttl=4.0, show_spinner=False, hash_funcs=BY_KEY)
def _written(choice: Choice, corruption: Choice) -> str:
    """What changes when a file of somebody's own data is written, or another put beside it (within four seconds)."""
    return datasets.state_of(_FILES.get(choice, ()))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_KEY)
def class_counts(data: Dataset) -> dict[str, list[int]]:
    """How many training items each class has: in one group, or split by what the corruption did to them."""
    train = data.split("train")
    if train.truth is None:
        return {"items": _counts(train, train.labels)}
    flipped, outlier = train.truth.mislabelled, train.truth.outlier
    groups = {
        "label is right": train.labels[~flipped & ~outlier],
        "label was changed": train.labels[flipped & ~outlier],
        "content was changed": train.labels[outlier],
    }
    return {name: _counts(train, labels) for name, labels in groups.items() if len(labels)}


def _counts(data: Dataset, labels: Any) -> list[int]:
    found = Counter(labels.tolist())
    return [found[label] for label in range(len(data.classes))]


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_KEY)
def facts(data: Dataset) -> dict[str, str]:
    """What there is to know about a dataset at a glance, in words."""
    train, test = data.split("train"), data.split("test") if "test" in data.splits else None
    one = features.items(data, data.holds, data.ids[:1])
    return {
        "Training items": f"{len(train.ids):,}",
        "Test items": f"{len(test.ids):,}" if test else "none",
        "Classes": f"{len(data.classes):,}" if data.labelled else "–",
        **_one(one, data.holds),
        "In memory": size(len(data.ids) * one.nbytes),
    }


def _one(item: Any, holds: str) -> dict[str, str]:
    """What an item is, and how large."""
    if holds == "text":
        return {"One text": f"about {len(str(item[0])):,} letters"}
    return {"One image" if holds == "images" else "Features": " × ".join(str(side) for side in item.shape[1:3])}


class Images(NamedTuple):
    """Images to show, what each is, and which of them are not what their label says."""

    pixels: Any  # (m, height, width, channels) uint8, with 1 or 3 channels
    captions: list[str]  # alternative text and tooltip of each
    marked: list[bool]  # which get a ring in the colour of noise


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_KEY)
def samples(data: Dataset, label: int, count: int) -> Images:
    """Some training images of a class, spread evenly over its items."""
    train = data.split("train")
    rows = (train.labels == label).nonzero()[0]
    rows = rows[:: max(1, len(rows) // count)][:count]
    ids = train.ids[rows]
    true = train.labels[rows] if train.truth is None else train.truth.clean_labels[rows]
    captions = [
        f"item {i}" + ("" if right == label else f": in truth {train.classes[right]}")
        for i, right in zip(ids, true, strict=True)
    ]
    return Images(train.images_of(ids), captions, [right != label for right in true])


def findings(data: Dataset) -> tuple[Finding, ...]:
    """What was found when a dataset was read, and what is odd about its classes."""
    return (*data.findings, *check.classes(data))


@st.cache_data(max_entries=8, show_spinner="Looking for copies", hash_funcs=BY_KEY)
def copies(data: Dataset) -> list[Finding]:
    """Which items occur twice; up to ten thousand images are read for that."""
    return check.copies(data)


def estimate(spec: Spec) -> Estimate:
    """How long a checked spec takes on this machine, less what is stored by now."""
    from fdmat_core.runs import estimates

    data = dataset(spec.dataset, spec.corruption)
    return estimates.estimate(spec, data, lambda: _trial(data, spec.backbone))


@st.cache_data(max_entries=16, show_spinner="Trying the backbone on some items", hash_funcs=BY_KEY)
def _trial(data: Dataset, backbone: Choice) -> Timed:
    from fdmat_core.runs import estimates

    return estimates.trial(data, backbone)


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_KEY)
def rows(data: Dataset, count: int = 200) -> pd.DataFrame:
    """The first training items of a dataset with their labels and fields."""
    import pandas

    train = data.split("train")
    labels = {"label": [train.classes[label] for label in train.labels[:count]]} if train.labelled else {}
    return pandas.DataFrame(
        {"id": train.ids[:count], **labels} | {name: it[:count] for name, it in train.fields.items()}
    )


def size(count: float) -> str:
    """A number of bytes as people say it: 7.8 MB."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


@st.cache_resource(max_entries=8, show_spinner=False)
def run(key: str) -> Run:
    """The stored run of a key; it looks up each of its parts once."""
    return Run.open(key)


@st.cache_data(max_entries=16, ttl=2.0, show_spinner=False)
def runs_on(choice: Choice) -> dict[str, Spec]:
    """The settings of all stored runs on a dataset by their keys, the newest first (within two seconds)."""
    return library.on(choice)


def train(run: Run) -> Dataset:
    """The training items of a run, in the order of its table; its stored features, if the data have changed since."""
    if changed(run) and (tables := run.tables):
        return originals.as_stored(run.dataset_key or "", run.spec, tables[0])
    choice, corruption = run.spec.dataset, run.spec.corruption
    return _train(choice, corruption, _written(choice, corruption))


@st.cache_resource(max_entries=3, show_spinner=False, hash_funcs=BY_KEY)
def _train(choice: Choice, corruption: Choice, written: str) -> Dataset:
    return dataset(choice, corruption).split("train")


def searchable(run: Run) -> Mapping[str, list[str]]:
    """What the fields of a run's training items say, as a search looks into it."""
    data = train(run)
    return _searchable(data.key, _written(run.spec.dataset, run.spec.corruption), data)


@st.cache_resource(max_entries=2, show_spinner=False)
def _searchable(key: str, written: str, _data: Dataset) -> Mapping[str, list[str]]:
    return fields.searchable(_data)


def changed(run: Run) -> str:
    """What is the matter with the data of a run, in words; "" if they are those that it was made of."""
    choice, corruption, key = run.spec.dataset, run.spec.corruption, run.dataset_key
    if key is None or not originals.are_own(run.spec):
        return ""
    return _changed(choice, corruption, key, _written(choice, corruption), run.spec)


@st.cache_data(max_entries=16, ttl=30.0, show_spinner="Looking whether the data have changed", hash_funcs=BY_KEY)
def _changed(choice: Choice, corruption: Choice, key: str, written: str, _spec: Spec) -> str:
    try:
        found = dataset(choice, corruption)
        return "" if originals.train(key, _spec, found) else originals.CHANGED
    except (ValueError, OSError) as error:
        return f"the data of this run cannot be read any more ({errors.plain(error)})"


class Inspection(NamedTuple):
    """What FDMat says about the items of a run."""

    evidence: Ranking
    items: pd.DataFrame  # of issues.items
    order: Any  # (n,) of issues.gravest_first
    transported: issues.Transported


@st.cache_resource(max_entries=4, show_spinner="Reading the evidence", validate=_there, hash_funcs=BY_KEY)
def inspection(run: Run) -> Inspection | None:
    """What FDMat says about a run's items, by the parameters that the run gave it; None until it has ranked."""
    method, evidence, both = run.evidence_method, run.evidence, run.tables
    if method is None or evidence is None or both is None:
        return None
    lam = registry.methods.get("fdmat").read(dict(method.params))["lam"]
    items, order = issues.items(both[0], evidence), issues.gravest_first(both[0], evidence)
    return Inspection(evidence, items, order, issues.transported(both[0], evidence, lam=lam))


def data_key(run: Run) -> str:
    """The name of a run's data, under which decisions and sets are kept: runs on the same data share them."""
    return run.dataset_key or train(run).key


def to_clean(run: Run) -> tuple[Choice, Measure] | None:
    """The distance to the clean part, as people decided by now what is wrong; see `cleaning.distance`."""
    last, found = decisions.changes(data_key(run))
    return None if found.empty else _to_clean(run, last)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_KEY)
def _to_clean(run: Run, last: int) -> tuple[Choice, Measure] | None:
    return cleaning.distance(run, train(run))


def bad(run: Run) -> issues.Bad | None:
    """Which items of a run count as bad, and whether they were injected or FDMat suspects them."""
    return issues.bad(train(run).truth, run.evidence)


def left(run: Run) -> before_after.Left | None:
    """What looks wrong with a run's training items by now; None until FDMat has ranked."""
    data, evidence = train(run), run.evidence
    if evidence is None:
        return None
    right = decisions.by_row(data.key, data.ids).decision == "keep"
    return before_after.left(evidence.rejected, right, None if data.truth is None else data.truth.bad)


class Comparison(NamedTuple):
    """How well every detector finds what is bad."""

    table: pd.DataFrame  # of detection.compare
    roc: pd.DataFrame  # of detection.roc


@st.cache_data(max_entries=8, show_spinner="Comparing detectors")
def comparison(key: str, _scores: Mapping[str, Any], _bad: Any) -> Comparison:
    """How well all detectors find the bad items of the run with this key."""
    return Comparison(compare.compare(_scores, _bad), compare.roc(_scores, _bad))


@st.cache_data(max_entries=16, show_spinner=False)
def removals(key: str, names: tuple[str, ...], _rankings: Mapping[str, Rankings], _bad: Any) -> pd.DataFrame:
    """What each of these methods of a run has removed of the bad items, at every size."""
    return compare.removals(_rankings, _bad)


@st.cache_data(max_entries=16, ttl=1.0, show_spinner=False, hash_funcs=BY_KEY)
def curve(run: Run) -> pd.DataFrame:
    """The points of a run's curves that exist by now (within a second)."""
    return run.curve()


def by_size(run: Run, measure: str) -> pd.DataFrame:
    """The summary of one measure over those points, shared and read-only: see `summary.by_size`."""
    return _by_size(run, measure, _points(run))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_KEY)
def _by_size(run: Run, measure: str, points: int) -> pd.DataFrame:
    return summary.by_size(curve(run), measure)


@st.cache_data(max_entries=16, ttl=1.0, show_spinner=False, hash_funcs=BY_KEY)
def _points(run: Run) -> int:
    """A number that stands for the points that exist by now."""
    return _content(curve(run))


@st.cache_data(max_entries=16, ttl=1.0, show_spinner=False, hash_funcs=BY_KEY)
def per_class(run: Run, measure: str) -> pd.DataFrame:
    """What a measure of a run says of every class by now (within a second)."""
    return run.per_class(measure)


def once(points: pd.DataFrame, *key: Any, make: Callable[[pd.DataFrame], Made]) -> Made:
    """What follows from some points and a key: made the first time, then the same shared, read-only object."""
    return _once((_content(points), *key), make, points)


@st.cache_resource(max_entries=256, show_spinner=False)
def _once(key: tuple[Any, ...], _make: Callable[[pd.DataFrame], Made], _points: pd.DataFrame) -> Made:
    return _make(_points)


def _content(points: pd.DataFrame) -> int:
    """A number that stands for all that is in a frame."""
    from pandas.util import hash_pandas_object

    return hash(tuple(hash_pandas_object(points, index=False)))


@st.cache_data(max_entries=32, ttl=2.0, show_spinner=False, hash_funcs=BY_KEY)
def costs(run: Run) -> Costs | None:
    """What a run cost, as far as it is stored (within two seconds)."""
    return run.costs
