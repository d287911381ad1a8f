"""How long measures take: `python -m benchmarks.distances [sample] [sliced] [exact] [each] [peers]`, all by default.

sample   the points of the sample run: 8,000 x 128, 10 classes, 8 methods and 10 random subsets at 12 sizes
sliced   sliced Wasserstein at 60,000 x 64: 8 methods at 12 sizes
exact    exact Wasserstein, class by class, at 60,000 x 64: 8 methods at 12 sizes
each     preparing each measure, and one curve of 12 sizes, at 8,000 and at 60,000 items
peers    sliced Wasserstein against POT's, Sinkhorn against POT's and GeomLoss' (where it is installed) at no larger
         error, and the linear probe against scikit-learn's, in the same run

Prints wall seconds and, in brackets, processor seconds, which other work on the machine disturbs less. Features are a
Gaussian mixture after a ReLU; rankings are random, except in the sample, so that only measuring counts.
"""

import importlib.util
import os
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from fdmat_core import curves, registry, selection, sizes
from fdmat_core.numerics import distances, transport
from fdmat_core.rankings import Ranking
from fdmat_core.spec import FRACTIONS, Choice, Spec
from fdmat_core.types import FeatureTable

SAMPLE_METHODS = ("fdmat", "fdmat_published", "random", "herding", "k_center", "energy_greedy", "moderate", "el2n")
SAMPLE_MEASURES = ("sliced_wasserstein", "exact_wasserstein", "energy", "coverage", "class_balance", "linear_probe")


@contextmanager
def timed(what):
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{what:<60} {wall:8.2f} s ({processor:.2f})", flush=True)


def mixture(n, d, c=10, seed=0):
    """A table of n items in c classes of three blobs each, correlated, after a ReLU."""
    rng = np.random.default_rng(0)
    centres, mix = rng.standard_normal((c, 3, d)), rng.standard_normal((d, d)) / np.sqrt(d)
    rng = np.random.default_rng(seed + 1)
    labels = rng.integers(0, c, n)
    x = centres[labels, rng.integers(0, 3, n)] + rng.standard_normal((n, d)) @ mix
    names = tuple(f"class {label}" for label in range(c))
    table = FeatureTable(np.arange(n), labels, np.maximum(x, 0).astype(np.float32), names, f"mixture {n} {d}")
    return replace(table, dynamics={"el2n": rng.random(n)}, logits=rng.standard_normal((n, c)).astype(np.float32))


def drawn(table):
    """A ranking for every method and seed that costs nothing."""
    return lambda method, seed, k: Ranking(
        np.random.default_rng([seed, sum(str(method).encode())]).permutation(table.n)
    )


def spec(methods, measures, band):
    given = Choice("mixture")
    return Spec(given, given, tuple(map(Choice, methods)), tuple(map(Choice, measures)), band=band)


def sample():
    table, test = mixture(8000, 128), mixture(2000, 128, seed=1)
    rankings = {}
    with timed("sample: the rankings of its methods"):
        for method in SAMPLE_METHODS:
            rankings[method] = selection.rank(table, method)
    draw = drawn(table)
    job = spec(SAMPLE_METHODS, SAMPLE_MEASURES, band=10)
    with timed(f"sample: {len(curves.tasks(table.n, job))} points in one process"):
        ranking = lambda method, seed, k: rankings.get(method.name) if seed == 0 else draw(method, seed, k)  # noqa: E731
        list(curves.points(table, test, job, ranking=ranking))


def one_measure(name):
    table = mixture(60_000, 64)
    job = spec(SAMPLE_METHODS, [name], band=1)
    work = curves.tasks(table.n, job, curves.largest_class(table))
    with timed(f"{name} at 60,000 x 64: {len(work)} points"):
        list(curves.points(table, None, job, ranking=drawn(table)))


def each():
    for n in (8000, 60_000):
        table, test = mixture(n, 64), mixture(2000, 64, seed=1)
        order = np.random.default_rng(0).permutation(n)
        for name, entry in registry.measures.all().items():
            with timed(f"{name}, {n} items: prepare"):
                measure = entry(table, test=test, seed=0)
            with timed(f"{name}, {n} items: a curve of {len(FRACTIONS)} sizes"):
                for fraction in FRACTIONS:
                    measure(order[: sizes.kept_count(n, fraction)], None)


