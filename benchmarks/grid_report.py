"""The report of the grid, from its committed trials alone: Markdown, and a diagram of critical differences."""

from pathlib import Path
from typing import Any

import pandas

from benchmarks import grid_numbers as numbers
from benchmarks import grid_shares as shares
from benchmarks import grid_study
from benchmarks.grid_numbers import OURS, points
from benchmarks.study import MARK as STUDIED
from benchmarks.study import taken_over
from fdmat_core.figures.marks import element
from fdmat_core.formats import counted

MARK = STUDIED.replace("benchmarks.study", "benchmarks.grid")
PROBE, TRAINED = "linear_probe", "full_training(steps=150)"
JUDGES = {TRAINED: "trained from scratch", PROBE: "linear probe"}
DISTANCES = {"energy": "energy distance", "sliced_wasserstein": "sliced Wasserstein distance"}
#: As many draws are told of as planned.
DRAWS = 3
#: Trials of what FDMat takes out: shares of the sound and of the damaged items.
REMOVED = ("sound taken out", "damage taken out")
#: Methods that were tried in fewer draws than the others, under fewer kinds of damage.
MORE = ("cfd_greedy", "max_herding", "bws", "dual", "elfs", "eva", "semdedup", "hierarchical_k_means", "glister")
#: What the issue asks for: shares of cells.
ASKED = {"near_error": 0.85, "near_sd": 0.95, "near_sd_probe": 0.8}
COLUMNS = ("dataset", "damage", "draw", "method", "share", "k", "n", "seed", "judge", "value")
TIMES = ("seconds", "ranking_seconds", "features_seconds")
TEXTS = ("dataset", "damage", "method", "judge", "problem", "commit")


def packed(trials):
    """Trials, as they were written down, as a table whose columns take little room."""
    table = pandas.DataFrame(trials, columns=[*COLUMNS, *TIMES, "problem", "commit"])
    table = table.sort_values(["dataset", "damage", "draw", "judge", "k", "method", "seed"], ignore_index=True)
    table = table.astype({name: "category" for name in TEXTS} | {name: "float32" for name in TIMES})
    return table.astype({"draw": "int16", "k": "int32", "n": "int32", "seed": "int32"}).round({"value": 6})


def read(file):
    """The trials of a file, texts as such."""
    return pandas.read_parquet(file).astype({name: "object" for name in TEXTS})


def write(trials, out: Path) -> None:
    """Write trials as Parquet, and what they say; what was written above the mark by hand is kept."""
    packed(trials).to_parquet(out.with_suffix(".parquet"), compression="zstd", index=False)
    table = read(out.with_suffix(".parquet"))
    before = out.read_text() if out.exists() else ""
    head = taken_over(before, MARK, "# Grid: which coreset trains best\n\n")
    out.write_text(head + "\n" + generated(table))
    out.with_suffix(".svg").write_text(diagrams(usual(table)))


def usual(trials):
    """The trials of the methods that were tried in every draw."""
    return trials[~trials["method"].isin(MORE)]


def generated(every):
    """Everything of the report that follows from the trials."""
    trials = usual(every)
    parts = [
        *("\n## What was tried\n", *tried(trials)),
        *("\n## What the issue asks, and what the trials show\n", *map("- {}".format, promised(trials))),
        f"- {closest(trials)} (95% interval over blocks).",
        f"- {chance(trials)}",
    ]
    for judge, words in JUDGES.items():
        table = numbers.cells(numbers.judged(trials, judge))
        parts += [f"\n## Standings, {words}\n", *standing(table), *differences(table), *by_part(table)]
        parts += [f"\n### Cells that FDMat loses, {words}\n", *losing(trials, table)]
    parts += ["\n## What FDMat takes out\n", *taken(trials)]
    parts += ["\n## Cost beside gain\n", *cost(trials)]
    parts += ["\n## Does the probe rank like training?\n", *probed(trials)]
    parts += ["\n## Does closer train better?\n", *closer(trials)]
    parts += ["\n## How small may I go?\n", *small(trials)]
    parts += ["\n## Methods that came later\n", *came_later(every)]
    parts += ["\n## Beside the study\n", *grid_study.beside(trials)]
    parts += ["\n## All means\n", *means(trials)]
    return "\n".join(parts) + "\n"


