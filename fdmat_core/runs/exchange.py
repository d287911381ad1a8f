"""What leaves a run as a file and comes back: selections that honour what people decided, issues, decisions."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fdmat_core import registry, selection, sizes
from fdmat_core.analysis import issues as analysis
from fdmat_core.rankings import Ranking
from fdmat_core.runs import cleaning, decisions, labels, originals
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import files
from fdmat_core.types import FeatureTable, Issue

if TYPE_CHECKING:
    import pandas


def ranking(run: Run, method: Choice, kept: float, *, seed: int = 0) -> pandas.DataFrame:
    """All training items of a run, best first, those that people pinned before and those they dropped after all others.

    Columns `id` (and `file` or `name`, where the data have them), `rank`, those of `labels.columns`, `score, kept,
    weight, reason, decision`. People pin what they keep and what they relabel: it is kept, and a dropped item is not,
    whatever the count. `final_label` is the label to train with. `reason` is the issue for which the method rejects an
    item, or empty. What the method knows nothing about is empty. `attrs` says which run, method, seed and count it is,
    the classes, how many decisions of each kind there are, and how many items are in or out because of them.

    Parameters
    ----------
    kept
        Share kept, 0 to 1.
    """
    import pandas

    train = _train(run)
    k = sizes.kept_count(train.n, kept)
    ranked = _ranking(run, method, seed, k)
    decided = decisions.by_row(run.dataset_key or "", train.ids)
    rows = _overruled(ranked.order, decided.decision)
    stays = _stays(decided.decision[rows], k)
    table = pandas.DataFrame(
        {
            "id": train.ids[rows],
            **run.called(train.ids[rows]),
            "rank": np.arange(1, train.n + 1),
            **{name: column[rows] for name, column in labels.columns(train, decided.label).items()},
            "score": np.nan if ranked.score is None else ranked.score[rows],
            "kept": stays,
            "weight": _weights(train, method, rows, stays),
            "reason": _reasons(ranked)[rows],
            "decision": decided.decision[rows],
        }
    )
    table.attrs = {"run": run.key, "method": str(method), "seed": seed, "kept": int(stays.sum()), "of": train.n}
    table.attrs |= {
        "classes": list(train.classes) if train.labelled else [],
        "decided": _counts(decided.decision),
    } | _moved(ranked.order[:k], rows[stays], decided.decision)
    return table


def selected(run: Run, method: Choice, kept: float, *, seed: int = 0) -> pandas.DataFrame:
    """The items kept, best first, pinned ones before all others: the lines of `ranking` that are kept."""
    table = ranking(run, method, kept, seed=seed)
    chosen = table[table["kept"]].drop(columns="kept").reset_index(drop=True)
    chosen.attrs = table.attrs
    return chosen


def kept_count(run: Run, k: int) -> int:
    """How many items a selection of k holds once people have overruled it."""
    decided = decisions.by_row(run.dataset_key or "", _train(run).ids).decision
    pinned, dropped = int(np.isin(decided, cleaning.PINS).sum()), int((decided == "drop").sum())
    return max(pinned, min(k, len(decided) - dropped))


def _belongs(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """The chance (n,) that a row is no outlier, from the log odds that it is one; 0 without features."""
    from scipy.special import expit

    return np.where(columns["issue"] == Issue.NO_FEATURES, 0.0, expit(-columns["strangeness"]))


def issues(run: Run) -> pandas.DataFrame:
    """What FDMat says is the matter with every training item of a run, in the form of a label issue table.

    Columns `id, given_label, predicted_label, is_label_issue, label_quality, is_outlier_issue, outlier_score,
    is_near_duplicate_issue, near_duplicate_score, issue, decision, corrected_label, final_label`. Scores run from 0 to
    1 and are low where something is wrong. `label_quality` is the share of the item's mass that the transport plan
    leaves in its class, `outlier_score` the chance that the item belongs somewhere at all; `issue` is the gravest, see
    `analysis.issues`. Without labels what is about labels is empty.
    """
    import pandas

    train, found = _train(run), _evidence(run)
    columns, names = found.evidence, analysis.class_names(train)
    decided = decisions.by_row(run.dataset_key or "", train.ids)
    close = analysis.closeness(columns["nearest"], train.labels)
    table = pandas.DataFrame(
        {
            "id": train.ids,
            **run.called(train.ids),
            "given_label": names[train.labels],
            "predicted_label": names[np.asarray(columns["preferred"], dtype=np.int64)],
            "is_label_issue": columns["issue"] == Issue.MISLABELLED,
            "label_quality": columns["own_share"] if train.labelled else np.nan,
            "is_outlier_issue": np.isin(columns["issue"], [Issue.OUTLIER, Issue.NO_FEATURES]),
            "outlier_score": _belongs(columns),
            "is_near_duplicate_issue": close < analysis.DUPLICATE_SHARE,
            "near_duplicate_score": np.minimum(1, close),
            "issue": _titles(analysis.of_rows(train, found)),
            "decision": decided.decision,
            **{name: labels.columns(train, decided.label)[name] for name in ("corrected_label", "final_label")},
        }
    )
    table.attrs = {"run": run.key, "method": str(run.evidence_method), "of": train.n}
    return table


def decided(run: Run) -> pandas.DataFrame:
    """The latest decision on every item of a run's dataset that has one; `take_in` reads it back."""
    train, dataset = _train(run), run.dataset_key or ""
    table = decisions.current(dataset)
    table.attrs = {"run": run.key, "dataset": dataset, "of": train.n}
    return table


