"""A published table again, by its own recipe, with our methods in it: `python -m benchmarks.published`.

    --recipe NAME    lbcs (Fashion-MNIST), lbcs-256 or deepcore (CIFAR-10 or CIFAR-100): see `published_recipes`
    --data FOLDER    where the data lie; deepcore needs it, with CIFAR as torchvision keeps it
    --home FOLDER    where features, rankings and trials are kept (.published); what is there is not made again
    --minutes M      begin nothing new after so many minutes
    --repeats N      at most so many repeats of every row
    --only A B       these rows alone
    --report         train nothing; write the trials that there are, and the report made from them alone
    --out FILE       the report (benchmarks/results/published.md); beside it published.jsonl

A trial is one training on one coreset: recipe, row, images kept, repeat; with it stands how many test images were right
after every epoch. A repeat draws anew the first weights, the order of batches, and what a method that draws selects.
The first repeat of everything comes before the second, so that whatever is done when it ends is a whole. Each trial is
written the moment it is known; a killed command goes on where it was.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import published_report
from benchmarks.grid import commit, known
from benchmarks.published_recipes import RECIPES, Data, Recipe, Row, counts, learn, steps
from fdmat_core import registry
from fdmat_core.runs import artifacts, stages, tasks
from fdmat_core.runs.run import Run
from fdmat_core.spec import Spec
from fdmat_core.types import Dataset, FeatureTable

#: A trial as it is written down.
Trial = dict[str, Any]


class Made(NamedTuple):
    """What a recipe starts from: the settings, the features of the training items, and the items themselves."""

    spec: Spec
    used: artifacts.UsedFeatures
    table: FeatureTable
    data: Data


def made(recipe: Recipe, folder: str) -> Made:
    """Read the data of a recipe and make the features that its methods read, or find them in the store."""
    methods = tuple(dict.fromkeys(row.method for row in recipe.rows))
    run = Run(Spec(recipe.dataset(folder), recipe.backbone, methods, ()))
    dataset = run.dataset()
    used, (table, _) = stages.make_features(run.spec, dataset, lambda done, total, note: None)
    return Made(run.spec, used, table, items(dataset, table))


def items(dataset: Dataset, table: FeatureTable) -> Data:
    """The images and labels behind a table, row by row, and those of the test items."""
    if dataset.images is None:
        raise ValueError(f"{dataset.name} has no images; give data that hold some")
    test = dataset.split("test")
    return Data(dataset.images(table.ids), table.labels, dataset.images(test.ids), test.labels, len(dataset.classes))


def units(recipe: Recipe, n: int, repeats: int, only: list[str]) -> Iterator[tuple[Row, int, int]]:
    """The trials as (row, images kept, repeat) in their order."""
    rows = [row for row in recipe.rows if not only or row.name in only]
    for repeat in range(min(repeats, max((row.repeats for row in rows), default=0))):
        for k in counts(recipe, n):
            yield from ((row, k, repeat) for row in rows if repeat < row.repeats)


def kept(of: Made, row: Row, k: int, repeat: int) -> np.ndarray:
    """The rows (k,) of the table that a method keeps; what draws draws anew in each repeat."""
    entry = registry.methods.get(row.method.name)
    seed, size = repeat if entry.draws else 0, None if entry.facts.nested else k
    order = tasks.rank(replace(of.spec, balance=row.balance), of.used, of.table, row.method, seed, size).order
    return order[-k:] if row.wrong else order[:k]


def trial(name: str, recipe: Recipe, of: Made, unit: tuple[Row, int, int]) -> Trial:
    """One training on one coreset."""
    row, k, repeat = unit
    chosen = kept(of, row, k, repeat)
    began, classes = time.perf_counter(), np.bincount(of.data.labels[chosen], minlength=of.data.classes)
    right = learn(recipe, of.data, chosen, repeat)
    return {
        **{"recipe": name, "row": row.name, "k": k, "repeat": repeat, "steps": steps(recipe, k)},
        **{"fewest": int(classes.min()), "most": int(classes.max()), "of": len(of.data.test_labels)},
        **{"seconds": round(time.perf_counter() - began, 1), "commit": commit(), "right": right},
    }


def run(file: Path, name: str, recipe: Recipe, given: argparse.Namespace) -> None:
    """Make and write the trials that are not in a file yet, until the time is over."""
    end, there = time.monotonic() + 60 * given.minutes, known(file)
    file.write_text("".join(json.dumps(one) + "\n" for one in there))
    done, of = set(map(published_report.key, there)), made(recipe, given.data)
    with file.open("a") as out:
        for row, k, repeat in units(recipe, of.table.n, given.repeats, given.only):
            if time.monotonic() > end:
                return
            if (name, row.name, k, repeat) in done:
                continue
            found = trial(name, recipe, of, (row, k, repeat))
            out.write(json.dumps(found) + "\n")
            out.flush()
            best, last = max(found["right"]) / found["of"], found["right"][-1] / found["of"]
            told = f"{row.name}, {k} kept, repeat {repeat}: best {best:.4f}, last {last:.4f}, {found['seconds']:.0f} s"
            print(told, file=sys.stderr, flush=True)


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", choices=RECIPES, default="lbcs")
    parser.add_argument("--data", default="")
    parser.add_argument("--home", type=Path, default=Path(".published"))
    parser.add_argument("--minutes", type=float, default=60 * 24)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/published.md"))
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    given = read(arguments)
    home = given.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["FDMAT_HOME"] = str(home)
    if not given.report:
        run(home / "trials.jsonl", given.recipe, RECIPES[given.recipe], given)
    published_report.write(known(home / "trials.jsonl"), given.out)


if __name__ == "__main__":
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", torch.get_num_threads())))
    main()
