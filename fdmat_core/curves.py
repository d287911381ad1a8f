"""Measures over the share kept: one point at a time, into one tidy frame.

A curve has the columns `method, kept, k, seed, measure, value`: `kept` is the share of the items that is kept, `k`
their number, and `seed` that of the selection if the method draws, else that of the training, or of the sample that
stands for a large class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fdmat_core import registry, selection, sizes
from fdmat_core.numerics import scaling
from fdmat_core.progress import Progress
from fdmat_core.rankings import Ranking
from fdmat_core.spec import FRACTIONS, Choice, Spec
from fdmat_core.types import Dataset, FeatureTable

if TYPE_CHECKING:
    import pandas
    from threadpoolctl import ThreadpoolController

    from fdmat_core.measures import Measure

COLUMNS = ("method", "kept", "k", "seed", "measure", "value")
#: All measures but accuracy see at most this many principal components.
SPACE_DIMS = 64
#: Methods whose curves are worth having first; the rest of the order is the caller's.
LEADERS = ("random", "fdmat")
#: (method, seed, k or None for all) -> ranking, for whoever stores rankings.
Rank = Callable[[Choice, int, int | None], Ranking]


class Task(NamedTuple):
    """One point to measure."""

    method: Choice
    k: int
    seed: int
    measure: Choice

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What names the point in a curve."""
        return str(self.method), self.k, self.seed, str(self.measure)


def measure(  # noqa: PLR0913
    table: FeatureTable,
    test: FeatureTable | None = None,
    *,
    dataset: Dataset | None = None,
    methods: Sequence[str | Choice],
    measures: Sequence[str | Choice],
    fractions: Sequence[float] = FRACTIONS,
    seeds: int = 3,
    band: int = 10,
    balance: str = "proportional",
    progress: Progress | None = None,
    known: pandas.DataFrame | None = None,
) -> pandas.DataFrame:
    """Measure the coresets of several methods at several sizes: a curve, see the top of this module.

    Random is always among the methods and everything among the sizes.

    Parameters
    ----------
    test
        Features of the test items, for measures of accuracy.
    dataset
        The items themselves, for measures that train on them.
    fractions
        Shares of the items to keep.
    seeds
        Trainings per coreset, and selections of methods that draw.
    band
        Selections of random.
    known
        Points of an earlier curve of the same table, which are not measured again.
    """
    import pandas

    given = Choice(table.key)
    chosen, taken = tuple(map(Choice.named, methods)), tuple(map(Choice.named, measures))
    spec = Spec(given, given, chosen, taken, fractions=tuple(fractions), seeds=seeds, band=band, balance=balance)
    new = frame(points(table, test, spec, dataset=dataset, known=known, progress=progress))
    curve = new if known is None else pandas.concat([known[list(COLUMNS)], new])
    wanted = {task.key for task in tasks(table.n, spec, largest_class(table))}
    return frame(row for row in curve.to_dict("records") if _key(row) in wanted)


def points(  # noqa: PLR0913
    table: FeatureTable,
    test: FeatureTable | None,
    spec: Spec,
    *,
    dataset: Dataset | None = None,
    ranking: Rank | None = None,
    known: pandas.DataFrame | None = None,
    progress: Progress | None = None,
) -> Iterator[dict[str, Any]]:
    """Measure and yield one point of a curve after the other, the most useful first.

    Parameters
    ----------
    spec
        Its methods, measures, fractions, seeds, band and balance count.
    ranking
        Gives `ranking(method, seed, k)`; k is None for nested methods, whose one ranking serves all sizes. Computed
        here if not given.
    known
        Points that are there already.
    """
    done = set() if known is None else set(map(_key, known.to_dict("records")))
    todo = [task for task in tasks(table.n, spec, largest_class(table)) if task.key not in done]
    take = measurer(table, test, spec, dataset=dataset, ranking=ranking)
    for number, task in enumerate(todo):
        if progress:
            progress(number, len(todo), words(task))
        yield take(task)


def measurer(
    table: FeatureTable,
    test: FeatureTable | None,
    spec: Spec,
    *,
    dataset: Dataset | None = None,
    ranking: Rank | None = None,
) -> Callable[[Task], dict[str, Any]]:
    """A function that measures one point, whatever was measured before; arguments as of `points`."""
    shares = sizes.measured(table.n, spec.fractions)
    pick = _picker(table, ranking or _ranker(table, spec))
    value = _evaluator(table, test, dataset)

    def take(task: Task) -> dict[str, Any]:
        rows, weights = pick(task.method, task.k, task.seed)
        with _threads().limit(limits=None if _expensive(task.measure) else 1):
            measured = value(task.measure, _chance(task), rows, weights)
        method, k, seed, name = task.key
        return dict(zip(COLUMNS, (method, shares[k], k, seed, name, measured), strict=True))

    return take


def largest_class(table: FeatureTable) -> int:
    """How many items the largest class of a table has."""
    return int(np.bincount(table.labels).max(initial=0))


def tasks(n: int, spec: Spec, largest: int = 0) -> list[Task]:
    """All points of a curve in the order of work: random and fdmat first, and a coarse curve before a fine one.

    Expensive measures come after all others. A measure for which a sample stands for the largest class is repeated with
    other samples.
    """
    methods = (Choice("random"), *(method for method in spec.methods if method != Choice("random")))
    leaders = [method for method in methods if method.name in LEADERS]
    rest = [method for method in methods if method.name not in LEADERS]
    return [
        Task(method, k, seed, one)
        for expensive in (False, True)
        for group in (leaders, rest)
        for k in _coarse_first(list(sizes.measured(n, spec.fractions)))
        for method in group
        for seed in range(max(spec.band, spec.seeds))
        for one in spec.measures
        if _expensive(one) is expensive and seed < _repeats(method, one, spec, largest)
    ]


