"""The report of published tables made again, from its committed trials alone, as Markdown."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.published_recipes import RECIPES, Recipe, Value
from benchmarks.study import MARK as STUDIED
from benchmarks.study import taken_over

MARK = STUDIED.replace("benchmarks.study", "benchmarks.published")
#: The row whose accuracies everything is compared with.
UNIFORM = "Uniform"
#: The easiest images of each class, which a score kept from the wrong end would select.
WRONG = "el2n, wrong end"
#: The recipe that has published accuracies, and the same with half as many steps.
MAIN, FEWER = "lbcs", "lbcs-256"
#: After so many epochs Uniform is looked at again.
EARLY = 40
#: A deviation by more sds than this is one that has to be explained.
FAR = 2

#: A trial as it was written down.
Trial = dict[str, Any]


class Cell(NamedTuple):
    """A row at a size: how often it was trained, accuracies in percent, images of the rarest and commonest class."""

    times: int
    best: Value  # of all epochs
    last: Value
    early: Value  # the best of the first epochs
    classes: tuple[float, float]


#: Cells by their row and the number of images kept.
Cells = dict[tuple[str, int], Cell]


def key(one: Trial) -> tuple[Any, ...]:
    """What names a trial."""
    return tuple(one[name] for name in ("recipe", "row", "k", "repeat"))


def write(trials: list[Trial], out: Path) -> None:
    """Write trials as JSON lines and what they say; what was written above the mark by hand is kept."""
    trials = sorted(trials, key=key)
    out.with_suffix(".jsonl").write_text("".join(json.dumps(one) + "\n" for one in trials))
    before = out.read_text() if out.exists() else ""
    out.write_text(taken_over(before, MARK, "# A published table again\n\n") + "\n" + generated(trials))


def read(file: Path) -> list[Trial]:
    """The trials of a file."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def percent(trial: Trial) -> np.ndarray:
    """The test accuracy (epochs,) after each epoch."""
    return 100 * np.array(trial["right"]) / trial["of"]


def cells(trials: Iterable[Trial], recipe: str) -> Cells:
    """The cells of a recipe."""
    groups: dict[tuple[str, int], list[Trial]] = defaultdict(list)
    for one in trials:
        if one["recipe"] == recipe:
            groups[one["row"], one["k"]].append(one)
    return {name: cell(group) for name, group in groups.items()}


def cell(group: list[Trial]) -> Cell:
    """What repeats of one row at one size say."""
    curves = np.array([percent(one) for one in group])  # (repeats, epochs)
    best, last, early = curves.max(axis=1), curves[:, -1], curves[:, :EARLY].max(axis=1)
    fewest, most = (float(np.mean([one[name] for one in group])) for name in ("fewest", "most"))
    return Cell(len(group), spread(best), spread(last), spread(early), (fewest, most))


def spread(values: np.ndarray) -> Value:
    """Mean and standard deviation; of one value there is none."""
    return Value(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None)


def pooled(found: Cells) -> float:
    """The sd between repeats of one row at one size, by the best epoch, over all cells that have some; or nan."""
    many = [one for one in found.values() if one.best.sd is not None]
    squares, freedom = (
        sum((one.times - 1) * (one.best.sd or 0) ** 2 for one in many),
        sum(one.times - 1 for one in many),
    )
    return (squares / freedom) ** 0.5 if freedom else float("nan")


def deviation(ours: float, published: Value, sd: float) -> tuple[float, float]:
    """How far ours is from what was published: in points, and in sds of a difference between single repeats.

    `sd` is that of our repeats; a published one that is not known counts as 0.
    """
    points = ours - published.mean
    return points, points / float(np.hypot(sd, published.sd or 0))


def generated(trials: list[Trial]) -> str:
    """Everything of the report that follows from the trials."""
    main = cells(trials, MAIN)
    parts = ["\n## What was trained\n", *tried(trials)]
    if main:
        parts += ["\n## What it says\n", *said(trials), "\n## Published and ours\n", *compared(main, RECIPES[MAIN])]
        parts += ["\n## Where Uniform stands when\n", *when(trials)]
    for name, recipe in RECIPES.items():
        found = cells(trials, name)
        if name != FEWER and found:
            parts += [f"\n## Our methods: {recipe.title}\n", *ours(found, recipe)]
            parts += [f"\n## Points above Uniform: {recipe.title}\n", *gains(found, recipe)]
            parts += ["\n## Images of the rarest and of the commonest class\n", *classes(found, recipe)]
    return "\n".join(parts) + "\n"


