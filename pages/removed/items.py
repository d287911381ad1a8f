"""All that the Removed page shows of a run by one method: the issue of every item, and what is removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fdmat_core.analysis import issues
from fdmat_core.rankings import Rankings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.web import grid
from pages.removed import scores
from pages.shell import caches
from pages.ui import fields, thumbnails


@dataclass(frozen=True)
class Items:
    """A run as one method prunes it, with FDMat's evidence on every item."""

    run: Run
    method: Choice
    rankings: Rankings

    @property
    def key(self) -> str:
        """What names the items that the grid shows: those of a run as its features are now."""
        return f"{self.run.key}.{self.run.features_key}"

    @property
    def address(self) -> str:
        """Where the grid finds what it draws."""
        return f"payload/grid/{self.run.key}/{quote(str(self.method), safe='')}"

    def packed(self) -> bytes:
        """What the grid draws."""
        key = self.run.key
        addresses = grid.Addresses(
            items=self.key,
            pictures=thumbnails.address(self.run),
            words=fields.address(self.run),
            search=fields.search_address(self.run),
            evidence=f"evidence/{key}/",
            decisions=f"decisions/{key}",
            like=f"like/{key}" if caches.train(self.run).images else "",
            sets=f"sets/{key}",
            views=f"views/{key}",
            score=f"payload/score/{key}/",
            method=quote(str(self.method), safe=""),
        )
        facts: dict[str, Any] = {"fractions": self.run.spec.fractions, "scores": scores.listed(self.run)}
        facts["named"] = tuple(caches.train(self.run).fields)
        return grid.pack(every_item(self.run), self.rankings, addresses, **facts)


def every_item(run: Run) -> grid.Items:
    """Every item of a run, and its issue.

    Raises
    ------
    ValueError
        FDMat has not ranked in this run, so that nothing is known about its items.
    """
    train, tables, found = caches.train(run), run.tables, caches.inspection(run)
    if tables is None or found is None:
        raise ValueError(f"run {run.key} has not ranked by FDMat yet")
    table = tables[0]
    return grid.Items(
        ids=table.ids,
        labels=table.labels,
        preferred=found.evidence.evidence["preferred"],
        issue=found.items["issue"].to_numpy(),
        worst=found.order,
        classes=table.classes,
        issues=issues.GRAVEST_FIRST,
        suspected=found.evidence.rejected,
        truth=train.truth,
        features=None if train.images or train.fields else train.features,
    )
