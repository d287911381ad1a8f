"""Datasets: one file and one decorated function each, returning a Dataset."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from fdmat_core import registry
from fdmat_core.reading import archives, places, sources
from fdmat_core.reading.records import by_id
from fdmat_core.spec import Choice
from fdmat_core.types import UNLABELLED, Dataset, fingerprint

#: Which draw, as people set it.
Seed = Annotated[int, registry.Range(0, 2**31 - 1)]
#: Share of every class held out, as people set it.
TestShare = Annotated[float, registry.Range(0.01, 0.5)]
#: Side of images in pixels, as people set it.
Side = Annotated[int, registry.Range(*sources.SIDES)]


class Recognised(NamedTuple):
    """What lies at a path, as a choice of a dataset; what it was taken for; and what else it may be."""

    choice: Choice
    words: str
    others: tuple[Choice, ...] = ()
    label: str | None = None  # see `registry.Claim`

    def said_of(self, data: Dataset, choice: Choice) -> str:
        """The same words, and where the labels of the data are, as a choice has loaded them."""
        if self.label is None:
            return self.words
        if data.classes == UNLABELLED:
            return f"{self.words}, without labels"
        return f"{self.words} and labels in {places.short(dict(choice.params).get('label') or self.label)}"


#: What `load` has loaded, within `loaded_once`.
_LOADED: ContextVar[dict[str, Dataset] | None] = ContextVar("loaded", default=None)


@contextmanager
def loaded_once() -> Generator[None]:
    """Keep what is loaded within, and load nothing twice; folders are looked through once."""
    token = _LOADED.set({})
    try:
        with places.walked_once():
            yield
    finally:
        _LOADED.reset(token)


def load(choice: str | Choice) -> Dataset:
    """Load a dataset by name: `load("digits")`, `load(Choice.of("mixture", n=300))`."""
    choice = Choice.named(choice)
    entry, known = registry.datasets.get(choice.name), _LOADED.get()
    with places.naming(str(dict(choice.params).get("path", ""))):
        if known is None:
            return entry(params=dict(choice.params))
        key = f"{choice.name} {sorted(entry.read(dict(choice.params)).items())}"
        if key not in known:
            known[key] = entry(params=dict(choice.params))
        return known[key]


noting = places.noting


def state_of(files: Iterable[Path]) -> str:
    """What changes when one of some files is written, goes, or another is put into its folder; "" without files.

    Folders may be among them: then it changes when something is put into one of these.
    """
    files = list(files)
    inner = {file.parent for file in files}
    folders = sorted({file.parent for file in files if file not in inner})
    marks = [_mark(place) for place in (*files, *folders)]
    return fingerprint(marks) if marks else ""


def _mark(place: Path) -> tuple[int, ...]:
    try:
        facts = place.stat()
    except OSError:
        return ()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def open(path: str | Path) -> Dataset:
    """Load what lies at a path, taken for what `recognise` takes it for."""
    with places.walked_once():
        return load(recognise(path).choice)


def recognise(path: str | Path) -> Recognised:
    """What lies at a path: the dataset that reads it, in words, and the others that could.

    Raises
    ------
    ValueError
        There is nothing, or nothing that any dataset reads; the message says what can be read.
    """
    given = places.existing(str(path))
    found = archives.inside(given)
    with places.walked_once():
        claims = {
            name: claim
            for name, entry in registry.datasets.all().items()
            if entry.facts.recognises and (claim := entry.facts.recognises(found))
        }
    if not claims:
        raise ValueError(
            f"path is {places.short(str(path))!r}, which is nothing that can be read; give a folder of images, a table "
            "(.csv, .tsv, .parquet, .feather, .jsonl), arrays (.npz, .npy), .tar shards, or a .zip of these"
        )
    best, *rest = sorted(claims, key=lambda name: -claims[name].certainty)
    named = str(given.absolute())
    return Recognised(
        Choice.of(best, path=named, **claims[best].params),
        claims[best].words,
        tuple(Choice.of(name, path=named, **claims[name].params) for name in rest),
        claims[best].label,
    )


def suited(data: Dataset) -> Choice:
    """The backbone to begin with: features as given, words of texts, a small network trained on labels, or pixels."""
    if data.images is None:
        return Choice("hashed_words" if data.features is None and "text" in data.fields else "given")
    return Choice("early_cnn" if data.labelled else "pixels")


def getter(ids: np.ndarray, images: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A function that gives the images (m, h, w, channels) of some ids, from all ids (n,) and images in that order."""
    return by_id(ids, images.__getitem__)


def divided(ids: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """The two splits of a dataset as ids, from a mark (n,) on the test items."""
    return {"train": ids[~test], "test": ids[test]}
