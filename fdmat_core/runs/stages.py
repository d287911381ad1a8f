"""The stages of a run, in the order in which people want them: each makes what is not stored yet."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

from fdmat_core import curves, errors, prefixes, projection, registry, selection
from fdmat_core.analysis import clusters, detectors
from fdmat_core.learning import features
from fdmat_core.progress import Progress
from fdmat_core.runs import artifacts, by_class, engines, graphs, memory, originals, parts, points, shards, tasks
from fdmat_core.runs.artifacts import UsedFeatures
from fdmat_core.runs.engines import Engine
from fdmat_core.runs.tasks import Rank, Ranked
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries, files
from fdmat_core.types import Dataset, FeatureTable

Tables = tuple[FeatureTable, FeatureTable]
Task = TypeVar("Task")
Result = TypeVar("Result")
#: What a run consists of, by the kind it is stored as, in words.
PARTS = {
    "features": "features",
    "projection": "map",
    "clusters": "clusters",
    "ranking": "rankings",
    "points": "points",
    "sorted": "distances between the sizes",
    "energy": "distances between the sizes",
    "detection": "scores of the detectors",
}

#: Of so many tasks that are computed at a time each is named.
SHOWN = 3
#: The problem of what had not enough memory, until the attempt ends.
SHORTAGE = "ran out of memory"


def everything(spec: Spec, dataset: Callable[[], Dataset], tell: Progress) -> None:
    """Make all that a checked spec asks for: features, a PCA map with its clusters, rankings, points, the distances
    between them, detection, and a UMAP map.

    Detection takes a second where the UMAP that replaces the first map takes twenty, so it comes before.
    """
    folder = artifacts.folder(spec.key)
    files.write_json(folder / "problems.json", {})
    try:
        with memory.held(folder):
            _all(spec, dataset, tell)
            if short := _forget_shortage(spec):
                raise MemoryError(f"ran out of memory in {', '.join(short)}; all else is stored")
    except Exception as error:
        if errors.is_memory(error):
            memory.note(folder)
        raise


def _all(spec: Spec, dataset: Callable[[], Dataset], tell: Progress) -> None:
    engine = engines.chosen()
    tell(0, 0, "features: reading the data")
    data = dataset()
    with engines.opened(engine) as workers:
        used, tables = make_features(spec, data, partial(_staged, tell, "features"), workers)
        selection.places(tables[0], spec.chosen.ids if spec.chosen else ())
        make_projection(used, tables[0], "PCA", tell)
        make_clusters(used, tables[0])
        with graphs.kept(used.key):
            make_rankings(spec, used, tables[0], partial(_staged, tell, "rankings"), workers)
            make_points(spec, used, tables, data, tell, workers)
    make_prefixes(spec, used, tables[0])
    with graphs.kept(used.key):
        make_detection(spec, used, tables[0], tell)
    make_projection(used, tables[0], "UMAP", tell)


def make_features(
    spec: Spec, dataset: Dataset, tell: Progress, engine: Engine = engines.HERE
) -> tuple[UsedFeatures, Tables]:
    """The feature tables, and a note in the run's folder of which they are."""
    key, own, version = artifacts.features_key(spec, dataset), artifacts.weights(spec), artifacts.features_version(spec)
    tell(0, 0, "checking the data")
    artifacts.note_findings(spec, dataset)
    originals.keep(spec, dataset)
    began = time.monotonic()

    item = entries.find("features", key)
    if item is None:
        with entries.working("features", key) as work:
            elsewhere = None if engine.here else _by_workers(spec, UsedFeatures(key, 0, 0, version, own), engine)
            made = features.extract(dataset, spec.backbone, progress=tell, work=work, elsewhere=elsewhere)
            packed = artifacts.pack_tables(made, {"dataset": dataset.key, "seconds": _since(began)})
            item = entries.put("features", key, packed)
    tables = artifacts.unpack_tables(item)
    used = UsedFeatures(key, tables[0].n, curves.largest_class(tables[0]), version, own)
    artifacts.note(spec, used)
    return used, tables


def _by_workers(spec: Spec, used: UsedFeatures, engine: Engine) -> features.Elsewhere:
    """What gives the embedding of slices of a split, made by the workers of an engine."""
    embed = partial(tasks.embedding, tasks.Work.of(spec, used))
    return partial(shards.gather, engine, embed, used.key)


