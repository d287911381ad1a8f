"""How well bad labels are found on all of Fashion-MNIST: `python -m benchmarks.detection [--out FILE]`.

Labels are flipped to any other class, features are those of `early_cnn` trained on the flipped labels, and every
detector sees the same features. They are stored under FDMAT_HOME, so that a second run takes seconds. Where cleanlab is
installed its own scores stand beside ours, from the same out-of-fold probabilities.

    --kinds A B     instead: these kinds of damage of `benchmarks.damage` (all, if none is named), drawn with seed
                    `--seed`, on the dataset and backbone given; beside the detectors how many of the damaged items
                    FDMat takes out, and how many sound ones with them
"""

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import time
from pathlib import Path

import numpy as np

from benchmarks.damage import KINDS, seeded
from fdmat_core import selection
from fdmat_core.analysis import detectors
from fdmat_core.runs import stages
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec

KIND_COLUMNS = ("damage", "bad", "detector", "AUROC", "AUPRC", "precision at 50", "at 200")
COLUMNS = ("detector", "AUROC", "AUPRC", "precision at 50", "at 100", "at 200", "at the number flipped")
GOAL = 0.98  # AUROC of FDMat


def features(options, damage):
    """The training features of damaged data, and the truth about them."""
    spec = Spec(Choice(options.dataset), Choice(options.backbone), (Choice("fdmat"),), (Choice("energy"),), damage)
    data = Run(spec).dataset()
    _, (train, _) = stages.make_features(spec, data, lambda done, total, note: None)
    return train, data.split("train").truth


def cleanlabs(probabilities, labels):
    """The label quality scores of cleanlab itself, turned so that high is suspicious."""
    from cleanlab.rank import get_label_quality_scores

    kinds = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")
    scores = {kind: -get_label_quality_scores(labels, probabilities, method=kind) for kind in kinds}
    adjusted = get_label_quality_scores(labels, probabilities, method="self_confidence", adjust_pred_probs=True)
    return {f"cleanlab: {kind}": score for kind, score in scores.items()} | {
        "cleanlab: self_confidence, adjusted": -adjusted
    }


def measure(options, rate):
    """The table of one rate of flips, and the seconds it took."""
    train, truth = features(options, Choice.of("symmetric", rate=rate))
    flipped = truth.mislabelled
    began = time.perf_counter()
    ranking = selection.rank(train, "fdmat", budget=train.n // 50)
    took = {"FDMat": time.perf_counter() - began}
    began = time.perf_counter()
    found = detectors.scores(train, ranking)
    took["the others"] = time.perf_counter() - began
    if importlib.util.find_spec("cleanlab"):
        found |= cleanlabs(detectors.out_of_fold(train), train.labels)
    return detectors.compare(found, flipped, (*detectors.CUTS, int(flipped.sum()))), took, flipped


def written(frame, took, flipped, rate):
    """One table as Markdown, with what it is of."""
    lines = [
        "| "
        + " | ".join([line.detector, f"{line.auroc:.4f}", f"{line.auprc:.4f}", *(f"{p:.3f}" for p in line[4:])])
        + " |"
        for line in frame.itertuples()
    ]
    seconds = ", ".join(f"{name} {value:.1f} s" for name, value in took.items())
    title = f"## {rate:.0%} flipped: {flipped.sum():,} of {len(flipped):,} labels are wrong ({seconds})"
    return "\n".join([title, "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", *lines, ""])


def kinds(options):
    """A table over kinds of damage: a line for every detector, FDMat's first."""
    heads = [f"| {' | '.join(KIND_COLUMNS)} |", "|---" * len(KIND_COLUMNS) + "|"]
    removed = ["| damage | damaged items taken out | sound items taken out |", "|---|---|---|"]
    for name in options.kinds or KINDS:
        try:
            train, truth = features(options, seeded(KINDS[name], options.seed))
        except ValueError as error:  # tables have no exposure, images no columns that miss values
            if options.kinds:
                raise
            print(f"{name}: left out, {error}", flush=True)
            continue
        ranking = selection.rank(train, "fdmat", budget=train.n // 50)
        found = detectors.scores(train, ranking) | {"nearness": -ranking.evidence["nearest"]}
        for line in detectors.compare(found, truth.bad, (50, 200)).itertuples(index=False):
            shown = f"{line[1]:.3f} | {line[2]:.3f} | {line[3]:.2f} | {line[4]:.2f}"
            heads.append(f"| {name} | {truth.bad.mean():.0%} | {line[0]} | {shown} |")
        gone = ranking.evidence["issue"] > 0
        removed.append(f"| {name} | {gone[truth.bad].mean():.1%} | {gone[~truth.bad].mean():.1%} |")
        print("\n".join([*heads[-len(found) :], removed[-1]]), flush=True)
    return "\n".join(
        [
            f"# Detectors of every kind of damage: {options.dataset}\n",
            conditions(options, f"one seed of damage ({options.seed})"),
            "FDMat ranks wrong labels on one scale, outliers on another; no detector is asked which of both it is for.",
            "`nearness` is the distance to the nearest neighbour, the nearest first, as copies lie.\n",
            *heads,
            "\n## What FDMat takes out\n",
            *removed,
            "",
        ]
    )


def conditions(options, damage="one seed of flips"):
    """Under which conditions the tables were made."""
    peer = importlib.metadata.version("cleanlab") if importlib.util.find_spec("cleanlab") else "not installed"
    return (
        f"Dataset {options.dataset}, features `{options.backbone}` (seed 0), {damage}. {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}, Python {platform.python_version()}, numpy {np.__version__}, cleanlab {peer}. "
        f"{time.strftime('%Y-%m-%d')}.\n"
    )


def main(options):
    if options.kinds is not None:
        text = kinds(options)
        if options.out:
            Path(options.out).write_text(text)
        return
    text, ours = ["# Detectors of flipped labels on the same features\n", conditions(options)], {}
    for rate in options.rates:
        frame, took, flipped = measure(options, rate)
        ours[rate] = frame.set_index("detector").auroc["FDMat"]
        text.append(written(frame, took, flipped, rate))
        print(text[-1], flush=True)
    under = [f"{rate:.0%}" for rate, auroc in ours.items() if auroc < GOAL]
    text.append(f"FDMat's AUROC is below {GOAL} at: {', '.join(under) or 'none of them'}.\n")
    print(text[-1])
    if options.out:
        Path(options.out).write_text("\n".join(text))


def read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", nargs="*", type=float, default=[0.2, 0.4])
    parser.add_argument("--dataset", default="fashion_mnist")
    parser.add_argument("--backbone", default="early_cnn")
    parser.add_argument("--kinds", nargs="*", choices=KINDS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out")
    return parser.parse_args()


if __name__ == "__main__":
    main(read())
