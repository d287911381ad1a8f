"""What people decided about the items of a run, beside what was injected or suspected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core.analysis import detectors
from fdmat_core.analysis.issues import Bad
from fdmat_core.formats import portion
from fdmat_core.runs import decisions
from fdmat_core.runs.run import Run
from pages.removed import tables
from pages.shell import caches

if TYPE_CHECKING:
    import pandas as pd

#: Decisions of either kind below which figures about detectors would be chance.
ENOUGH = 10


def show(run: Run, known: Bad) -> None:
    """Draw how the decisions agree with suspicion, and with the truth; without a truth they are the truth."""
    st.subheader("What people decided", anchor=False)
    train, evidence = caches.train(run), run.evidence
    decision = decisions.by_row(train.key, train.ids).decision
    if not decision.any() or evidence is None:
        relabel = ", R gives it another label" * train.labelled
        st.caption(f"Nothing yet. On the Inspect tab K keeps an item, D drops it{relabel}.")
        return
    st.markdown(sentence(detectors.agreement(decision, evidence.rejected)))
    rows, wrong = detectors.judged(decision)
    if known.word == "injected":
        st.caption(f"{(known.rows[rows] == wrong).sum():,} of {len(rows):,} agree with the injected truth.")
    else:
        _detectors(run.detection, rows, wrong)


def sentence(counts: pd.DataFrame) -> str:
    """How many items people called wrong and right, and how many of each were suspected."""
    counted: dict[Any, tuple[Any, Any]] = {line.decision: (line.items, line.suspected) for line in counts.itertuples()}
    drop, relabel, keep, unsure = (counted.get(kind, (0, 0)) for kind in ("drop", "relabel", "keep", "unsure"))
    wrong, found = drop[0] + relabel[0], drop[1] + relabel[1]
    parts = [f"**{wrong:,} called wrong** ({drop[0]:,} dropped, {relabel[0]:,} relabelled){_of(found, wrong)}"]
    parts.append(f"**{keep[0]:,} called right**{_of(keep[1], keep[0])}")
    if unsure[0]:
        parts.append(f"{unsure[0]:,} unsure")
    return "; ".join(parts) + "."


def _of(suspected: int, items: int) -> str:
    return f", of which FDMat suspects {suspected:,} ({portion(suspected / items)})" if items else ""


def _detectors(scores: dict[str, Any] | None, rows: Any, wrong: Any) -> None:
    """The detectors against what people decided, once they called enough items wrong and enough right."""
    if scores is None:
        st.caption("The detectors are compared at the end of a run.")
        return
    if min(wrong.sum(), len(rows) - wrong.sum()) < ENOUGH:
        st.caption(
            f"Once {ENOUGH} items are called wrong and {ENOUGH} right, the detectors are compared with people here."
        )
        return
    frame = detectors.compare({name: score[rows] for name, score in scores.items()}, wrong, cuts=())
    st.html(tables.detectors(frame))
    st.caption(
        f"What people decided is the truth here, on the {len(rows):,} items of which they were sure. Most were shown "
        "to them because FDMat suspects them, so this says little about items that it does not suspect."
    )