def make_projection(used: UsedFeatures, train: FeatureTable, kind: projection.Kind, tell: Progress) -> None:
    """A map of the training items."""
    tell(0, 1, f"projection: {kind}")
    began = time.monotonic()

    def make() -> entries.Item:
        return entries.Item({"xy": projection.project(train, kind).xy}, {"kind": kind, "seconds": _since(began)})

    entries.get("projection", artifacts.projection_key(used, kind), make)


def make_clusters(used: UsedFeatures, train: FeatureTable) -> None:
    """The clusters of the training items."""
    make = lambda: artifacts.pack_clusters(clusters.clusters(train))  # noqa: E731
    entries.get("clusters", artifacts.clusters_key(used), make)


def make_prefixes(spec: Spec, used: UsedFeatures, train: FeatureTable) -> None:
    """What tells the distances of every coreset between the measured sizes."""
    failed = artifacts.problems(spec)
    for (kind, key), (measure, method) in artifacts.prefix_keys(spec, used).items():
        if str(measure) in failed or (method is not None and str(method) in failed):
            continue

        def make(measure: Choice = measure, method: Choice | None = method) -> entries.Item:
            if method is None:
                return artifacts.pack_sorted(prefixes.sorted_classes(train, measure))
            order = tasks.rank(spec, used, train, method, 0, None).order
            return entries.Item({"energy": prefixes.energy(train, order)}, {"method": str(method)})

        entries.get(kind, key, make)


def make_rankings(
    spec: Spec, used: UsedFeatures, train: FeatureTable, tell: Progress, engine: Engine = engines.HERE
) -> None:
    """The rankings by every method; what goes wrong with one is written down.

    Random, which takes no time, comes first, and then the recommended: none is seen without it.
    """

    def turn(method: Choice) -> tuple[bool, bool]:
        return method.name != "random", not registry.methods.get(method.name).facts.recommended

    wanted = sorted(spec.methods, key=turn)

    def here(task: Rank) -> Ranked:
        tasks.rank(spec, used, train, task.method, 0, task.k)
        return Ranked(task, {}, 0)

    whole = [Rank(method, k) for method in wanted for k in artifacts.sizes(spec, used.n, method)]
    divided = partial(by_class.divided, spec, used, train, engine.workers)
    todo = list(chain.from_iterable(map(divided, whole)))
    function = here if engine.here else partial(tasks.ranking, tasks.Work.of(spec, used))
    work = _Stage[Rank](todo, of=lambda task: task.method, words=by_class.words)
    for ranked in by_class.gathered(todo, _results(spec, engine, function, work, tell)):
        tasks.put_together(spec, used, train, ranked)
    if len(artifacts.problems(spec)) == len(wanted):
        first = next(iter(artifacts.problems(spec).values()))
        raise (MemoryError if first == SHORTAGE else ValueError)(f"no method could rank: {first}")


def make_points(
    spec: Spec,
    used: UsedFeatures,
    tables: Tables,
    data: Dataset,
    tell: Progress,
    engine: Engine = engines.HERE,
) -> None:
    """The points of the curves, each stored when it is known: in two stages, as trainings take far longer.

    A measure that needs what the features lack, such as labels, or that fails, is written down and left out.
    """
    for measure in spec.measures:
        if problem := curves.lacking(tables[0], measure):
            _note_problem(spec, str(measure), problem)
    rest = parts.working(spec)
    ranking = partial(tasks.rank, spec, used, tables[0])
    here = curves.measurer(*tables, rest, dataset=data, ranking=ranking)
    function = here if engine.here else partial(tasks.point, tasks.Work.of(rest, used))
    todo = list(parts.unmeasured(rest, used))
    for stage, expensive in (("points", False), ("trainings", True)):
        its = [task for task in todo if registry.measures.get(task.measure.name).facts.expensive == expensive]
        work = _Stage[curves.Task](its, of=lambda task: task.measure, words=curves.words)
        told = partial(_staged, tell, stage)
        points.insert(artifacts.source(spec, used), _results(spec, engine, function, work, told))


