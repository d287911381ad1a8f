"""How small may I go? The share of the data that is recommended to train networks on, by what the linear probe says.

A probe needs fewer items than a network: where it loses nothing a network may lose much. So less than a floor is never
recommended, whatever the probe says. The floor was chosen on the trials of the grid, in which networks were trained on
what the rule recommends: see `benchmarks.grid_shares`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from fdmat_core.analysis import summary
from fdmat_core.formats import percent
from fdmat_core.spec import Choice

if TYPE_CHECKING:
    import pandas

#: The method and the measure for which the rule was chosen.
METHOD, MEASURE = "fdmat", "linear_probe"


class Held(NamedTuple):
    """In how many of how many blocks of the grid networks lost at most a point."""

    number: int
    of: int


#: The floor that all data sets of the grid together choose, and how floors held that were chosen without the data.
FLOOR, HELD = 0.3, Held(83, 90)


def share(accuracy: pandas.Series, floor: float = FLOOR) -> float | None:
    """The smallest share kept from a floor on at which, and at all larger ones, the probe loses nothing.

    1 where that is everything; None while the accuracy on everything is not known.

    Parameters
    ----------
    accuracy
        The probe's, by the share kept of one method.
    """
    if 1.0 not in accuracy.index:
        return None
    fine = summary.stays_near(accuracy, accuracy[1.0])
    return float(min(fine[fine >= floor], default=1.0))


def applies(accuracies: Iterable[Choice]) -> bool:
    """Whether the rule is for a run that measures these: the probe alone, as trained networks tell it better."""
    return [one.name for one in accuracies] == [MEASURE]


def of_summary(table: pandas.DataFrame, planned: Iterable[int]) -> float | None:
    """What is recommended by a summary of the probe (`summary.by_size`); None until all planned counts are there."""
    mine = summary.complete(table[table["method"] == METHOD], planned)
    return share(mine.set_index("kept")["mean"])


def said(kept: float) -> str:
    """What is recommended, and how far that goes, in words."""
    return (
        f"Recommended share to train networks on, by FDMat: **{_words(kept)}**. From there on the probe loses nothing, "
        f"and less than {percent(FLOOR)} is never recommended. By such a rule networks lost at most a point in "
        f"{HELD.number} of the {HELD.of} cases of our grid."
    )


def in_short(kept: float) -> str:
    """What is recommended, in a few words."""
    return f"Recommended share to train networks on: {_words(kept)}."


def _words(kept: float) -> str:
    return "all data" if kept == 1 else percent(round(kept, 6))
