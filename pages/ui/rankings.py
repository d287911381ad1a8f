"""The rankings of a run, as pages ask for them."""

from __future__ import annotations

from collections.abc import Mapping

from fdmat_core import registry, sizes
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Ranking
from fdmat_core.web import payload
from pages.shell import caches
from pages.ui import titles

Rankings = Ranking | Mapping[int, Ranking]


def cut(rankings: Rankings, n: int, ratio: float) -> tuple[Ranking, int]:
    """The ranking of n items and the count kept at a pruning ratio; without one nested order, of the nearest count."""
    if isinstance(rankings, Ranking):
        return rankings, sizes.kept_count(n, 1 - ratio)
    stops = counts_of(rankings, n)
    k = stops[payload.snap(ratio, list(stops))]
    return rankings[k], k


def counts_of(rankings: Mapping[int, Ranking], n: int) -> dict[float, int]:
    """The counts of a method that is not nested, by the share kept."""
    return {k / n: k for k in rankings}


def title(spec: Spec) -> str:
    """What the run is of, in a line."""
    parts = [titles.title(registry.datasets, spec.dataset), titles.title(registry.backbones, spec.backbone)]
    if spec.corruption.name != "none":
        parts.insert(1, titles.title(registry.corruptions, spec.corruption))
    return " · ".join(parts)


def measures(spec: Spec, kind: str) -> list[str]:
    """The measures of a kind that a run takes, as its curves name them."""
    return [str(choice) for choice in spec.measures if registry.measures.get(choice.name).facts["kind"] == kind]


def ready(spec: Spec) -> dict[Choice, Rankings]:
    """The methods of a run that have ranked, the recommended first and random last, with their rankings."""
    found = {choice: _rankings(spec, choice) for choice in sorted(spec.methods, key=_place)}
    return {choice: rankings for choice, rankings in found.items() if rankings}


def witness(methods: Mapping[Choice, Rankings]) -> Ranking | None:
    """The ranking of the first method that rejects rows of itself: what it rejects is suspected.

    Methods with their usual settings are asked before variants.
    """
    usual_first = sorted(methods, key=lambda method: bool(method.params))
    own = (methods[method] for method in usual_first if isinstance(methods[method], Ranking))
    return next((ranking for ranking in own if ranking.survivors < len(ranking.order)), None)


def _place(choice: Choice) -> tuple[bool, bool]:
    entry = registry.methods.get(choice.name)
    return not entry.recommended, entry.family == "baseline"


def _rankings(spec: Spec, choice: Choice) -> Rankings | None:
    if registry.methods.get(choice.name).nested:
        return caches.ranking(spec, choice)
    table = caches.tables(spec)
    counts = [sizes.kept_count(table[0].n, fraction) for fraction in spec.fractions] if table else []
    found = {k: caches.ranking(spec, choice, k=k) for k in counts}
    return found if found and all(found.values()) else None
