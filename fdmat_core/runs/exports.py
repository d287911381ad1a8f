"""What can be taken away of a run: a selection that honours what people decided, its issues, the decisions."""

from __future__ import annotations

import inspect
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from fdmat_core import registry, selection, sizes
from fdmat_core.analysis import issues as audit
from fdmat_core.runs import artifacts, decisions, run
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import FeatureTable, Ranking

if TYPE_CHECKING:
    import pandas


def frame(spec: Spec, method: Choice, kept: float, *, seed: int = 0) -> pandas.DataFrame:
    """All training items of a run, best first, those that people pinned before and those they dropped after all others.

    Columns `id, rank, label, score, kept, weight, reason, decision, label_decided`. A pinned item is kept and a dropped
    one is not, whatever the count. A relabelled item keeps its place and its `label`; the new one is `label_decided`.
    What the method knows nothing about is empty. `attrs` says which run, method, seed and count it is, how many
    decisions of each kind there are, and how many items are in or out because of them.

    Parameters
    ----------
    kept
        Kept fraction, 0 to 1.
    """
    import pandas

    train = _train(spec)
    k = sizes.kept_count(train.n, kept)
    ranking = _ranking(spec, method, seed, k)
    decided = decisions.by_row(run.dataset_key(spec), train.ids)
    rows = _overruled(ranking.order, decided.decision)
    stays = _stays(decided.decision[rows], k)
    told = pandas.DataFrame(
        {
            "id": train.ids[rows],
            "rank": np.arange(1, train.n + 1),
            "label": np.array(train.classes, dtype=object)[train.labels[rows]],
            "score": np.nan if ranking.score is None else ranking.score[rows],
            "kept": stays,
            "weight": _weights(train, method, rows, stays),
            "reason": _reasons(method, ranking)[rows],
            "decision": decided.decision[rows],
            "label_decided": decided.label[rows],
        }
    )
    told.attrs = {"run": spec.key, "method": str(method), "seed": seed, "kept": int(stays.sum()), "of": train.n}
    told.attrs |= {"decided": _counts(decided.decision)} | _moved(ranking.order[:k], rows[stays], decided.decision)
    return told


def issues(spec: Spec) -> pandas.DataFrame:
    """What FDMat says is the matter with every training item of a run, in the form of a label issue table.

    Columns `id, given_label, predicted_label, is_label_issue, label_quality, is_outlier_issue, outlier_score,
    is_near_duplicate_issue, near_duplicate_score, issue, decision, label_decided`. Scores run from 0 to 1 and are low
    where something is wrong. `label_quality` is the share of the item's mass that the transport plan leaves in its
    class; `issue` is the gravest, see `audit.ISSUES`.
    """
    import pandas

    train, witness = _train(spec), _witness(spec)
    evidence, names = witness.evidence, np.array(train.classes, dtype=object)
    decided = decisions.by_row(run.dataset_key(spec), train.ids)
    close = audit.closeness(evidence["nearest"], train.labels)
    told = pandas.DataFrame(
        {
            "id": train.ids,
            "given_label": names[train.labels],
            "predicted_label": names[np.asarray(evidence["preferred"], dtype=np.int64)],
            "is_label_issue": evidence["reason"] == 1,
            "label_quality": evidence["own_share"],
            "is_outlier_issue": evidence["reason"] >= 2,
            "outlier_score": 1 - audit.class_percentile(evidence["radius"], train.labels),
            "is_near_duplicate_issue": close < audit.DUPLICATE_SHARE,
            "near_duplicate_score": np.minimum(1, close),
            "issue": audit.issues(train, witness),
            "decision": decided.decision,
            "label_decided": decided.label,
        }
    )
    told.attrs = {"run": spec.key, "method": str(artifacts.witness(spec)), "of": train.n}
    return told


def decided(spec: Spec) -> pandas.DataFrame:
    """The latest decision on every item of a run's dataset that has one; `imports.take_in` reads it back."""
    train, dataset = _train(spec), run.dataset_key(spec)
    told = decisions.current(dataset)
    told.attrs = {"run": spec.key, "dataset": dataset, "of": train.n}
    return told


def write(told: pandas.DataFrame, file: Path) -> None:
    """Write a table; the ending decides: csv, parquet and json hold all of it, npy and txt the ids kept."""
    writer = _writer(told, file.suffix, file.name)
    partial = file.with_name(f".{file.name}.partial")
    try:
        with partial.open("wb") as stream:
            writer(told, stream)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def content(told: pandas.DataFrame, ending: str) -> bytes:
    """What `write` would write to a file of this ending."""
    stream = io.BytesIO()
    _writer(told, ending, ending)(told, stream)
    return stream.getvalue()


