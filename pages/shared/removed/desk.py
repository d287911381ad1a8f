"""All that the Removed page shows of a run by one method: what is the matter with every item, and what leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fdmat_core import audit
from fdmat_core.types import Choice, Dataset, FeatureTable, Ranking, Spec
from fdmat_core.view import triage
from pages.shared import cached, thumbs
from pages.shared.map import scene


@dataclass(frozen=True)
class Desk:
    """A run as one method prunes it and as FDMat's witnesses see it."""

    spec: Spec
    method: Choice
    table: FeatureTable
    rankings: scene.Rankings

    @property
    def train(self) -> Dataset:
        """The training items, with the truth about them."""
        return cached.train(self.spec)

    def blob(self, start: float, *, only: str, filters: Mapping[str, str]) -> bytes:
        """What the wall draws; `only` are rows in the form that a lasso has."""
        key = self.spec.key
        words = triage.Words(
            key=key,
            thumbs=thumbs.address(self.spec, self.train),
            evidence=f"/evidence/{key}/",
            decisions=f"/decisions/{key}",
            method=quote(str(self.method)),
            only=only,
            filters=filters,
        )
        return triage.pack(sheet(self.spec), self.rankings, words, fractions=self.spec.fractions, start=start)


def sheet(spec: Spec) -> triage.Sheet:
    """Every item of a run, and what is the matter with it."""
    train, (table, _), found = cached.train(spec), cached.tables(spec), cached.inspection(spec)
    return triage.Sheet(
        ids=table.ids,
        labels=table.labels,
        preferred=found.witness.evidence["preferred"],
        issue=found.items["issue"].to_numpy(),
        worst=found.worst,
        classes=table.classes,
        issues=audit.ISSUES,
        truth=train.truth,
        features=train.features if train.images is None else None,
    )


def place(ranking: Ranking, row: int) -> int:
    """The place of a row in a ranking, from 1."""
    return int((ranking.order == row).argmax()) + 1
