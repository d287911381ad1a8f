"""How the figures of a run are dressed."""

from __future__ import annotations

from dataclasses import replace

from fdmat_core import registry
from fdmat_core.figures import theme
from fdmat_core.registry import MethodFacts
from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from pages.shell.frame import dark


def look(spec: Spec) -> theme.Look:
    """How the figures of a run are dressed, on the background that this person chose."""
    facts = {choice: facts_of(choice) for choice in spec.methods_by_name.values()}
    measures = {name: registry.measures.get(choice.name).facts for name, choice in spec.measures_by_name.items()}
    return theme.Look(dark(), theme.styles(facts), measures)


def facts_of(choice: Choice) -> MethodFacts:
    """What is known about a method, under the title of its choice."""
    return replace(registry.methods.get(choice.name).facts, title=registry.methods.title(choice))


def title(run: Run) -> str:
    """What a run is called: its name, if people gave it one, and what it is of."""
    return " · ".join(filter(None, (library.name(run.key), heading(run.spec))))


def heading(spec: Spec) -> str:
    """What a run is of, in a line."""
    names = [registry.datasets.title(spec.dataset), registry.backbones.title(spec.backbone)]
    if spec.corruption.name != "none":
        names.insert(1, registry.corruptions.title(spec.corruption))
    return " · ".join(names)
