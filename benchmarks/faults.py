"""What is left after a fault: `python -m benchmarks.faults`.

Does to a store of its own whatever can happen to one, and looks whether decisions are lost, results differ from those
of an undisturbed run, or a traceback or a 500 reaches anybody. Prints a table, and ends with an error if there is one.

    --only kills,requests   kinds of faults, all without it: see KINDS
    --tries 5               of each kind; the numbers of the issue without it
    --minutes 10            of the soak
    --out FILE              write the table, as Markdown; rows of kinds that were not tried stay as they are
"""

import argparse
import hashlib
import os
import platform
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import psutil

from fdmat_core import projection
from fdmat_core.runs import artifacts, decisions, jobs, library
from fdmat_core.runs.run import KINDS as STORED
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import database, entries
from tests.runs import damage

ROOT = Path(__file__).parent.parent
CHILD = (sys.executable, "-m", "tests.runs.child")  # a job whose second map is by PCA, too
SMALL = Spec(
    Choice.of("mixture", n=250),
    Choice("given"),
    tuple(map(Choice, ("fdmat", "herding", "random"))),
    (Choice("energy"), Choice("class_balance")),
    fractions=(0.05, 0.2, 0.5),
    seeds=2,
    band=3,
)
#: With all that takes long: a network that is trained, and UMAP.
WHOLE = Spec(
    Choice("digits"),
    Choice("early_cnn"),
    tuple(map(Choice, ("fdmat", "random"))),
    (Choice("energy"), Choice("sliced_wasserstein")),
    fractions=(0.05, 0.5),
    seeds=1,
    band=3,
)
DECIDED = {item: ("keep", "drop", "unsure")[item % 3] for item in range(60)}


class Outcome(NamedTuple):
    """Of some tries: decisions that are lost, results that differ, tracebacks or 500s, and what is to be said."""

    tries: int
    lost: int = 0
    different: int = 0
    tracebacks: int = 0
    words: str = ""


@contextmanager
def at(place):
    """A home for the work inside, as a new process would find it."""
    before = os.environ.get("FDMAT_HOME")
    os.environ["FDMAT_HOME"] = str(place)
    database._CHECKED.clear()
    try:
        yield Path(place)
    finally:
        os.environ.pop("FDMAT_HOME") if before is None else os.environ.update(FDMAT_HOME=before)


def results(spec):
    """What a run has made: a digest of each array and of its points."""
    owned = sorted(one for one in library._owned(spec.key) or () if one[0] in STORED)
    found = {f"{kind}/{key}/{name}": _digest(array) for kind, key in owned for name, array in _arrays(kind, key)}
    curve = Run(spec).curve().sort_values(["method", "k", "seed", "measure"]).to_csv(index=False)
    return found | {"points": hashlib.sha256(curve.encode()).hexdigest()}


def differ(spec, whole):
    """Whether a run lacks a part, or has one that is not that of an undisturbed run.

    Of random draws only the points are a part: the order of a draw that was measured is not made again.
    """
    return not Run.open(spec.key).complete or any(whole[name] != one for name, one in results(spec).items())


def _arrays(kind, key):
    item = entries.find(kind, key)
    return item.arrays.items() if item else ()


def _digest(array):
    return hashlib.sha256(array.tobytes()).hexdigest()


def decide():
    """Sixty decisions that are acknowledged."""
    for item, said in DECIDED.items():
        decisions.decide("d", decisions.Decision(item, said, author="ann", session="one"))


def lost():
    """How many of them are not there any more."""
    database._CHECKED.clear()
    there = {one["item"]: one["decision"] for one in decisions.current("d").to_dict("records")}
    return sum(there.get(item) != said for item, said in DECIDED.items())


def made(spec, place):
    """A home with a finished run and decisions; returns its results."""
    with at(place):
        ended = jobs.work(spec)
        assert ended.state == "done", ended
        decide()
        return results(spec)


def traced(spec):
    """Whether a run's status shows people a traceback or an error without words."""
    status = jobs.status(spec.key)
    return status is not None and ("Traceback" in status.message or "Error:" in status.message)


@contextmanager
def copied(filled, scratch):
    """A copy of a home for one try."""
    place = Path(scratch) / f"try-{time.time_ns()}"
    shutil.copytree(filled, place)
    with at(place):
        yield place
    shutil.rmtree(place, ignore_errors=True)


