"""What a run is called in headings, in names of files, and in figures."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from fdmat_core import registry
from fdmat_core.figures import theme
from fdmat_core.registry import MeasureFacts, MethodFacts
from fdmat_core.runs import settings
from fdmat_core.spec import Choice, Spec


def heading(spec: Spec) -> str:
    """What a run is of, in a line."""
    names = [registry.datasets.title(spec.dataset), registry.backbones.title(spec.backbone)]
    if spec.corruption.name != "none":
        names.insert(1, registry.corruptions.title(spec.corruption))
    return " · ".join(names)


def file(spec: Spec, *parts: str) -> str:
    """The name of a file about a run, without its ending: its data, then the parts, as `digits_fdmat_5pct_map`."""
    return of_data(spec.dataset, spec.corruption, *parts)


def of_data(dataset: Choice, corruption: Choice, *parts: str) -> str:
    """The name of a file about a dataset, corrupted as it is."""
    return "_".join(filter(None, map(slug, [_data(dataset), _damage(corruption), *parts])))


def _data(choice: Choice) -> str:
    path = dict(choice.params).get("path")
    return Path(path).stem if path else choice.name


def _damage(choice: Choice) -> str:
    if choice.name == "none":
        return ""
    rate = registry.corruptions.get(choice.name).read(dict(choice.params)).get("rate")
    return choice.name if rate is None else f"{choice.name}-{share(rate)}"


def share(kept: float) -> str:
    """A share kept as part of a name: 5pct, 0.1pct."""
    return f"{100 * kept:.3g}pct"


def slug(text: str) -> str:
    """A text as part of a name: small letters a to z, digits, dots and hyphens."""
    return re.sub(r"[^a-z0-9.=]+", "-", text.lower()).strip("-.")[:80]


def look(spec: Spec, *, dark: bool = False) -> theme.Look:
    """How the figures of a run are dressed, on a light or a dark ground."""
    facts = {choice: facts_of(choice) for choice in spec.methods_by_name.values()}
    measures = {name: measured(spec, choice) for name, choice in spec.measures_by_name.items()}
    return theme.Look(dark, theme.styles(facts), measures)


def measure(spec: Spec, choice: Choice) -> str:
    """What people call a measure of a run: where it also measures to the clean part, a distance to all says so."""
    return registry.measures.title(choice) + _to_all(spec, choice)


def measured(spec: Spec, choice: Choice) -> MeasureFacts:
    """What is known about a measure of a run, with what a distance leads to."""
    facts = registry.measures.get(choice.name).facts
    return replace(facts, title=facts.title + _to_all(spec, choice), target=settings.target(spec, choice))


def _to_all(spec: Spec, choice: Choice) -> str:
    return " to all items" if settings.target(spec, choice) == "all items" else ""


def facts_of(choice: Choice) -> MethodFacts:
    """What is known about a method, under the title of its choice."""
    return replace(registry.methods.get(choice.name).facts, title=registry.methods.title(choice))
