"""The card of one item: why it is suspected, where its mass goes, who stands for it, and where each method puts it."""

from __future__ import annotations

from typing import Any

from fdmat_core import registry
from fdmat_core.analysis import issues
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, FeatureTable, Ranking
from pages.removed import items
from pages.shell import caches
from pages.ui import titles
from pages.ui.rankings import Rankings, cut, ready

#: Up to this many classes the plan's row is shown in class order; of more, the largest shares.
BARS = 10
#: How many of a row's features are listed for data without pictures.
FIELDS = 12


def card(spec: Spec, method: Choice, ratio: float, item: int) -> dict[str, Any]:
    """What there is to know about an item of a run at a pruning ratio, ready to be sent."""
    rankings = ready(spec)
    if method not in rankings:
        raise ValueError(f"method is {method}; this run has ranked by {', '.join(map(str, rankings))}")
    table, found, train = caches.tables(spec)[0], caches.inspection(spec), caches.train(spec)
    row = int(train.rows_of([item])[0])
    ranking, k = cut(rankings[method], table.n, ratio)
    line = found.items.iloc[row]
    return {
        "item": item,
        "sentence": issues.sentence(line),
        "percentile": round(100 * float(line.distance_percentile)),
        "truth": truth(train, row),
        "bars": _bars(found.plan, table, row),
        "near": _near(found.plan, table, row, ranking.order[:k]),
        "ranks": [_rank(choice, one, table.n, ratio, row) for choice, one in rankings.items()],
        "fields": _fields(train, row),
    }


def truth(train: Dataset, row: int) -> str:
    """What was injected into a row, in words; "" if nothing was, or nothing is known."""
    if train.truth is None:
        return ""
    if train.truth.mislabelled[row]:
        return f"injected: was {train.classes[train.truth.clean_labels[row]]}"
    return "injected: an outlier" if train.truth.outlier[row] else ""


def _bars(plan: issues.Witness, table: FeatureTable, row: int) -> list[tuple[str, float]]:
    shares = issues.plan_row(plan, table, row)
    shown = shares if len(shares) <= BARS else shares.nlargest(BARS, "share")
    return [(line.label, round(float(line.share), 4)) for line in shown.itertuples()]


def _near(plan: issues.Witness, table: FeatureTable, row: int, kept: Any) -> list[dict[str, Any]]:
    near = issues.nearest_kept(plan, table, row, kept)
    return [{"item": one.item, "label": one.label, "distance": round(one.distance, 3)} for one in near.itertuples()]


def _rank(choice: Choice, rankings: Rankings, n: int, ratio: float, row: int) -> dict[str, Any]:
    ranking, k = cut(rankings, n, ratio)
    place = items.place(ranking, row)
    told = {"method": titles.title(registry.methods, choice), "kept": place <= k}
    return told | {"place": place} if isinstance(rankings, Ranking) else told


def _fields(train: Dataset, row: int) -> list[tuple[str, float]]:
    if train.images is not None or train.features is None:
        return []
    return [(f"feature {place}", round(float(value), 4)) for place, value in enumerate(train.features[row][:FIELDS])]