class Taken(NamedTuple):
    """How many decisions a table holds, and how many of them say something new."""

    read: int
    new: int


def take_in(run: Run, frame: pandas.DataFrame, *, author: str = "") -> Taken:
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
    train, dataset = _train(run), run.dataset_key or ""
    if originals.are_own(run.spec) and originals.train(dataset, run.spec, run.dataset()) is None:
        raise ValueError(f"{originals.CHANGED}; start the run again, then decide")
    found = decisions.read(frame, train.classes)
    _require_items(found, train)
    known = {row.item: (row.decision, row.label) for row in decisions.current(dataset).itertuples()}
    new = [
        replace(one, author=one.author or author, run=one.run or run.key)
        for one in found
        if known.get(one.item) != (one.decision, one.label)
    ]
    if new:
        decisions.decide_all(dataset, new)
    return Taken(len(found), len(new))


def _require_items(found: list[decisions.Decision], train: FeatureTable) -> None:
    items = np.array([one.item for one in found], dtype=np.int64)
    unknown = items[~np.isin(items, train.ids)]
    if len(unknown):
        raise ValueError(f"item {unknown[0]} is not among the {train.n:,} training items; is this the right dataset?")


def _train(run: Run) -> FeatureTable:
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    return run.tables[0]


def _evidence(run: Run) -> Ranking:
    """The ranking of the run's FDMat, whose evidence says what is suspected."""
    if run.evidence_method is None:
        raise ValueError(f"run {run.key} has no fdmat among its methods; issues come from its evidence, so add it")
    return _ranking(run, run.evidence_method, 0, _train(run).n)


def _ranking(run: Run, method: Choice, seed: int, k: int) -> Ranking:
    if method not in run.spec.methods:
        raise ValueError(f"method is {method}; this run has {', '.join(map(str, run.spec.methods))}")
    found = run.ranking(method, seed=seed, k=k)
    if found is not None:
        return found
    if problem := run.problems.get(str(method)):
        raise ValueError(problem)
    if registry.methods.get(method.name).facts.nested:
        raise ValueError(f"run {run.key} has no ranking by {method} with seed {seed} yet; run it first")
    listed = ", ".join(f"{fraction:g}" for fraction in run.spec.fractions)
    raise ValueError(
        f"{method} chooses afresh for every size and was run for kept fractions {listed}; give one of these"
    )


def _overruled(order: np.ndarray, decision: np.ndarray) -> np.ndarray:
    """An order (n,) with the rows that people pinned before and those they dropped after all others."""
    mine = decision[order]
    return order[np.argsort(np.select([np.isin(mine, cleaning.PINS), mine == "drop"], [0, 2], 1), kind="stable")]


def _stays(decision: np.ndarray, k: int) -> np.ndarray:
    """Which places (n,) of an overruled order are kept: the first k, all that are pinned, none that is dropped."""
    return ((np.arange(len(decision)) < k) | np.isin(decision, cleaning.PINS)) & (decision != "drop")


def _counts(decision: np.ndarray) -> dict[str, int]:
    return {kind: int((decision == kind).sum()) for kind in decisions.KINDS}


def _moved(by_method: np.ndarray, by_people: np.ndarray, decision: np.ndarray) -> dict[str, int]:
    """How many items are in because they were pinned, and out because they were dropped."""
    pinned, dropped = np.setdiff1d(by_people, by_method), np.setdiff1d(by_method, by_people)
    return {
        "kept_by_decision": int(np.isin(decision[pinned], cleaning.PINS).sum()),
        "dropped_by_decision": int((decision[dropped] == "drop").sum()),
    }


def _weights(table: FeatureTable, method: Choice, rows: np.ndarray, stays: np.ndarray) -> np.ndarray:
    weights = np.full(table.n, np.nan)
    given = selection.weights(table, method, rows[stays])
    weights[stays] = 1.0 if given is None else given
    return weights


