"""Decisions that come back from a file: all of them or, if one line is wrong, none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import IO, TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core.runs import decisions, run
from fdmat_core.spec import Spec
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    import pandas


class Taken(NamedTuple):
    """How many decisions a table holds, and how many of them say something new."""

    read: int
    new: int


def take_in(spec: Spec, frame: pandas.DataFrame, *, author: str = "") -> Taken:
    """Write the decisions of a table about the training items of a run; those that hold already are not written again.

    Parameters
    ----------
    author
        Of decisions that name nobody.

    Raises
    ------
    ValueError
        A line that cannot be, see `decisions.read`, or an item that the run does not have; nothing is written then.
    """
    tables, dataset = run.tables(spec), run.dataset_key(spec)
    if tables is None or dataset is None:
        raise ValueError(f"run {spec.key} has no features yet; run it first")
    found = decisions.read(frame, tables[0].classes)
    _require_items(found, tables[0])
    known = {row.item: (row.decision, row.label) for row in decisions.current(dataset).itertuples()}
    new = [
        replace(one, author=one.author or author, run=one.run or spec.key)
        for one in found
        if known.get(one.item) != (one.decision, one.label)
    ]
    if new:
        decisions.decide_all(dataset, new)
    return Taken(len(found), len(new))


def table(stream: IO[bytes], ending: str) -> pandas.DataFrame:
    """The table in a file that ends in .csv, .parquet or .json, as the exports write them."""
    if ending not in READERS:
        raise ValueError(f"the file ends in {ending!r}; take one that ends in {', '.join(READERS)}")
    try:
        return READERS[ending](stream)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ValueError(f"the file cannot be read as {ending.removeprefix('.')}: {error}") from None


def _require_items(found: list[decisions.Decision], train: FeatureTable) -> None:
    items = np.array([one.item for one in found], dtype=np.int64)
    unknown = items[~np.isin(items, train.ids)]
    if len(unknown):
        raise ValueError(f"item {unknown[0]} is not among the {train.n:,} training items; is this the right dataset?")


def _csv(stream: IO[bytes]) -> pandas.DataFrame:
    import pandas

    return pandas.read_csv(stream, dtype=str, keep_default_na=False)


def _parquet(stream: IO[bytes]) -> pandas.DataFrame:
    import pandas

    return pandas.read_parquet(stream)


def _json(stream: IO[bytes]) -> pandas.DataFrame:
    import pandas

    told = json.load(stream)
    return pandas.DataFrame.from_records(told["items"] if isinstance(told, dict) else told)


READERS: dict[str, Callable[[IO[bytes]], pandas.DataFrame]] = {".csv": _csv, ".parquet": _parquet, ".json": _json}
