"""UsedFeatures-up points for the map, the same in the page and in its tests."""

import numpy as np

from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.spec import FRACTIONS
from fdmat_core.web import columns, compare, points

CLASSES = ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def cloud(n: int, noise: bool, projection: str = "UMAP") -> points.Points:
    """Ten clusters on an ellipse, or as PCA the same elsewhere; every row's id is 1000 more than its number."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, len(CLASSES), n)
    angles = np.linspace(0, 2 * np.pi, len(CLASSES), endpoint=False)
    centres = np.stack([9 * np.cos(angles), 5 * np.sin(angles)], axis=1)
    xy = centres[labels] + rng.standard_normal((n, 2)) * rng.uniform(0.5, 1.3, len(CLASSES))[labels, None]
    bits = np.where(noise & (rng.random(n) < 0.05), columns.FLAGS["mislabelled"], 0)
    bits |= np.where(noise & (rng.random(n) < 0.02), columns.FLAGS["suspected"], 0)
    if projection == "PCA":
        xy = 40 * np.tanh(xy[:, ::-1] / 4) + 300
    return points.Points(xy, labels, np.arange(n) + 1000, CLASSES, f"cloud {n} {noise}", bits)


def packed(n: int, noise: bool, method: str, projection: str) -> bytes:
    """Method "A" keeps the rows from the 100th on, "B" the same backwards; "C" is as "B", but not nested."""
    score = np.roll(np.arange(n, dtype=float), 100)
    ranking = Ranking.by_score(score, keep="lowest" if method == "A" else "highest")
    rankings = Rankings.nested_in(np.arange(n), ranking)
    if method == "C":
        orders = {int(n * fraction): Ranking(ranking.order, nested=False) for fraction in FRACTIONS[3:]}
        rankings = Rankings(np.arange(n), orders)
    words = points.Words(method=method, projection=projection, score="row")
    return points.pack(cloud(n, noise, projection), rankings, words, fractions=FRACTIONS)


def pair(n: int) -> bytes:
    """Two methods that keep rows in orders drawn at random."""
    rng = np.random.default_rng(1)
    drawn, nobody = cloud(n, False), np.zeros(n, int)
    orders = (Rankings.nested_in(np.arange(n), Ranking(rng.permutation(n))) for _ in "AB")
    one, other = (compare.Side(its, points.Words(name), nobody) for its, name in zip(orders, "AB", strict=True))
    return compare.pack(drawn, (one, other), "UMAP", fractions=FRACTIONS)