def peers():
    sliced_peers()
    for k in (100, 500, 2000):
        sinkhorn_peers(k)
    probe_peers()


def sliced_peers():
    import ot

    x = mixture(60_000, 64).embedding.astype(np.float64)
    directions = transport.directions(64, 200, 0)
    picks = np.random.default_rng(0).permutation(len(x))[:6000]
    with timed("sliced, 6,000 against 60,000, 200 directions: ours, prepared"):
        slices = transport.Slices.of(x @ directions)
    with timed("sliced: ours, measured"):
        ours = np.sqrt(slices.squared_distance(x[picks] @ directions, np.full(6000, 1 / 6000)))
    with timed("sliced: POT"):
        theirs = ot.sliced_wasserstein_distance(x[picks], x, projections=directions)
    print(f"sliced: {ours:.6f} (ours), {theirs:.6f} (POT)")


def sinkhorn_peers(k):
    """Entropic transport of k items to 2,000 of a class, until the error is no larger than ours."""
    x = mixture(20_000, 64, c=1).embedding.astype(np.float64)
    picks, items = x[:k], x[k : k + 2000]
    costs = distances.squared_distances(picks, items)
    epsilon = 0.05 * distances.typical(costs)
    a, b = np.full(k, 1 / k), np.full(2000, 1 / 2000)
    truth = transport.entropic(costs, a, b, epsilon=epsilon, rounds=10_000, tolerance=1e-10)
    found = []

    def tried(who, value):
        with timed(f"Sinkhorn, {k:,} against 2,000 items: {who}"):
            found.append(abs(value() / truth - 1))
        print(f"    off by {found[-1]:.1e}")

    tried("ours", lambda: transport.entropic(costs, a, b, epsilon=epsilon))
    for tolerance in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        tried(f"POT, tolerance {tolerance:g}", lambda t=tolerance: by_pot(costs, a, b, epsilon, t))
        if found[-1] <= found[0]:
            break
    if importlib.util.find_spec("geomloss"):
        for scaling in (0.5, 0.8, 0.9, 0.95, 0.99):
            tried(f"GeomLoss, scaling {scaling:g}", lambda s=scaling: by_geomloss(picks, items, epsilon, s))
            if found[-1] <= found[0]:
                break


def by_pot(costs, a, b, epsilon, tolerance):
    import ot

    given: dict[str, Any] = {"method": "sinkhorn_log", "numItermax": 100_000, "stopThr": tolerance, "warn": False}
    plan = np.asarray(ot.sinkhorn(a, b, costs, epsilon, **given))
    return (plan * costs).sum() + epsilon * (plan * np.log(np.maximum(plan, 1e-300) / (a[:, None] * b))).sum()


def by_geomloss(picks, items, epsilon, scaling):
    """Its costs are half of the squared distances."""
    import torch

    given: dict[str, Any] = {"blur": np.sqrt(epsilon / 2), "scaling": scaling, "debias": False, "backend": "tensorized"}
    loss = importlib.import_module("geomloss").SamplesLoss("sinkhorn", p=2, **given)
    return 2 * float(loss(torch.as_tensor(picks), torch.as_tensor(items)))


def probe_peers():
    from sklearn.linear_model import LogisticRegression

    table, test = mixture(8000, 128), mixture(2000, 128, seed=1)
    probe = registry.measures.get("linear_probe")(table, test=test, seed=0)
    mean, scale = table.embedding.mean(axis=0), table.embedding.std(axis=0)
    for k in (80, 800, 8000):
        with timed(f"probe, {k} items: ours"):
            ours = probe(np.arange(k), None)
        with timed(f"probe, {k} items: scikit-learn"):
            model = LogisticRegression(max_iter=5000).fit((table.embedding[:k] - mean) / scale, table.labels[:k])
        theirs = model.score((test.embedding - mean) / scale, test.labels)
        print(f"probe: {ours:.4f} (ours), {theirs:.4f} (scikit-learn)")


def main():
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    parts = {
        "sample": sample,
        "sliced": lambda: one_measure("sliced_wasserstein"),
        "exact": lambda: one_measure("exact_wasserstein"),
        "each": each,
        "peers": peers,
    }
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
