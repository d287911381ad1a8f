"""What the trials of the grid say: tables of trials in, tables and numbers out. Nothing is measured here.

A *cell* is a data set, a damage and a share kept. Within a draw all methods share the data, the damage and the first
weights, so that methods are compared by their differences within draws: the standard error of a difference is that of
its mean over draws. A *block* is a data set and a damage: shares of one block are not independent, so blocks, not
cells, are resampled for intervals and ranked for Friedman's test.
"""

from typing import NamedTuple

import numpy as np
import pandas
from scipy import stats

from fdmat_core import registry
from fdmat_core.analysis import savings
from fdmat_core.spec import Choice

CELL, BLOCK = ["dataset", "damage", "share"], ["dataset", "damage"]
#: The method that is judged, and what it must beat.
OURS, RANDOM = "fdmat", "random"
#: What ours is without its transform of features and without taking anything out: the same greedy matching.
PLAIN = "energy_greedy"
#: All methods are tried at shares up to this; beyond it only some are.
LARGEST = 0.1
RESAMPLES, INTERVAL, ALPHA = 2000, (0.025, 0.975), 0.05
#: Values that differ by less are the same: they are stored with six digits.
SAME = 1e-6


def judged(trials, judge, largest=LARGEST):
    """The values of a judge: `dataset, damage, share, draw, method, value`.

    Selections of random within a draw are averaged. A draw of a cell counts if every method of the grid has its trial
    in it, also one that failed, which has no value.
    """
    mine = trials[(trials["judge"] == judge) & (trials["share"] <= largest)]
    values = mine.groupby([*CELL, "draw", "method"], observed=True)["value"].mean().reset_index()
    methods = values["method"].nunique()
    whole = values.groupby([*CELL, "draw"], observed=True)["method"].transform("size") == methods
    return values[whole]


def failed(trials):
    """How many trials failed, by method and reason."""
    return trials[trials["problem"] != ""].groupby(["method", "problem"], observed=True).size()


def cells(values, least=2):
    """One row per cell and method: `mean, draws, first, gap, error, near_error, near_sd, gain, gain_error, rank`.

    `gap` is how far the mean lies below that of the first, `error` the standard error of that difference over draws;
    `near_error` says whether the gap is at most that, `near_sd` whether it is at most one standard deviation over draws
    (the larger of the method's own and the first's, as in the study). `gain` is the mean difference to random. A method
    that failed has the value 0. Cells with fewer than `least` draws are left out.
    """
    wide = _by_draw(values, least)
    if wide.empty:
        return pandas.DataFrame(columns=[*CELL, "method"])
    means, spread = _of_cells(wide, "mean"), _of_cells(wide, "std").fillna(0.0)
    level = means.round(9)  # what is the same but for rounding is level
    best = level.idxmax(axis=1)
    first = _taken(wide, best.reindex(wide.index.droplevel("draw")))
    behind, ahead = wide.rsub(first, axis=0), wide.sub(wide[RANDOM], axis=0)
    many = wide.groupby(level=CELL, observed=True).size()
    error, gain_error = (_of_cells(part, "std").fillna(0.0).div(np.sqrt(many), axis=0) for part in (behind, ahead))
    gap, wider = _of_cells(behind, "mean"), spread.clip(lower=_taken(spread, best), axis=0)
    columns = {
        "mean": means,
        "first": means.ge(_taken(means, best) - SAME, axis=0),
        "gap": gap,
        "error": error,
        "near_error": gap <= error + SAME,
        "near_sd": gap <= wider + SAME,
        "gain": _of_cells(ahead, "mean"),
        "gain_error": gain_error,
        "rank": level.rank(axis=1, ascending=False),
    }
    table = pandas.DataFrame({name: part.stack() for name, part in columns.items()}).reset_index()
    return table.merge(many.rename("draws").reset_index(), on=CELL)


def _by_draw(values, least):
    """The values with a line for each draw of a cell, 0 where a method failed, of cells with at least so many draws."""
    wide = values.pivot(index=[*CELL, "draw"], columns="method", values="value").fillna(0.0)
    return wide[wide.groupby(level=CELL, observed=True)[RANDOM].transform("size") >= least]


def _of_cells(wide, what):
    """The mean or the sd over the draws of a cell: a line for each cell, a column for each method."""
    return wide.groupby(level=CELL, observed=True).agg(what)


def _taken(wide, methods):
    """The value of one method of every line, which may be another from line to line."""
    places = wide.columns.get_indexer(methods)
    return pandas.Series(wide.to_numpy()[np.arange(len(wide)), places], wide.index)


def standings(table):
    """A row per method, the best mean rank first: how often it is first, near the first, above random, and how far
    ours is ahead of it: `lead` in accuracy, with the interval `low, high` over resampled blocks."""
    lines = table.groupby("method", observed=True).agg(
        cells=("first", "size"),
        first=("first", "sum"),
        near_error=("near_error", "mean"),
        near_sd=("near_sd", "mean"),
        above=("gain", lambda gain: (gain > SAME).mean()),
        rank=("rank", "mean"),
    )
    wide = blocks(table)
    leads = pandas.DataFrame({name: interval(wide[OURS] - wide[name]) for name in wide}, index=["lead", "low", "high"])
    return lines.join(leads.T).sort_values("rank")


