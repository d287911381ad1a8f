"""Does FDMat select better? Datasets x corruptions x kept x methods x seeds: `python -m benchmarks.study`.

    --home FOLDER       where the runs are stored (.study); what is there is not made again, so it can be stopped
    --only a b c        these datasets instead of all (see `DATASETS`)
    --report            run nothing; write what is stored so far
    --out FILE          the report, as Markdown, and beside it the figure (benchmarks/results/study.md, .png); what was
                        written into it by hand, above the mark, is kept

Every run is one of the explorer like any other: same code, same store. The damage is drawn several times, and on every
draw each method selects anew and trains several networks; undamaged data have one draw and as many trainings in all. A
method wins a cell when its mean over these is the highest; it is "within one sd" when its mean is at most one standard
deviation (the larger of its own and the winner's) below the highest. The linear probe has one solution: without damage
it has no spread, and only the first is within one sd. `segments` are features of image patches that come with the
package `river`.
"""

# pyright: reportMissingImports=false
# The line above: what is compared with need not be installed.
import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas

from fdmat_core import registry
from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec

FRACTIONS = (0.005, 0.01, 0.02, 0.05, 0.1)
CORRUPTIONS = {
    "clean": Choice("none"),
    "20% flips": Choice("symmetric"),
    "40% flips": Choice.of("symmetric", rate=0.4),
    "long tail 100": Choice("long_tail"),
    "long tail + 20% flips": Choice("long_tail_flips"),
    "outliers": Choice("outliers"),
}
#: Networks are trained from scratch on the coresets of these.
METHODS = ("fdmat", "random", "herding", "energy_greedy", "moderate")
#: The linear probe judges these as well.
MORE = ("fdmat_published", "k_center", "k_medoids", "el2n", "ccs", "d2", "lcmat", "zcore")
PROBED = (Choice("energy"), Choice("linear_probe"))
TRAINED = Choice.of("full_training", steps=300)


def segments(folder):
    """Features of image segments as a file: 2,310 x 18 in 7 classes."""
    file = folder / "segments.npz"
    if not file.exists():
        from river import datasets

        items = [(list(x.values()), y) for x, y in datasets.ImageSegments()]
        features = np.array([x for x, _ in items], dtype=np.float32)
        np.savez(file, features=features, labels=np.array([y for _, y in items]))
    return Choice.of("arrays", path=str(file))


#: name -> (what makes the dataset, given a folder; backbone; methods whose coresets train networks; draws; seeds)
DATASETS = {
    "digits": (lambda folder: Choice("digits"), Choice("pixels"), METHODS, 10, 2),
    "segments": (segments, Choice("given"), METHODS, 10, 2),
    "Fashion-MNIST 60k": (lambda folder: Choice("fashion_mnist"), Choice("early_cnn"), METHODS[:4], 2, 2),
}
MARK = "<!-- Above this line: by hand, and kept. Below: written by `python -m benchmarks.study`. -->"
MEASURES = {str(TRAINED): "trained from scratch", "linear_probe": "linear probe"}


def specs(dataset, corruption, folder):
    """The runs of a dataset and a corruption, for each draw two: all methods probed, and some that train networks."""
    make, backbone, trained, draws, seeds = DATASETS[dataset]
    probed = Spec(
        dataset=make(folder),
        backbone=backbone,
        methods=tuple(map(Choice, METHODS + MORE)),
        measures=PROBED,
        fractions=FRACTIONS,
    )
    drawn = _drawn(CORRUPTIONS[corruption], draws)
    fitted = replace(
        probed, methods=tuple(map(Choice, trained)), measures=(TRAINED,), seeds=draws * seeds // len(drawn)
    )
    return [replace(one, corruption=choice) for one in (probed, fitted) for choice in drawn]


def _drawn(corruption, draws):
    """A corruption as often as it is drawn, each with a seed of its own; undamaged data are always the same."""
    if corruption.name == "none":
        return [corruption]
    return [Choice.of(corruption.name, **dict(corruption.params), seed=draw) for draw in range(draws)]


