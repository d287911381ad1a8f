"""GLISTER: rows whose gradient step lowers the loss on held-out rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core.learning import head
from fdmat_core.numerics import greedy, probabilities
from fdmat_core.numerics.arrays import like, namespace, to_numpy
from fdmat_core.numerics.distances import squares
from fdmat_core.numerics.gradients import Gradients
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array


def held_out(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Rows drawn from every class, the same share of each and at least one, in ascending order."""
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    drawn = [rng.choice(rows, max(1, round(share * len(rows))), replace=False) for rows in groups]
    return np.sort(np.concatenate(drawn)) if drawn else np.zeros(0, dtype=np.int64)


class ValidationGain:
    """The fall of the held-out loss, to first order, that each row adds to one step along the picks' mean gradient.

    Parameters
    ----------
    gradients
        Of the n rows that may be picked.
    logits, labels, inputs
        (v, c), (v,) and (v, d + 1) of the held-out rows.
    step
        Length of the step.
    every
        After how many picks the held-out gradient is computed anew.
    """

    def __init__(
        self,
        gradients: Gradients,
        logits: np.ndarray,
        labels: np.ndarray,
        inputs: Array,
        *,
        step: float,
        every: int,
    ) -> None:
        self.gradients, self.step, self.every = gradients, step, every
        self.logits, self.labels, self.inputs = logits, labels, inputs
        self.summed = namespace(inputs).zeros_like(gradients.mean())  # (c, d + 1) of the picks
        self.count = 0
        self._refresh()

    def _refresh(self) -> None:
        logits = self.logits - to_numpy(self.step / max(1, self.count) * self.inputs @ self.summed.T)
        residual = probabilities.residuals(probabilities.softmax(logits), self.labels)
        self.now = self.gradients.along(Gradients(like(self.inputs, residual), self.inputs).mean())  # (n,)

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """How much each of these rows lowers the held-out loss per unit of step."""
        return self.now[rows]

    def take(self, row: int) -> None:
        """Step along one more gradient; from time to time see where that leads the held-out rows."""
        self.summed += self.gradients.residual[row, :][:, None] * self.gradients.inputs[row, :]
        self.count += 1
        if self.count % self.every == 0:
            self._refresh()


@method(
    "glister",
    title="GLISTER",
    family="gradients",
    needs=("embedding", "labels", "logits"),
    keeps="rows whose gradients lower the loss on held-out rows",
    paper="Killamsetty, Sivasubramanian, Ramakrishnan, Iyer, GLISTER, AAAI 2021",
    colour="#8F9A2F",
    keeps_flips=0.723,
)
def glister(  # noqa: PLR0913
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    rng: np.random.Generator,
    eta: Annotated[float, Range(0, 1000), "step length"] = 1.0,
    share: Annotated[float, Range(0.01, 1), "held-out share"] = 0.1,
    refresh: Annotated[float, Range(0.0001, 1)] = 0.01,
) -> Ranking:
    """Pick the rows whose gradient step most lowers the loss on a held-out share of the table.

    To first order row i lowers it by `eta g_i . g_val(S)`, with `g_val(S)` the mean gradient of the held-out rows after
    one step of the head along the mean gradient of the picks S: their logits become `f_val - eta G_S [z, 1]`. It is
    computed anew after every 1% of the rows picked, a schedule that does not depend on how many are kept.

    The **held-out rows** are a seeded share of every class of the table itself, never the test set; they may be picked
    too. The paper takes a separate validation set; with share 1 the table validates itself, its other variant.

    **Limits.** One step of the last layer at one moment of training. Held-out rows carry wrong labels at the same rate
    as the table, so noise is not seen as such. Gains can rise, so no lazy search: every row is looked at for each pick.

    **Public code differs.** In DeepCore the function that updates the held-out gradient is passed under a misspelled
    name and never called: a ranking made once, as with `refresh` 1 here.

    Parameters
    ----------
    eta
        Length of the step, in units of the longest that is safe: one over the mean squared length of [z, 1].
    share
        Share of every class that is held out for validation.
    refresh
        Share of the rows picked between two updates of the held-out gradient; 1 never updates it.
    """
    gradients = head.head_gradients(table)
    rows = held_out(table.labels, share, rng)
    scale = float(to_numpy(squares(gradients.inputs)).mean())
    objective = ValidationGain(
        gradients,
        table.column("logits")[rows],
        table.labels[rows],
        gradients.take(rows).inputs,
        step=eta / scale,
        every=max(1, int(refresh * table.n)),
    )
    picks, _ = greedy.maximise(objective, table.n, budget, batch=table.n, chosen=chosen)
    return Ranking.by_picks(picks, table.n)
