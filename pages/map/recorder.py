"""Records what the map shows as the next step of a story."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from fdmat_core.runs import stories
from fdmat_core.runs.run import Run
from fdmat_core.runs.stories import Step
from fdmat_core.spec import Choice
from pages.shell import frame, state


def take(run: Run, method: Choice, told: Mapping[str, str]) -> None:
    """Put the view that the map told of at the end of the story that is being written, and say so."""
    view = {name: told[name] for name in state.VIEW if name in told}
    step = Step(run.key, method=str(method), kept=float(told["kept"]), **view)
    story = stories.record(state.written(), step)
    where = "On the Present page it gets a sentence."
    st.toast(f"Step {len(story.steps)} of “{frame.plain(story.name)}” recorded. {where}", icon=":material/check:")
