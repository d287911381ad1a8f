"""Whether the grid and the study agree where both have tried the same: data set, damage, share, method and judge.

They do not try the same thing twice: the study keeps one division into training and test items, trains twice as many
steps, and leaves `segments` as they come.
"""

import re
from pathlib import Path
from typing import Any

import pandas

from benchmarks import grid_numbers as numbers

STUDY = Path(__file__).parent / "results" / "study.md"
#: What the study calls a judge, a damage and a data set that the grid has too.
JUDGES = {"trained from scratch": "full_training(steps=150)", "linear probe": "linear_probe"}
DAMAGES = ("clean", "20% flips", "40% flips")
DATASETS = ("digits", "segments")
#: On whose coresets the study trained networks.
FIVE, SCRATCH = ("fdmat", "random", "herding", "energy_greedy", "moderate"), "trained from scratch"


def studied(text):
    """The means of the study's report: `judge, dataset, damage, share, method, mean`."""
    rows, judge, dataset, methods = [], "", "", []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if found := re.match(r"## Accuracy, (.+)", line):
            judge = JUDGES[found[1]]
        elif found := re.match(r"### (.+)", line):
            dataset = found[1]
        elif cells[0] == "corruption":
            methods = cells[2:]
        elif judge and cells[0] in DAMAGES and dataset in DATASETS:
            share = float(cells[1].rstrip("%")) / 100
            for method, cell in zip(methods, cells[2:], strict=True):
                if found := re.search(r"\d*\.\d+", cell):
                    rows.append((judge, dataset, cells[0], share, method, float(found[0])))
    return pandas.DataFrame(rows, columns=["judge", *numbers.CELL, "method", "mean"])


def shared(trials, text):
    """The means of both, `mean` of the grid and `mean_study`, of every cell that both have."""
    theirs, found = studied(text), []
    for judge in JUDGES.values():
        mine = numbers.cells(numbers.judged(trials, judge)).assign(judge=judge)
        if len(mine):
            mine["share"] = mine["share"].round(6)
            found.append(mine.merge(theirs, on=["judge", *numbers.CELL, "method"], suffixes=("", "_study")))
    return pandas.concat(found, ignore_index=True)


def beside(trials):
    """What both say of the cells that they share, as Markdown."""
    found: Any = shared(trials, STUDY.read_text())
    few = numbers.promises(numbers.cells(numbers.judged(trials[trials["method"].isin(FIVE)], JUDGES[SCRATCH])))
    words = {judge: name for name, judge in JUDGES.items()}
    lines = [
        *(numbers.paragraphs(__doc__)),
        f"The study trained on coresets of five methods. Among these alone FDMat is within one sd of the first in "
        f"{few['near_sd'].number} of {few['near_sd'].of} cells of the grid, trained from scratch.\n",
        "| judge | data set | damage | kept | methods | rho of their means | FDMat above random, grid | study |",
        "|---" * 8 + "|",
    ]
    for (judge, dataset, damage, share), part in found.groupby(["judge", *numbers.CELL], observed=True):
        means = part.set_index("method")
        rho = numbers.rho(part["mean"], part["mean_study"])
        leads = (means.loc["fdmat", name] - means.loc["random", name] for name in ("mean", "mean_study"))
        shown = " | ".join(numbers.points(lead) for lead in leads)
        lines.append(f"| {words[judge]} | {dataset} | {damage} | {share:.1%} | {len(part)} | {rho:.2f} | {shown} |")
    return lines
