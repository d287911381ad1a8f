"""How much damage every method keeps: `python -m benchmarks.damage`.

Ranks the sample with a fifth of its labels flipped by every method, with the settings that it has by itself, and counts
the flipped labels among what is kept. Random keeps a fifth. What a method's `keeps_flips` says comes from here.

    --kinds D B     instead: kinds of damage (`KINDS`) done to dataset D, features by backbone B, for a few methods
    --seed N        with which these are drawn
    --out FILE      write the table, as Markdown
"""

import argparse
import os
import platform
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from fdmat_core import datasets, registry, selection, sizes
from fdmat_core.analysis import issues
from fdmat_core.corruptions import corrupt
from fdmat_core.formats import percent
from fdmat_core.learning import features
from fdmat_core.runs import jobs, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice

#: Kinds of damage with what is known of each, by what they are called here.
KINDS = {
    "labels to the next class": Choice.of("asymmetric", rate=0.3),
    "labels to the look-alike": Choice.of("second_choice", rate=0.2),
    "one class polluted": Choice.of("one_class", rate=0.3, number=6),
    "long tail 50, labels to any": Choice.of("long_tail_flips", factor=50.0, rate=0.4),
    "noise": Choice.of("outliers", rate=0.1),
    "another dataset": Choice.of("foreign", rate=0.1),
    "another exposure": Choice.of("exposure", rate=0.1),
    "near copies": Choice.of("copies", rate=0.5),
    "values missing": Choice.of("missing", rate=0.2),
}
#: What a table over kinds is of: dataset, backbone, seed.
KIND_TITLE = "The share of damaged items among the 5% kept of `{}`, features `{}`, damage drawn with seed {}."
SHARES = (0.01, 0.05, 0.1, 0.3)


def seeded(damage, seed):
    """A kind of damage, drawn with a seed."""
    return Choice.of(damage.name, **dict(damage.params) | {"seed": seed})


def by_kind(dataset, backbone, seed):
    """A table over kinds of damage: what share of the 5% that each of some methods keeps is damaged."""
    lines = [f"| damage | bad | {' | '.join(settings.METHODS)} |", "|---" * (len(settings.METHODS) + 2) + "|"]
    for name, damage in KINDS.items():
        if dict(damage.params).get("other", "digits" if damage.name == "foreign" else "") == dataset:
            continue  # it is no other
        try:
            data = corrupt(datasets.load(dataset), seeded(damage, seed))
        except ValueError as error:
            print(f"{name}: left out, {error}")
            continue
        train, bad = features.extract(data, backbone)[0], data.split("train").truth.bad
        k = sizes.kept_count(train.n, 0.05)
        kept = [bad[selection.rank(train, one, budget=k).order[:k]].mean() for one in settings.METHODS]
        lines.append(f"| {name} | {bad.mean():.0%} | {' | '.join(f'{share:.3f}' for share in kept)} |")
        print(lines[-1], flush=True)
    return lines


def ranked():
    """The run of all methods on the sample with flipped labels, without measures."""
    methods = tuple(Choice(name) for name, entry in registry.methods.all().items() if entry.facts.offered)
    spec = settings.checked(replace(settings.SAMPLE_NOISY, methods=methods, measures=(), fractions=SHARES))
    jobs.work(spec)
    return Run(spec)


def flips(run):
    """For every method the share of flipped labels at each share kept, the worst at 5% first."""
    bad = run.dataset().split("train").truth.bad
    found = {
        choice.name: [issues.tally(rankings.cut(kept), bad).noise_kept for kept in SHARES]
        for choice, rankings in run.ranked.items()
    }
    return dict(sorted(found.items(), key=lambda one: -one[1][SHARES.index(0.05)]))


def table(found):
    head = "| method | " + " | ".join(f"{percent(kept)} kept" for kept in SHARES) + " |"
    rows = [f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |" for name, shares in found.items()]
    return [head, "|---" * (len(SHARES) + 1) + "|", *rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs=2, metavar=("DATASET", "BACKBONE"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out")
    given = parser.parse_args()
    if given.kinds:
        dataset, backbone = given.kinds
        what = KIND_TITLE.format(dataset, backbone, given.seed)
        write(given.out, what, by_kind(dataset, backbone, given.seed))
        return
    with tempfile.TemporaryDirectory() as home:
        os.environ["FDMAT_HOME"] = home
        lines = table(flips(ranked()))
    print("\n".join(lines))
    what = "The share of flipped labels among what is kept of the sample with a fifth of its labels flipped."
    write(given.out, what, lines)


def write(out, what, lines):
    """A table as a file, with what it is of; no file if there is no name for one."""
    if out:
        conditions = f"{os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}."
        Path(out).write_text("\n".join(["# Damage kept", "", what, conditions, "", *lines, ""]))


if __name__ == "__main__":
    main()
