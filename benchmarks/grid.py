"""Which coreset trains best, on many data sets and kinds of damage: `python -m benchmarks.grid`.

    --home FOLDER   where data, features, rankings and trials are kept (.grid); what is there is not made again
    --minutes M     begin nothing new after so many minutes
    --draws N       draws of every dataset and damage (4)
    --only A B      these data sets instead of all (see `benchmarks.grid_data`, which says how to install them)
    --report        try nothing; write the trials that there are as Parquet, and the report made from it alone
    --out FILE      the report (benchmarks/results/grid.md); beside it grid.parquet and grid.svg

A trial is the value of one coreset: data set, damage, draw, share kept, method and judge. A draw draws anew which items
take part, which are held out, what is damaged, what a method that draws selects, and the first weights of a network;
all methods of a draw share all of that, so that they compare in pairs. The linear probe and the distances judge every
cell, networks trained from scratch those named in `grid_data`. Networks take equally many steps whatever the size.

The work goes draw by draw, and within it from damage to damage over all data sets: whatever is done when it ends is a
whole. Some kinds of damage come one draw later. Each trial is written the moment it is known, so that a killed grid
goes on where it was. `FDMAT_ENGINE` and `FDMAT_WORKERS` choose where trials are computed, as for the explorer's own
runs. One that fails is kept with its reason.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import grid_data, grid_report
from benchmarks.damage import KINDS, seeded
from fdmat_core import curves, registry, sizes
from fdmat_core.errors import plain
from fdmat_core.runs import artifacts, costs, engines, stages, tasks
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries

SHARES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7)
#: What is done to the data in every draw.
DAMAGES = {
    "clean": Choice("none"),
    "40% flips": Choice.of("symmetric", rate=0.4),
    "long tail 50": Choice.of("long_tail", factor=50.0),
    **{name: KINDS[name] for name in ("noise", "labels to the look-alike", "near copies", "labels to the next class")},
    **{name: KINDS[name] for name in ("long tail 50, labels to any", "one class polluted")},
}
#: What is done to them when there have been two draws of all these.
LATER = {
    "20% flips": Choice.of("symmetric", rate=0.2),
    **{name: damage for name, damage in KINDS.items() if name not in DAMAGES},
}
#: The default number of ZCore's draws takes longer than all other methods together.
ZCORE = Choice.of("zcore", draws=20_000)
METHODS = tuple(
    map(
        Choice.named,
        (
            *("fdmat", "fdmat_published", "random", "herding", "k_center", "k_medoids", "facility_location"),
            *("energy_greedy", "support_points", "kernel_herding", "moderate", "ccs", "d2", ZCORE, "el2n", "aum_prob"),
            *("least_confidence", "craig", "infomax"),
        ),
    )
)
#: Tried in so many draws of `DAMAGES` only: most of them are of the last three years.
MORE, FEWER = tuple(map(Choice.named, grid_report.MORE)), 2
PROBE = Choice("linear_probe")
JUDGED = (PROBE, Choice("energy"), Choice("sliced_wasserstein"))
TRAINED = Choice.of("full_training", steps=150)
#: What FDMat takes out, of sound items and of damaged ones: no judges of coresets, but reasons.
REMOVED = grid_report.REMOVED
#: At these shares two methods are tried also where methods are not compared, to know how much a share costs; from
#: `LARGE` on they are not.
COSTLY, LARGE = (0.1, 0.3, 0.5, 0.7), 0.5
ANCHORS = (Choice("fdmat"), Choice("random"))
#: How often random selects within a draw under cheap judges, and how far apart the seeds of these are.
RANDOM, APART = 3, 1000


#: A trial as it is written down, and what names it.
Trial = dict[str, Any]
Name = tuple[Any, ...]


class Unit(NamedTuple):
    """A draw of a data set and a damage, and what judges the coresets of it."""

    draw: int
    dataset: str
    damage: str
    judges: tuple[Choice, ...]


class Tried(NamedTuple):
    """A task and the share that its size is of the items."""

    task: curves.Task
    share: float


def units(names: list[str], draws: int) -> Iterator[Unit]:
    """All work in its order."""
    for step in range(draws + 1):
        passes = [(step, DAMAGES)] * (step < draws) + [(step - 1, LATER)] * (step > 0)
        for draw, damages in passes:
            for damage in damages:
                yield from _units(names, draw, damage)


def _units(names: list[str], draw: int, damage: str) -> Iterator[Unit]:
    for judges in (JUDGED, (TRAINED,)):
        for name in names:
            data = grid_data.DATA[name]
            wanted = data.damages if judges is JUDGED else data.networks or data.damages
            if not wanted or damage in wanted:
                yield Unit(draw, name, damage, judges)


def spec_of(unit: Unit, folder: Path, methods: tuple[Choice, ...] = METHODS) -> Spec:
    """The settings of a unit; what is damaged comes of its draw."""
    dataset = grid_data.choice(unit.dataset, unit.draw, folder)
    damage = {**DAMAGES, **LATER}[unit.damage]
    backbone = Choice(grid_data.DATA[unit.dataset].backbone)
    if damage.name != "none":
        damage = seeded(damage, unit.draw)
    if damage.name == "one_class":
        damage = Choice.of(damage.name, **dict(damage.params) | {"number": 0})  # there are data of two classes
    return Spec(dataset, backbone, methods, unit.judges, damage, SHARES)


def methods_of(unit: Unit) -> tuple[Choice, ...]:
    """The methods that are tried in a unit."""
    return METHODS + MORE if unit.draw < FEWER and unit.damage in DAMAGES else METHODS


def tried(unit: Unit, n: int, c: int, methods: tuple[Choice, ...]) -> Iterator[Tried]:
    """The trials of a unit of n items: shares of at least one item a class, and the whole set once."""
    shown = grid_data.DATA[unit.dataset].trained
    for k, share in sizes.measured(n, SHARES).items():
        if k < c and k < n:
            continue
        few = share >= LARGE or (TRAINED in unit.judges and share not in shown)
        for method in _few(share) if few else methods:
            times = RANDOM if method.name == "random" and k < n and TRAINED not in unit.judges else 1
            for number in range(times):
                for judge in unit.judges:
                    yield Tried(curves.Task(method, k, unit.draw + APART * number, judge), share)


def _few(share: float) -> tuple[Choice, ...]:
    """The methods that are tried at a share at which methods are not compared."""
    return ANCHORS[1:] if share == 1 else ANCHORS if share in COSTLY else ()


def work(unit: Unit, folder: Path, engine: engines.Engine, known: set[Name], methods) -> Iterator[Trial]:
    """The trials of a unit that are not known yet, as they end."""
    spec = Run(spec_of(unit, folder, methods)).spec
    data = Run(spec).dataset()
    used, tables = stages.make_features(spec, data, lambda done, total, note: None)
    one = {"dataset": unit.dataset, "damage": unit.damage, "draw": unit.draw, "n": used.n, "commit": commit()}
    one["features_seconds"] = costs.read(spec, used).features
    todo = [each for each in tried(unit, used.n, tables[0].c, methods) if (*unit[:3], *each.task.key) not in known]
    took, rank = {}, partial(tasks.rank, spec, used, tables[0])
    for each in todo:
        if each.task.key[:3] not in took:
            took |= ranked(spec, used, rank, each.task)
    here = curves.measurer(*tables, spec, dataset=data, ranking=rank)
    if PROBE in unit.judges:
        yield from (one | row for row in removed(rank, data, used.n, methods) if key(one | row) not in known)
    function = partial(timed, here if engine.here else partial(tasks.point, tasks.Work.of(spec, used)))
    shares = {each.task.key: each.share for each in todo}
    for task, future in engines.each(engine, function, [each.task for each in todo]):
        method, k, seed, judge = task.key
        found = one | {"method": method, "k": k, "share": shares[task.key], "seed": seed, "judge": judge}
        yield found | took[task.key[:3]] | answer(future)


def ranked(spec, used, rank, task) -> dict[Name, Trial]:
    """What the ranking behind a task took, which is stored from now on; why there is none."""
    entry = registry.methods.get(task.method.name)
    seed, k = task.seed if entry.draws else 0, None if entry.facts.nested else task.k
    try:
        rank(task.method, seed, k)
    except (ValueError, ArithmeticError, LookupError, RuntimeError) as error:
        return {task.key[:3]: {"ranking_seconds": np.nan, "problem": plain(error)}}
    stored = entries.find("ranking", artifacts.ranking_key(spec, used, task.method, seed, k))
    return {task.key[:3]: {"ranking_seconds": stored.facts["seconds"] if stored else np.nan, "problem": ""}}


def removed(rank, data, n, methods) -> Iterator[Trial]:
    """What share of the sound and of the damaged items ours takes out, as trials of two more judges."""
    if ANCHORS[0] not in methods:
        return
    ranking, train = rank(ANCHORS[0], 0, None), data.split("train")
    bad = np.zeros(n, dtype=bool) if train.truth is None else train.truth.bad[np.argsort(train.ids)]
    gone = ranking.evidence["issue"] > 0
    of = {
        "method": "fdmat",
        "k": n,
        "share": 1.0,
        "seed": 0,
        "ranking_seconds": np.nan,
        "problem": "",
        "seconds": np.nan,
    }
    for judge, part in zip(REMOVED, (~bad, bad), strict=True):
        if part.any():
            yield of | {"judge": judge, "value": float(gone[part].mean())}


def timed(function, task) -> tuple[float, float]:
    """A value and the seconds that it took."""
    began = time.perf_counter()
    value = float(function(task)["value"])
    return value, round(time.perf_counter() - began, 3)


def answer(future) -> Trial:
    """What is kept of a task that ended."""
    try:
        value, seconds = future.result()
    except (ValueError, ArithmeticError, LookupError, RuntimeError) as error:
        return {"value": np.nan, "seconds": np.nan, "problem": " ".join(plain(error).split())[:200]}
    return {"value": value, "seconds": seconds}


@cache
def commit() -> str:
    """The commit of this program, with a plus if what it runs differs from that."""
    ask = partial(subprocess.run, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    name = ask(["git", "rev-parse", "--short=12", "HEAD"]).stdout.strip()
    changed = ask(["git", "status", "--porcelain", "--untracked-files=no", "../fdmat_core"]).stdout.strip()
    return f"{name or 'unknown'}{'+' * bool(changed)}"


def known(file: Path) -> list[Trial]:
    """The trials that a file holds; a last line that was not written to its end is none."""
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def key(trial: Trial) -> Name:
    return tuple(trial[name] for name in ("draw", "dataset", "damage", "method", "k", "seed", "judge"))


def run(file: Path, todo: Iterator[Unit], minutes: float, methods=None) -> None:
    """Make and write the trials of all units that are not in a file, until the time is over; of some methods or all."""
    end = time.monotonic() + 60 * minutes
    there = known(file)
    file.write_text("".join(json.dumps(one) + "\n" for one in there))
    done = set(map(key, there))
    with engines.opened(engines.chosen()) as engine, file.open("a") as out:
        for unit in todo:
            began, count = time.monotonic(), 0
            try:
                for trial in work(unit, file.parent / "data", engine, done, methods or methods_of(unit)):
                    out.write(json.dumps(trial) + "\n")
                    out.flush()
                    count += 1
                    if time.monotonic() > end:
                        return
            except (ValueError, ImportError) as error:
                print(f"{unit.dataset}, {unit.damage}: left out, {plain(error)}", file=sys.stderr)
            judge = unit.judges[0].name
            took = f"{count} trials, {time.monotonic() - began:.0f} s"
            print(f"draw {unit.draw}, {judge}, {unit.dataset}, {unit.damage}: {took}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".grid"))
    parser.add_argument("--minutes", type=float, default=60 * 24)
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--only", nargs="+", choices=grid_data.DATA, default=list(grid_data.DATA))
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/grid.md"))
    given = parser.parse_args()
    home = given.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["FDMAT_HOME"] = str(home)
    file = home / "trials.jsonl"
    if not given.report:
        run(file, units(given.only, given.draws), given.minutes)
    grid_report.write(known(file), given.out)


if __name__ == "__main__":
    main()