class _Stage(NamedTuple, Generic[Task]):
    """The tasks of a stage, the method or measure that each is of, and each in words."""

    tasks: Sequence[Task]
    of: Callable[[Task], Choice]
    words: Callable[[Task], str]


def _results(
    spec: Spec, engine: Engine, function: Callable[[Task], Result], work: _Stage[Task], tell: Progress
) -> Iterator[Result]:
    """What a function gives for each task, as they end.

    Once a task has failed, that is written down of the method or measure that it is of, whose other tasks are left out.
    """
    failed: set[Choice] = set()
    begun = 0

    def todo() -> Iterator[Task]:
        nonlocal begun
        for number, task in enumerate(work.tasks, start=1):
            if work.of(task) not in failed:
                begun = number
                yield task

    def told(running: Sequence[Task]) -> None:
        tell(begun - len(running), len(work.tasks), _at_work(list(map(work.words, running)), engine))

    for task, future in engines.each(engine, function, todo(), told):
        try:
            result = future.result()
        except (OSError, tasks.Unfit):
            raise
        except Exception as error:
            if work.of(task) not in failed:
                _report(spec, str(work.of(task)), error)
            failed.add(work.of(task))
        else:
            yield result


def _at_work(words: Sequence[str], engine: Engine) -> str:
    """What is computed, in words: of several workers how many there are, and what some of them are at."""
    if engine.workers == 1:
        return words[-1]
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return f"{len(words)} of {engine.workers} workers: {', '.join(words[:SHOWN])}{more}"


def make_detection(spec: Spec, used: UsedFeatures, train: FeatureTable, tell: Progress) -> None:
    """The scores of all detectors of bad items, if the run has an FDMat that has ranked."""
    method = artifacts.evidence_method(spec)
    if method is None or not _detects(spec):
        return
    tell(0, 1, "detection: scores of every detector")
    began = time.monotonic()

    def make() -> entries.Item:
        scores = detectors.scores(train, tasks.rank(spec, used, train, method, 0, None))
        return artifacts.pack_scores(scores, {"method": str(method), "seconds": _since(began)})

    try:
        entries.get("detection", artifacts.detection_key(spec, used, method), make)
    except OSError:
        raise
    except Exception as error:
        _report(spec, "detection", error)


def lacking(spec: Spec) -> tuple[str, ...]:
    """Which parts of a checked spec are not stored as this program makes them, but for what is known as a problem."""
    used = artifacts.used_features(spec)
    own = artifacts.weights(spec)
    if used is None or used.version != artifacts.features_version(spec) or (own and own != used.weights):
        return tuple(dict.fromkeys(PARTS.values()))
    rest = parts.working(spec)
    lost = {part.kind for part in parts.missing(rest, used)}
    if not _detects(spec):
        lost.discard("detection")
    if next(parts.unmeasured(rest, used), None):
        lost.add("points")
    return tuple(dict.fromkeys(words for kind, words in PARTS.items() if kind in lost))


def _detects(spec: Spec) -> bool:
    """Whether nothing is known to keep the scores of the detectors from being made."""
    return not {str(artifacts.evidence_method(spec)), "detection"} & set(artifacts.problems(spec))


def _report(spec: Spec, name: str, error: Exception) -> None:
    """Write down what went wrong with one method or measure; the log gets the place in the code."""
    traceback.print_exception(error)
    _note_problem(spec, name, SHORTAGE if errors.is_memory(error) else " ".join(errors.plain(error).split()))


def _forget_shortage(spec: Spec) -> list[str]:
    """The methods and measures for which memory was too short, which is no problem for ever: they are lacking."""
    known = artifacts.problems(spec)
    short = [name for name, problem in known.items() if problem == SHORTAGE]
    rest = {name: problem for name, problem in known.items() if name not in short}
    files.write_json(artifacts.folder(spec.key) / "problems.json", rest)
    return short


def _note_problem(spec: Spec, name: str, problem: str) -> None:
    known = artifacts.problems(spec) | {name: problem}
    files.write_json(artifacts.folder(spec.key) / "problems.json", known)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _staged(tell: Progress, stage: str, done: int, total: int, note: str) -> None:
    tell(done, total, f"{stage}: {note}")
