"""All that the Removed page shows of a run by one method: the issue of every item, and what is removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fdmat_core.analysis import issues
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import Rankings
from fdmat_core.web import grid
from pages.shell import caches
from pages.ui import thumbnails


@dataclass(frozen=True)
class Items:
    """A run as one method prunes it, with FDMat's evidence on every item."""

    run: Run
    method: Choice
    rankings: Rankings

    def blob(self, start: float, *, only: str, filters: Mapping[str, str]) -> bytes:
        """What the grid draws; `only` are rows in the form that a lasso has."""
        key = self.run.key
        words = grid.Words(
            key=key,
            thumbs=thumbnails.address(self.run),
            evidence=f"/evidence/{key}/",
            decisions=f"/decisions/{key}",
            method=quote(str(self.method)),
            only=only,
            filters=filters,
        )
        rankings = self.rankings.nested or self.rankings.orders
        return grid.pack(sheet(self.run), rankings, words, fractions=self.run.spec.fractions, start=1 - start)


def sheet(run: Run) -> grid.Sheet:
    """Every item of a run, and its issue."""
    train, (table, _), found = caches.train(run), run.tables, caches.inspection(run)
    return grid.Sheet(
        ids=table.ids,
        labels=table.labels,
        preferred=found.evidence.evidence["preferred"],
        issue=found.items["issue"].to_numpy(),
        worst=found.order,
        classes=table.classes,
        issues=issues.GRAVEST_FIRST,
        truth=train.truth,
        features=train.features if train.images is None else None,
    )
