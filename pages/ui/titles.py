"""What people call a choice and its parameters, and how the figures of a run are dressed."""

from __future__ import annotations

from typing import Any

from fdmat_core import registry
from fdmat_core.figures import theme
from fdmat_core.registry import Kind
from fdmat_core.spec import Choice, Spec
from pages.shell.frame import dark


def look(spec: Spec) -> theme.Look:
    """How the figures of a run are dressed, on the background that this person chose."""
    methods = (Choice("random"), *spec.methods)
    facts = {str(choice): facts_of(choice) for choice in methods}
    measures = {str(choice): registry.measures.get(choice.name).facts for choice in spec.measures}
    return theme.Look(dark(), theme.styles(facts), measures)


def facts_of(choice: Choice) -> dict[str, Any]:
    """What is known about a method, under the title of its choice."""
    return registry.methods.get(choice.name).facts | {"title": title(registry.methods, choice)}


def title(kind: Kind, choice: Choice) -> str:
    """What people call a choice: the entry's title, with the parameters that differ from its defaults."""
    try:
        name = kind.get(choice.name).title
    except ValueError:  # of an entry that is no more
        name = choice.name
    inside = ", ".join(f"{words(key)} {_short(value)}" for key, value in choice.params)
    return f"{name} ({inside})" if inside else name


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else words(str(value))


def words(name: str) -> str:
    """A parameter's name in words: `test_share` is "test share"."""
    return name.replace("_", " ")


def heading(spec: Spec) -> str:
    """What a run is of, in a line."""
    parts = [title(registry.datasets, spec.dataset), title(registry.backbones, spec.backbone)]
    if spec.corruption.name != "none":
        parts.insert(1, title(registry.corruptions, spec.corruption))
    return " · ".join(parts)