def blocks(table):
    """The mean accuracy over the shares of a block: a line for each block, a column for each method."""
    return table.pivot_table(index=BLOCK, columns="method", values="mean", observed=True)


def interval(values, resamples=RESAMPLES, seed=0):
    """The mean of numbers with a 95% percentile interval over resamples of them."""
    numbers = np.asarray(values, dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(numbers), (resamples, len(numbers)))
    return (numbers.mean(), *np.quantile(numbers[drawn].mean(axis=1), INTERVAL))


class Ranks(NamedTuple):
    """Friedman's test over blocks, and Nemenyi's critical difference of mean ranks."""

    mean: pandas.Series  # by method, ascending
    blocks: int
    chi2: float
    p: float
    critical: float
    alike: list[tuple[str, ...]]  # the largest groups of methods that do not differ


def ranks(wide):
    """Test whether methods differ over blocks (Demšar, JMLR 2006), given a line for each block, a column for each."""
    n, k = wide.shape
    mean = wide.rank(axis=1, ascending=False).mean().sort_values(kind="stable")
    chi2, p = stats.friedmanchisquare(*(wide[name] for name in wide))
    critical = stats.studentized_range.ppf(1 - ALPHA, k, np.inf) / np.sqrt(2) * np.sqrt(k * (k + 1) / (6 * n))
    groups = [tuple(mean.index[(mean >= start) & (mean <= start + critical)]) for start in mean]
    whole = [group for place, group in enumerate(groups) if not any(set(group) <= set(one) for one in groups[:place])]
    return Ranks(mean, n, float(chi2), float(p), float(critical), [group for group in whole if len(group) > 1])


class Held(NamedTuple):
    """In how many of how many cells something holds."""

    number: int
    of: int

    @property
    def share(self):
        return self.number / self.of if self.of else float("nan")


def promises(table):
    """What is asked of ours: near the first by error and by sd, and clearly above random where there is damage."""
    mine, clearly = table[table["method"] == OURS], above_random(table)[OURS]
    return {
        "near_error": Held(int(mine["near_error"].sum()), len(mine)),
        "near_sd": Held(int(mine["near_sd"].sum()), len(mine)),
        "above_random": Held(int(clearly.sum()), len(clearly)),
    }


def above_random(table):
    """Whether each method is above random by more than two standard errors: a line for each damaged cell."""
    damaged = table[(table["damage"] != "clean") & (table["method"] != RANDOM)]
    clearly = damaged.assign(clearly=damaged["gain"] > 2 * damaged["gain_error"] + SAME)
    return clearly.set_index([*CELL, "method"])["clearly"].unstack()


class Beside(NamedTuple):
    """How the others do where ours is not clearly above random, and everywhere."""

    none: Held  # in so many of these cells nobody is
    method: str  # who is in the most cells of all
    best: Held


def beside(table):
    """Whether other methods are clearly above random where ours is not."""
    clearly = above_random(table)
    others = clearly.drop(columns=OURS)
    left, method = others[~clearly[OURS]], others.sum().idxmax()
    return Beside(Held(int((~left.any(axis=1)).sum()), len(left)), method, Held(int(others[method].sum()), len(others)))


class Reachable(NamedTuple):
    """In what share of cells a method that is best in truth would be near the first, by chance of the draws."""

    near_error: float
    near_sd: float


def reachable(values, repeats=200, seed=0):
    """What is the most that a method may hope for: in every cell the one of the highest mean is taken as best in truth.

    All draws of a cell are drawn anew, `repeats` times: normal around the means that were seen, with the spread that
    draws show, and with that of the better half of the methods within them. Means that were seen lie farther apart
    than true ones, so that this is, if anything, too much.
    """
    rng, parts = np.random.default_rng(seed), _by_draw(values, 2).groupby(level=CELL, observed=True)
    return Reachable(*np.mean([_near_the_first(part.to_numpy(), repeats, rng) for _, part in parts], axis=0))


