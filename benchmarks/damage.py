"""How much damage every method keeps: `python -m benchmarks.damage`.

Ranks the sample with a fifth of its labels flipped by every method, with the settings that it has by itself, and counts
the flipped labels among what is kept. Random keeps a fifth. What a method's `keeps_flips` says comes from here.

    --out FILE      write the table, as Markdown
"""

import argparse
import os
import platform
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from fdmat_core import registry
from fdmat_core.analysis import issues
from fdmat_core.formats import percent
from fdmat_core.runs import jobs, settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice

SHARES = (0.01, 0.05, 0.1, 0.3)


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
    parser.add_argument("--out")
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as home:
        os.environ["FDMAT_HOME"] = home
        lines = table(flips(ranked()))
    print("\n".join(lines))
    if out:
        what = "The share of flipped labels among what is kept of the sample with a fifth of its labels flipped."
        conditions = f"{os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}."
        Path(out).write_text("\n".join(["# Damage kept", "", what, conditions, "", *lines, ""]))


if __name__ == "__main__":
    main()