def _writer(told: pandas.DataFrame, ending: str, name: str) -> Callable[[pandas.DataFrame, IO[bytes]], None]:
    possible = WRITERS if "kept" in told.columns else {end: WRITERS[end] for end in TABLES}
    if ending not in possible:
        raise ValueError(f"file is {name!r}; let it end in {', '.join(possible)}")
    return possible[ending]


def _train(spec: Spec) -> FeatureTable:
    tables = run.tables(spec)
    if tables is None:
        raise ValueError(f"run {spec.key} has no features yet; run it first")
    return tables[0]


def _witness(spec: Spec) -> Ranking:
    """The ranking whose evidence the issues come from."""
    method = artifacts.witness(spec)
    if method is None:
        raise ValueError(f"run {spec.key} has no fdmat among its methods; issues come from its evidence, so add it")
    return _ranking(spec, method, 0, _train(spec).n)


def _overruled(order: np.ndarray, decision: np.ndarray) -> np.ndarray:
    """An order (n,) with the rows that people pinned before and those they dropped after all others."""
    said = decision[order]
    return order[np.argsort(np.select([said == "keep", said == "drop"], [0, 2], 1), kind="stable")]


def _stays(decision: np.ndarray, k: int) -> np.ndarray:
    """Which places (n,) of an overruled order are kept: the first k, all that are pinned, none that is dropped."""
    return ((np.arange(len(decision)) < k) | (decision == "keep")) & (decision != "drop")


def _counts(decision: np.ndarray) -> dict[str, int]:
    return {kind: int((decision == kind).sum()) for kind in decisions.KINDS}


def _moved(by_method: np.ndarray, by_people: np.ndarray, decision: np.ndarray) -> dict[str, int]:
    """How many items are in because they were pinned, and out because they were dropped."""
    pinned, dropped = np.setdiff1d(by_people, by_method), np.setdiff1d(by_method, by_people)
    return {
        "kept_by_decision": int((decision[pinned] == "keep").sum()),
        "dropped_by_decision": int((decision[dropped] == "drop").sum()),
    }


def _ranking(spec: Spec, method: Choice, seed: int, k: int) -> Ranking:
    if method not in spec.methods:
        raise ValueError(f"method is {method}; this run has {', '.join(map(str, spec.methods))}")
    ranking = run.ranking(spec, method, seed=seed, k=k)
    if ranking is not None:
        return ranking
    if problem := run.problems(spec).get(str(method)):
        raise ValueError(problem)
    if registry.methods.get(method.name).nested:
        raise ValueError(f"run {spec.key} has no ranking by {method} with seed {seed} yet; run it first")
    listed = ", ".join(f"{fraction:g}" for fraction in spec.fractions)
    raise ValueError(
        f"{method} chooses afresh for every size and was run for kept fractions {listed}; give one of these"
    )


def _weights(table: FeatureTable, method: Choice, rows: np.ndarray, stays: np.ndarray) -> np.ndarray:
    weights = np.full(table.n, np.nan)
    given = selection.weights(table, method, rows[stays])
    weights[stays] = 1.0 if given is None else given
    return weights


def _reasons(method: Choice, ranking: Ranking) -> np.ndarray:
    """The method's own words (n,) on every row, which its module lists as `REASONS`."""
    numbers = ranking.evidence.get("reason")
    words = getattr(inspect.getmodule(registry.methods.get(method.name).function), "REASONS", None)
    if numbers is None or words is None:
        return np.full(len(ranking.order), "", dtype=object)
    return np.array(words, dtype=object)[np.asarray(numbers, dtype=np.int64)]


def _csv(told: pandas.DataFrame, stream: IO[bytes]) -> None:
    told.to_csv(stream, index=False)


def _parquet(told: pandas.DataFrame, stream: IO[bytes]) -> None:
    told.to_parquet(stream, index=False)


def _json(told: pandas.DataFrame, stream: IO[bytes]) -> None:
    items = json.loads(told.to_json(orient="records", double_precision=15))
    stream.write(json.dumps(told.attrs | {"items": items}, indent=1).encode())


def _npy(told: pandas.DataFrame, stream: IO[bytes]) -> None:
    np.save(stream, told["id"][told["kept"]].to_numpy())


def _txt(told: pandas.DataFrame, stream: IO[bytes]) -> None:
    stream.write("".join(f"{item}\n" for item in told["id"][told["kept"]]).encode())


WRITERS: dict[str, Callable[[pandas.DataFrame, IO[bytes]], None]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".json": _json,
    ".npy": _npy,
    ".txt": _txt,
}
#: Those that hold a whole table.
TABLES = (".csv", ".parquet", ".json")
