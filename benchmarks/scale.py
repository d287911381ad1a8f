"""How FDMat and a whole run grow with the data: `python -m benchmarks.scale`.

Each line is a process of its own: the seconds, the same as a multiple of one float32 product of all rows with all in
that process, and the most memory that it held. Wants a machine that does nothing else.

    --only NAMES        of 60k,200k,herding,energy, which are done without it, and of large,growth,million,kills: FDMat
                        at 60,000 x 128 in 10 classes and at 200,000 x 256 in 100, herding and energy greedy at the
                        latter; FDMat at 1,280,000 x 768 in 1,000, memory-mapped in float16; the same at 200,000 and at
                        1,000,000 in 100, and the memory that each further value takes; a run of 1,000,000 x 64 in 10:
                        random, herding, FDMat and energy greedy at six sizes, three measures and the map; the same run
                        killed at five points, resumed each time, and held against the first byte by byte
    --against DIR       the same with the code of another checkout, one after the other, and the ratio
    --out FILE          also write the table, as Markdown
"""

import argparse
import hashlib
import importlib
import json
import os
import platform
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
#: Method, items, numbers of each, classes.
WORKS = {
    "60k": ("fdmat", 60_000, 128, 10),
    "200k": ("fdmat", 200_000, 256, 100),
    "herding": ("herding", 200_000, 256, 100),
    "energy": ("energy_greedy", 200_000, 256, 100),
    "large": ("fdmat", 1_280_000, 768, 1000),
    "fewer": ("fdmat", 200_000, 768, 100),
    "more": ("fdmat", 1_000_000, 768, 100),
}
#: Those whose features are a file.
MAPPED = ("large", "fewer", "more")
#: The whole run of a million.
MILLION = {
    "dataset": "mixture(n=1250000,d=64,classes=10)",
    "backbone": "given",
    "methods": "random,herding,fdmat,energy_greedy",
    "measures": "sliced_wasserstein,energy,linear_probe",
    "fractions": "0.001,0.005,0.01,0.02,0.05,0.1",
}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def own_memory():
    """Watch the memory that is no page of a file, which the system cannot take back (Linux): GB, the most so far."""
    most = [0.0]

    def watch():
        while True:
            told = Path("/proc/self/status").read_text().split("RssAnon:")[1]
            most[0] = max(most[0], int(told.split()[0]) / 2**20)
            time.sleep(0.05)

    if sys.platform == "linux":
        threading.Thread(target=watch, daemon=True).start()
    return most