# ---- processes -------------------------------------------------------------------------------------------------------


def _disturbed(tries, scratch, spec, command, disturb, longest):
    """Start a run and disturb it in one stage after the other; whenever one gets through, compare it."""
    jobs.COMMAND, draw = command, random.Random(7)
    whole = made(spec, Path(scratch) / "undisturbed")
    outcome, stages, done = Outcome(tries), {}, 0
    while done < tries:
        with at(Path(scratch) / f"chain-{done}") as place:
            decide()
            while done < tries:
                key = jobs.submit(spec)
                _reach(key, STAGES[done % len(STAGES)], longest * draw.random())
                if not jobs.status(key).live:
                    break
                stage = jobs.status(key).stage or "start"
                disturb(key)
                stages[stage], done = stages.get(stage, 0) + 1, done + 1
                outcome = outcome._replace(lost=outcome.lost + lost(), tracebacks=outcome.tracebacks + traced(spec))
            ended = _to_the_end(spec)
            differs = ended.state != "done" or differ(spec, whole)
            outcome = outcome._replace(different=outcome.different + differs, lost=outcome.lost + lost())
            shutil.rmtree(place, ignore_errors=True)
    return outcome._replace(words="in " + ", ".join(f"{stage} {count}" for stage, count in sorted(stages.items())))


#: In which stage a run is disturbed, in turn; "" is before it has said a word.
STAGES = ("", "features", "projection", "rankings", "points", "detection", "projection")


def _reach(key, stage, seconds):
    """Wait until a run is in a stage, or beyond it and at its end, and then some time within it."""
    while stage and (now := jobs.status(key)).live and now.stage != stage:
        time.sleep(0.01)
    time.sleep(seconds)


def _to_the_end(spec):
    key = jobs.submit(spec)
    while jobs.status(key).live:
        time.sleep(0.2)
    return jobs.status(key)


def _kill(key):
    with database.connect(jobs.SCHEMA) as open_file:
        pid = jobs._job(open_file, key).pid
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(psutil.NoSuchProcess):
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)


def kills(tries, scratch):
    """Kills at every stage, extraction and UMAP among them."""
    return _disturbed(tries, scratch, WHOLE, (sys.executable, "-P", "-m", "fdmat_core", "run", "--spec"), _kill, 2)


def quick_kills(tries, scratch):
    """Kills at every stage of a small run."""
    return _disturbed(tries, scratch, SMALL, CHILD, _kill, 0.2)


def cancels(tries, scratch):
    """Cancelled and resumed."""
    return _disturbed(tries, scratch, SMALL, CHILD, jobs.cancel, 0.2)


def clocks(tries, scratch):
    """The wall clock steps by an hour and more while a job runs."""
    jobs.COMMAND, outcome = CHILD, Outcome(tries)
    os.environ["SLOW"] = "3"
    born, now = psutil.Process.create_time, time.time
    for number in range(tries):
        step = (3600, -3600, 3 * 10**7, -5)[number % 4]
        with at(Path(scratch) / f"clock-{number}"):
            key = jobs.submit(SMALL)
            psutil.Process.create_time = lambda self, by=step: born(self) + by
            time.time = lambda by=step: now() + by
            try:
                same = jobs.status(key).live and jobs.submit(SMALL) == key
                with database.connect(jobs.SCHEMA) as open_file:
                    jobs_made = open_file.execute("SELECT max(number) FROM jobs").fetchone()[0]
            finally:
                psutil.Process.create_time, time.time = born, now
            outcome = outcome._replace(different=outcome.different + (not same or jobs_made != 1))
            jobs.cancel(key)
    del os.environ["SLOW"]
    return outcome


def memory(tries, scratch):
    """A job that may hold so much, from nothing to enough; then Resume without that limit."""
    whole, outcome, words = made(SMALL, Path(scratch) / "undisturbed"), Outcome(tries), []
    for number in range(tries):
        limit = (0.4 + 0.25 * number) * 2**30
        with at(Path(scratch) / f"memory-{number}"):
            decide()
            file = artifacts.folder(library.save(SMALL)) / "spec.json"
            done = subprocess.run(
                [*CHILD, str(file)],
                cwd=ROOT,
                capture_output=True,
                preexec_fn=lambda most=int(limit): resource.setrlimit(resource.RLIMIT_AS, (most, most)),
                check=False,
            )
            words.append(f"{limit / 2**30:.2g} GB {'done' if done.returncode == 0 else 'ended'}")
            bad = traced(SMALL)
            differs = again_differs(whole)
            outcome = outcome._replace(
                lost=outcome.lost + lost(), different=outcome.different + differs, tracebacks=outcome.tracebacks + bad
            )
    return outcome._replace(words=", ".join(words))