def tried(trials):
    """How many trials there are of what."""
    draws = trials.groupby(["judge", "dataset"], observed=True)["draw"].nunique().unstack("judge")
    cells = trials.drop_duplicates(["judge", "dataset", "damage", "share"]).groupby(["judge", "dataset"]).size()
    lines = [
        "| data set | items | damages | probed cells (draws) | trained cells (draws) |",
        "|---|---|---|---|---|",
    ]
    for name, part in trials.groupby("dataset"):
        shown = [f"{cells.get((judge, name), 0)} ({draws[judge].get(name, 0):.0f})" for judge in (PROBE, TRAINED)]
        lines.append(f"| {name} | {part['n'].max():,} | {part['damage'].nunique()} | {' | '.join(shown)} |")
    lost = numbers.failed(trials)
    reasons = "; ".join(f"{method}, {count}: {why}" for (method, why), count in lost.items())
    methods, (done, planned) = trials["method"].nunique(), progress(trials)
    return [
        f"{len(trials):,} trials of {methods} methods on {trials['dataset'].nunique()} data sets under "
        f"{trials['damage'].nunique()} kinds of damage, at commit {', '.join(sorted(trials['commit'].unique()))}. "
        f"Failed: {reasons or 'none'}. Items are those of the largest training set. A cell counts below where it has "
        f"two draws or more in which every method was tried. Of {DRAWS} draws of everything {done} of {planned} units "
        "of work have trials; the others were not begun or cannot be, as exposure of tables. A unit is a draw, a data "
        "set, a damage and a judge.\n",
        *lines,
    ]


def progress(trials):
    """How many units of `DRAWS` draws were begun, and how many there are."""
    from benchmarks import grid, grid_data

    planned = {(*unit[:3], str(unit.judges[0])) for unit in grid.units(list(grid_data.DATA), DRAWS)}
    begun = set(trials[["draw", "dataset", "damage", "judge"]].drop_duplicates().itertuples(index=False, name=None))
    return len(planned & begun), len(planned)


def _share(held):
    return f"{held.number} of {held.of} ({held.share:.0%})"


def _met(held, asked):
    return "holds" if held.of and held.share >= asked else "**does not hold**"


def promised(trials):
    """The issue's promises, each with what the trials show, as sentences that others may quote."""
    cells = numbers.cells(numbers.judged(trials, TRAINED))
    trained, beside = numbers.promises(cells), numbers.beside(cells)
    probed = numbers.promises(numbers.cells(numbers.judged(trials, PROBE)))
    above = trained["above_random"]
    return [
        "Trained from scratch, FDMat is first or within one standard error of the first in "
        f"{_share(trained['near_error'])} cells; 85% were asked: {_met(trained['near_error'], ASKED['near_error'])}.",
        f"First or within one sd in {_share(trained['near_sd'])}; 95% were asked: "
        f"{_met(trained['near_sd'], ASKED['near_sd'])}.",
        f"Above random by more than two standard errors in {_share(above)} cells with damage; all were asked: "
        f"{_met(above, 1)}. In {beside.none.number} of the other {beside.none.of} no method is; next comes "
        f"{beside.method}, which is in {_share(beside.best)}.",
        f"By linear probe it is first or within one sd in {_share(probed['near_sd'])} cells; 80% were asked: "
        f"{_met(probed['near_sd'], ASKED['near_sd_probe'])}.",
    ]


def closest(trials):
    """The method that comes closest to ours over all blocks, in a sentence."""
    name, lead = _closest(trials, trials["method"].unique())
    return f"Trained from scratch and over all, {name} comes closest: FDMat's lead on it is {lead} points"


def _closest(trials, methods):
    """Which of some methods ours leads least, trained from scratch, and by how many points."""
    table: Any = numbers.standings(numbers.cells(numbers.judged(trials, TRAINED)))
    others = table[table.index.isin(methods) & (table.index != OURS)]
    name = others["lead"].idxmin()
    return name, points(*(others[column][name] for column in ("lead", "low", "high")))


def chance(trials):
    """How near the first a method that is best in truth would come, in a sentence."""
    trained, probed = (numbers.reachable(numbers.judged(trials, judge)) for judge in (TRAINED, PROBE))
    return (
        "What chance leaves: were the method with the highest mean of each cell, another from cell to cell, the best "
        "in truth, new draws of the same spread would put it first or within one standard error of the first in "
        f"{trained.near_error:.0%} of the cells trained from scratch and within one sd in {trained.near_sd:.0%}; by "
        f"linear probe within one sd in {probed.near_sd:.0%}."
    )


def quoted(every):
    """What the README quotes: the same sentences, without what was asked; how much was tried; and who comes closest."""
    trials = usual(every)
    counts = [trials[name].nunique() for name in ("method", "dataset", "damage")]
    tried = "{} methods on {} data sets under {} kinds of damage".format(*counts)
    return [tried, *(sentence.partition(";")[0] for sentence in promised(trials)), closest(trials), leads_later(every)]