def run(names, folder):
    for dataset in names:
        for corruption in CORRUPTIONS:
            began = time.monotonic()
            try:
                for one in specs(dataset, corruption, folder):
                    library.execute(one, told(dataset, corruption))
            except (ValueError, ImportError) as error:
                print(f"{dataset}, {corruption}: left out, {error}", file=sys.stderr)
            print(f"{dataset}, {corruption}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def told(dataset, corruption):
    last = [0.0]

    def tell(done, total, note):
        if time.monotonic() - last[0] > 30:
            last[0] = time.monotonic()
            print(f"{dataset}, {corruption}: {note} ({done} of {total})", file=sys.stderr, flush=True)

    return tell


def collected(names, folder):
    """All points of all cells, with the columns `dataset, corruption` and `percent` kept."""
    parts = [
        curve.assign(dataset=dataset, corruption=corruption)
        for dataset in names
        for corruption in CORRUPTIONS
        for curve in _stored(dataset, corruption, folder)
    ]
    points = pandas.concat(parts, ignore_index=True)
    points["percent"] = (100 * points["kept"]).round(3)
    return points[points["percent"] <= 100 * max(FRACTIONS)]


def _stored(dataset, corruption, folder):
    """The curves of a cell's runs as far as they are stored; none of a dataset that this machine lacks."""
    try:
        return [Run(one).curve() for one in specs(dataset, corruption, folder)]
    except (ValueError, ImportError):
        return []


def cells(points, measure):
    """One row per cell and method: `mean, sd, count, best, near, rank` and whether it beats random."""
    by = ["dataset", "corruption", "percent"]
    mine = points[points["measure"] == measure]
    table = mine.groupby([*by, "method"])["value"].agg(mean="mean", sd="std", count="count").reset_index()
    table["sd"] = table["sd"].fillna(0)
    groups = table.groupby(by)
    best = table.loc[groups["mean"].transform("idxmax")].reset_index(drop=True)
    table["best"] = table["mean"] == best["mean"]
    table["near"] = table["mean"] >= best["mean"] - np.maximum(table["sd"], best["sd"])
    table["rank"] = groups["mean"].rank(ascending=False, method="min")
    random = table[table["method"] == "random"].set_index(by)["mean"]
    above = table.set_index(by).index.map(random)
    table["above random"] = table["mean"].to_numpy() > np.asarray(above, dtype=float)
    present = groups["method"].transform("count")
    return table[present == present.groupby(table["dataset"]).transform("max")]  # cells that are done


def standings(table):
    """How often each method is first, within one sd of the first, and above random."""
    lines = table.groupby("method").agg(
        cells=("best", "size"),
        first=("best", "sum"),
        near=("near", "mean"),
        above=("above random", "mean"),
        rank=("rank", "mean"),
    )
    return lines.sort_values("rank")


def markdown(table, dataset):
    """Means of one dataset: a line per corruption and share kept, a column per method, the best in bold."""
    part = table[table["dataset"] == dataset]
    methods = list(dict.fromkeys(part.sort_values("rank").groupby("method")["rank"].mean().sort_values().index))
    lines = ["| corruption | kept | " + " | ".join(methods) + " |", "|" + "---|" * (len(methods) + 2)]
    for corruption in CORRUPTIONS:
        for percent, cell in part[part["corruption"] == corruption].groupby("percent"):
            by = cell.set_index("method")
            shown = " | ".join(_number(by.loc[name]) if name in by.index else "" for name in methods)
            lines.append(f"| {corruption} | {percent:g}% | {shown} |")
    return "\n".join(lines)


def _number(row):
    text = f"{row['mean']:.3f} ± {row['sd']:.3f}".replace("0.", ".")
    return f"**{text}**" if row["best"] else f"{text}°" if row["near"] else text


def taken_over(before, mark, heading):
    """How a report begins: with what stands above the mark in the one before, or with a heading, and the mark."""
    by_hand, found, _ = before.partition(mark)
    return (by_hand if found else heading) + mark


def report(points, before):
    """The report as Markdown; what stands above the mark in the report `before` is taken over."""
    heading = "# Study: which coreset trains best\n\n![Points above random](study.png)\n\n"
    parts = [taken_over(before, MARK, heading), "", __doc__.split("\n\n", 2)[2].strip(), ""]
    for measure, words in MEASURES.items():
        table = cells(points, measure)
        if table.empty:
            continue
        parts.append(f"\n## Accuracy, {words}\n\n### Standings over all cells\n")
        parts.append(
            "| method | cells | first | first or within one sd | above random | mean rank |\n|---|---|---|---|---|---|"
        )
        for name, line in standings(table).iterrows():
            shares = f"{line['near']:.0%} | {line['above']:.0%} | {line['rank']:.1f}"
            parts.append(f"| {name} | {line['cells']:.0f} | {line['first']:.0f} | {shares} |")
        lost = table[(table["method"] == "fdmat") & ~table["near"]]
        parts.append(f"\nCells where `fdmat` is not within one sd of the first: {len(lost)}.")
        behind = table[(table["method"] == "fdmat") & ~table["above random"]]
        parts.append(f"Cells where `fdmat` is not above random: {len(behind)}.")
        for dataset in table["dataset"].unique():
            parts.append(f"\n### {dataset}\n\nBold: first; °: within one sd of it. Mean ± sd over draws and seeds.\n")
            parts.append(markdown(table, dataset))
    return "\n".join(parts) + "\n"


def figure(points, file):
    """Gain over random by share kept, one panel per dataset and corruption, trained from scratch."""
    from playwright.sync_api import sync_playwright
    from plotly.subplots import make_subplots

    from tests.browser import driving

    table = cells(points, str(TRAINED))
    datasets, corruptions = list(table["dataset"].unique()), list(CORRUPTIONS)
    chart = make_subplots(
        len(datasets), len(corruptions), row_titles=datasets, column_titles=corruptions, shared_xaxes=True,
        horizontal_spacing=0.03, vertical_spacing=0.06,
    )  # fmt: skip
    named = set()
    for (dataset, corruption), part in table.groupby(["dataset", "corruption"]):
        random = part[part["method"] == "random"].set_index("percent")["mean"]
        for name in METHODS:
            line = part[part["method"] == name].set_index("percent")
            if line.empty:
                continue
            chart.add_scatter(
                x=line.index, y=100 * (line["mean"] - random), name=name, legendgroup=name, mode="lines+markers",
                showlegend=name not in named,
                line={"color": registry.methods.get(name).facts.colour, "width": 4 if name == "fdmat" else 1.5},
                row=datasets.index(dataset) + 1, col=corruptions.index(corruption) + 1,
            )  # fmt: skip
            named.add(name)
    chart.update_xaxes(type="log", tickvals=[100 * f for f in FRACTIONS], ticktext=[f"{100 * f:g}%" for f in FRACTIONS])
    chart.update_layout(
        template="plotly_white", width=1800, height=120 + 260 * len(datasets), font_size=14,
        title="Accuracy of networks trained from scratch, in points above random, against the share kept",
        legend={"orientation": "h", "y": -0.2 / len(datasets)},
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        page_file = Path(folder) / "figure.html"
        chart.write_html(page_file, include_plotlyjs=True)
        browser = player.chromium.launch(executable_path=driving.browser_path(), args=driving.FLAGS)
        page = browser.new_page(viewport={"width": 1820, "height": 140 + 260 * len(datasets)})
        page.goto(page_file.as_uri())
        page.wait_for_selector(".main-svg")
        page.screenshot(path=str(file))
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".study"))
    parser.add_argument("--only", nargs="+", choices=DATASETS, default=list(DATASETS))
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/study.md"))
    given = parser.parse_args()
    folder = given.home.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["FDMAT_HOME"] = str(folder)
    if not given.report:
        run(given.only, folder)
    points = collected(given.only, folder)
    given.out.write_text(report(points, given.out.read_text() if given.out.exists() else ""))
    figure(points, given.out.with_suffix(".png"))
    print(given.out.read_text())


if __name__ == "__main__":
    main()
