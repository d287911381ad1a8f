"""Training dynamics: recorded epoch by epoch, and read as difficulty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from fdmat_core.numerics import distances
from fdmat_core.numerics.probabilities import el2n, grand, margins, softmax
from fdmat_core.types import FeatureTable

#: The difficulty scores that a method may build on.
Score = Literal["aum_prob", "aum_logit", "el2n", "forgetting"]
#: The columns that hold them.
SCORES = tuple(f"dynamics.{name}" for name in get_args(Score))


def difficulty(table: FeatureTable, score: Score) -> np.ndarray:
    """A difficulty score (n,), none below 0, high for hard rows; margins are subtracted from the largest one."""
    column = table.dynamics[score].astype(np.float64)
    return column.max(initial=-np.inf) - column if score.startswith("aum") else column


#: What a recorder holds beside its sums.
HELD = ("right", "ever", "last", "changes", "own")
#: Sums over windows of epochs: of squares about a running mean, and that mean.
WINDOWED = ("eva_early", "eva_late", "eva_early.mean", "eva_late.mean")


class Recorder:
    """Training dynamics of every row as sums, so that memory does not grow with the number of epochs.

    `add` takes one evaluation of all rows after each epoch; `columns` gives what methods read:

    - `forgetting`: how often a row was right after one epoch and wrong after the next; the number of epochs, which is
      more than any count, if it was never right
    - `mean_loss`: mean cross-entropy
    - `aum_logit`, `aum_prob`: mean lead of the label over the best other class, in logits and in probabilities
    - `el2n`, `grand`: mean error norm and mean gradient norm of the head, over the first third of the epochs
    - `tdds`: spread of the change of prediction within windows of a third of the epochs, from 3 to 10; the last window
      weighs 0.9, each one before it a tenth of the next; absent with fewer than three epochs
    - `dual`, `early_prob`: over the first third of the epochs, the mean of the label's probability, and the mean over
      windows of a third of these, from 2 to 10, of its deviation times what its mean lacks of 1; absent if that third
      is one epoch
    - `eva_early`, `eva_late`: variance of the error norm within the first epochs and within as many from the middle on,
      a sixth of all, from 2 to 10; absent with fewer than four epochs
    """

    def __init__(self, labels: np.ndarray, c: int, epochs: int) -> None:
        self.labels, self.epochs, self.seen = labels, epochs, 0
        self.early = -(-epochs // 3)
        names = ("forgetting", "mean_loss", "aum_logit", "aum_prob", "el2n", "grand", "tdds", "dual", "early_prob")
        self.sums = {name: np.zeros(len(labels)) for name in (*names, *WINDOWED)}
        self.right, self.ever = np.zeros(len(labels), dtype=bool), np.zeros(len(labels), dtype=bool)
        self.last = np.zeros((len(labels), c), dtype=np.float32)  # probabilities after the last epoch
        window = min(10, max(3, self.early))
        self.changes = np.zeros((window - 1, len(labels)), dtype=np.float32)  # ring of the latest
        span = _between(2, -(-self.early // 3), 10)
        self.own = np.zeros((span, len(labels)), dtype=np.float32)  # probabilities of the label, likewise
        self.width = _between(2, -(-epochs // 6), 10)

    def add(self, logits: np.ndarray, embedding: np.ndarray) -> None:
        """Take in the logits (n, c) after an epoch, and what the head saw, (n, d)."""
        self.seen += 1
        for rows in distances.blocks(len(self.labels), 4 * max(logits.shape[1], embedding.shape[1])):
            self._add_block(rows, logits[rows], embedding[rows])

    def _add_block(self, rows: slice, logits: np.ndarray, embedding: np.ndarray) -> None:
        labels, sums = self.labels[rows], self.sums
        probabilities = softmax(logits)
        own = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
        right = logits.argmax(axis=1) == labels
        sums["forgetting"][rows] += self.right[rows] & ~right
        self.right[rows], self.ever[rows] = right, self.ever[rows] | right
        sums["mean_loss"][rows] -= np.log(np.maximum(own, np.finfo(np.float64).tiny))
        sums["aum_logit"][rows] += margins(logits, labels)
        sums["aum_prob"][rows] += margins(probabilities, labels)
        error = el2n(probabilities, labels)
        if self.seen <= self.early:
            sums["el2n"][rows] += error
            sums["grand"][rows] += grand(probabilities, labels, embedding)
            self._add_window(rows, own)
        self._add_error(rows, error)
        self._add_change(rows, probabilities)

    def _add_window(self, rows: slice, own: np.ndarray) -> None:
        """Take in the probability of the label (m,) early in training, and the window that ends with it."""
        ring = self.own[:, rows]
        ring[self.seen % len(ring)] = own
        self.sums["early_prob"][rows] += own
        if self.seen >= len(ring):
            inside = ring.astype(np.float64)
            self.sums["dual"][rows] += inside.std(axis=0, ddof=1) * (1 - inside.mean(axis=0))

    def _add_error(self, rows: slice, error: np.ndarray) -> None:
        """Take in the error norm (m,) if this epoch is in one of the two windows: its mean and squares about it."""
        for when, first in (("early", 0), ("late", self.epochs // 2)):
            count = self.seen - first
            if 0 < count <= self.width:
                mean, squares = (self.sums[f"eva_{when}{part}"][rows] for part in (".mean", ""))
                off = error - mean
                mean += off / count
                squares += off * (error - mean)

    def _add_change(self, rows: slice, probabilities: np.ndarray) -> None:
        if self.seen > 1:
            ring = self.changes[:, rows]
            ring[self.seen % len(ring)] = change(self.last[rows], probabilities)
            if self.seen > len(ring):
                spread = np.sqrt(((ring - ring.mean(axis=0)) ** 2).sum(axis=0))
                self.sums["tdds"][rows] = 0.1 * self.sums["tdds"][rows] + 0.9 * spread
        self.last[rows] = probabilities

    def state(self) -> dict[str, np.ndarray]:
        """All that it holds, as arrays by name."""
        whole = {name: getattr(self, name) for name in HELD} | {"seen": np.array(self.seen)}
        return whole | {f"sums.{name}": column for name, column in self.sums.items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what another recorder of the same rows and epochs held."""
        self.seen = int(state["seen"])
        self.right, self.ever, self.last, self.changes, self.own = (state[name] for name in HELD)
        self.sums = {name: state[f"sums.{name}"] for name in self.sums}

    def columns(self) -> dict[str, np.ndarray]:
        """The dynamics (n,) by name, once all epochs were added."""
        whole = {name: self.sums[name] / self.epochs for name in ("mean_loss", "aum_logit", "aum_prob")}
        early = {name: self.sums[name] / self.early for name in ("el2n", "grand")}
        forgetting = np.where(self.ever, self.sums["forgetting"], self.epochs)
        late = {"tdds": self.sums["tdds"]} if self.epochs > len(self.changes) else {}
        columns = {"forgetting": forgetting} | whole | early | late | self._windows()
        return {name: column.astype(np.float32) for name, column in columns.items()}

    def _windows(self) -> dict[str, np.ndarray]:
        """What was read in windows of epochs, as far as there were enough."""
        found, windows = {}, self.early - len(self.own) + 1
        if windows > 0:
            found |= {"dual": self.sums["dual"] / windows, "early_prob": self.sums["early_prob"] / self.early}
        if self.epochs >= 2 * self.width:
            found |= {name: self.sums[name] / (self.width - 1) for name in ("eva_early", "eva_late")}
        return found


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How far predictions (n, c) moved in one epoch: `sum_c |p (log p - log q)|` (n,), p after and q before."""
    logs = np.log(np.maximum(after, 1e-8)) - np.log(np.maximum(before, 1e-8))
    return np.abs(after * logs).sum(axis=1)