def lacking(table: FeatureTable, one: Choice) -> str:
    """Why a measure cannot be taken of the coresets of a table, in a sentence; "" if it has all that it needs."""
    missing = [column for column in registry.measures.get(one.name).facts.needs if not table.has(column)]
    if not missing:
        return ""
    lack = "this feature table lacks; extract others" if table.labelled else "this data has not; it is left out of runs"
    return f"measure {one.name!r} needs {', '.join(missing)}, which {lack}"


def frame(rows: Iterable[Mapping[Any, Any]]) -> pandas.DataFrame:
    """Points as a curve, in an order that does not depend on theirs."""
    import pandas

    curve = pandas.DataFrame(list(rows), columns=list(COLUMNS))
    curve = curve.astype({"kept": float, "k": int, "seed": int, "value": float})
    return curve.sort_values(["method", "measure", "k", "seed"], ignore_index=True)


def space(table: FeatureTable) -> FeatureTable:
    """The table as all measures but accuracy see it: standardised, at most 64 principal components, no labels used."""
    wide = table.embedding.shape[1] > SPACE_DIMS
    x = scaling.principal(table.embedding, SPACE_DIMS) if wide else scaling.standardised(table.embedding)
    return replace(table, embedding=x, head=None, key=f"{table.key}+space")


def _key(row: Mapping[Any, Any]) -> tuple[str, int, int, str]:
    return row["method"], int(row["k"]), int(row["seed"]), row["measure"]


def words(task: Task) -> str:
    """What is being measured, in the words of the pages."""
    return f"{registry.methods.title(task.method)}, {task.k:,} kept: {registry.measures.title(task.measure)}"


def _coarse_first(values: Sequence[int]) -> list[int]:
    """Both ends, then every eighth place, every fourth, every second and the rest."""
    ends = [values[0], values[-1]] if len(values) > 1 else list(values)
    inner = sorted(range(1, len(values) - 1), key=lambda place: (-(place & -place), place))
    return ends + [values[place] for place in inner]


def _repeats(method: Choice, one: Choice, spec: Spec, largest: int) -> int:
    """How many seeds a method needs under a measure, when the largest class has so many items."""
    if method.name == "random" and not _expensive(one):
        return spec.band
    return spec.seeds if _draws(method) or _trains(one) or _sample(one) < largest else 1


def _chance(task: Task) -> int:
    """The seed of what a measure draws: one sample for all selections of a method that draws, to tell them apart."""
    return 0 if _draws(task.method) and not _trains(task.measure) else task.seed


def _ranker(table: FeatureTable, spec: Spec) -> Rank:
    largest = max((k for k in sizes.measured(table.n, spec.fractions) if k < table.n), default=table.n)

    def rank(method: Choice, seed: int, k: int | None) -> Ranking:
        return selection.rank(table, method, budget=k or largest, balance=spec.balance, seed=seed)

    return rank


def _picker(table: FeatureTable, ranking: Rank) -> Callable[[Choice, int, int], tuple[np.ndarray, np.ndarray | None]]:
    """A function that gives the rows and the weights of the coreset of a method, a size and a seed."""
    ranked = cache(ranking)

    def pick(method: Choice, k: int, seed: int) -> tuple[np.ndarray, np.ndarray | None]:
        nested = registry.methods.get(method.name).facts.nested
        order = ranked(method, seed if _draws(method) else 0, None if nested else k).order
        return order[:k], selection.weights(table, method, order[:k])

    return pick


def _evaluator(table: FeatureTable, test: FeatureTable | None, dataset: Dataset | None) -> Callable[..., float]:
    """A function that measures a coreset: (measure, seed of what it draws, rows, weights) -> value.

    Each measure is prepared once, and its value for all items without weights is asked once for all methods.
    """
    seen = cache(lambda: space(table))

    @cache
    def prepared(one: Choice, seed: int) -> Measure:
        entry = registry.measures.get(one.name)
        if problem := lacking(table, one):
            raise ValueError(problem)
        given = table if _trains(one) else seen()
        return entry(given, params=dict(one.params), test=test, dataset=dataset, seed=seed)

    @cache
    def of_everything(one: Choice, seed: int) -> float:
        return prepared(one, seed)(np.arange(table.n), None)

    def value(one: Choice, seed: int, rows: np.ndarray, weights: np.ndarray | None) -> float:
        if len(rows) == table.n and weights is None:
            return of_everything(one, seed)
        return prepared(one, seed)(rows, weights)

    return value


@cache
def _threads() -> ThreadpoolController:
    """What holds the threads of the linear algebra that is loaded by now.

    Classes are measured beside each other, and the matrices of one are so small that more threads would only wait.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@cache
def _trains(one: Choice) -> bool:
    """Whether a measure trains, so that its value depends on a seed."""
    return registry.measures.get(one.name).facts.kind == "accuracy"


@cache
def _sample(one: Choice) -> float:
    """Above how many items of a class a measure lets a sample stand for it; infinite if it never does."""
    return registry.measures.get(one.name).read(dict(one.params)).get("sample", np.inf)


@cache
def _expensive(one: Choice) -> bool:
    """Whether one value of a measure takes long."""
    return registry.measures.get(one.name).facts.expensive


@cache
def _draws(method: Choice) -> bool:
    """Whether a method draws, so that its coreset depends on a seed."""
    return registry.methods.get(method.name).draws