def product(x):
    """The seconds of one float32 product of all rows with all, from a tenth of it."""
    rows = np.linspace(0, len(x) - 1, len(x) // 10).astype(np.int64)
    some = np.ascontiguousarray(x[rows])
    np.matmul(some[:512], x.T)
    start = time.perf_counter()
    for begin in range(0, len(some), 512):
        np.matmul(some[begin : begin + 512], x.T)
    return 10 * (time.perf_counter() - start)


def one(name):
    """Do one work in this process: a line of JSON."""
    from benchmarks.device import wide_mixture
    from benchmarks.methods import mixture
    from fdmat_core import selection

    method, n, d, c = WORKS[name]
    selection.rank(mixture(3000, 16, 10), method, budget=300)  # libraries are loaded
    importlib.import_module("numba")  # this one is for many rows
    with tempfile.TemporaryDirectory() as folder:
        table = wide_mixture(n, d, c, folder) if name in MAPPED else mixture(n, d, c)
        whole = None if name in MAPPED else product(table.embedding)
        start, own = time.perf_counter(), own_memory()
        order = selection.rank(table, method, budget=n // 10).order[: n // 10]
        seconds = time.perf_counter() - start
    told = {"seconds": seconds, "product": whole, "peak": peak(), "own": own[0], "rows": order.tolist()}
    print(json.dumps(told))


def child(name, where):
    """What one work took with the code of a checkout."""
    script = f"import sys; sys.path.insert(0, {str(where)!r}); sys.argv = ['scale', '--one', {name!r}]; "
    script += f"__file__ = {__file__!r}; exec(compile(open(__file__).read(), __file__, 'exec'))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=where)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def line(name, against):
    """One line of the table."""
    method, n, d, c = WORKS[name]
    mine = child(name, ROOT)
    products = f"{mine['seconds'] / mine['product']:.2f}" if mine["product"] else ""
    text = f"| {method} | {n:,} x {d} x {c} | {mine['seconds']:.1f} | {products} | {mine['peak']:.2f} GB |"
    if not against:
        return f"{text} | |"
    theirs = child(name, against)
    same = len(np.intersect1d(mine["rows"], theirs["rows"])) / len(mine["rows"])
    return f"{text} {theirs['seconds'] / mine['seconds']:.1f} x ({theirs['seconds']:.1f} s) | {same:.1%} |"


def growth():
    """How much memory each further value of the features takes, by two works of the same width."""
    few, many = (child(name, ROOT) for name in ("fewer", "more"))
    (_, n, d, c), (_, m, _, _) = WORKS["fewer"], WORKS["more"]
    own, whole = (2**30 * (many[kind] - few[kind]) / ((m - n) * d) for kind in ("own", "peak"))
    text = f"{few['own']:.2f} -> {many['own']:.2f} GB, {own:.2f} bytes a value; {whole:.1f} with pages of files"
    return f"| fdmat | {n:,} -> {m:,} x {d} x {c} | {few['seconds']:.0f} -> {many['seconds']:.0f} | | {text} | | |"


#: In which stage the run of a million is killed, and at what.
KILLED = (
    ("features", "linear head"),
    ("projection", ""),
    ("rankings", "FDMat"),
    ("rankings", "Energy greedy"),
    ("points", "Linear probe"),
)


def working(home):
    """The run of a million, begun or gone on with."""
    flags = [part for flag, value in MILLION.items() for part in (f"--{flag}", value)]
    env = os.environ | {"FDMAT_HOME": str(home)}
    return subprocess.Popen([sys.executable, "-m", "fdmat_core", "run", *flags], cwd=ROOT, env=env)


def million(scratch):
    """The whole run: minutes until the first map and until the end, and the most memory of the process that works."""
    home, start, first = scratch / "whole", time.perf_counter(), None
    run = working(home)
    while run.poll() is None:
        time.sleep(1)
        if first is None and any(home.glob("**/projection/*")):
            first = time.perf_counter() - start
    seconds = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    ended = "ended" if run.returncode == 0 else f"exit {run.returncode}"
    maps = f"map after {first or 0:.0f} s"
    return f"| whole run, {ended} | 1,000,000 x 64 x 10 | {seconds:.0f} | {maps} | {most:.2f} GB | | |"


def kills(scratch):
    """The same run killed at five points: how many arrays and points differ from those of one that was not."""
    if not (scratch / "whole").exists():
        million(scratch)
    home, start = scratch / "killed", time.perf_counter()
    for stage, words in KILLED:
        run = working(home)
        while run.poll() is None and not _at(home, run.pid, stage, words):
            time.sleep(0.2)
        time.sleep(3)
        run.kill()
        run.wait()
    ended = working(home).wait()
    whole, mine = stored(scratch / "whole"), stored(home)
    differ = sum(whole.get(name) != mine.get(name) for name in whole | mine)
    text = f"{differ} of {len(whole)} arrays and points differ" + (f", exit {ended}" if ended else "")
    seconds = time.perf_counter() - start
    return f"| the same, killed at {len(KILLED)} points | 1,000,000 x 64 x 10 | {seconds:.0f} | {text} | | | |"


def _at(home, pid, stage, words):
    """Whether the process of a run says that it is in a stage, and at what."""
    for file in home.glob("runs/*/status.jsonl"):
        for text in file.read_text().splitlines()[-1:]:
            told = json.loads(text)
            return told.get("pid") == pid and told["stage"] == stage and words in told["message"]
    return False


def stored(home):
    """A digest of each array of a store, and the value of each point."""
    arrays = {str(file.relative_to(home)): _digest(file) for file in home.rglob("*/*.npy")}
    with sqlite3.connect(home / "fdmat.sqlite") as open_file:
        rows = open_file.execute("SELECT method, measure, kept, seed, value FROM points")
        return arrays | {str(row[:-1]): row[-1] for row in rows}


def _digest(file):
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="60k,200k,herding,energy")
    parser.add_argument("--one", choices=WORKS)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.one:
        return one(given.one)
    lines = ["# How FDMat and a whole run grow with the data", "", "Made by `python -m benchmarks.scale`. 10% kept."]
    lines += [f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}.", ""]
    head = "| work | n x d x c | seconds | products of all rows | peak memory | faster than before | same items |"
    lines += [head, "|---|---|---|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name in given.only.split(","):
            run = {"million": partial(million, Path(scratch)), "kills": partial(kills, Path(scratch)), "growth": growth}
            lines.append(run[name]() if name in run else line(name, given.against))
            print(lines[-1], flush=True)
            if given.out:
                given.out.write_text("\n".join(lines) + "\n")
    return None


if __name__ == "__main__":
    main()
