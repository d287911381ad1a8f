"""What reviewing brings: `python -m benchmarks.cleaning`.

Takes the sample with a fifth of its labels flipped. A reviewer who is never wrong looks at the first 200, 500 and
1,500 items in the order of FDMat, of cleanlab (if it is installed) and of AUM, and gives every flipped one its true
label. The same networks are then trained from scratch on all items, and tested on the clean test items. Before and at
the end stand the flipped labels and the true ones.

    --run KEY       of a stored run of the sample with flipped labels; it is made if there is none
    --seeds N       trainings of each (3)
    --out FILE      write the table, as Markdown
"""

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from fdmat_core import registry
from fdmat_core.analysis import detectors, issues
from fdmat_core.runs import jobs, settings
from fdmat_core.runs.run import Run

COUNTS = (200, 500, 1_500)


def noisy(key):
    """The stored run of a key, or that of the sample with flipped labels, made first."""
    if key:
        return Run.open(key)
    spec = settings.checked(settings.SAMPLE_NOISY)
    jobs.work(spec)
    return Run(spec)


def orders(run):
    """The rows of the training items in the order in which each looks at them."""
    table = run.tables[0]
    found = {"FDMat": issues.gravest_first(table, run.evidence)}
    if importlib.util.find_spec("cleanlab"):
        from cleanlab.rank import get_label_quality_scores

        found["cleanlab"] = np.argsort(
            get_label_quality_scores(table.labels, detectors.out_of_fold(table)), kind="stable"
        )
    found["AUM"] = np.argsort(table.dynamics["aum_logit"], kind="stable")
    return found


def reviewed(data, rows):
    """The training items with the true labels of some rows, and how many of these were wrong."""
    labels = data.labels.copy()
    labels[rows] = data.truth.clean_labels[rows]
    return labels, int(data.truth.mislabelled[rows].sum())


def accuracies(run, labels, seeds):
    """The accuracy on the clean test items of networks trained from scratch on all items with these labels (n,)."""
    table = replace(run.tables[0], labels=labels)
    entry, data = registry.measures.get("full_training"), run.dataset()
    everything = np.arange(table.n)
    return np.array([entry(table, dataset=data, seed=seed)(everything, None) for seed in range(seeds)])


def lines(run, seeds):
    """The rows of the table: who orders, how many are looked at, how many were wrong, the accuracy."""
    data = run.dataset().split("train")
    yield "nobody", 0, 0, accuracies(run, data.labels, seeds)
    for name, order in orders(run).items():
        for count in COUNTS:
            labels, wrong = reviewed(data, order[:count])
            yield name, count, wrong, accuracies(run, labels, seeds)
    yield "all true labels", len(data.ids), int(data.truth.bad.sum()), accuracies(run, data.truth.clean_labels, seeds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default="")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out")
    given = parser.parse_args()
    run, began = noisy(given.run), time.monotonic()
    table = ["| order | looked at | wrong labels found | accuracy | gain in points |", "|---|---|---|---|---|"]
    first = None
    for name, count, wrong, found in lines(run, given.seeds):
        first = found if first is None else first
        gain = 100 * (found.mean() - first.mean())
        spread = f" ± {100 * found.std(ddof=1):.1f}" if len(found) > 1 else ""
        table.append(f"| {name} | {count:,} | {wrong:,} | {100 * found.mean():.1f}{spread}% | {gain:+.1f} |")
        print(table[-1], flush=True)
    if given.out:
        peer = importlib.metadata.version("cleanlab") if importlib.util.find_spec("cleanlab") else "not installed"
        what = (
            "A reviewer who is never wrong looks at the first items of an order and gives each its true label; "
            f"networks are then trained from scratch on all items: mean and sd over {given.seeds} seeds. "
            "Of the 8,000 labels of the sample 1,600 were flipped."
        )
        conditions = (
            f"{os.cpu_count()} cores shared with other work, {time.monotonic() - began:.0f} s in all, Python "
            f"{platform.python_version()}, cleanlab {peer}, {time.strftime('%Y-%m-%d')}."
        )
        Path(given.out).write_text("\n".join(["# What reviewing brings", "", what, conditions, "", *table, ""]))


if __name__ == "__main__":
    main()