TOGETHER = """
import sys
from benchmarks import faults
from fdmat_core.runs import decisions, jobs
faults.projection.umap = faults.PCA  # as in the process that compares
for item in range(20):
    decisions.decide("d", decisions.Decision(100 + item * 10 + int(sys.argv[1]), "drop"))
sys.exit(jobs.work(faults.SMALL).state != "done")
"""


def together(tries, scratch):
    """Four processes at once ask for one run and decide."""
    whole, outcome = made(SMALL, Path(scratch) / "undisturbed"), Outcome(tries)
    for number in range(tries):
        with at(Path(scratch) / f"together-{number}"):
            decide()
            started = [subprocess.Popen([sys.executable, "-c", TOGETHER, str(one)], cwd=ROOT) for one in range(4)]
            ended = [one.wait() for one in started]
            missing = 80 + len(DECIDED) - len(decisions.current("d"))
            differs = any(ended) or differ(SMALL, whole)
            outcome = outcome._replace(lost=outcome.lost + missing + lost(), different=outcome.different + differs)
    return outcome


# ---- files -----------------------------------------------------------------------------------------------------------


def _hurt(file, draw):
    """Flip a bit, cut, empty, overwrite or remove a file."""
    content = bytearray(file.read_bytes())
    how = draw.choice(("flip", "cut", "empty", "overwrite", "remove"))
    if how == "flip" and content:
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    elif how == "cut":
        content = content[: draw.randrange(max(1, len(content)))]
    elif how == "empty":
        content = bytearray()
    elif how == "overwrite":
        content = bytearray(draw.randbytes(max(1, len(content))))
    file.unlink()
    if how != "remove":
        file.write_bytes(content)
    return how


def again_differs(whole):
    """Whether the run, started again, does not end, or has other results."""
    return jobs.work(SMALL).state != "done" or differ(SMALL, whole)


def stored(tries, scratch):
    """One file of an entry is damaged; the run is started again."""
    draw, filled, outcome = random.Random(3), Path(scratch) / "filled", Outcome(tries)
    whole = made(SMALL, filled)
    for _ in range(tries):
        with copied(filled, scratch) as place:
            files = sorted(file for kind in STORED for file in (place / kind).rglob("*") if file.is_file())
            _hurt(draw.choice(files), draw)
            differs = again_differs(whole)
            outcome = outcome._replace(lost=outcome.lost + lost(), different=outcome.different + differs)
    return outcome


def databases(tries, scratch):
    """A database, what lies beside it, or a copy of decisions is damaged; then the run is started again."""
    draw, filled, outcome = random.Random(5), Path(scratch) / "filled", Outcome(tries)
    whole = made(SMALL, filled)
    for _ in range(tries):
        with copied(filled, scratch) as place:
            for name in ("fdmat.sqlite", "decisions.sqlite"):
                with closing(sqlite3.connect(place / name)) as open_file:
                    open_file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            names = ("fdmat.sqlite", "decisions.sqlite", "decisions.sqlite", "decisions.jsonl")
            _hurt(place / draw.choice(names), draw)
            database._CHECKED.clear()
            try:
                differs = again_differs(whole)
            except OSError:  # said once, mended for whoever comes next
                differs = again_differs(whole)
            outcome = outcome._replace(lost=outcome.lost + lost(), different=outcome.different + differs)
    return outcome


def run_files(tries, scratch):
    """A small file of a run is damaged; another run is read, all is pruned, the first is started again."""
    other, filled = replace(SMALL, balance="none"), Path(scratch) / "filled"
    whole = made(SMALL, filled)
    with at(filled):
        jobs.work(other)
        both = whole, results(other)
    outcome = Outcome(0)
    for file, content in damage.DAMAGES[:tries]:
        with copied(filled, scratch):
            damage.do(artifacts.folder(other.key), file, content)
            library.prune()
            bad = any(jobs.status(key) is None for key in library.listing())
            differs = differ(SMALL, both[0])
            if file == damage.SPEC:
                library.delete(other.key)
            elif file != damage.LOG:
                differs |= jobs.work(other).state != "done" or differ(other, both[1])
            outcome = Outcome(
                outcome.tries + 1, outcome.lost + lost(), outcome.different + differs, outcome.tracebacks + bad
            )
    return outcome


