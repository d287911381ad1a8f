"""How small may I go? A share that the probe recommends, and what networks trained on it lose: from the trials alone.

The rule reads what a user has after seconds: the probe's accuracy on the coreset and on everything. It recommends the
smallest share measured from which on the probe never loses more than a tolerance, and everything if there is none. The
tolerance is chosen on some data sets, as the largest with which networks lose at most one point in nine of ten of their
blocks, and judged on another: each data set in turn is left out of the choice. (Tolerances below 0, with which the
probe must gain, were added after a look at the first draw, where no other fitted.)
"""

import pandas

from benchmarks.grid_numbers import BLOCK, OURS, RANDOM

#: Accuracy that the probe may lose; below 0 it must gain as much, as where damage is left out. Networks may lose
#: `LIMIT`, in `OFTEN` of the blocks.
TOLERANCES = (-0.04, -0.02, -0.01, -0.005, 0.0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12)
LIMIT, OFTEN = 0.01, 0.9
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


def recommended(curve, tolerance):
    """The share (of a curve by share, which ends with everything) from which on the probe loses at most a tolerance;
    everything where there is no tolerance."""
    if tolerance is None:
        return 1.0
    curve = curve.sort_index()
    fine = curve["probe"] >= curve["probe"].loc[1.0] - tolerance - 1e-9
    fine.loc[1.0] = True
    return curve.index[fine[::-1].cummin()[::-1]][0]


def losses(points, tolerance):
    """What is recommended in every block, and what networks lose there: `dataset, damage, share, loss`."""
    rows = []
    for block, part in points.groupby(level=BLOCK, observed=True):
        curve = part.droplevel(BLOCK).sort_index()
        share = recommended(curve, tolerance)
        rows.append((*block, share, curve["trained"].loc[1.0] - curve["trained"].loc[share]))
    return pandas.DataFrame(rows, columns=[*BLOCK, "share", "loss"])


def chosen(points):
    """The largest tolerance with which networks lose little in most blocks; none at all if there is none."""
    fit = [one for one in TOLERANCES if (losses(points, one)["loss"] <= LIMIT + 1e-9).mean() >= OFTEN]
    return max(fit, default=None)


def judged(points):
    """For each block what is recommended and lost by a tolerance that was chosen without its data set."""
    names = points.index.get_level_values("dataset").map(lambda name: SAME_DATA.get(name, name))
    rows = []
    for name in dict.fromkeys(names):
        tolerance = chosen(points[names != name])
        mine = points[names == name]
        rows.append(losses(mine, tolerance).assign(tolerance=tolerance))
    return pandas.concat(rows, ignore_index=True)
