"""All that the Removed page shows of a run by one method: what is the matter with every item, and what leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fdmat_core.analysis import issues
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, FeatureTable, Ranking
from fdmat_core.web import grid
from pages.shell import caches
from pages.ui import thumbnails
from pages.ui.rankings import Rankings


@dataclass(frozen=True)
class Desk:
    """A run as one method prunes it and as FDMat's witnesses see it."""

    spec: Spec
    method: Choice
    table: FeatureTable
    rankings: Rankings

    @property
    def train(self) -> Dataset:
        """The training items, with the truth about them."""
        return caches.train(self.spec)

    def blob(self, start: float, *, only: str, filters: Mapping[str, str]) -> bytes:
        """What the wall draws; `only` are rows in the form that a lasso has."""
        key = self.spec.key
        words = grid.Words(
            key=key,
            thumbs=thumbnails.address(self.spec, self.train),
            evidence=f"/evidence/{key}/",
            decisions=f"/decisions/{key}",
            method=quote(str(self.method)),
            only=only,
            filters=filters,
        )
        return grid.pack(sheet(self.spec), self.rankings, words, fractions=self.spec.fractions, start=start)


def sheet(spec: Spec) -> grid.Sheet:
    """Every item of a run, and what is the matter with it."""
    train, (table, _), found = caches.train(spec), caches.tables(spec), caches.inspection(spec)
    return grid.Sheet(
        ids=table.ids,
        labels=table.labels,
        preferred=found.witness.evidence["preferred"],
        issue=found.items["issue"].to_numpy(),
        worst=found.worst,
        classes=table.classes,
        issues=issues.ISSUES,
        truth=train.truth,
        features=train.features if train.images is None else None,
    )


def place(ranking: Ranking, row: int) -> int:
    """The place of a row in a ranking, from 1."""
    return int((ranking.order == row).argmax()) + 1
