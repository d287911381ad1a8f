"""SemDeDup: near copies go first."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fdmat_core.numerics import cells, distances, greedy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable

#: Similarities that differ by less are alike, so that exact copies come in the order of their rows.
DIGITS = 9


@method(
    "semdedup",
    title="SemDeDup",
    family="geometry",
    needs=("embedding",),
    keeps="rows unlike those that lie farther out in their cell: near copies go first",
    paper="Abbas, Tirumala, Simig, Ganguli, Morcos, SemDeDup, arXiv 2303.09540, 2023",
    colour="#4B5FA5",
    runs="table",
    keeps_flips=0.46,
)
def semdedup(table: FeatureTable, *, first: Literal["outer", "inner"] = "outer") -> Ranking:
    """Rank rows by how like they are to the most similar row before them in their cell, the least like first.

    1. Rows of length 1 are divided into cells of about 600 by k-means.
    2. The rows of a cell are sorted by their similarity to its centre, the least similar first.
    3. The score of a row is its largest cosine with the rows before it; the first of a cell has -1.

    Rows with a score of at most `1 - eps` are what the paper keeps for a tolerance eps. Here the tolerance follows from
    how much is kept, so that every smaller coreset is a prefix, and what goes first are copies and near copies. Of a
    chain of rows, each like the next, the outermost stay.

    **When to use it.** On data that was collected without looking, with many near copies. It needs no labels, and
    leaves sparse regions as they are.

    **Limits.** Made to remove a share, not to keep one: below a tenth or so no copies are left, and what stays is what
    is unlike everything, outliers first. Copies that lie in different cells are not seen; an all-zero row is like no
    other. The order is over all classes together, and class shares are applied to it afterwards. Costs n rows times the
    size of a cell.

    **The public code differs.** It stops after the first cell (a list is asked for a method that it lacks), counts a
    similarity below 0 as 0, and its manual says that a smaller tolerance removes more, which is the other way round. It
    divides 440 million rows into 50,000 cells.

    Parameters
    ----------
    first
        Which row of a group of near copies stays: the "outer" one, the least like the centre, as in the paper, or the
        "inner" one.
    """
    unit = np.asarray(greedy.unit_rows(np.asarray(table.embedding)))
    return Ranking.by_score(np.round(likeness(unit, outer=first == "outer"), DIGITS), keep="lowest")


def likeness(unit: np.ndarray, *, outer: bool) -> np.ndarray:
    """The largest cosine (n,) of each row of length 1 (n, d) with the rows before it in its cell; -1 if there is none.

    Parameters
    ----------
    outer
        Whether the least similar to the centre of a cell comes first, or the most similar.
    """
    found = np.full(len(unit), -1.0)
    if len(unit) == 0:
        return found
    divided = cells.divide(unit)
    for number, centre in enumerate(divided.centres):
        rows = np.sort(divided.rows[divided.starts[number] : divided.starts[number + 1]])
        near = np.round(unit[rows] @ (centre / max(float(np.linalg.norm(centre)), 1e-300)), DIGITS)
        rows = rows[np.argsort(near if outer else -near, kind="stable")]
        found[rows] = before(unit[rows])
    return found


def before(x: np.ndarray) -> np.ndarray:
    """The largest inner product (m,) of each row of x (m, d) with one before it; -1 for the first."""
    found, place = np.full(len(x), -1.0), np.arange(len(x))
    for block in distances.blocks(len(x), 2 * len(x)):
        inner = x[block] @ x[: block.stop].T
        inner[place[: block.stop] >= place[block, None]] = -1
        found[block] = inner.max(axis=1, initial=-1)
    return np.clip(found, -1, 1)