def _near_the_first(wide, repeats, rng):
    """How often the best method of a cell (draws, methods) would be within one standard error, and one sd, of the
    first."""
    wide = wide[:, np.argsort(-wide.mean(axis=0), kind="stable")]
    draws, methods = wide.shape
    better = wide[:, : (methods + 1) // 2]
    apart = better - better.mean(axis=0) - better.mean(axis=1, keepdims=True) + better.mean()
    spread = np.sqrt((apart**2).sum() / max(1, (draws - 1) * (better.shape[1] - 1)))
    again = wide.mean(axis=0) + spread * rng.normal(size=(repeats, draws, methods))
    again += better.mean(axis=1).std(ddof=1) * rng.normal(size=(repeats, draws, 1))
    first = np.take_along_axis(again, again.mean(axis=1).argmax(axis=1)[:, None, None], axis=2)[..., 0]
    best = again[..., 0]
    behind = first - best
    gap, error = behind.mean(axis=1), behind.std(axis=1, ddof=1) / np.sqrt(draws)
    wider = np.maximum(first.std(axis=1, ddof=1), best.std(axis=1, ddof=1))
    return (gap <= error + SAME).mean(), (gap <= wider + SAME).mean()


def lost(table):
    """The cells in which ours is not within one sd of the first, the widest gap first, who is first, and what its own
    matching reaches there on plain features and with nothing taken out: `mean_first, method_first, mean_plain`."""
    mine = table[(table["method"] == OURS) & ~table["near_sd"]].set_index(CELL)
    firsts = table[table["first"]].drop_duplicates(CELL).set_index(CELL)
    plain = table[table["method"] == PLAIN].set_index(CELL)["mean"]
    found = mine.join(firsts["mean"].rename("mean_first")).join(firsts["method"].rename("method_first"))
    return found.join(plain.rename("mean_plain")).sort_values("gap", ascending=False)


def points(value, low=None, high=None):
    """A difference of accuracies in points, with its interval."""
    text = f"{100 * value:+.1f}"
    if low is not None and high is not None:
        text = f"{text} [{100 * low:+.1f}, {100 * high:+.1f}]"
    return text.replace("-", "−")


def paragraphs(doc):
    """What a module says of itself below its first line."""
    return [part.strip() + "\n" for part in (doc or "").split("\n\n")[1:]]


def families():
    """The family of every method by its name, as the registry has it."""
    return {name: entry.facts.family for name, entry in registry.methods.all().items()}


def agreement(one, other, sign=1):
    """How alike two judges rank methods, cell by cell: `dataset, damage, share, among, rho`.

    `among` is a family that has at least four methods, or `all methods`; rho is Spearman's over the means of the
    methods in the draws that both have. Where all methods have the same value there is no rho.

    Parameters
    ----------
    sign
        -1 where less is better in the first.
    """
    both = one.merge(other, on=[*CELL, "draw", "method"], suffixes=("", "_other"))
    means = both.groupby([*CELL, "method"], observed=True)[["value", "value_other"]].mean().reset_index()
    family = families()
    means["family"] = [family[Choice.read(name)[0].name] for name in means["method"]]
    rows = []
    for cell, part in means.groupby(CELL, observed=True):
        for among, some in [("all methods", part), *part.groupby("family")]:
            value = rho(sign * some["value"], some["value_other"]) if len(some) >= 4 else np.nan
            rows.append((*cell, among, value))
    return pandas.DataFrame(rows, columns=[*CELL, "among", "rho"]).dropna()


def rho(one, other):
    """Spearman's rho of two columns; NaN where one is the same throughout."""
    if one.nunique() < 2 or other.nunique() < 2:
        return np.nan
    return float(one.rank().corr(other.rank()))


def alike(rhos):
    """The mean rho among every group of methods, with an interval over resampled blocks: `among, rho, low, high,
    cells`."""
    rows = []
    for among, part in rhos.groupby("among"):
        means = part.groupby(BLOCK, observed=True)["rho"].mean()
        rows.append((among, *interval(means), len(part)))
    return pandas.DataFrame(rows, columns=["among", "rho", "low", "high", "cells"])


def chosen_by(probe, trained):
    """What it costs to let the probe choose the method: `regret, low, high` in accuracy of trained networks, over
    blocks."""
    both = probe.merge(trained, on=[*CELL, "draw", "method"], suffixes=("_probe", ""))
    means = both.groupby([*CELL, "method"], observed=True)[["value_probe", "value"]].mean().reset_index()
    groups = means.groupby(CELL, observed=True)
    chosen = means.loc[groups["value_probe"].idxmax()].set_index(CELL)["value"]
    regret = groups["value"].max() - chosen
    return interval(regret.groupby(level=BLOCK, observed=True).mean())


def costs(trials, judge, share=LARGEST):
    """What every method costs and gains at a share kept: `method, seconds, gain, repaid`, medians over data sets.

    `seconds` are those of the ranking; `repaid` is after how many trainings features and ranking have paid for
    themselves, if a training on a share of the items takes that share of the time on all of them.
    """
    mine = trials[(trials["judge"] == judge) & (trials["problem"] == "")]
    whole = mine[mine["share"] == 1].groupby("dataset", observed=True)["seconds"].median()
    rows = []
    for (name, method), part in mine[mine["share"] == share].groupby(["dataset", "method"], observed=True):
        ranking, features = part["ranking_seconds"].median(), part["features_seconds"].median()
        reads = registry.methods.get(Choice.read(method)[0].name).facts.needs
        if name in whole.index and np.isfinite(ranking + features):
            paid = savings.repaid(ranking + (features if reads else 0), float(whole[name]), share)
            rows.append((method, ranking, paid))
    found = pandas.DataFrame(rows, columns=["method", "seconds", "repaid"]).groupby("method").median()
    table = cells(judged(trials, judge))
    gain = table[table["share"] == share].groupby("method", observed=True)["gain"].mean()
    return found.join(gain.rename("gain")).sort_values("gain", ascending=False)
