"""Which features of an item are the least usual in its class: what there is to judge an item by without a picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fdmat_core.numerics.arrays import evenly
from fdmat_core.types import Dataset

#: Of a larger class so many rows, spread evenly, tell what is usual.
ROWS = 2000


class Unusual(NamedTuple):
    """A feature of an item beside what is usual in its class, both in the units of the data."""

    name: str
    value: float
    usual: float  # the median of the class


def least_usual(items: Dataset, row: int, count: int) -> list[Unusual]:
    """The features of a row that lie farthest from the median of its class, in robust standard deviations: `count`.

    A feature that is the same in most of the class comes first where this row differs, and last where it does not. Of
    features that came with the data; none where there are no such.
    """
    if items.features is None:
        return []
    mine = np.flatnonzero(items.labels == items.labels[row])
    mine = mine[evenly(len(mine), ROWS)]
    values, its = np.asarray(items.features[mine], dtype=np.float64), np.asarray(items.features[row], dtype=np.float64)
    usual = np.median(values, axis=0)
    apart, spread = np.abs(its - usual), 1.4826 * np.median(np.abs(values - usual), axis=0)
    far = np.where(apart > 0, np.divide(apart, spread, out=np.full_like(apart, np.inf), where=spread > 0), 0)
    first = np.argsort(-far, kind="stable")[:count].tolist()
    names = items.columns or tuple(f"feature {place}" for place in range(len(its)))
    step, start = (np.ones(len(its)), np.zeros(len(its))) if items.units is None else items.units
    its, usual = its * step + start, usual * step + start
    return [Unusual(names[place], float(its[place]), float(usual[place])) for place in first]
