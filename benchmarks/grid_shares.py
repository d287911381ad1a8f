"""How small may I go? A share that the probe recommends, and what networks trained on it lose: from the trials alone.

The rule reads what a user has after seconds: the probe's accuracy on the coreset and on everything. It recommends the
smallest share measured, but none below a floor, from which on the probe loses nothing; everything if there is none. The
floor is chosen on some data sets, as the lowest with which networks lose at most one point in nine of ten of their
blocks, and judged on another: each data set in turn is left out of the choice. (The rule was changed after a look at
trials: with a tolerance instead of a floor, and without shares of 50 and 70%, it recommended everything nearly always.)
"""

import pandas

from benchmarks.grid_numbers import BLOCK, OURS, RANDOM
from fdmat_core.analysis import recommendation

#: Networks may lose `LIMIT`, in `OFTEN` of the blocks.
LIMIT, OFTEN = 0.01, 0.9
FLOORS = (0.0, 0.1, 0.3, 0.5, 0.7, 1.0)
#: Two trials with this name and that name are of one data set.
SAME_DATA = {"Fashion-MNIST, pretrained": "Fashion-MNIST"}


def curves(trials, probe, judge):
    """The means of ours by share, with a column for each judge, where both have everything and a share below it."""
    ours = trials[(trials["method"] == OURS) | ((trials["method"] == RANDOM) & (trials["share"] == 1))]
    means = ours.pivot_table(index=[*BLOCK, "share"], columns="judge", values="value", observed=True)
    means = means[[probe, judge]].dropna().set_axis(["probe", "trained"], axis=1)
    full = means.groupby(level=BLOCK, observed=True).transform("size") > 1
    there = means.index.get_level_values("share") == 1
    complete = pandas.Series(there, means.index).groupby(level=BLOCK, observed=True).transform("any")
    return means[full & complete]


def losses(points, floor):
    """What is recommended in every block, and what networks lose there: `dataset, damage, share, loss`."""
    rows = []
    for block, part in points.groupby(level=BLOCK, observed=True):
        curve = part.droplevel(BLOCK).sort_index()
        share = recommendation.share(curve["probe"], floor)
        rows.append((*block, share, curve["trained"].loc[1.0] - curve["trained"].loc[share]))
    return pandas.DataFrame(rows, columns=[*BLOCK, "share", "loss"])


def fine(found):
    """In which blocks networks lose little."""
    return found["loss"] <= LIMIT + 1e-9


def chosen(points):
    """The lowest floor with which networks lose little in most blocks."""
    return next(floor for floor in FLOORS if fine(losses(points, floor)).mean() >= OFTEN)


def judged(points):
    """For each block what is recommended and lost with a floor that was chosen without its data set."""
    names = points.index.get_level_values("dataset").map(lambda name: SAME_DATA.get(name, name))
    rows = []
    for name in dict.fromkeys(names):
        floor = chosen(points[names != name])
        rows.append(losses(points[names == name], floor).assign(floor=floor))
    return pandas.concat(rows, ignore_index=True)
