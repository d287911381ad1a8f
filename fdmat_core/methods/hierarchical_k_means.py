"""Hierarchical k-means: clusters of clusters that give alike, so that dense regions give no more than others."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import numpy as np

from fdmat_core.numerics import cells, quotas
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

#: At most so many clusters on the lowest level, found on so many rows for each.
MOST, SAMPLE_EACH = 1000, 60
#: k-means starts from centres chosen among so many rows for each.
START_EACH = 8
#: Rounds of one k-means.
ROUNDS = 10


@method(
    "hierarchical_k_means",
    title="Hierarchical k-means",
    family="geometry",
    needs=("embedding",),
    keeps="rows spread evenly over the regions of the data, dense or sparse",
    paper="Vo et al., Automatic data curation for self-supervised learning, TMLR 2024, arXiv 2405.15613",
    colour="#7A5C00",
    runs="table",
    keeps_flips=0.305,
)
def hierarchical_k_means(  # noqa: PLR0913
    table: FeatureTable,
    *,
    rng: np.random.Generator,
    levels: Annotated[int, Range(1, 5)] = 2,
    rows: Annotated[int, Range(2, 10_000), "rows in a cluster"] = 50,
    branch: Annotated[int, Range(2, 1000), "clusters in a cluster"] = 10,
    resample: Annotated[int, Range(0, 100)] = 10,
    take: Literal["random", "closest"] = "random",
) -> Ranking:
    """Build clusters of clusters by k-means, and let all clusters give alike, from the top level down.

    1. k-means divides the rows. Then, ten times over: of every cluster half an average cluster of rows, those nearest
       to its centre, are taken, k-means runs on these alone, and all rows go to the new centres. Dense regions count
       less each time, so that the centres spread evenly over where there are data.
    2. The centres, each counted once, are divided in the same way, and so on for every level.
    3. At the top all clusters give one row, then a second, and so on; what an emptied one cannot give comes from the
       others. In a cluster those inside it take turns in the same way, and in the lowest its rows come by chance.

    The turns are those of the paper's balanced sampling at every size, `sum_c min(cut, n_c)` for the cut that fits, so
    smaller coresets are prefixes.

    **When to use it.** On data in which a few things are there very often and many seldom. It needs no labels.

    **Limits.** Outliers form clusters and get the share of a cluster, so flipped or broken items far from all others
    are kept early. The seed matters. Up to 1,000 clusters on the lowest level, found on up to 60,000 rows, in tens of
    seconds. The order is over all classes together, and class shares are applied to it afterwards.

    **The public code differs.** It can take a row several times, and what is left over when turns are dealt out goes by
    an unseeded draw. The paper's levels are 10,000,000, 500,000, 50,000 and 10,000 clusters of 743 million rows; how
    many there are here is ours.

    Parameters
    ----------
    levels
        How many levels of clusters there are.
    rows
        About how many rows a cluster of the lowest level has.
    branch
        About how many clusters a cluster of a higher level has.
    resample
        How often the clusters are found anew on the rows nearest to their centres.
    take
        How the rows of a lowest cluster come: by chance, or the closest to its centre first.
    """
    if table.n == 0:
        return Ranking(np.arange(0))
    x = table.embedding - table.embedding.mean(axis=0, dtype=np.float64)
    lowest = clustered(x, min(MOST, table.n // rows), resample, rng)
    groups = [one if take == "closest" else rng.permutation(np.sort(one)) for one in lowest.members]
    centres = lowest.centres
    for _ in range(levels - 1):
        above = clustered(centres, len(centres) // branch, resample, rng)
        groups = [turns([groups[one] for one in members], rng) for members in above.members]
        centres = above.centres
    return Ranking(turns(groups, rng))


class Clusters(NamedTuple):
    """Rows divided among centres."""

    centres: np.ndarray  # (c, d), none without rows
    members: list[np.ndarray]  # for each centre its rows, the closest first


def clustered(x: np.ndarray, count: int, resample: int, rng: np.random.Generator) -> Clusters:
    """So many clusters, fewer if some stay empty, of rows x (n, d), with centres that spread evenly over the rows."""
    count = max(1, count)
    found = _divided(x, _centres(x, count, rng))
    for _ in range(resample):
        near = max(1, len(x) // (2 * len(found.centres)))
        taken = np.concatenate([rows[:near] for rows in found.members])
        found = _divided(x, _centres(x[taken], count, rng))
    return found


def _centres(x: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """The centres of k-means on rows (n, d), or on enough of them."""
    from sklearn.cluster import KMeans, kmeans_plusplus

    sample = _some(x, SAMPLE_EACH * count, rng)
    few = np.unique(_some(sample, START_EACH * count, rng), axis=0)
    start, _ = kmeans_plusplus(few, min(count, len(few)), random_state=int(rng.integers(2**31)))
    means = KMeans(len(start), init=start, max_iter=ROUNDS)  # pyright: ignore[reportArgumentType]  an array is right
    return np.asarray(means.fit(sample).cluster_centers_)


def _some(x: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    return x if len(x) <= most else x[np.sort(rng.choice(len(x), most, replace=False))]


def _divided(x: np.ndarray, centres: np.ndarray) -> Clusters:
    nearest = cells.nearest_centre(x, centres)
    apart = ((x - centres[nearest]) ** 2).sum(axis=1)
    order = np.lexsort((apart, nearest))
    counts = np.bincount(nearest, minlength=len(centres))
    members = np.split(order, np.cumsum(counts)[:-1])
    there = np.flatnonzero(counts)
    return Clusters(centres[there], [members[one] for one in there])


def turns(groups: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """All rows of some groups: of each its first, in an order drawn, then of each its second, and so on."""
    drawn = [groups[one] for one in rng.permutation(len(groups))]
    return quotas.merge(drawn, np.array([len(rows) for rows in drawn]), "equal")
