"""All that the map page shows of a run by one method, read from what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fdmat_core import audit, budgets, readings, registry
from fdmat_core.types import Choice, Dataset, FeatureTable, Ranking, Spec
from fdmat_core.view import figures, mapdata
from fdmat_core.view.theme import Look
from pages.shared import cached, thumbs, widgets
from pages.shared.map import rail
from pages.shared.map.rail import Number
from pages.shared.thumbs import Card

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from fdmat_core.projection import Projection

Rankings = Ranking | Mapping[int, Ranking]


@dataclass(frozen=True)
class Scene:
    """A run as one method sees it."""

    spec: Spec
    method: Choice
    table: FeatureTable
    projection: Projection
    rankings: Rankings
    witness: Ranking | None = None  # of the method that tells what is suspected

    @property
    def n(self) -> int:
        """How many items the slider shares out."""
        return self.table.n

    @cached_property
    def train(self) -> Dataset:
        """The training items, with the truth about them."""
        return cached.dataset(self.spec.dataset, self.spec.corruption).split("train")

    @property
    def pictures(self) -> str:
        """The address of the pictures."""
        return thumbs.address(self.spec, self.train)

    def blob(self, start: float, *, live: bool, ringed: str = "") -> bytes:
        """What the map draws; `live` says that a better map may come, `ringed` which rows to ring, as a lasso does."""
        kind = self.projection.kind
        told = "PCA (UMAP is being computed)" if kind == "PCA" and live else kind
        words = mapdata.Words(widgets.title(registry.methods, self.method), told, "score", self.pictures, ringed)
        points = mapdata.points_of(self.table, self.projection.xy, self.train.truth, self.witness)
        return mapdata.pack(points, self.rankings, words, fractions=self.spec.fractions, start=start)

    def cut(self, ratio: float) -> tuple[Ranking, int]:
        """The ranking and the count kept at a pruning ratio."""
        return cut(self.rankings, self.n, ratio)

    @property
    def least(self) -> float:
        """The share kept at the right end of the slider."""
        return min(
            mapdata.LEAST,
            *(self.spec.fractions if isinstance(self.rankings, Ranking) else _stops(self.rankings, self.n)),
        )

    def numbers(self, ratio: float) -> list[Number]:
        """Distance, accuracy, and noise (or else coverage) at a ratio."""
        shown = [self._measured(kind, ratio) for kind in ("distance", "accuracy")]
        return [number for number in [*shown, self._third(ratio)] if number]

    def _third(self, ratio: float) -> Number | None:
        if self.train.truth is not None:
            return rail.cleared(self._tally(ratio, readings.injected(self.train.truth)), word="injected")
        if self.witness:
            return rail.cleared(self._tally(ratio, self._suspected), word="suspected")
        return self._measured("coverage", ratio)

    def _tally(self, ratio: float, noisy: Sequence[bool]) -> audit.Tally:
        ranking, k = self.cut(ratio)
        return audit.tally(ranking.order, k, noisy)

    def _measured(self, kind: str, ratio: float) -> Number | None:
        names = measures(self.spec, kind)
        if not names:
            return None
        entry = registry.measures.get(names[0].partition("(")[0])
        table = readings.summary(cached.curve(self.spec), names[0])
        reading = readings.nearest(table, str(self.method), ratio)
        return rail.measured(entry.title, reading, share=kind != "distance")

    @property
    def charted(self) -> list[str]:
        """The measures of the small charts: the first distance and the first accuracy of the run."""
        return [name for kind in ("distance", "accuracy") for name in measures(self.spec, kind)[:1]]

    def curves(self, look: Look) -> go.Figure:
        """The small charts, this method before the others."""
        return figures.rail(cached.curve(self.spec), self.charted, look=look, focus=str(self.method))

    def brink(self, ratio: float) -> tuple[list[Card], list[Card]]:
        """Cards of those about to leave, and of those that have just left."""
        rankings, k = self.rankings, self.cut(ratio)[1]
        leaving, left = mapdata.brink(rankings, k, rail.CARDS)
        return self.cards(leaving), self.cards(left)

    def lassoed(self, lasso: str | None) -> tuple[list[Card], int]:
        """Cards of the first items in a lasso, and how many it holds."""
        rows = mapdata.rows_in(lasso, self.n)
        return self.cards(rows[: rail.CARDS]), len(rows)

    def cards(self, rows: Iterable[int]) -> list[Card]:
        """Cards of some rows."""
        return [self._card(int(row)) for row in rows]

    def _card(self, row: int) -> Card:
        label, item = self.table.classes[self.table.labels[row]], int(self.table.ids[row])
        truth = self.train.truth
        if truth is not None and truth.mislabelled[row]:
            real = self.train.classes[truth.clean_labels[row]]
            return Card(item, label, f"item {item}: labelled {label}, in truth {real}", "noise")
        if truth is not None and truth.outlier[row]:
            return Card(item, label, f"item {item}: labelled {label}, an injected outlier", "noise")
        doubted = truth is None and self.witness is not None and bool(self._suspected[row])
        return Card(item, label, f"item {item}: {label}" + ", suspected noise" * doubted, "suspect" * doubted)

    @cached_property
    def _suspected(self) -> Sequence[bool]:
        return readings.suspected(self.witness)


def cut(rankings: Rankings, n: int, ratio: float) -> tuple[Ranking, int]:
    """The ranking of n items and the count kept at a pruning ratio; without one nested order, of the nearest count."""
    if isinstance(rankings, Ranking):
        return rankings, budgets.kept_count(n, 1 - ratio)
    stops = _stops(rankings, n)
    k = stops[mapdata.snap(ratio, list(stops))]
    return rankings[k], k


def _stops(rankings: Mapping[int, Ranking], n: int) -> dict[float, int]:
    """The counts of a method that is not nested, by the share kept."""
    return {k / n: k for k in rankings}


def title(spec: Spec) -> str:
    """What the run is of, in a line."""
    parts = [widgets.title(registry.datasets, spec.dataset), widgets.title(registry.backbones, spec.backbone)]
    if spec.corruption.name != "none":
        parts.insert(1, widgets.title(registry.corruptions, spec.corruption))
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
        return cached.ranking(spec, choice)
    table = cached.tables(spec)
    counts = [budgets.kept_count(table[0].n, fraction) for fraction in spec.fractions] if table else []
    found = {k: cached.ranking(spec, choice, k=k) for k in counts}
    return found if found and all(found.values()) else None
