"""The settings of a run: checked, and those of the sample runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from fdmat_core import registry
from fdmat_core.numerics import quotas
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset

METHODS = ("fdmat", "fdmat_published", "random", "herding", "k_center", "energy_greedy", "moderate", "el2n")
MEASURES = ("sliced_wasserstein", "exact_wasserstein", "energy", "coverage", "class_balance", "linear_probe")

#: The run that the empty app offers: bundled data, no download.
SAMPLE = Spec(
    dataset=Choice("fashion_mnist_8k"),
    backbone=Choice("early_cnn"),
    methods=tuple(map(Choice, METHODS)),
    measures=tuple(map(Choice, MEASURES)),
)
#: Distances on damaged data, each to the clean part: what is left out as damage is no part of the target.
TO_CLEAN = ("sliced_wasserstein_to_clean", "energy_to_clean")


def clean_first(measures: Iterable[Choice]) -> list[Choice]:
    """Measures in the order in which they are shown: the distances to the clean part before those to all items."""
    return sorted(measures, key=lambda one: one.name not in TO_CLEAN)


def target(spec: Spec, choice: Choice) -> str:
    """What a distance of a run leads to, in words; "" for other measures, and where only one thing can be meant."""
    if choice.name in TO_CLEAN:
        return "the clean part"
    both = any(one.name in TO_CLEAN for one in spec.measures)
    return "all items" if both and registry.measures.get(choice.name).facts.kind == "distance" else ""


def measured_to_clean(spec: Spec) -> Spec:
    """A spec of damaged data that takes distances to the clean part, too, of those that it takes to all."""
    names = [choice.name for choice in spec.measures]
    more = [one for one in TO_CLEAN if one.removesuffix("_to_clean") in names and one not in names]
    if spec.corruption.name == "none":
        return spec
    return replace(spec, measures=(*spec.measures, *map(Choice, more)))


#: The same with a fifth of the labels flipped: what leaves first is noise.
SAMPLE_NOISY = measured_to_clean(replace(SAMPLE, corruption=Choice("symmetric")))


#: The most seeds and random subsets of a run.
MOST = {"seeds": 1000, "band": 1000}
#: The most kept fractions of a run: with all items as many as a map has bits for a method that ranks for each size.
MOST_FRACTIONS = 31


def suited(spec: Spec, data: Dataset) -> Spec:
    """A spec without the methods and measures that need labels or images, if a dataset has none."""
    lacks = (set() if data.labelled else {"labels", "logits", "head", "dynamics"}) | (
        set() if data.images is not None else {"images"}
    )
    methods = (one for one in spec.methods if not _needs(registry.methods, one) & lacks)
    measures = (one for one in spec.measures if not _needs(registry.measures, one) & lacks)
    return replace(spec, methods=tuple(methods), measures=tuple(measures))


def _needs(kind: registry.Kind[Any], choice: Choice) -> set[str]:
    return {column.partition(".")[0] for column in kind.get(choice.name).facts.needs}


@lru_cache(maxsize=256)
def checked(spec: Spec) -> Spec:
    """The spec as it is stored: every name and value checked, parameters at their default left out.

    Raises
    ------
    ValueError
        An unknown name, a value out of range, no method; the message names the fix.
    """
    if not spec.methods:
        raise ValueError("methods is empty; name at least one")
    if not spec.fractions:
        raise ValueError("fractions is empty; give at least one kept fraction")
    if len(set(spec.fractions)) > MOST_FRACTIONS:
        raise ValueError(f"fractions has {len(set(spec.fractions))} entries; give at most {MOST_FRACTIONS}")
    for fraction in spec.fractions:
        if not 0 < fraction <= 1:
            raise ValueError(f"kept fraction is {fraction}; give a number above 0 and up to 1")
    for name, low in (("seeds", 1), ("band", 0)):
        if not low <= getattr(spec, name) <= MOST[name]:
            raise ValueError(f"{name} is {getattr(spec, name)}; give {low} to {MOST[name]}")
    return replace(
        spec,
        dataset=_checked(registry.datasets, spec.dataset),
        corruption=_checked(registry.corruptions, spec.corruption),
        backbone=_checked(registry.backbones, spec.backbone),
        methods=_all_checked(registry.methods, spec.methods),
        measures=_all_checked(registry.measures, spec.measures),
        fractions=tuple(sorted(set(spec.fractions))),
        balance=quotas.check_balance(spec.balance),
    )


def _checked(kind: registry.Kind[Any], choice: Choice) -> Choice:
    entry = kind.get(choice.name)
    params = entry.read(dict(choice.params))
    defaults = entry.read({})
    return Choice.of(choice.name, **{name: value for name, value in params.items() if value != defaults[name]})


def _all_checked(kind: registry.Kind[Any], choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    return tuple(dict.fromkeys(_checked(kind, choice) for choice in choices))
