"""The ready story: FDMat explained to a newcomer in ten steps, every number read from a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import registry, sizes
from fdmat_core.analysis import clusters, issues, summary
from fdmat_core.formats import counted, number, percent
from fdmat_core.runs.run import Run
from fdmat_core.runs.stories import Step, Story
from fdmat_core.spec import Choice

if TYPE_CHECKING:
    import pandas

NAME = "FDMat in ten steps"
FDMAT, RANDOM = Choice("fdmat"), Choice("random")
#: The share kept at which most steps look.
KEPT = 0.05


def story(run: Run) -> Story | None:
    """The ready story of a run; None until FDMat and random have ranked and its accuracy is measured."""
    measures, tables = run.measures("accuracy"), run.tables
    if not measures or tables is None or run.rankings(FDMAT) is None or run.rankings(RANDOM) is None:
        return None
    table = summary.by_size(run.curve(), str(measures[0]))
    size = _size(table)
    if size is None:
        return None
    told = [*_opening(run, table, size), *_answer(run, table, size), *_doubt(run, size), *_ending(run, table, size)]
    return Story(NAME, tuple(told))


def _size(table: pandas.DataFrame) -> float | None:
    """The measured share next to `KEPT` at which FDMat and random, and also all data, are known."""
    both = set(table.loc[table["method"] == "fdmat", "kept"]) & set(table.loc[table["method"] == "random", "kept"])
    known = sorted(both - {1.0}, key=lambda kept: (abs(np.log(kept / KEPT)), kept))
    return known[0] if known and 1.0 in both else None


def _mean(table: pandas.DataFrame, method: str, kept: float) -> float:
    return float(table.loc[(table["method"] == method) & (table["kept"] == kept), "mean"].iloc[0])


def _opening(run: Run, table: pandas.DataFrame, size: float) -> list[Step]:
    items, of = run.tables[0], run.spec  # type: ignore[index]
    data, measure = registry.datasets.title(of.dataset), registry.measures.title(run.measures("accuracy")[0])
    whole, chance = _mean(table, "random", 1.0), _mean(table, "random", size)
    k = run.rankings(RANDOM).cut(size).k  # type: ignore[union-attr]
    return [
        Step(
            run.key,
            method="fdmat",
            kept=1.0,
            caption=f"Every dot is one of {items.n:,} training items of {data}. "
            "Items that look alike to the network lie near each other. All of them are kept.",
        ),
        Step(
            run.key,
            method="fdmat",
            kept=1.0,
            colour="class",
            caption=f"The colours are the labels: {items.c} "
            f"classes. With all items the {_lower(measure)} is {number(whole, 'share')}. How many are needed for that?",
        ),
        Step(
            run.key,
            method="random",
            kept=size,
            caption=f"The simplest answer is chance: keep {percent(size)}, "
            f"that is {k:,} items, drawn at random. On average the accuracy is then {number(chance, 'share')}.",
        ),
    ]


def _answer(run: Run, table: pandas.DataFrame, size: float) -> list[Step]:
    ours, chance = _mean(table, "fdmat", size), _mean(table, "random", size)
    more = (
        f"{number(abs(ours - chance), 'share').rstrip('%')} points {'more' if ours >= chance else 'less'} than chance"
    )
    even = "as much as chance" if number(ours, "share") == number(chance, "share") else more
    starved = _starved(run, size)
    return [
        Step(
            run.key,
            method="fdmat",
            kept=size,
            caption=f"FDMat keeps as many, but chooses them: {number(ours, 'share')}, "
            f"{even}. One by one it takes the item that brings the features of the kept nearest to those of its class.",
        ),
        Step(
            run.key,
            method="fdmat",
            kept=size,
            colour="coverage",
            caption="Where does the choice fit? Orange places hold "
            "fewer of the kept items than they hold of all, purple places more; pale places hold their share.",
        ),
        starved,
    ]


def _starved(run: Run, size: float) -> Step:
    found, items = run.clusters, run.tables[0]  # type: ignore[index]
    lacking = clusters.starved(found, run.rankings(FDMAT).cut(size).rows) if found else []  # type: ignore[union-attr]
    view = Step(run.key, method="fdmat", kept=size, colour="coverage")
    if not lacking:
        return replace(view, caption="No cluster of the data lacks anything at this share kept.")
    worst = lacking[0]
    covered = f"{100 * worst.covered:.2g}%" if worst.covered else "none"
    told = (
        f"No choice is perfect. This cluster, of {items.classes[items.labels[worst.medoid]]}, lacks most: it holds "
        f"{100 * worst.deserves:.2g}% of all items, but {covered} of those that are kept."
    )
    return replace(view, pinned=str(items.ids[worst.medoid]), camera="pinned_2.5", names="off", caption=told)


def _doubt(run: Run, size: float) -> list[Step]:
    """What is removed because it does not belong."""
    train = run.train()
    bad, items, ranking = issues.bad(train.truth, run.evidence), run.tables[0], run.ranking(FDMAT)  # type: ignore[index]
    view = Step(run.key, method="fdmat", kept=size, colour="noise")
    if bad is None or not bad.rows.any():
        told = "FDMat first sets aside what does not belong to its class. Here it suspects no item at all."
        return [replace(view, caption=told)]
    coreset = run.rankings(FDMAT).cut(size)  # type: ignore[union-attr]
    tally = issues.tally(coreset, bad.rows)
    count, left = tally.bad_removed + tally.bad_kept, tally.bad_kept
    chance = round(count * coreset.k / items.n)
    injected = bad.word == "injected"
    damaged = counted(count, "item was", "items were")
    what = f"{damaged} damaged on purpose" if injected else f"FDMat suspects {counted(count, 'item', 'items')}"
    still = f"{left:,} are" if left > 1 else "one is" if left else "none is"
    told = f"Items that do not belong go first. {what}. "
    told += f"Of these {still} still kept at {percent(size)}{f'; chance would keep {chance:,}' * (chance > 0)}."
    worst = next(int(row) for row in ranking.order[::-1] if bad.rows[row])  # type: ignore[union-attr]
    called = items.classes[items.labels[worst]]
    one = f"The last of these in FDMat's order: its label says {called}"
    if train.truth is not None and train.truth.mislabelled[worst]:
        one += f", in truth it is {train.classes[train.truth.clean_labels[worst]]}."
    elif not injected:
        one += ". It is suspected, not convicted: whether the label is right is for people to say."
    else:
        one += ", and its content was replaced."
    return [
        replace(view, caption=told),
        replace(view, pinned=str(items.ids[worst]), camera="pinned_2.5", names="off", caption=one),
    ]


def _ending(run: Run, table: pandas.DataFrame, size: float) -> list[Step]:
    enough, least = summary.enough(table), _least(run, table)
    near = {name: percent(share) if share else "" for name, share in enough.items() if name in ("fdmat", "random")}
    said = [
        f"{title} from {near[name]}" for name, title in (("fdmat", "FDMat"), ("random", "random")) if near.get(name)
    ]
    told = "Accuracy at every measured size. "
    told += (
        f"Within a point of all data: {', '.join(said)} kept on." if said else "No size is within a point of all data."
    )
    ours, chance = (_mean(table, name, least) for name in ("fdmat", "random"))
    less = "Even less: at" if least < size else "At"
    small = f"{less} {percent(least)} FDMat has {number(ours, 'share')}, random {number(chance, 'share')}. "
    expensive = any(registry.measures.get(one.name).facts.expensive for one in run.measures("accuracy"))
    recipe = "" if expensive else " All accuracies here are of a classifier on fixed features, not of full training."
    return [
        Step(run.key, page="curves", method="fdmat", kept=size, caption=told),
        Step(run.key, method="fdmat", kept=least, caption=f"{small}Press space to watch it grow and shrink.{recipe}"),
    ]


def _least(run: Run, table: pandas.DataFrame) -> float:
    """The smallest share that FDMat was measured at with an item for every class, or else the largest."""
    shares = sorted(table.loc[table["method"] == "fdmat", "kept"])
    n, classes = run.counts[0], run.tables[0].c  # type: ignore[index]
    return float(next((kept for kept in shares if sizes.kept_count(n, kept) >= classes), shares[-1]))


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