def tried(trials: list[Trial]) -> list[str]:
    """How many trainings there are of what."""
    lines = []
    for name, recipe in RECIPES.items():
        found = cells(trials, name)
        if found:
            sizes = range_of(found)
            least = {
                row: min(found[row, k].times if (row, k) in found else 0 for k in sizes) for row in rows(found, recipe)
            }
            shown = ", ".join(f"{row} {count}" for row, count in least.items())
            total = sum(one.times for one in found.values())
            lines.append(f"- {recipe.title}: {total} trainings. Repeats at every size: {shown}.")
    return [*lines, f"\nAt commit {', '.join(sorted({one['commit'] for one in trials}))}."]


def rows(found: Cells, recipe: Recipe) -> list[str]:
    """The rows that there are, in the order of the recipe; then those that it no longer has."""
    names = [row.name for row in recipe.rows]
    return [*filter({name for name, _ in found}.__contains__, names), *sorted({name for name, _ in found} - {*names})]


def range_of(found: Cells) -> list[int]:
    """The sizes that there are."""
    return sorted({k for _, k in found})


def said(trials: list[Trial]) -> list[str]:
    """What the trials show, in sentences that others may quote."""
    found, published = cells(trials, MAIN), RECIPES[MAIN].published
    sizes = [k for k in range_of(found) if (UNIFORM, k) in published and (UNIFORM, k) in found]
    mine, told = [found[UNIFORM, k] for k in sizes], [published[UNIFORM, k].mean for k in sizes]
    best, last, early = (
        [value.mean - other for value, other in zip(values, told, strict=True)]
        for values in ([one.best for one in mine], [one.last for one in mine], [one.early for one in mine])
    )
    held = "is" if max(map(abs, best), default=0) <= 1 else "is not"
    wrong = [
        f"{listed_off(found, published, WRONG, name)} points off the published {name}" for name in ("EL2N", "GraNd")
    ]
    firsts = [
        max((name for name in found if name[1] == k), key=lambda name: found[name].best.mean) for k in range_of(found)
    ]
    return [
        f"- Our Uniform {held} within 1 point of the published one: at k = {', '.join(map(str, sizes))} it is "
        f"{listed(best)} points off by the best epoch, {listed(last)} by the last, and {listed(early)} by the best of "
        f"the first {EARLY}.",
        *([f"- `{WRONG}` is {' and '.join(wrong)}."] if any(name == WRONG for name, _ in found) else []),
        f"- First at k = {', '.join(f'{name[1]}: {name[0]} ({found[name].best.mean:.1f})' for name in firsts)}.",
    ]


def listed_off(found: Cells, published: Mapping[tuple[str, int], Value], row: str, name: str) -> str:
    """How many points a row of ours is off a published one of some name, by the best epoch, at every size of both."""
    sizes = [k for k in range_of(found) if (row, k) in found and (name, k) in published]
    return listed(found[row, k].best.mean - published[name, k].mean for k in sizes)


def compared(found: Cells, recipe: Recipe) -> list[str]:
    """The cells that both have; far ones in bold."""
    sd = pooled(found)
    lines = [
        "Accuracy in percent ± sd; ours is the best of all epochs, as published. In sds: of a difference between "
        f"single repeats; ours is {sd:.2f} points, pooled over all cells that have repeats; a published one that is "
        f"not known counts as 0. Bold: more than {FAR}.\n",
        "| row | k | published | ours, best epoch | repeats | points | in sds | ours, last epoch |",
        "|---" * 8 + "|",
    ]
    for (name, k), value in recipe.published.items():
        if (name, k) in found:
            mine = found[name, k]
            points, sds = deviation(mine.best.mean, value, sd)
            bold = "**" if abs(sds) > FAR else ""
            off = f"{signed(points)} | {bold}{signed(sds)}{bold}"
            lines.append(
                f"| {name} | {k} | {shape(value)} | {shape(mine.best)} | {mine.times} | {off} | {mine.last.mean:.1f} |"
            )
    return lines


