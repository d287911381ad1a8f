"""The card of one item: why it is suspected, where its mass goes, who stands for it, and where each method puts it."""

from __future__ import annotations

from typing import Any

from fdmat_core import registry
from fdmat_core.analysis import fields, issues, unusual
from fdmat_core.rankings import Rankings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset, FeatureTable
from pages.shell import caches

#: Up to this many classes the plan's row is shown in class order; of more, the largest shares.
BARS = 10
#: So many of a row's features are listed where there is no picture, the least usual ones.
FEATURES = 8


def card(run: Run, method: Choice, kept: float, item: int) -> dict[str, Any]:
    """What there is to know about an item of a run at a share kept, ready to be sent; ids travel as text."""
    ranked, found, train, tables = run.ranked, caches.inspection(run), caches.train(run), run.tables
    if method not in ranked or found is None or tables is None:
        raise ValueError(f"method is {method}; this run has ranked by {', '.join(map(str, ranked))}")
    table, row = tables[0], int(train.rows_of([item])[0])
    line = found.items.iloc[row]
    return {
        "item": str(item),
        "sentence": issues.sentence(line),
        "percentile": round(100 * float(line.distance_percentile)),
        "truth": truth(train, row),
        "bars": _bars(found.transported, table, row),
        "near": _near(found.transported, table, row, ranked[method].cut(kept).rows),
        "ranks": [_rank(choice, rankings, kept, row) for choice, rankings in ranked.items()],
        "fields": fields.pairs(train, row),
        "unusual": _unusual(train, row),
    }


def truth(train: Dataset, row: int) -> str:
    """What was injected into a row, in words; "" if nothing was, or nothing is known."""
    if train.truth is None:
        return ""
    if train.truth.mislabelled[row]:
        return f"injected: was {train.classes[train.truth.clean_labels[row]]}"
    return "injected: content changed" if train.truth.outlier[row] else ""


def _bars(transported: issues.Transported, table: FeatureTable, row: int) -> list[tuple[str, float]]:
    shares = issues.plan_row(transported, table, row)
    shown = shares if len(shares) <= BARS else shares.nlargest(BARS, "share")
    return [(label, round(share, 4)) for label, share in shown[["label", "share"]].to_numpy().tolist()]


def _near(transported: issues.Transported, table: FeatureTable, row: int, kept: Any) -> list[dict[str, Any]]:
    near = issues.nearest_kept(transported, table, row, kept)[["item", "label", "distance"]].to_numpy()
    return [{"item": str(item), "label": label, "distance": round(far, 3)} for item, label, far in near.tolist()]


def _rank(choice: Choice, rankings: Rankings, kept: float, row: int) -> dict[str, Any]:
    place = rankings.place(row, kept)
    line = {"method": registry.methods.title(choice), "kept": place <= rankings.cut(kept).k}
    return line | {"place": place} if rankings.nested else line


def _unusual(train: Dataset, row: int) -> list[dict[str, str]]:
    """The features of a row that are least usual in its class, beside what is usual, where there is no picture."""
    found = [] if train.images is not None else unusual.least_usual(train, row, FEATURES)
    return [{"name": name, "value": f"{value:.4g}", "usual": f"{usual:.4g}"} for name, value, usual in found]
