"""How people who decided on the same items agree: counts, Cohen's kappa, and the items on which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

#: What is nobody's word on an item: nothing, and "unsure".
NO_WORD = ("", "unsure")


def sure(words: pandas.DataFrame) -> pandas.DataFrame:
    """Of each person's latest word on each item those that say something: columns `item, author, word`.

    Parameters
    ----------
    words
        Columns `item, author, decision, label`, as `runs.decisions.words` gives them. A word is the decision, with its
        label if it has one.
    """
    said = words[~words["decision"].isin(NO_WORD)]
    word = [f"{one.decision} {one.label}".strip() for one in said.itertuples()]
    return said[["item", "author"]].assign(word=word)


def agreement(words: pandas.DataFrame) -> pandas.DataFrame:
    """How every two people agree: columns `first, second, both, agree, share, kappa`; nobody who shares no item.

    `both` counts the items on which both were sure, `agree` those on which they said the same, label included. `kappa`
    is Cohen's: the share beyond what two people who say as often what they say would agree by chance; NaN where chance
    alone agrees always.
    """
    import pandas

    wide = sure(words).pivot(index="item", columns="author", values="word")
    lines = []
    for first, second in combinations(sorted(wide.columns), 2):
        both = wide[[first, second]].dropna()
        if len(both):
            a, b = both[first].tolist(), both[second].tolist()
            same = sum(one == other for one, other in zip(a, b, strict=True))
            lines.append((first, second, len(both), same, same / len(both), kappa(a, b)))
    return pandas.DataFrame(lines, columns=["first", "second", "both", "agree", "share", "kappa"])


def kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Cohen's kappa of two people's words on the same items: 1 if they always agree, 0 if as often as by chance.

    Raises
    ------
    ValueError
        No items, or not as many words of one as of the other.
    """
    if not first or len(first) != len(second):
        raise ValueError(f"first has {len(first)} words and second {len(second)}; give one of each on every item")
    n = len(first)
    seen = sum(one == other for one, other in zip(first, second, strict=True)) / n
    chance = sum(list(first).count(word) * list(second).count(word) for word in set(first)) / n**2
    return float("nan") if chance == 1 else (seen - chance) / (1 - chance)


def conflicts(words: pandas.DataFrame) -> pandas.DataFrame:
    """The items on which people who were sure differ, by item: columns `item, words`: who said what, in words."""
    import pandas

    said = sure(words).sort_values(["item", "author"], kind="stable")
    lines = [
        (item, "; ".join(f"{one.author}: {one.word}" for one in group.itertuples()))
        for item, group in said.groupby("item")
        if group["word"].nunique() > 1
    ]
    return pandas.DataFrame(lines, columns=["item", "words"])


def counts(words: pandas.DataFrame) -> pandas.DataFrame:
    """How many items each person has a word on, the busiest first: `author, items, keep, drop, relabel, unsure`."""
    import pandas

    said = words[words["decision"] != ""]
    table = pandas.crosstab(said["author"], said["decision"])
    table = table.reindex(columns=["keep", "drop", "relabel", "unsure"], fill_value=0)
    table.insert(0, "items", table.sum(axis=1))
    return table.sort_values("items", ascending=False, kind="stable").rename_axis(columns=None).reset_index()
