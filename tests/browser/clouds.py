"""Made-up points for the map, the same in the page and in its tests."""

import numpy as np

from fdmat_core.web import payload

CLASSES = ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def cloud(n: int, noise: bool) -> payload.Points:
    """Ten clusters on an ellipse; every row's id is 1000 more than its number."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, len(CLASSES), n)
    angles = np.linspace(0, 2 * np.pi, len(CLASSES), endpoint=False)
    centres = np.stack([9 * np.cos(angles), 5 * np.sin(angles)], axis=1)
    xy = centres[labels] + rng.standard_normal((n, 2)) * rng.uniform(0.5, 1.3, len(CLASSES))[labels, None]
    bits = np.where(noise & (rng.random(n) < 0.05), payload.MISLABELLED, 0)
    bits |= np.where(noise & (rng.random(n) < 0.02), payload.SUSPECTED, 0)
    return payload.Points(xy, labels, np.arange(n) + 1000, CLASSES, f"cloud {n} {noise}", bits)
