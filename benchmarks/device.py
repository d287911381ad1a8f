"""What an accelerator brings, and whether it changes anything: `python -m benchmarks.device`.

Every method and measure whose time is arithmetic runs on one table, first on the CPU with numpy, then on the device
that `FDMAT_DEVICE` names or that is found. Prints the seconds of both, their ratio, the share of kept items that are
the same, and how far values of measures differ. Then FDMat on larger tables, on the device alone.

    --n --d --c --keep  the size of the table and the share kept (60000, 128, 10, 0.1)
    --large SIZES       FDMat, instead, at some of these sizes, "012" for all: 200,000 x 256 in 100 classes, 1,000,000 x
                        64 in 10, and 1,280,000 x 768 in 1,000
    --cpu               the large ones on the CPU, too, but for the last
    --out FILE          also write the tables, as Markdown, with their conditions
"""

import argparse
import os
import platform
import resource
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.methods import mixture
from fdmat_core import device, registry, selection
from fdmat_core.types import FeatureTable

METHODS = (
    *("fdmat", "fdmat_published", "energy_greedy", "herding", "kernel_herding", "k_center", "facility_location"),
    *("graph_cut", "craig", "gradmatch", "glister", "lcmat", "k_medoids", "support_points", "infomax", "d2", "cal"),
)
MEASURES = ("sliced_wasserstein", "energy", "mmd", "sinkhorn", "linear_probe", "knn_recall")
LARGE = ((200_000, 256, 100), (1_000_000, 64, 10), (1_280_000, 768, 1000))


@contextmanager
def on(where):
    """Compute inside on a device."""
    before = os.environ.get("FDMAT_DEVICE")
    os.environ["FDMAT_DEVICE"] = where
    try:
        yield
    finally:
        os.environ.pop("FDMAT_DEVICE") if before is None else os.environ.update(FDMAT_DEVICE=before)


def timed(work):
    """What a piece of work gives, and its seconds; results are numbers of the host, so nothing is left running."""
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def compared(work, small, accelerator):
    """(seconds, result) on the CPU and on the accelerator, each after a small warm-up."""
    found = []
    for where in ("cpu", accelerator):
        with on(where):
            small()
            result, seconds = timed(work)
            found.append((seconds, result))
    return found


def methods(table, tiny, keep, accelerator):
    """One line for each method."""
    k = round(keep * table.n)
    yield "| method | CPU s | device s | times faster | same items |\n|---|---|---|---|---|"
    for name in METHODS:

        def run(rows, budget, name=name):
            return selection.rank(rows, name, budget=budget).order[:budget]

        try:
            (slow, mine), (fast, theirs) = compared(
                lambda run=run: run(table, k), lambda run=run: run(tiny, 50), accelerator
            )
        except Exception as error:  # the table says which method failed, and goes on
            yield f"| {name} | {type(error).__name__}: {str(error)[:120]} | | | |"
            continue
        same = len(np.intersect1d(mine, theirs)) / k
        yield f"| {name} | {slow:.2f} | {fast:.2f} | {slow / fast:.1f} | {same:.2%} |"


def measures(table, tiny, keep, accelerator):
    """One line for each measure: preparing it, and its value for one random coreset."""
    rows = np.random.default_rng(1).permutation(table.n)[: round(keep * table.n)]
    yield "| measure | CPU s | device s | times faster | values differ by |\n|---|---|---|---|---|"
    for name in MEASURES:
        entry = registry.measures.get(name)

        def run(where, kept, entry=entry):
            test = {"test": tiny} if "test" in entry.accepts else {}
            return float(entry(where, params={}, seed=0, **test)(kept, None))

        try:
            (slow, mine), (fast, theirs) = compared(
                lambda run=run: run(table, rows), lambda run=run: run(tiny, np.arange(60)), accelerator
            )
        except Exception as error:
            yield f"| {name} | {type(error).__name__}: {str(error)[:120]} | | | |"
            continue
        gap = abs(mine - theirs) / max(abs(mine), 1e-12)
        yield f"| {name} | {slow:.2f} | {fast:.2f} | {slow / fast:.1f} | {gap:.1e} |"


def wide_mixture(n, d, c, folder):
    """Classes of one blob each after a ReLU, in float16, memory-mapped."""
    rng = np.random.default_rng(0)
    centres, labels = rng.standard_normal((c, d), dtype=np.float32), rng.integers(c, size=n)
    x = np.lib.format.open_memmap(Path(folder) / "x.npy", mode="w+", dtype=np.float16, shape=(n, d))
    for start in range(0, n, 20_000):
        block = centres[labels[start : start + 20_000]]
        x[start : start + 20_000] = np.maximum(0, block + 2 * rng.standard_normal(block.shape, dtype=np.float32))
    x.flush()
    x = np.load(Path(folder) / "x.npy", mmap_mode="r")
    return FeatureTable(np.arange(n), labels, x, tuple(map(str, range(c))), "wide")


def large(sizes, devices):
    """One line for FDMat on each of the large tables and devices."""
    yield "| n x d x c | where | seconds | recall of neighbours | peak memory of the process |\n|---|---|---|---|---|"
    for n, d, c in (LARGE[int(size)] for size in sizes):
        with tempfile.TemporaryDirectory() as folder:
            table = wide_mixture(n, d, c, folder) if d > 256 else mixture(n, d, c)
            for where in devices if d <= 256 else devices[-1:]:
                with on(where):
                    ranking, seconds = timed(lambda table=table, n=n: selection.rank(table, "fdmat", budget=n // 10))
                recall = ranking.notes["neighbours found"]
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
                yield f"| {n:,} x {d} x {c} | {where} | {seconds:.1f} | {recall:.3f} | {peak:.1f} GB |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag, kind, usual in (("n", int, 60_000), ("d", int, 128), ("c", int, 10), ("keep", float, 0.1)):
        parser.add_argument(f"--{flag}", type=kind, default=usual)
    parser.add_argument("--large", default="")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    accelerator = str(device.best())
    size = "" if given.large else f"{given.n:,} x {given.d}, {given.c} classes, "
    head = f"{size}{given.keep:.0%} kept. {device.describe()} against "
    head += f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}."
    lines = ["# What an accelerator brings", "", "Made by `python -m benchmarks.device`.", head, ""]
    print("\n".join(lines), flush=True)
    if given.large:
        parts = [large(given.large, [*(["cpu"] if given.cpu else []), accelerator])]
    else:
        table, tiny = mixture(given.n, given.d, given.c), mixture(100 * given.c, given.d, given.c)
        parts = [part(table, tiny, given.keep, accelerator) for part in (methods, measures)]
    for part in parts:
        for line in part:
            print(line, flush=True)
            lines.append(line)
            if given.out:
                given.out.write_text("\n".join(lines) + "\n")
        lines.append("")
        print()


if __name__ == "__main__":
    main()