def _reasons(ranked: Ranking) -> np.ndarray:
    """The issue (n,) for which the method rejects a row, in words; empty for all others."""
    found = ranked.evidence.get("issue")
    if found is None:
        return np.full(len(ranked.order), "", dtype=object)
    return np.where(np.asarray(found) == Issue.NONE, "", _titles(found))


def _titles(issue: np.ndarray) -> np.ndarray:
    return np.array([one.title for one in Issue], dtype=object)[np.asarray(issue, dtype=np.int64)]


# ---- files -----------------------------------------------------------------------------------------------------------


def endings(table: pandas.DataFrame) -> tuple[str, ...]:
    """The endings of files that can hold a table: one of ids kept can also be a list of ids."""
    return tuple(WRITERS) if "kept" in table.attrs else TABLES


def write(table: pandas.DataFrame, file: Path) -> None:
    """Write a table; the ending decides: csv, parquet and json hold all of it, npy and txt what is kept.

    An npy file holds the records of `labels.numbers`; a txt file an id a line and, after a tab, the place of its final
    label among the classes, if there are labels.
    """
    writer = _writer(table, file.suffix, file.name)
    with files.whole(file) as stream:
        writer(table, stream)


def content(table: pandas.DataFrame, ending: str) -> bytes:
    """What `write` would write to a file of this ending."""
    stream = io.BytesIO()
    _writer(table, ending, ending)(table, stream)
    return stream.getvalue()


def read(stream: IO[bytes], ending: str) -> pandas.DataFrame:
    """The table in a file that ends in .csv, .parquet or .json, as `write` writes them."""
    if ending not in READERS:
        raise ValueError(f"the file ends in {ending!r}; take one that ends in {', '.join(READERS)}")
    try:
        return READERS[ending](stream)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ValueError(f"the file cannot be read as {ending.removeprefix('.')}: {error}") from None


def _writer(table: pandas.DataFrame, ending: str, name: str) -> Callable[[pandas.DataFrame, IO[bytes]], None]:
    if ending not in endings(table):
        raise ValueError(f"file is {name!r}; let it end in {', '.join(endings(table))}")
    return WRITERS[ending]


def _write_csv(table: pandas.DataFrame, stream: IO[bytes]) -> None:
    words = table.select_dtypes(include=["object", "string"]).columns
    table.assign(**{name: table[name].map(_no_formula) for name in words}).to_csv(stream, index=False)


def _no_formula(cell: Any) -> Any:
    """A cell that no spreadsheet runs: a quote goes before what would be taken for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _formula(cell: Any) -> Any:
    """A cell as it was before `_no_formula`."""
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _write_parquet(table: pandas.DataFrame, stream: IO[bytes]) -> None:
    table.to_parquet(stream, index=False)


def _write_json(table: pandas.DataFrame, stream: IO[bytes]) -> None:
    items = json.loads(table.to_json(orient="records", double_precision=15))
    stream.write(json.dumps(table.attrs | {"items": items}, indent=1).encode())


def _write_npy(table: pandas.DataFrame, stream: IO[bytes]) -> None:
    np.save(stream, _numbers(table))


def _write_txt(table: pandas.DataFrame, stream: IO[bytes]) -> None:
    records = _numbers(table)[["id", "final"]].tolist()
    lines = (f"{item}\n" if final == labels.NONE else f"{item}\t{final}\n" for item, final in records)
    stream.write("".join(lines).encode())


def _numbers(table: pandas.DataFrame) -> np.ndarray:
    """What is kept, as the records of `labels.numbers`."""
    kept = table[table["kept"]] if "kept" in table.columns else table
    ids, given, corrected = (kept[name].to_numpy() for name in ("id", "given_label", "corrected_label"))
    return labels.numbers(ids, given, corrected, tuple(table.attrs["classes"]))


def _read_csv(stream: IO[bytes]) -> pandas.DataFrame:
    import pandas

    return pandas.read_csv(stream, dtype=str, keep_default_na=False).map(_formula)


def _read_parquet(stream: IO[bytes]) -> pandas.DataFrame:
    import pandas

    return pandas.read_parquet(stream)


def _read_json(stream: IO[bytes]) -> pandas.DataFrame:
    import pandas

    found = json.load(stream)
    return pandas.DataFrame.from_records(found["items"] if isinstance(found, dict) else found)


#: What a cell begins with that a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WRITERS: dict[str, Callable[[pandas.DataFrame, IO[bytes]], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".json": _write_json,
    ".npy": _write_npy,
    ".txt": _write_txt,
}
READERS: dict[str, Callable[[IO[bytes]], pandas.DataFrame]] = {
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".json": _read_json,
}
#: Those that hold a whole table.
TABLES = tuple(READERS)
