"""How small may I go? A share that the probe recommends, and what networks trained on it lose: from the trials alone.

The rule reads what a user has after seconds: the probe's accuracy on the coreset and on everything. It recommends the
smallest share measured, but none below a floor, from which on the probe never loses more than a tolerance; everything
if there is none. Floor and tolerance are chosen on some data sets, as those that recommend least among all with which
networks lose at most one point in nine of ten of their blocks, and judged on another: each data set in turn is left out
of the choice. (That there is a floor, tolerances below 0 and shares of 50 and 70% were added after a look at trials, as
without them nothing but everything was recommended.)
"""

import pandas

from benchmarks.grid_numbers import BLOCK, OURS, RANDOM
from fdmat_core.analysis import recommendation
from fdmat_core.analysis.recommendation import Rule

#: Networks may lose `LIMIT`, in `OFTEN` of the blocks.
LIMIT, OFTEN = 0.01, 0.9
FLOORS = (0.0, 0.1, 0.3, 0.5)
TOLERANCES = (-0.04, -0.02, -0.01, -0.005, 0.0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12)
RULES = tuple(Rule(floor, tolerance) for floor in FLOORS for tolerance in TOLERANCES)
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


def losses(points, rule):
    """What is recommended in every block, and what networks lose there: `dataset, damage, share, loss`."""
    rows = []
    for block, part in points.groupby(level=BLOCK, observed=True):
        curve = part.droplevel(BLOCK).sort_index()
        share = recommendation.share(curve["probe"], rule)
        rows.append((*block, share, curve["trained"].loc[1.0] - curve["trained"].loc[share]))
    return pandas.DataFrame(rows, columns=[*BLOCK, "share", "loss"])


def chosen(points):
    """The rule that recommends least, of all with which networks lose little in most blocks; None if there is none."""
    tried = {rule: losses(points, rule) for rule in RULES}
    fit = {rule: found["share"].mean() for rule, found in tried.items() if fine(found).mean() >= OFTEN}
    return min(fit, key=fit.__getitem__, default=None)


def fine(found):
    """In which blocks networks lose little."""
    return found["loss"] <= LIMIT + 1e-9


def judged(points):
    """For each block what is recommended and lost by a rule that was chosen without its data set."""
    names = points.index.get_level_values("dataset").map(lambda name: SAME_DATA.get(name, name))
    rows = []
    for name in dict.fromkeys(names):
        rule = chosen(points[names != name])
        floor, tolerance = rule or (None, None)
        rows.append(losses(points[names == name], rule).assign(floor=floor, tolerance=tolerance))
    return pandas.concat(rows, ignore_index=True)
