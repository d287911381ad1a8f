"""From a method's name to a coreset: class by class, nested, and the same whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from fdmat_core import class_shares, registry
from fdmat_core.numerics import quotas
from fdmat_core.progress import Progress
from fdmat_core.rankings import Coreset, Ranking
from fdmat_core.registry import Entry, MethodFacts
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable


def rank(  # noqa: PLR0913
    table: FeatureTable,
    method: str | Choice,
    *,
    budget: int | None = None,
    balance: str = "proportional",
    seed: int = 0,
    chosen: Sequence[int] | np.ndarray = (),
    progress: Progress | None = None,
    known: Mapping[int, Ranking] | None = None,
) -> Ranking:
    """Rank all rows of a table by a method, best first.

    Rows are put in id order first, so that ties go to the lower id and the order of the rows never matters.

    Parameters
    ----------
    budget
        How many rows must be chosen exactly; the rest follows in a cheap order. All rows if not given. For a method
        that is not nested, the coreset of this size is the first `budget` rows, and only this size is meant.
    balance
        What every class gets: a share "proportional" to its size, "equal" ones, by validation "error" or by
        "difficulty" (see `class_shares.weights`), or "none": as the method likes.
    chosen
        Ids of items that are chosen already: they come first, in the method's order, also those that it rejects. A
        method that accepts `chosen` then picks what goes with them; the order of any other follows without them. A
        class of which more is chosen than its share waits for the others.
    known
        What `rank_classes` gave for every class, so that only their order among each other is left to find.

    Raises
    ------
    ValueError
        A missing column, a value that is not finite, an unknown method, parameter or item; the message names the fix.
    """
    asked = _asked(table, Choice.named(method), budget, balance, chosen)
    given = partial(asked.given, rng=np.random.default_rng(seed), progress=progress)
    facts = asked.entry.facts
    if asked.quota is not None and facts.runs == "class":
        ranking = _join(asked, known or _ranked(asked, given, asked.present))
    else:
        ranking = _after(given, asked.table, asked.before, asked.budget)
    if asked.quota is not None and facts.runs == "table":
        ranking = _share_places(ranking, asked)
    return _back_to_rows(_first(ranking, asked.before), asked.by_id, facts.nested)


def rank_classes(
    table: FeatureTable,
    method: str | Choice,
    labels: Iterable[int],
    *,
    budget: int | None = None,
    balance: str = "proportional",
    chosen: Sequence[int] | np.ndarray = (),
) -> dict[int, Ranking]:
    """The rankings of some classes by their labels, each of its rows in id order: parts of a ranking of the table.

    Parameters are those of `rank`, which puts them together. The method must be one that `by_class` says it of.
    """
    asked = _asked(table, Choice.named(method), budget, balance, chosen)
    return _ranked(asked, asked.given, labels)


def by_class(method: str | Choice, balance: str) -> bool:
    """Whether a method ranks each class by itself, and draws nothing that another class would draw otherwise."""
    entry = registry.methods.get(Choice.named(method).name)
    return entry.facts.runs == "class" and not entry.draws and balance != "none"


class _Asked(NamedTuple):
    """What is to be ranked: a table whose rows are in id order, by a method."""

    entry: Entry[MethodFacts]
    given: Callable[..., Ranking]  # the method, with its parameters and the quota
    table: FeatureTable
    by_id: np.ndarray  # (n,) the rows of the caller's table
    before: np.ndarray  # the rows that are chosen already
    budget: int
    weights: np.ndarray  # (c,) what the share of each class is proportional to
    quota: np.ndarray | None  # (c,) how many rows of each class are wanted, but for balance "none"

    @property
    def present(self) -> list[int]:
        """The classes that have rows."""
        return np.unique(self.table.labels).tolist()


def _asked(
    table: FeatureTable, choice: Choice, budget: int | None, balance: str, chosen: Sequence[int] | np.ndarray
) -> _Asked:
    entry = registry.methods.get(choice.name)
    quotas.check_balance(balance)
    check(table, entry)
    k = table.n if budget is None else min(int(budget), table.n)
    by_id = np.argsort(table.ids, kind="stable")
    canonical = table if np.array_equal(by_id, np.arange(table.n)) else table.take(by_id)  # a copy
    before = places(canonical, chosen)
    if balance == "error":
        require_finite(canonical)
    weights = class_shares.weights(canonical, balance)
    sizes = np.bincount(canonical.labels, minlength=canonical.c)
    wanted = max(k, len(before)) if entry.facts.runs != "class" else k
    quota = None if balance == "none" else quotas.quotas(wanted, sizes, "proportional", weights)
    given = partial(entry, params=dict(choice.params), quota=quota)
    return _Asked(entry, given, canonical, by_id, before, k, weights, quota)


def places(table: FeatureTable, ids: Sequence[int] | np.ndarray) -> np.ndarray:
    """The rows, ascending, of some items of a table; a ValueError that names one that it does not have."""
    wanted = np.unique(np.asarray(ids, dtype=np.int64))
    rows = np.flatnonzero(np.isin(table.ids, wanted))
    if len(rows) < len(wanted):
        lost = wanted[~np.isin(wanted, table.ids)]
        raise ValueError(
            f"item {lost[0]} is chosen already, but not among these {table.n:,} items ({len(lost):,} such items); "
            "choose items of these data"
        )
    return rows


def _after(given: Callable[..., Ranking], table: FeatureTable, before: np.ndarray, budget: int) -> Ranking:
    """What a method ranks after some rows of a table, which come first."""
    return _first(given(table, budget=max(budget, len(before)), chosen=before), before)


def _first(ranking: Ranking, rows: np.ndarray) -> Ranking:
    """The ranking with some rows, in its order, before all others; none of them is rejected then."""
    if not len(rows):
        return ranking
    mine = np.isin(ranking.order, rows)
    order = np.concatenate([ranking.order[mine], ranking.order[~mine]])
    return replace(ranking, order=order, survivors=ranking.survivors + int(mine[ranking.survivors :].sum()))


def coreset(
    table: FeatureTable, method: str | Choice, k: int, *, balance: str = "proportional", seed: int = 0
) -> Coreset:
    """The k items that a method keeps, with weights if the method weighs its items."""
    choice = Choice.named(method)
    rows = rank(table, choice, budget=k, balance=balance, seed=seed).order[:k]
    return Coreset(table.ids[rows], rows, table.n, weights(table, choice, rows))


def weights(table: FeatureTable, method: Choice, rows: np.ndarray) -> np.ndarray | None:
    """The weights (k,) that a method gives to the rows it picked, scaled to mean 1; None for unweighted methods."""
    weigh = registry.methods.get(method.name).facts.weigh
    if weigh is None or len(rows) == 0:
        return None
    raw = np.asarray(weigh(table, rows), dtype=np.float64)
    return raw / raw.mean() if raw.sum() > 0 else np.ones(len(rows))


def check(table: FeatureTable, entry: Entry[MethodFacts]) -> None:
    """Refuse a table that this method cannot rank, naming what is missing or wrong."""
    missing = [column for column in entry.facts.needs if not table.has(column)]
    if missing:
        raise ValueError(f"method {entry.name!r} needs {', '.join(missing)}, {_way_out(missing, table)}")
    for column in entry.facts.needs:
        _require_finite(column, table.column(column), table.ids)


def require_finite(table: FeatureTable) -> None:
    """Refuse an embedding that is not finite, naming the first such item."""
    _require_finite("embedding", table.embedding, table.ids)


def _way_out(missing: Sequence[str], table: FeatureTable) -> str:
    """What the data are without, and what helps: other methods where there are no labels, else a head."""
    if table.labelled:
        return "which this feature table lacks; extract features with a backbone that trains a head"
    fit = (name for name, entry in registry.methods.all().items() if all(map(table.has, entry.facts.needs)))
    lack = "which this data has not" if "labels" in missing else "which come of labels, and this data has none"
    return f"{lack}; choose one of {', '.join(fit)}"


def _require_finite(column: str, values: np.ndarray, ids: np.ndarray) -> None:
    step = max(1, 2**24 // max(1, values[:1].size))
    for start in range(0, len(values), step):
        block = values[start : start + step]
        bad = ~np.isfinite(block.reshape(len(block), -1)).all(axis=1)
        if bad.any():
            where = f"item {ids[start + int(bad.argmax())]}" if len(values) == len(ids) else "the head"
            raise ValueError(
                f"{column} of {where} is not finite (NaN or infinite); remove such items or repair their features"
            )


def _share_places(ranking: Ranking, asked: _Asked) -> Ranking:
    """The ranking of a whole table with its survivors rearranged so that every class gets its share, by weight.

    Where it is not nested, the first rows of every class, as many as its quota, come before all others: the coreset.
    """
    alive, rejected = ranking.order[: ranking.survivors], ranking.order[ranking.survivors :]
    groups = [alive[asked.table.labels[alive] == label] for label in range(asked.table.c)]
    cuts = [len(rows) for rows in groups] if asked.entry.facts.nested or asked.quota is None else asked.quota
    heads = [rows[:cut] for rows, cut in zip(groups, cuts, strict=True)]
    tails = [rows[cut:] for rows, cut in zip(groups, cuts, strict=True)]
    merged = [quotas.merge(part, asked.weights, "proportional") for part in (heads, tails)]
    return replace(ranking, order=np.concatenate([*merged, rejected]))


def _ranked(asked: _Asked, run: Callable[..., Ranking], labels: Iterable[int]) -> dict[int, Ranking]:
    """What a method ranks of some classes, by their labels, each after those of its rows that are chosen already."""
    assert asked.quota is not None
    groups, found = quotas.rows_by_class(asked.table.labels, asked.table.c), dict[int, Ranking]()
    for label in labels:
        rows = groups[label]
        mine = np.flatnonzero(np.isin(rows, asked.before))
        found[label] = _after(run, asked.table.take(rows), mine, int(asked.quota[label]))
    return found


def _join(asked: _Asked, found: Mapping[int, Ranking]) -> Ranking:
    """One ranking of the table from those of its classes; what comes before the cuts competes, the rest follows."""
    assert asked.quota is not None
    present, rows_of = asked.present, quotas.rows_by_class(asked.table.labels, asked.table.c)
    groups, ranked, weights = [rows_of[one] for one in present], [found[one] for one in present], asked.weights[present]
    cuts = [one.survivors for one in ranked] if asked.entry.facts.nested else asked.quota[present].tolist()
    scores = [one.score for one in ranked if one.score is not None]
    ordered = [rows[one.order] for rows, one in zip(groups, ranked, strict=True)]
    heads = [rows[:cut] for rows, cut in zip(ordered, cuts, strict=True)]
    tails = [rows[cut:] for rows, cut in zip(ordered, cuts, strict=True)]
    return Ranking(
        np.concatenate([quotas.merge(part, weights, "proportional") for part in (heads, tails)]),
        score=_scatter(groups, scores) if len(scores) == len(ranked) else None,
        survivors=sum(map(len, heads)),
        evidence={name: _scatter(groups, [one.evidence[name] for one in ranked]) for name in ranked[0].evidence},
        notes={"classes": [dict(one.notes) for one in ranked]} if any(one.notes for one in ranked) else {},
    )


def _scatter(groups: list[np.ndarray], columns: list[np.ndarray]) -> np.ndarray:
    """One column of the table from the columns of its classes."""
    return np.concatenate(columns)[np.argsort(np.concatenate(groups))]


def _back_to_rows(ranking: Ranking, by_id: np.ndarray, nested: bool) -> Ranking:
    """A ranking of the rows in id order, in the rows of the caller's table."""
    back = np.argsort(by_id, kind="stable")
    evidence = {name: column[back] for name, column in ranking.evidence.items()}
    score = None if ranking.score is None else ranking.score[back]
    return Ranking(by_id[ranking.order], score, nested, ranking.survivors, evidence, ranking.notes)
