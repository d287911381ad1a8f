"""A selection to take away: one line per item as a table, or the ids that stay."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fdmat_core import budgets, registry, selection
from fdmat_core.types import Choice, FeatureTable, Ranking, Spec
from fdmat_core.work import runs

if TYPE_CHECKING:
    import pandas


def frame(spec: Spec, method: Choice, kept: float, *, seed: int = 0) -> pandas.DataFrame:
    """All training items of a run, best first: columns `id, rank, label, score, kept, weight, reason`.

    `attrs` says which run, method, seed and count it is. A column that the method knows nothing about is empty.

    Parameters
    ----------
    kept
        Kept fraction, 0 to 1.
    """
    import pandas

    tables = runs.tables(spec)
    if tables is None:
        raise ValueError(f"run {spec.key} has no features yet; run it first")
    k = budgets.kept_count(tables[0].n, kept)
    ranking = _ranking(spec, method, seed, k)
    rows, table = ranking.order, tables[0]
    told = pandas.DataFrame(
        {
            "id": table.ids[rows],
            "rank": np.arange(1, table.n + 1),
            "label": np.array(table.classes, dtype=object)[table.labels[rows]],
            "score": np.nan if ranking.score is None else ranking.score[rows],
            "kept": np.arange(table.n) < k,
            "weight": _weights(table, method, rows, k),
            "reason": _reasons(method, ranking)[rows],
        }
    )
    told.attrs = {"run": spec.key, "method": str(method), "seed": seed, "kept": k, "of": table.n}
    return told


def write(told: pandas.DataFrame, file: Path) -> None:
    """Write what `frame` gave; the ending decides: csv, parquet and json hold every item, npy and txt the ids kept."""
    if file.suffix not in WRITERS:
        raise ValueError(f"file is {file.name!r}; let it end in {', '.join(WRITERS)}")
    partial = file.with_name(f".{file.name}.partial")
    try:
        with partial.open("wb") as stream:
            WRITERS[file.suffix](told, stream)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def _ranking(spec: Spec, method: Choice, seed: int, k: int) -> Ranking:
    if method not in spec.methods:
        raise ValueError(f"method is {method}; this run has {', '.join(map(str, spec.methods))}")
    ranking = runs.ranking(spec, method, seed=seed, k=k)
    if ranking is not None:
        return ranking
    if problem := runs.problems(spec).get(str(method)):
        raise ValueError(problem)
    if registry.methods.get(method.name).nested:
        raise ValueError(f"run {spec.key} has no ranking by {method} with seed {seed} yet; run it first")
    listed = ", ".join(f"{fraction:g}" for fraction in spec.fractions)
    raise ValueError(
        f"{method} chooses afresh for every size and was run for kept fractions {listed}; give one of these"
    )


def _weights(table: FeatureTable, method: Choice, rows: np.ndarray, k: int) -> np.ndarray:
    weights = np.full(table.n, np.nan)
    given = selection.weights(table, method, rows[:k])
    weights[:k] = 1.0 if given is None else given
    return weights


def _reasons(method: Choice, ranking: Ranking) -> np.ndarray:
    """The method's own words (n,) on every row, which its module lists as `REASONS`."""
    numbers = ranking.evidence.get("reason")
    words = getattr(inspect.getmodule(registry.methods.get(method.name).function), "REASONS", None)
    if numbers is None or words is None:
        return np.full(len(ranking.order), "", dtype=object)
    return np.array(words, dtype=object)[np.asarray(numbers, dtype=np.int64)]


def _csv(told: pandas.DataFrame, stream: Any) -> None:
    told.to_csv(stream, index=False)


def _parquet(told: pandas.DataFrame, stream: Any) -> None:
    told.to_parquet(stream, index=False)


def _json(told: pandas.DataFrame, stream: Any) -> None:
    items = json.loads(told.to_json(orient="records", double_precision=15))
    stream.write(json.dumps(told.attrs | {"items": items}, indent=1).encode())


def _npy(told: pandas.DataFrame, stream: Any) -> None:
    np.save(stream, told["id"][told["kept"]].to_numpy())


def _txt(told: pandas.DataFrame, stream: Any) -> None:
    stream.write("".join(f"{item}\n" for item in told["id"][told["kept"]]).encode())


WRITERS: dict[str, Callable[[pandas.DataFrame, Any], None]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".json": _json,
    ".npy": _npy,
    ".txt": _txt,
}