def when(trials: list[Trial]) -> list[str]:
    """Uniform under the recipe, earlier, at its end, and in fewer steps, beside what was published."""
    found, fewer, published = cells(trials, MAIN), cells(trials, FEWER), RECIPES[MAIN].published
    heads = f"| k | published | best epoch | last epoch | best of {EARLY} epochs | best, batches of 256 | reached |"
    lines = ["Reached: the first epoch after which the mean of our Uniform is at the published accuracy.\n"]
    lines += [heads, "|---" * 7 + "|"]
    for k in range_of(found):
        name = (UNIFORM, k)
        if name in found:
            known = shape(published[name]) if name in published else ""
            shown = " | ".join(map(shape, (found[name].best, found[name].last, found[name].early)))
            other = f"{shape(fewer[name].best)} ({fewer[name].times})" if name in fewer else ""
            lines.append(f"| {k} | {known} | {shown} | {other} | {reached(trials, k, published.get(name))} |")
    return lines


def reached(trials: list[Trial], k: int, value: Value | None) -> str:
    """The first epoch after which the mean of our Uniform is at a published accuracy."""
    if value is None:
        return ""
    some = [percent(one) for one in trials if (one["recipe"], one["row"], one["k"]) == (MAIN, UNIFORM, k)]
    late = np.flatnonzero(np.mean(some, axis=0) >= value.mean)
    return f"epoch {late[0] + 1}" if len(late) else "never"


def table(found: Cells, names: list[str], show: Callable[[str, int], str]) -> list[str]:
    """A line per row and a column per size; empty where nothing was tried."""
    sizes = range_of(found)
    lines = [f"| row | {' | '.join(f'k = {k}' for k in sizes)} |", "|---" * (len(sizes) + 1) + "|"]
    for name in names:
        lines.append(f"| {name} | {' | '.join(show(name, k) if (name, k) in found else '' for k in sizes)} |")
    return lines


def ours(found: Cells, recipe: Recipe) -> list[str]:
    """All rows at all sizes: best of all epochs, and the last."""

    def show(name: str, k: int) -> str:
        one, most = found[name, k], max(found[other].best.mean for other in found if other[1] == k)
        bold = "**" if one.best.mean == most else ""
        return f"{bold}{shape(one.best)}{bold} ({one.times}) / {one.last.mean:.1f}"

    return [
        "Best of all epochs ± sd over (so many) repeats, and after the slash the last epoch. A name with a capital: "
        "all classes together; the others give every class its share. Bold: the first.\n",
        *table(found, rows(found, recipe), show),
    ]


def gains(found: Cells, recipe: Recipe) -> list[str]:
    """Points above Uniform: published above published, and ours above ours."""
    sizes, published = range_of(found), recipe.published
    names = [name for name in rows(found, recipe) if name != UNIFORM]
    lines = table(found, names, lambda name, k: gain(found, name, k))
    for name in dict.fromkeys(name for name, _ in published if name != UNIFORM):
        there = [published.get((name, k)) for k in sizes]
        shown = [
            "" if one is None else signed(one.mean - published[UNIFORM, k].mean)
            for one, k in zip(there, sizes, strict=True)
        ]
        lines.append(f"| {name}, published | {' | '.join(shown)} |")
    return [
        "By the best epoch; ours above our Uniform ± the standard error of the difference of means, published ones "
        "above the published Uniform.\n",
        *lines,
    ]


def gain(found: Cells, name: str, k: int) -> str:
    """Points of a row above Uniform, with the standard error of the difference of means where there is one."""
    one, bar = found[name, k], found.get((UNIFORM, k))
    if bar is None:
        return ""
    points = signed(one.best.mean - bar.best.mean)
    if one.best.sd is None or bar.best.sd is None:
        return points
    return f"{points} ± {np.hypot(one.best.sd / one.times**0.5, bar.best.sd / bar.times**0.5):.1f}"


def classes(found: Cells, recipe: Recipe) -> list[str]:
    """How many images of the rarest and of the commonest class a row keeps: means over repeats."""
    return table(found, rows(found, recipe), lambda name, k: "{:.0f} to {:.0f}".format(*found[name, k].classes))


def shape(value: Value) -> str:
    return f"{value.mean:.1f}" if value.sd is None else f"{value.mean:.1f} ± {value.sd:.1f}"


def signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def listed(values: Iterable[float]) -> str:
    return ", ".join(map(signed, values))
