"""How long every method takes, and how much memory: `python -m benchmarks.methods`.

    --methods a b c     these methods instead of all, with their peers
    --n --d --c --keep  the size of the table and the share kept (60000, 128, 10, 0.1)
    --balance           proportional, equal or none
    --out FILE          also write the table, as Markdown, with its conditions

Each line is a child process of its own: it makes the table, runs the method once on a small table so that libraries
are loaded and compiled, then once on the whole. "peak" is the most memory that the process held, the table and the
libraries included. "cpu" is processor seconds, which other work on the machine disturbs less than wall seconds.

Peers are run in the same way, one after another with ours, class by class on the same features, for the same picks:
apricot-select, submodlib-py and kmedoids, where they are installed. "worth" is the objective of our picks as a share of
that of the peer's picks.
"""

# pyright: reportMissingImports=false
# The line above: what is compared with need not be installed.
import argparse
import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from fdmat_core import registry, selection
from fdmat_core.numerics import distances, greedy, probabilities, quotas
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable

LIMIT_SECONDS, LIMIT_GB = 60, 2
HEADER = f"{'method':<30} {'wall s':>8} {'cpu s':>8} {'peak GB':>8} {'weights s':>9}  peers in the same run"


def mixture(n, d, c):
    """Overlapping classes of three blobs after a ReLU, with the head and logits of a linear discriminant."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((c, 3, d))
    labels = rng.permutation(np.arange(n) % c)
    x = np.maximum(0, centres[labels, rng.integers(0, 3, n)] + 2 * rng.standard_normal((n, d))).astype(np.float32)
    middle, means = x.mean(axis=0, dtype=np.float64), distances.class_means(x, labels, c)
    spread = (x - means[labels]).var(axis=0) + 1e-6
    slopes = (means - middle) / spread  # (c, d)
    offsets = -slopes @ middle - 0.5 * ((means - middle) * slopes).sum(axis=1)
    head = np.column_stack([slopes, offsets]).astype(np.float32)
    logits = (x @ head[:, :-1].T + head[:, -1]).astype(np.float32)
    names = tuple(f"class {label}" for label in range(c))
    return FeatureTable(np.arange(n), labels, x, names, "mixture", logits, head, dynamics(x, labels, logits))


def dynamics(x, labels, logits):
    """Columns as training would give them, if every epoch were the last."""
    p = probabilities.softmax(logits)
    margins = {"aum_logit": probabilities.margins(logits, labels), "aum_prob": probabilities.margins(p, labels)}
    norms = {"el2n": probabilities.el2n(p, labels), "grand": probabilities.grand(p, labels, x)}
    loss = -np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-300))
    own, moves = np.exp(-loss), norms["el2n"] % 0.3
    windows = {"early_prob": own, "dual": moves * (1 - own), "eva_early": moves, "eva_late": norms["el2n"] % 0.2}
    return margins | norms | windows | {"mean_loss": loss, "forgetting": np.round(3 * norms["el2n"]), "tdds": moves}


def within_classes(pick):
    """A peer that picks so many rows of a class, for every class of a table: rows of the table."""

    def run(table, k):
        quota = quotas.quotas(k, np.bincount(table.labels, minlength=table.c), "proportional")
        groups = [np.flatnonzero(table.labels == label) for label in range(table.c)]
        return np.concatenate([rows[pick(table.embedding[rows], q)] for rows, q in zip(groups, quota, strict=True)])

    return run


def cosines(x):
    return greedy.cosine_similarity(x, np.arange(len(x)))


def apricot_facility(x, k):
    from apricot import FacilityLocationSelection

    return FacilityLocationSelection(k, metric="precomputed", optimizer="lazy").fit(cosines(x).astype(float)).ranking


def apricot_cut(x, k):
    from apricot import GraphCutSelection

    return GraphCutSelection(k, metric="precomputed", optimizer="naive", alpha=1).fit(cosines(x).astype(float)).ranking


def submodlib_facility(x, k):
    from submodlib import FacilityLocationFunction

    objective = FacilityLocationFunction(n=len(x), mode="dense", sijs=cosines(x), separate_rep=False)
    return [row for row, _ in objective.maximize(budget=k, optimizer="LazyGreedy", show_progress=False)]


def submodlib_cut(x, k):
    from submodlib import GraphCutFunction

    objective = GraphCutFunction(n=len(x), mode="dense", lambdaVal=1, ggsijs=cosines(x), separate_rep=False)
    picks = objective.maximize(
        budget=k, optimizer="NaiveGreedy", stopIfZeroGain=False, stopIfNegativeGain=False, show_progress=False
    )
    return [row for row, _ in picks]


def fast_pam(x, k):
    import kmedoids

    gaps = np.sqrt(distances.squared_distances(x, x))
    return kmedoids.fasterpam(gaps, int(k), init="random", random_state=0, max_iter=5).medoids.astype(np.int64)


#: What each method is compared with: (library, function of a class).
PEERS = {
    "facility_location": {"apricot": apricot_facility, "submodlib": submodlib_facility},
    "graph_cut": {"apricot": apricot_cut, "submodlib": submodlib_cut},
    "k_medoids": {"kmedoids": fast_pam},
}


def worth(name, table, rows):
    """What the picks of a method are worth by its own objective, summed over classes; high is good."""
    total = 0.0
    for label in range(table.c):
        x = table.embedding[table.labels == label]
        inside = np.flatnonzero(np.isin(np.flatnonzero(table.labels == label), rows))
        if name == "k_medoids":
            total -= np.sqrt(distances.squared_distances(x, x[inside])).min(axis=1).sum(dtype=np.float64)
        else:
            near = greedy.cosine_similarity(x, inside).astype(np.float64)  # (n, k)
            total += near.max(axis=1).sum() if name == "facility_location" else near.sum() - near[inside].sum()
    return total


def one(name, peer, size, balance):
    """Run a method or its peer in this process: a line of JSON."""
    n, d, c, keep = size
    run = within_classes(PEERS[name][peer]) if peer else lambda table, k: ours(table, name, k, balance)
    run(mixture(100 * c, d, c), 10 * c)
    table, k = mixture(n, d, c), round(n * keep)
    wall, processor = time.perf_counter(), time.process_time()
    rows = run(table, k)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start = time.perf_counter()
    if not peer:
        selection.weights(table, Choice(name), rows)
    weighing = time.perf_counter() - start
    value = worth(name, table, rows) if name in PEERS else None
    print(json.dumps({"wall": wall, "cpu": processor, "peak": peak, "weights": weighing, "worth": value}))


def ours(table, name, k, balance):
    return selection.rank(table, name, budget=k, balance=balance).order[:k]


def child(name, peer, options):
    """The measurement of one process, or what went wrong in it."""
    command = [sys.executable, "-m", "benchmarks.methods", "--one", name, "--balance", options.balance]
    command += [part for flag in ("n", "d", "c", "keep") for part in (f"--{flag}", str(getattr(options, flag)))]
    done = subprocess.run(command + (["--peer", peer] if peer else []), capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def compared(mine, theirs, peer):
    """A peer in words: its seconds, ours as a share of them, and what our picks are worth against its picks."""
    if "error" in theirs:
        return f"{peer}: {theirs['error']}"
    ratio = f"{peer} {theirs['wall']:.1f} s ({theirs['cpu']:.1f} cpu, {theirs['peak']:.2f} GB): ours takes "
    ratio += f"{mine['wall'] / theirs['wall']:.2f} x, cpu {mine['cpu'] / theirs['cpu']:.2f} x"
    share = mine["worth"] / theirs["worth"] if mine["worth"] > 0 else theirs["worth"] / mine["worth"]
    return f"{ratio}, worth {share:.4f}"


def line(name, options):
    """One line of the table, and whether it keeps the limits."""
    mine: dict[str, Any] = child(name, None, options)
    if "error" in mine:
        return f"{name:<30} {mine['error']}", False
    installed = [peer for peer in PEERS.get(name, {}) if importlib.util.find_spec(peer)]
    peers = [compared(mine, child(name, peer, options), peer) for peer in installed]
    weighed = f"{mine['weights']:9.1f}" if registry.methods.get(name).facts.weigh else f"{'':>9}"
    numbers = f"{mine['wall']:8.1f} {mine['cpu']:8.1f} {mine['peak']:8.2f} {weighed}"
    kept = mine["wall"] < LIMIT_SECONDS and mine["peak"] < LIMIT_GB
    return f"{name:<30} {numbers}  {'; '.join(peers)}", kept


def conditions(options, load):
    """Under which conditions the table was made."""
    processor = next((text.split(":")[1].strip() for text in _cpu_info() if text.startswith("model name")), "unknown")
    threads = os.environ.get("OMP_NUM_THREADS", "as many as cores")
    return (
        f"{options.n:,} x {options.d} features, {options.c} classes, {options.keep:.0%} kept, balance "
        f"{options.balance}. {os.cpu_count()} cores ({processor}), threads: {threads}, Python "
        f"{platform.python_version()}, numpy {np.__version__}. Load before the run {load:.1f}, after "
        f"{os.getloadavg()[0]:.1f}. {time.strftime('%Y-%m-%d')}."
    )


def _cpu_info():
    info = Path("/proc/cpuinfo")
    return info.read_text().splitlines() if info.exists() else []


def main(options):
    load = os.getloadavg()[0]
    names = options.methods or list(registry.methods.all())
    print(HEADER)
    lines, over = [], []
    for name in names:
        text, kept = line(name, options)
        print(text, flush=True)
        lines.append(text)
        over += [] if kept else [name]
    said = conditions(options, load)
    limits = f"Over {LIMIT_SECONDS} s or {LIMIT_GB} GB: {', '.join(over) or 'none'}."
    print(f"\n{said}\n{limits}")
    if options.out:
        body = "\n".join([HEADER.rstrip(), *(text.rstrip() for text in lines)])
        Path(options.out).write_text(
            f"# Seconds and memory of every method\n\n{said}\n\n{limits}\n\n```\n{body}\n```\n"
        )


def read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="*")
    parser.add_argument("--n", type=int, default=60_000)
    parser.add_argument("--d", type=int, default=128)
    parser.add_argument("--c", type=int, default=10)
    parser.add_argument("--keep", type=float, default=0.1)
    parser.add_argument("--balance", default="proportional")
    parser.add_argument("--out")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = read()
    if given.one:
        one(given.one, given.peer, (given.n, given.d, given.c, given.keep), given.balance)
    else:
        main(given)
