"""All that the map page shows of a run by one method, read from what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fdmat_core import registry
from fdmat_core.analysis import issues, summary
from fdmat_core.figures import curves as figures
from fdmat_core.figures.theme import Look
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, FeatureTable, Ranking
from fdmat_core.web import payload
from pages.map import rail
from pages.map.numbers import Number, cleared, measured
from pages.shell import caches
from pages.ui import thumbnails, titles
from pages.ui.thumbnails import Card

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from fdmat_core.projection import Projection
from pages.ui.rankings import Rankings, counts_of, cut, measures


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
        return caches.dataset(self.spec.dataset, self.spec.corruption).split("train")

    @property
    def pictures(self) -> str:
        """The address of the pictures."""
        return thumbnails.address(self.spec, self.train)

    def blob(self, start: float, *, live: bool, ringed: str = "") -> bytes:
        """What the map draws; `live` says that a better map may come, `ringed` which rows to ring, as a lasso does."""
        kind = self.projection.kind
        told = "PCA (UMAP is being computed)" if kind == "PCA" and live else kind
        words = payload.Words(titles.title(registry.methods, self.method), told, "score", self.pictures, ringed)
        points = payload.points_of(self.table, self.projection.xy, self.train.truth, self.witness)
        return payload.pack(points, self.rankings, words, fractions=self.spec.fractions, start=start)

    def cut(self, ratio: float) -> tuple[Ranking, int]:
        """The ranking and the count kept at a pruning ratio."""
        return cut(self.rankings, self.n, ratio)

    @property
    def least(self) -> float:
        """The share kept at the right end of the slider."""
        return min(
            payload.LEAST,
            *(self.spec.fractions if isinstance(self.rankings, Ranking) else counts_of(self.rankings, self.n)),
        )

    def numbers(self, ratio: float) -> list[Number]:
        """Distance, accuracy, and noise (or else coverage) at a ratio."""
        shown = [self._measured(kind, ratio) for kind in ("distance", "accuracy")]
        return [number for number in [*shown, self._third(ratio)] if number]

    def _third(self, ratio: float) -> Number | None:
        if self.train.truth is not None:
            return cleared(self._tally(ratio, issues.injected(self.train.truth)), word="injected")
        if self.witness:
            return cleared(self._tally(ratio, self._suspected), word="suspected")
        return self._measured("coverage", ratio)

    def _tally(self, ratio: float, noisy: Sequence[bool]) -> issues.Tally:
        ranking, k = self.cut(ratio)
        return issues.tally(ranking.order, k, noisy)

    def _measured(self, kind: str, ratio: float) -> Number | None:
        names = measures(self.spec, kind)
        if not names:
            return None
        entry = registry.measures.get(names[0].partition("(")[0])
        table = summary.by_size(caches.curve(self.spec), names[0])
        reading = summary.nearest(table, str(self.method), ratio)
        return measured(entry.title, reading, share=kind != "distance")

    @property
    def charted(self) -> list[str]:
        """The measures of the small charts: the first distance and the first accuracy of the run."""
        return [name for kind in ("distance", "accuracy") for name in measures(self.spec, kind)[:1]]

    def curves(self, look: Look) -> go.Figure:
        """The small charts, this method before the others."""
        return figures.rail(caches.curve(self.spec), self.charted, look=look, focus=str(self.method))

    def brink(self, ratio: float) -> tuple[list[Card], list[Card]]:
        """Cards of those about to leave, and of those that have just left."""
        rankings, k = self.rankings, self.cut(ratio)[1]
        leaving, left = payload.brink(rankings, k, rail.CARDS)
        return self.cards(leaving), self.cards(left)

    def lassoed(self, lasso: str | None) -> tuple[list[Card], int]:
        """Cards of the first items in a lasso, and how many it holds."""
        rows = payload.rows_in(lasso, self.n)
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
        return issues.suspected(self.witness)
