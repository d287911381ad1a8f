"""Saved views of the removed items: filters, order and set under a name, for every run on the same data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fdmat_core.runs import named
from fdmat_core.runs.stories import checked_name

#: What a view says, by the words that the link has for it; what is off is left out.
WORDS = ("issue", "label", "pair", "decision", "item", "set", "order")
#: The most letters of one of them.
LONGEST = 500
KIND = "views"


@dataclass(frozen=True)
class View:
    """A name and what is seen under it."""

    name: str
    words: Mapping[str, str]


def view(name: str, words: Mapping[str, Any]) -> View:
    """A view of words that somebody sent; a ValueError for a name that is none, an unknown word, or none that is on."""
    unknown = set(words) - set(WORDS)
    if unknown:
        raise ValueError(f"a view says nothing of {sorted(unknown)[0]!r}; it says {', '.join(WORDS)}")
    said = {word: str(words[word]) for word in WORDS if words.get(word)}
    if not said:
        raise ValueError("the view is the list as it is; set a filter, an order or a set first")
    if long := next((word for word, text in said.items() if len(text) > LONGEST), None):
        raise ValueError(f"{long} has {len(said[long]):,} letters; a view holds at most {LONGEST}")
    return View(checked_name(name), said)


def listed(dataset: str) -> list[View]:
    """All stored views of a dataset (its key) in the order of letters; files that are no views are left out."""
    found = filter(None, map(_read, named.values(KIND, dataset)))
    return sorted(found, key=lambda one: one.name.casefold())


def save(dataset: str, one: View) -> None:
    """Store a view; a ValueError if another has its name, which stays as it is."""
    named.write(KIND, dataset, one.name, asdict(one))


def delete(dataset: str, name: str) -> None:
    """Remove a stored view."""
    named.delete(KIND, dataset, name)


def _read(value: Any) -> View | None:
    """What `save` wrote; None for anything else."""
    try:
        return view(value["name"], value["words"])
    except (TypeError, KeyError, AttributeError, ValueError):
        return None
