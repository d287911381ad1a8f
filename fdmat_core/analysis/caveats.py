"""What must be known to read a number: a method that keeps damage, noisy test items, a probe that is not training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fdmat_core import registry
from fdmat_core.analysis import predictiveness
from fdmat_core.analysis.issues import Tally
from fdmat_core.formats import percent, portion
from fdmat_core.rankings import Rankings
from fdmat_core.registry import MethodFacts
from fdmat_core.spec import Choice, Chosen
from fdmat_core.types import Finding

if TYPE_CHECKING:
    import pandas

#: How sure it has to be that more of what is kept is bad than chance explains.
CERTAINTY = 0.99
#: What `MethodFacts.keeps_flips` was measured at: the share of labels flipped, and the share kept.
FLIPPED, KEPT = 0.2, 0.05
#: Rank correlation of probe and training over the methods of a cell, the mean over the cells of `benchmarks.grid`.
IN_THE_GRID = 0.93


def keeps_bad(tally: Tally, word: str) -> str:
    """Whether a coreset holds more bad items than a random one of its size would, in a sentence; "" if it does not.

    More than chance: the upper tail of the hypergeometric distribution is below 1%.

    Parameters
    ----------
    word
        How it is known what is bad: "injected" or "suspected".
    """
    from scipy.stats import hypergeom

    k, bad = tally.bad_kept + tally.clean_kept, tally.bad_kept + tally.bad_removed
    n = k + tally.bad_removed + tally.clean_removed
    if not k or k == n or hypergeom.sf(tally.bad_kept - 1, n, bad, k) > 1 - CERTAINTY:
        return ""
    return f"Keeps damage: {portion(tally.noise_kept)} of what is kept is {word} noise, {portion(bad / n, 2)} of all."


def known_to_keep_bad(facts: MethodFacts) -> str:
    """What a method kept of flipped labels where they are known, in a sentence; "" if no more than random."""
    if facts.keeps_flips is None:
        return ""
    flipped, kept = f"with {portion(FLIPPED)} of the sample's labels flipped", portion(facts.keeps_flips)
    return f"Known to keep damage: {flipped}, {kept} of its {portion(KEPT)} were flipped."


def compared(rankings: Rankings) -> str:
    """In which space a method compared the items, where it chose one by the data; "" if it did not."""
    note = rankings.nested.notes.get("features") if rankings.nested else None
    return f"Features of this run: {note}." if note else ""


def begins_with(chosen: Chosen | None, method: Choice, k: int) -> str:
    """What the k items kept by a method have of those that were chosen before, in a sentence; "" if none were.

    It says, too, whether the method took note of them, or went on in its own order.
    """
    if chosen is None:
        return ""
    count, entry = len(chosen.ids), registry.methods.get(method.name)
    if k < count:
        return f"Begins with {chosen}, chosen before: at this size {k:,} of them are kept."
    how = "to go with them" if "chosen" in entry.accepts else "in its own order, which takes no note of them"
    return f"Begins with {chosen}, chosen before; {entry.title} adds {k - count:,} {how}."


def held_out(findings: Iterable[Finding]) -> str:
    """That the test items come from the same file as the others, in a sentence; "" if the data have their own."""
    if not any(finding.switch == "test_share" for finding in findings):
        return ""
    return "Test items are held out of the same data, so their labels are as noisy."


def few_test_items(count: int) -> str:
    """How much one of so many test items counts, in a sentence; "" where that is a point or less."""
    return "" if not 0 < count < 100 else f"One of the {count} test items is {100 / count:.1f} points."


def on_fixed_features(measure: Choice) -> bool:
    """Whether a measure is an accuracy that trains no whole network."""
    facts = registry.measures.get(measure.name).facts
    return facts.kind == "accuracy" and not facts.expensive


def like_training(curve: pandas.DataFrame, probe: str, measures: Mapping[str, Choice]) -> pandas.DataFrame | None:
    """Rank correlation of an accuracy on fixed features with that of whole networks, by size; None if none is trained.

    Columns as those of `predictiveness.correlation`.

    Parameters
    ----------
    measures
        The measures of the run by the names that its curve has for them.
    """
    facts = {name: registry.measures.get(choice.name).facts for name, choice in measures.items()}
    trained = next((name for name, its in facts.items() if its.kind == "accuracy" and its.expensive), None)
    return None if trained is None else predictiveness.correlation(_once_each(curve), probe, trained)


def of_probe(found: pandas.DataFrame | None, kept: float, planned: Iterable[float]) -> str:
    """Whether an accuracy on fixed features ranks coresets like full training does, in a sentence.

    Parameters
    ----------
    found
        Of `like_training`.
    kept
        The share kept that is looked at; the nearest with enough coresets counts.
    planned
        The shares kept that will be measured: see `sizes.measured`.
    """
    if found is None:
        return f"No network was trained; in our grid the probe ranked methods like training: rho = {IN_THE_GRID:.2f}."
    row = predictiveness.nearest(found, kept, planned)
    if row is None:
        return "Not known whether the probe ranks like training: too few coresets of one size are measured yet."
    like = "ranks like" if row.low > 0 else "ranks against" if row.high < 0 else "may not rank like"
    size = f"{row.count} coresets at {percent(round(row.kept, 6))} kept"
    return f"The probe {like} training here: {predictiveness.interval(row)}, {size}."


def _once_each(curve: pandas.DataFrame) -> pandas.DataFrame:
    """A curve with the mean over the trainings of every coreset; only random draws a coreset for each seed."""
    import pandas

    drawn = curve["method"] == "random"
    means = curve[~drawn].groupby(["method", "kept", "k", "measure"], as_index=False)["value"].mean().assign(seed=0)
    return pandas.concat([curve[drawn], means[curve.columns]], ignore_index=True)