def standing(table):
    lines = [
        "`lead` is how many points FDMat is ahead on the mean of a block, with a 95% interval over resampled blocks.\n",
        "| method | cells | first | within one s.e. | within one sd | above random | mean rank | lead of FDMat |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, line in numbers.standings(table).iterrows():
        lead = "" if name == OURS else points(line["lead"], line["low"], line["high"])
        rates = f"{line['near_error']:.0%} | {line['near_sd']:.0%} | {line['above']:.0%} | {line['rank']:.1f}"
        lines.append(f"| {name} | {line['cells']:.0f} | {line['first']:.0f} | {rates} | {lead} |")
    return lines


def by_part(table):
    """Where ours leads: by damage and by data set, with its lead over random and over its own matching alone."""
    mine, wide = table[table["method"] == OURS], numbers.blocks(table)
    lines = [
        "\n| cells of | cells | first | within one s.e. | within one sd | lead over random | over energy greedy |",
        "|---" * 7 + "|",
    ]
    for by in numbers.BLOCK:
        for name, part in mine.groupby(by, observed=True):
            some = wide[wide.index.get_level_values(by) == name]
            leads = [points((some[OURS] - some[one]).mean()) for one in (numbers.RANDOM, numbers.PLAIN)]
            rates = f"{part['first'].sum()} | {part['near_error'].mean():.0%} | {part['near_sd'].mean():.0%}"
            lines.append(f"| {name} | {len(part)} | {rates} | {' | '.join(leads)} |")
    return lines


def differences(table):
    found = numbers.ranks(numbers.blocks(table))
    alike = [name for name in found.mean.index if abs(found.mean[name] - found.mean[OURS]) <= found.critical]
    alike.remove(OURS)
    return [
        f"\nFriedman's test over {found.blocks} blocks: χ² = {found.chi2:.0f}, p {_p(found.p)}. The critical "
        f"difference of mean ranks is {found.critical:.2f} (Nemenyi, 5%); FDMat does not differ by that from: "
        f"{', '.join(alike) or 'none'}. "
        "![Critical differences](grid.svg)"
    ]


def _p(p):
    return "< .001" if p < 0.001 else f"= {p:.3f}"


def losing(trials, table):
    """What ours loses, with what the trials tell of the reasons."""
    lost, mine = numbers.lost(table), table[table["method"] == OURS]
    if lost.empty:
        return ["None."]
    gone = trials[trials["judge"].isin(REMOVED)].pivot_table(index=numbers.BLOCK, columns="judge", values="value")
    gone = lost.reset_index()[numbers.BLOCK].merge(gone.reindex(columns=REMOVED).reset_index(), how="left")
    lost = lost.assign(**{name: gone[name].to_numpy() for name in REMOVED})
    lines = [reasons(lost), "Lost of all cells, by what they have in common:\n"]
    for by in numbers.CELL:
        of = mine.groupby(by, observed=True).size()
        here = lost.reset_index().groupby(by, observed=True).size()
        shown = (f"{_name(name)} {count} of {of[name]}" for name, count in here.sort_values(ascending=False).items())
        lines.append(f"- By {by}: {', '.join(shown)}.")
    heads = "| data set | damage | kept | FDMat | first | by points | energy greedy | damage taken out | sound |"
    lines += [f"\n{heads}", "|---" * 9 + "|"]
    for (dataset, damage, share), line in lost.head(MANY).iterrows():
        shown = f"{_value(line['mean'])} | {line['method_first']} {_value(line['mean_first'])}"
        shown = f"{shown} | {points(-line['gap'])} | {_value(line['mean_plain'])}"
        out = " | ".join("" if pandas.isna(line[name]) else f"{line[name]:.0%}" for name in REMOVED[::-1])
        lines.append(f"| {dataset} | {damage} | {share:.1%} | {shown} | {out} |")
    return [*lines, *([f"\nAnd {len(lost) - MANY} more, by less."] if len(lost) > MANY else [])]


def reasons(lost):
    """As far as they are known, the reasons of lost cells, each with how many it may hold for."""
    flood = lost.index.get_level_values("damage") == FLOOD
    missed = ~flood & (lost[REMOVED[1]] < MISSED)
    plain = ~flood & ~missed & (lost["mean_plain"] > lost["mean"])
    rest = len(lost) - flood.sum() - missed.sum() - plain.sum()
    return (
        f"Of {len(lost)} lost cells: in {flood.sum()} near copies flood the data, which FDMat does not see "
        f"everywhere. In {missed.sum()} it takes out less than half of the damaged items. In "
        f"{plain.sum()} others energy greedy, which is its matching on plain features with nothing taken out, is ahead "
        "of it: there its transform or its removal of sound items costs more than it brings. In "
        f"{rest} the reason is not known.\n"
    )


def taken(trials):
    """How much of the damaged and of the sound items FDMat takes out: over data sets."""
    found = trials[trials["judge"].isin(REMOVED)]
    means = found.groupby(["damage", "judge", "dataset"], observed=True)["value"].mean()
    lines = ["| damage | damaged items taken out: mean, least, most | sound items |", "|---|---|---|"]
    for damage in sorted(found["damage"].unique()):
        shown = []
        for judge in REMOVED[::-1]:
            some = means.loc[damage].get(judge)
            shown.append("" if some is None else f"{some.mean():.0%}, {some.min():.0%}, {some.max():.0%}")
        lines.append(f"| {damage} | {' | '.join(shown)} |")
    return lines


#: FDMat misses the damage if it takes out less than this share of it.
MISSED, FLOOD = 0.5, "near copies"
#: Lost cells that are shown one by one.
MANY = 25


def _name(value):
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def _value(value):
    return f"{value:.3f}".replace("0.", ".", 1)


def cost(trials):
    found = numbers.costs(trials, TRAINED)
    lines = [
        f"At {numbers.LARGEST:.0%} kept, medians over data sets of at most 6,000 items, on a busy core: only ratios "
        "mean something. Paid for: after how many trainings features and ranking have paid for themselves, if a "
        "training on a tenth of the items takes a tenth of the time; the networks here learn in a second or less.\n",
        "| method | seconds to rank | points above random | paid for after trainings |",
        "|---|---|---|---|",
    ]
    for name, line in found.iterrows():
        lines.append(f"| {name} | {line['seconds']:.2f} | {points(line['gain'])} | {line['repaid']:.0f} |")
    return lines


def _rhos(found):
    lines = ["| among | rho | cells |", "|---|---|---|"]
    for line in found.itertuples():
        lines.append(f"| {line.among} | {_rho(line.rho)} [{_rho(line.low)}, {_rho(line.high)}] | {line.cells} |")
    return lines


def _rho(value):
    return f"{value:+.2f}".replace("-", "−")


def probed(trials):
    probe, trained = (numbers.judged(trials, judge) for judge in (PROBE, TRAINED))
    found = numbers.alike(numbers.agreement(probe, trained))
    regret, low, high = numbers.chosen_by(probe, trained)
    return [
        "Spearman's rho of the means of methods within a cell, the mean over cells; its interval is over blocks.\n",
        *_rhos(found),
        f"\nWhoever lets the probe choose the method loses {points(-regret, -high, -low)} points against the best.",
    ]


def closer(trials):
    trained, lines = numbers.judged(trials, TRAINED), []
    for name, words in DISTANCES.items():
        near = numbers.judged(trials, name)
        for damaged in (False, True):
            some = [one[(one["damage"] != "clean") == damaged] for one in (near, trained)]
            rhos = numbers.agreement(*some, sign=-1)
            if not rhos.empty:
                lines += [f"\n{words[0].upper() + words[1:]}, {'damaged' if damaged else 'clean'} data:\n"]
                lines += _rhos(numbers.alike(rhos))
    intro = "As above, of closeness to the whole training set, damage and all, and accuracy: above 0 closer is better."
    return [intro, *lines]


def small(trials):
    curves = shares.curves(trials, PROBE, TRAINED)
    found: Any = shares.judged(curves)
    by, often = found.groupby("dataset"), numbers.Held(int(shares.fine(found).sum()), len(found))
    kept = numbers.Held(int(shares.fine(by[["loss"]].mean()).sum()), len(by))
    lines = [
        *numbers.paragraphs(shares.__doc__),
        f"With a floor that was chosen without its data set, networks lose at most one point in {_share(often)} "
        f"blocks, and on the mean over damages in {_share(kept)} data sets; 90% were asked: "
        f"{_met(kept, shares.OFTEN)}. It recommends {found['share'].mean():.0%} on average, everything in "
        f"{_everything(found)}. All data sets together choose {shares.chosen(curves):.0%}.\n",
        "| data set | floor | mean share recommended | mean loss, points | worst |",
        "|---|---|---|---|---|",
    ]
    for name, part in by:
        worst, loss = points(part["loss"].max()), points(part["loss"].mean())
        lines.append(f"| {name} | {part['floor'].iloc[0]:.0%} | {part['share'].mean():.0%} | {loss} | {worst} |")
    return lines


def _everything(found):
    return _share(numbers.Held(int((found["share"] == 1).sum()), len(found)))


def came_later(every):
    """Standings of all methods over the cells in which those of `MORE` were tried, too."""
    some = every[every["method"].isin(MORE)]
    lines = [
        f"{counted(len(some), 'trial', 'trials')} of {', '.join(MORE)}, which are in no other table of this report, "
        f"under {some['damage'].nunique()} kinds of damage. Here every method is held against them in the draws that "
        "they have."
    ]
    for judge, words in JUDGES.items():
        table = numbers.cells(numbers.judged(every, judge))
        lines += [f"\n{words.capitalize()}:\n", *standing(table)]
    return lines


def leads_later(every):
    """Which of `MORE` comes closest to ours, in a sentence."""
    name, lead = _closest(every, MORE)
    return f"Of {len(MORE)} newer methods, tried in fewer draws, {name} comes closest: {lead} points"


def means(trials):
    """The mean accuracy of every method, by data set and judge, over the cells that count."""
    lines = []
    for judge, words in JUDGES.items():
        table = numbers.cells(numbers.judged(trials, judge))
        wide = table.pivot_table(index="method", columns="dataset", values="mean", observed=True)
        wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False).index]
        lines += [f"\n{words.capitalize()}, the mean over damages and shares:\n"]
        lines += [f"| method | {' | '.join(wide.columns)} |", "|---" * (len(wide.columns) + 1) + "|"]
        for name, line in wide.iterrows():
            lines.append(f"| {name} | {' | '.join(map(_value, line))} |")
    return lines


