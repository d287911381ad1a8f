"""All that the map page shows of a run by one method, read from what is stored."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from fdmat_core import formats, registry, sizes
from fdmat_core.analysis import clusters, issues, recommendation, summary
from fdmat_core.figures import curves as figures
from fdmat_core.figures.theme import Look
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.report import naming
from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset, FeatureTable
from fdmat_core.web import payload, points
from pages.map import gallery
from pages.map.numbers import Number, between, exact, measured, removed
from pages.shell import caches
from pages.ui import cards, caveats, maps, pictures, recommended, thumbnails
from pages.ui import fields as served
from pages.ui.thumbnails import Card

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from fdmat_core.projection import Projection


#: What a distance to the clean part is called where there is little room; which distance it is stands below.
TO_CLEAN = "Distance to the clean part"


@dataclass(frozen=True)
class Scene:
    """A run as one method sees it."""

    run: Run
    method: Choice
    table: FeatureTable
    projection: Projection
    rankings: Rankings

    @cached_property
    def train(self) -> Dataset:
        """The training items, with the truth about them."""
        return caches.train(self.run)

    @cached_property
    def evidence(self) -> Ranking | None:
        """The ranking of the run's FDMat, whose evidence says what is suspected."""
        return self.run.evidence

    @cached_property
    def bad(self) -> issues.Bad | None:
        """Which items count as bad: injected or suspected."""
        return caches.bad(self.run)

    @property
    def pictures(self) -> str:
        """The address of the pictures."""
        return thumbnails.address(self.run)

    @property
    def address(self) -> str:
        """Where the map finds what it draws; another address as soon as there is more to draw."""
        return maps.address(self.run, self.method, self.projection)

    def packed(self) -> bytes:
        """What the map draws."""
        method = registry.methods.title(self.method)
        colour = registry.methods.get(self.method.name).facts.colour
        score, fields = points.score_name(self.rankings), served.address(self.run)
        words = points.Words(method, colour, self.projection.title, score, self.pictures, fields)
        spec = self.run.spec
        words = replace(words, heading=naming.heading(spec), file=naming.file(spec, str(self.method)))
        known = self.train.truth, self.evidence, self.run.clusters
        drawn = points.points_of(self.table, self.projection.xy, *known)
        return points.pack(drawn, self.rankings, words, fractions=self.run.spec.fractions)

    @property
    def least(self) -> float:
        """The share kept at the right end of the slider."""
        return self.rankings.least(self.run.spec.fractions)

    def numbers(self, kept: float) -> list[Number]:
        """Distance, accuracy, and noise (or else coverage) at a share kept."""
        shown = [self._measured(kind, kept) for kind in ("distance", "accuracy")]
        return [number for number in [*shown, self._third(kept)] if number]

    def _third(self, kept: float) -> Number | None:
        if self.bad is None:
            return self._measured("coverage", kept)
        own = self.method == self.run.evidence_method
        return removed(issues.tally(self.rankings.cut(kept), self.bad.rows), word=self.bad.word, own=own)

    def _measured(self, kind: str, kept: float) -> Number | None:
        measures = self.run.measures(kind)
        if not measures:
            return self._not_measured(kind)
        if kind == "distance" and (number := self._to_decided(kept)):
            return number
        table, planned = caches.by_size(self.run, str(measures[0])), self.run.planned.values()
        title, reading = registry.measures.title(measures[0]), summary.nearest(table, str(self.method), kept, planned)
        if kind == "accuracy":
            return between(title, summary.around(table, str(self.method), kept, planned))
        value = self.run.distance(measures[0], self.method, kept) if kind == "distance" else None
        if value is not None and not (reading and math.isclose(reading.kept, kept, rel_tol=sizes.SAME)):
            return exact(title, value, self.rankings.cut(kept).k, self._by_chance(measures[0], kept))
        number = measured(title, reading, share=kind != "distance")
        if measures[0].name not in settings.TO_CLEAN:
            return number
        return number._replace(name=TO_CLEAN, help=f"{title}. {self._to_all(kept)}")

    def _to_decided(self, kept: float) -> Number | None:
        """The distance to what people have not called wrong; None where that is not known, or damage is injected."""
        found = caches.to_clean(self.run)
        if found is None:
            return None
        choice, distance = found
        random, cut = self._random(), self.rankings.cut(kept)
        cuts = [cut, *([self.run.ranked[random].cut(kept)] if random else [])]
        values = [formats.number(distance(one.rows, None), "") for one in cuts]
        beside = f"one random draw {values[1]} · as people decided" if random else "as people decided"
        title = registry.measures.title(choice)
        help = f"{title}: the target is what people did not drop or relabel. Of just the items that are kept now."
        return Number(TO_CLEAN, values[0], beside, help)

    def _random(self) -> Choice | None:
        """The run's random, if it is another method."""
        return next((one for one in self.run.ranked if one.name == "random" != self.method.name), None)

    def _by_chance(self, measure: Choice, kept: float) -> float | None:
        """A distance of just what one random draw keeps, where random is another method."""
        random = self._random()
        return self.run.distance(measure, random, kept) if random else None

    def _to_all(self, kept: float) -> str:
        """What the distance to all items is, in a sentence: damage that is left out counts as missing there."""
        to_all = [one for one in self.run.measures("distance") if one.name not in settings.TO_CLEAN]
        if not to_all:
            return ""
        table, planned = caches.by_size(self.run, str(to_all[0])), self.run.planned.values()
        reading = summary.nearest(table, str(self.method), kept, planned)
        if reading is None or reading.random is None:
            return ""
        values = f"{formats.number(reading.value, '')}, random {formats.number(reading.random, '')}"
        return f"Damaged items are no part of the target. To all items, with the damaged ones, it is {values}."

    def verdict(self, kept: float) -> str:
        """What the share kept costs in accuracy, in a line; "" while that is not known."""
        measures = self.run.measures("accuracy")
        if not measures:
            return ""
        table, planned = caches.by_size(self.run, str(measures[0])), self.run.planned.values()
        return summary.verdict(table, str(self.method), kept, planned, registry.measures.title(measures[0]))

    def caveats(self, kept: float) -> list[str]:
        """What is recommended by the accuracy that is shown, and what must be known of it."""
        measures = self.run.measures("accuracy")
        share = recommended.share(self.run) if str(self.method) == recommendation.METHOD else None
        said = [] if share is None else [recommendation.in_short(share)]
        return [*said, *caveats.accuracy(self.run, measures[0], kept)] if measures else []

    def _not_measured(self, kind: str) -> Number | None:
        """Why there is no number of a kind that the run was asked for; None if it was not."""
        problems = self.run.problems
        asked = [one for one in self.run.spec.measures if registry.measures.get(one.name).facts.kind == kind]
        if not asked or str(asked[0]) not in problems:
            return None
        beside = "could not be measured" if self.table.labelled else "needs labels"
        return Number(registry.measures.title(asked[0]), "–", beside, problems[str(asked[0])])

    @property
    def charted(self) -> list[str]:
        """The measures of the small charts: the first distance and the first accuracy of the run."""
        return [str(one) for kind in ("distance", "accuracy") for one in self.run.measures(kind)[:1]]

    def curves(self, look: Look) -> go.Figure:
        """The small charts, this method before the others."""
        return figures.rail(caches.curve(self.run), self.charted, look=look, focus=str(self.method))

    @property
    def caption(self) -> pictures.Caption:
        """What the small charts are called where they are taken along."""
        method = registry.methods.title(self.method)
        return pictures.of_run("Distance and accuracy by share kept", method, self.run.spec, str(self.method), "curves")

    def boundary(self, kept: float) -> tuple[list[Card], list[Card]]:
        """Cards of those removed next, and of those removed last."""
        next_out, last_out = self.rankings.boundary(kept, gallery.CARDS)
        return self.cards(next_out), self.cards(last_out)

    def lassoed(self, lasso: str) -> tuple[list[Card], int]:
        """Cards of the first items in a lasso, and how many it holds."""
        rows = payload.rows_in(lasso, self.table.n)
        return self.cards(rows[: gallery.CARDS]), len(rows)

    def starved(self, kept: float) -> list[Card]:
        """Cards of the items that stand for the clusters which lack most; the map flies to the one that is pressed."""
        found = self.run.clusters
        if found is None:
            return []
        rows, bad = self.rankings.cut(kept).rows, None if self.bad is None else self.bad.rows
        return [self._starved_card(one) for one in clusters.starved(found, rows, bad)[: gallery.CARDS]]

    def _starved_card(self, one: clusters.Starved) -> Card:
        covered, deserves = (f"{100 * share:.2g}%" for share in (one.covered, one.deserves))
        card, told = self.cards([one.medoid])[0], f"covered {covered}, deserves {deserves}"
        words = f"{card.words}, in the middle of a cluster: {told} of the kept"
        return card._replace(label=f"{card.label}: {told}", words=words, mark="fly")

    def cards(self, rows: Iterable[int]) -> list[Card]:
        """Cards of some rows."""
        return cards.of(self.run, self.table, rows)