def disks(tries, scratch):
    """A run on a disk that is full after so much; then there is room, and it is resumed."""
    whole, outcome, words = made(SMALL, Path(scratch) / "undisturbed"), Outcome(tries), []
    for number in range(tries):
        size, place = 64 + 48 * number, Path(scratch) / f"disk-{number}"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", str(place)], check=True)
        try:
            with at(place / "home"):
                state = _tried(words, size)
                subprocess.run(["mount", "-o", "remount,size=64m", str(place)], check=True)
                differs = again_differs(whole)
                outcome = outcome._replace(
                    different=outcome.different + differs, tracebacks=outcome.tracebacks + (state == "unexplained")
                )
        finally:
            subprocess.run(["umount", str(place)], check=True)
    return outcome._replace(words=", ".join(words))


def _tried(words, size):
    """How a run on a small disk ends: done, or with an explanation that is about the disk."""
    try:
        ended = jobs.work(SMALL)
        state = ended.state if ended.state == "done" or "full" in ended.message else "unexplained"
    except OSError as error:
        state = "refused" if "free disk space" in str(error) else "unexplained"
    words.append(f"{size} kB {state}")
    return state


def requests(tries, scratch):
    """Questions of any form to every route, as strangers and programs ask them."""
    from benchmarks import odd_requests

    made(SMALL, Path(scratch) / "filled")
    with at(Path(scratch) / "filled"):
        found = odd_requests.ask(SMALL.key, tries)
        return Outcome(tries, lost(), 0, found["5xx"], ", ".join(f"{count} {kind}" for kind, count in found.items()))


def soak(tries, scratch, minutes=10.0):
    """Five people move the slider."""
    from benchmarks import soak as users

    words, bad = users.soak(Path(scratch) / "home", tries, minutes)
    return Outcome(tries, 0, 0, bad, words)


#: Each kind of fault and how often it is tried.
KINDS = {
    kills: 100,
    quick_kills: 60,
    disks: 12,
    stored: 60,
    databases: 15,
    run_files: 32,
    cancels: 10,
    clocks: 4,
    memory: 10,
    together: 5,
    requests: 2000,
    soak: 5,
}
HEAD = "| fault | tries | decisions lost | results that differ | tracebacks or 500s | |\n|---|---|---|---|---|---|"


def rows_of(file):
    """The rows of a table that was written before, by the name of their kind."""
    lines = file.read_text().splitlines() if file.exists() else []
    return {line.split("|")[1].strip(): line for line in lines if line.startswith("| ") and line.count("|") == 7}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--tries", type=int)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    known = {kind.__name__: kind for kind in KINDS}
    rows, failed = rows_of(given.out) if given.out else {}, False
    rows = {name: row for name, row in rows.items() if name in known}
    for name in given.only.split(",") if given.only else known:
        kind, options = known[name], {"minutes": given.minutes} if name == "soak" else {}
        with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
            began = time.monotonic()
            projection.umap = PCA if kind is not kills else UMAP
            found = kind(given.tries or KINDS[kind], scratch, **options)
        failed |= bool(found.lost or found.different or found.tracebacks)
        rows[name] = f"| {name} | {' | '.join(map(str, found[:4]))} | {found.words} |"
        print(rows[name], f"({time.monotonic() - began:.0f} s)", flush=True)
        if given.out:
            given.out.write_text(page(rows, known))
    sys.exit(failed)


UMAP = projection.umap


def PCA(table, seed=0):
    return projection.pca(table)


def page(rows, known):
    what = "What is left after a fault, by `python -m benchmarks.faults`; each kind says in its docstring what is done."
    when = f"{os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}, under other load."
    table = "\n".join([HEAD, *(rows[name] for name in known if name in rows)])
    missing = [name for name in known if name not in rows]
    left = f"\n\nNot tried here: {', '.join(missing)}." if missing else ""
    return f"# Faults\n\n{what}\n{when}\n\n{table}{left}\n"


if __name__ == "__main__":
    main()