WIDTH, EDGE, LINE = 900, 250, 20


def diagrams(trials):
    """Both judges' diagrams of critical differences, one above the other, as SVG."""
    parts, top = [], 0
    for judge, words in JUDGES.items():
        found = numbers.ranks(numbers.blocks(numbers.cells(numbers.judged(trials, judge))))
        drawn, height = diagram(found, f"Mean rank over {found.blocks} blocks, {words}")
        parts.append(element("g", drawn, transform=f"translate(0,{top})"))
        top += height
    ground = element("rect", width=WIDTH, height=top, fill="#fff")
    style = {"viewBox": f"0 0 {WIDTH} {top}", "xmlns": "http://www.w3.org/2000/svg"}
    return element("svg", ground + "".join(parts), font_family="sans-serif", font_size=13, **style) + "\n"


def diagram(found, title):
    """One diagram, as Demšar draws it: an axis of ranks, names on both sides, bars over what does not differ."""
    count = len(found.mean)
    scale = (WIDTH - 2 * EDGE) / (count - 1)
    at = lambda rank: float(EDGE + (rank - 1) * scale)  # noqa: E731
    first = 110 + LINE * len(found.alike) // 2
    half = -(-count // 2)
    parts = [element("text", title, x=16, y=24, font_weight="bold")]
    parts += [_line(at(1), 80, at(count), 80)]
    for rank in range(1, count + 1, 3):
        parts += [_line(at(rank), 74, at(rank), 80), element("text", str(rank), x=at(rank), y=68, text_anchor="middle")]
    parts += [_line(at(1), 44, at(1 + found.critical), 44, 3)]
    parts += [element("text", f"critical difference {found.critical:.2f}", x=at(1 + found.critical) + 8, y=48)]
    for place, (name, rank) in enumerate(found.mean.items()):
        left = place < half
        y = first + LINE * (place if left else count - 1 - place)
        x, edge = at(rank), EDGE - 10 if left else WIDTH - EDGE + 10
        ink = "#c1272d" if name == OURS else "#222"
        parts += [_line(x, 80, x, y, 1, ink), _line(x, y, edge, y, 1, ink)]
        spot = {"x": edge - 6 if left else edge + 6, "y": y + 4, "text_anchor": "end" if left else "start"}
        parts.append(element("text", f"{name} {rank:.1f}", fill=ink, **spot))
    for place, group in enumerate(found.alike):
        y = 88 + LINE // 2 * place
        parts.append(_line(at(found.mean[group[0]]) - 4, y, at(found.mean[group[-1]]) + 4, y, 4, "#3b6ea5"))
    return "".join(parts), first + LINE * half + 24


def _line(x, y, to_x, to_y, width=1, ink="#222"):
    return element("line", x1=float(x), y1=float(y), x2=float(to_x), y2=float(to_y), stroke=ink, stroke_width=width)
