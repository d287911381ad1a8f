"""CFD greedy: the characteristic function of the picks follows that of the data."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.numerics import distances, greedy, matching
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

#: Widths at which the data are compared, in median distances between two rows.
BANDWIDTHS = (0.5, 1.0, 2.0)


@method(
    "cfd_greedy",
    title="CFD greedy",
    family="distribution",
    needs=("embedding",),
    keeps="rows whose characteristic function matches the data's at three scales",
    paper="ours, on the criterion of Cui, Zhao, Xu, Guo, Guan, Ren (FAST), arXiv 2511.19476, 2025",
    colour="#C2185B",
)
def cfd_greedy(
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    rng: np.random.Generator,
    frequencies: Annotated[int, Range(3, 16384)] = 1024,
) -> Ranking:
    """Pick, one by one, the row that brings the characteristic function of the picks closest to that of the data.

    The characteristic function of a set is `phi(t) = mean_j exp(i t.z_j)`; the distance is the mean over frequencies t
    of `|phi_picks(t) - phi_data(t)|^2`. A third of the frequencies each is drawn from a normal law for widths of 1/2, 1
    and 2 median distances. Rows become `[cos t.z, sin t.z] / sqrt F`, and herding runs on those: with many frequencies
    this is kernel herding with the mean of three Gaussian kernels.

    **This is not FAST.** The name is ours: FAST adds a spectral graph constraint, an attenuated distance with its phase
    set apart, frequencies scheduled from low to high, and a diversity term; its code could not be read. This is its
    criterion alone, greedily and nested.

    **Limits.** The frequencies are drawn by the seed; the distance is off by about `1 / sqrt F`.

    Parameters
    ----------
    frequencies
        How many frequencies are compared.
    """
    z = np.asarray(table.embedding, dtype=np.float64)
    sigma = distances.median_distance(z) * np.resize(BANDWIDTHS, frequencies)
    waves = features(z, rng.standard_normal((frequencies, z.shape[1])) / sigma[:, None])  # (n, 2F)
    rows = distances.kept_rows(lambda which, others: waves[which] @ waves[others].T, table.n)
    return Ranking.by_picks(matching.herd(rows, waves @ waves.mean(axis=0), budget, chosen=chosen), table.n)


def features(z: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The cosines and sines (n, 2F) of rows z (n, d) at frequencies t (F, d), every row of length 1, in float32.

    The squared distance between two sets' means is their squared characteristic function distance.
    """
    angles = (z - z.mean(axis=0)) @ t.T if len(z) else np.zeros((0, len(t)))
    return (np.concatenate([np.cos(angles), np.sin(angles)], axis=1) / np.sqrt(len(t))).astype(np.float32)
