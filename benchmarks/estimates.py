"""Whether the estimate of minutes and memory is right: `python -m benchmarks.estimates`.

Starts several whole runs, each in a store and a process of its own, and compares what was said before with what it
took. `--fit` measures every method, measure and stage on tables of several sizes and writes the laws that the
estimate follows, `fdmat_core/runs/laws.json`: sums of products such as n*d, with factors of least squares that are
never negative, and errors counted as shares. Both want a machine that does nothing else.

    --fit           make the laws again (about a quarter of an hour on two cores)
    --only A,B      fit these methods, measures or stages only; the others keep their laws
    --bytes         fit the memory only, which other programs do not change; the seconds stay as they are
    --out FILE      write the table of the comparison, as Markdown
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from benchmarks.methods import mixture
from fdmat_core import curves, datasets, prefixes, projection, registry, selection
from fdmat_core.analysis import clusters, detectors
from fdmat_core.corruptions import corrupt
from fdmat_core.learning.head import linear_head
from fdmat_core.runs import estimates, settings
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, Truth

LAWS = Path(estimates.__file__).with_name("laws.json")
#: The tables that laws are fitted on, from light to heavy: items, numbers of each, classes.
TABLES = ((1500, 64, 10), (4000, 128, 2), (8000, 256, 50), (12_000, 128, 10))
TESTS, SHARES = 2000, (0.01, 0.1, 0.5, 1.0)
#: What a law may be made of.
OF_TABLES = ("1", "n*d", "n*d*c", "pairs*d", "n*n*d")
OF_MEASURES = ("1", "n*d", "k*d", "k*n*d", "steps", "steps*d", "steps*d*c", "tests*d*c")
#: And that of a measure that reads the items, whatever their features: of these are as many numbers when it is fitted.
OF_READERS = tuple(name.replace("*d", "*numbers") if name.startswith("steps*") else name for name in OF_MEASURES)
OF_STAGES = {
    "pca": ("1", "n*d"),
    "umap": ("1", "n", "n*d"),
    "head": ("1", "n*d", "n*c", "n*d*c"),
    "clusters": ("1", "n*d", "pairs*d"),
    "sorted": ("1", "n", "n*d"),
    "energy": ("1", "n*d", "pairs*d"),
    "detection": ("1", "n*d", "n*d*c", "pairs*d"),
}
OF_MEMORY = ("1", "n", "n*d", "n*c")
STAGES = {
    "pca": projection.pca,
    "umap": projection.umap,
    "head": lambda table: linear_head(table.embedding, table.labels, table.c, tell=lambda done: None),
    "clusters": clusters.clusters,
    "sorted": lambda table: prefixes.sorted_classes(table, Choice("sliced_wasserstein")),
    "energy": lambda table: prefixes.energy(table, np.arange(table.n)),
    "detection": lambda table: detectors.scores(table, selection.rank(table, "fdmat")),
}


def held():
    """Bytes that this process holds, and the most that it ever held."""
    now = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return now, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measured(work, small, table):
    """Seconds and bytes of some work on a table, libraries loaded by a small one."""
    work(small)
    before = held()[0]
    seconds = took(lambda: work(table))
    return seconds, max(0, held()[1] - before)


def took(work):
    """Seconds of some work: of the clock, or of the processors where others held them."""
    began = estimates.now()
    work()
    return estimates.since(began)


def one(kind, name):
    """Measure one thing on all tables in this process: lines of (size, seconds, bytes) as JSON."""
    print(json.dumps([row for n, d, c in TABLES for row in measured_on(kind, name, mixture(n, d, c))]))


def measured_on(kind, name, table):
    """Lines of one table."""
    small = mixture(max(200, 12 * table.c), table.embedding.shape[1], table.c)
    if kind == "measures":
        return list(points(name, table))
    work = STAGES[name] if kind == "stages" else partial(selection.rank, method=name)
    seconds, memory = measured(work, small, table)
    if name == "detection":
        seconds -= measured(partial(selection.rank, method="fdmat"), small, table)[0]
    return [(size(table).__dict__, max(seconds, 1e-4), memory)]


def points(name, table):
    """A measure at several sizes, after a first one, as it prepares."""
    d = table.embedding.shape[1]
    test = mixture(TESTS, d, table.c)
    ids = np.arange(table.n + TESTS)
    data = Dataset(
        "mixture",
        ids,
        np.concatenate([table.labels, test.labels]),
        table.classes,
        {"train": ids[: table.n], "test": ids[table.n :]},
        "",
        features=np.concatenate([table.embedding, test.embedding]),
        truth=Truth(np.zeros(len(ids), dtype=np.int64), ids % 5 == 0, np.zeros(len(ids), dtype=bool)),
    )
    given = table if registry.measures.get(name).facts.kind == "accuracy" else curves.space(table)
    before = held()[0]
    take = registry.measures.get(name)(given, test=test, dataset=data, seed=0)
    rng = np.random.default_rng(0)
    steps = registry.measures.get(name).read({}).get("steps", 1)
    take(rng.permutation(table.n)[:100], None)
    for share in SHARES:
        rows = rng.permutation(table.n)[: max(10, round(share * table.n))]
        seconds = took(lambda rows=rows: take(rows, None))
        at = replace(size(table), k=len(rows), steps=steps, numbers=d, tests=TESTS)
        yield at.__dict__, seconds, max(0, held()[1] - before)


def size(table):
    counts = np.bincount(table.labels).astype(float)
    return estimates.Size(
        table.n, TESTS, table.embedding.shape[1], table.c, float((counts**2).sum()), table.embedding.shape[1]
    )


def law(rows, terms, column):
    """The factors of a sum of terms that come nearest to what was measured, in shares of it, without the needless."""
    wanted = np.array([max(row[column], 1e-9) for row in rows])
    least = 0.02 * wanted.max()  # what is small beside the largest need not be right
    weight = 1 / np.maximum(wanted, least)
    facts = np.array([[estimates.term(name, estimates.Size(**row[0])) for name in terms] for row in rows])
    scale = facts.max(axis=0)
    factors, _ = nnls(facts / scale * weight[:, None], wanted * weight)
    return {name: float(f"{factor:.4g}") for name, factor in zip(terms, factors / scale, strict=True) if factor > 0}


def fit(only, of_bytes):
    known = json.loads(LAWS.read_text()) if LAWS.exists() else {}
    laws = {"clock": estimates.clock(), "bytes": idle()} if not (only or of_bytes) or not known else known
    names = {"stages": list(STAGES), "methods": list(registry.methods.all()), "measures": list(registry.measures.all())}
    for kind, entries in names.items():
        found = dict(known.get(kind, {})) if only or of_bytes else {}
        for name in entries:
            if only and name not in only:
                continue
            rows = child(kind, name)
            if not rows:
                continue
            seconds = found[name]["seconds"] if of_bytes and name in found else law(rows, terms(kind, name), 1)
            found[name] = {"seconds": seconds, "bytes": law(rows, OF_MEMORY, 2)}
            off = [
                estimates.value(found[name]["seconds"], estimates.Size(**at)) / seconds
                for at, seconds, _ in rows
                if seconds > 0.05
            ]
            ends = f"{min(off, default=1):.2f} to {max(off, default=1):.2f}"
            print(f"{kind} {name}: {found[name]['seconds']}, law / measured {ends}", flush=True)
        laws[kind] = dict(sorted(found.items()))
    laws["unknown"] = {kind: middle(laws[kind]) for kind in ("methods", "measures")}
    LAWS.write_text(json.dumps(laws, indent=1) + "\n")


def terms(kind, name):
    """What the seconds of one thing may be made of."""
    if kind == "stages":
        return OF_STAGES[name]
    if kind == "methods":
        return OF_TABLES
    return OF_READERS if "dataset" in registry.measures.get(name).accepts else OF_MEASURES


def middle(laws):
    """The law of the one in the middle by its seconds at 20,000 items."""
    at = estimates.Size(20_000, TESTS, 128, 10, 4e7, 128, 2000, 1)
    return sorted(laws.values(), key=lambda one: estimates.value(one["seconds"], at))[len(laws) // 2]


def idle():
    """The most bytes of a process that has done a little of everything."""
    code = "from benchmarks import estimates as e; t = e.mixture(600, 16, 3); [run(t) for run in e.STAGES.values()]"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; print(e.held()[1])"], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1])


def child(kind, name):
    command = [sys.executable, "-m", "benchmarks.estimates", "--one", kind, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        print(f"{kind} {name}: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        return []
    return json.loads(done.stdout.strip().splitlines()[-1])


def runs():
    """Runs of several kinds and sizes, by their names."""
    few = replace(settings.SAMPLE, methods=(Choice("fdmat"), Choice("random"), Choice("herding")), seeds=1)
    text = "fdmat,random,herding,k_center,facility_location,zcore,craig"
    wide = Choice.of("mixture", n=20_000, d=256, classes=50)
    return {
        "the sample": settings.SAMPLE,
        "digits, all methods": Spec(
            Choice("digits"), Choice("pixels"), tuple(map(Choice, registry.methods.all())), few.measures
        ),
        "Fashion-MNIST 60,000, pixels": replace(few, dataset=Choice("fashion_mnist"), backbone=Choice("pixels")),
        "mixture 20,000 x 256 x 50": replace(few, dataset=wide, backbone=Choice("given"), methods=Choice.read(text)),
        "sample with full training": replace(
            few, measures=(*few.measures, Choice("full_training")), fractions=(0.01, 0.1)
        ),
    }


def compare(out):
    lines = [f"{'run':<34} {'said':>8} {'took':>8} {'ratio':>6} {'said GB':>8} {'held GB':>8} {'ratio':>6}"]
    print(lines[0])
    for name in runs():
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.estimates", "--run", name], capture_output=True, text=True, check=False
        )
        if done.returncode:
            lines.append(f"{name:<34} {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        else:
            said, took, memory, peak = json.loads(done.stdout.strip().splitlines()[-1])
            time_, space = f"{said:8.0f} {took:8.0f} {said / took:6.2f}", f"{memory / 1e9:8.2f} {peak / 1e9:8.2f}"
            lines.append(f"{name:<34} {time_} {space} {memory / peak:6.2f}")
        print(lines[-1], flush=True)
    if out:
        conditions = f"{os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}."
        Path(out).write_text(
            "\n".join(["# Said before a run, and what it took", "", conditions, "", "```", *lines, "```", ""])
        )


def whole(name):
    """One run in a store of its own: seconds said, seconds taken, bytes said, most bytes held by the worker."""
    spec = settings.checked(runs()[name])
    with tempfile.TemporaryDirectory() as home:
        os.environ["FDMAT_HOME"] = home
        data = corrupt(datasets.load(spec.dataset), spec.corruption)
        said = estimates.estimate(spec, data)
        file = Path(home) / "spec.json"
        file.write_text(json.dumps(spec.to_json()))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "fdmat_core", "run", "--spec", str(file)], check=True, stdout=sys.stderr)
        took = time.perf_counter() - began
    print(json.dumps([said.total, took, said.bytes, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]))


def read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--bytes", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = read()
    if given.one:
        one(*given.one)
    elif given.run:
        whole(given.run)
    elif given.fit:
        fit(set(filter(None, given.only.split(","))), given.bytes)
    else:
        compare(given.out)
