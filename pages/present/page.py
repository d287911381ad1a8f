"""Present: stories that are told on one screen by keyboard, and where they are put in order."""

from pathlib import Path

import streamlit as st

from fdmat_core.runs import explained, stories
from fdmat_core.runs.stories import Step, Story
from pages.present import editor, stage
from pages.shell import frame, places, state

STYLE = Path(stage.__file__).with_name("stage.css")


def opened():
    """The story that the link names: a stored one, the ready one of the chosen run, or None."""
    name = st.query_params.get(state.STORY, "")
    found = stories.load(name) if name else None
    if found is None and name == explained.NAME and (run := state.run()):
        return editor.ready(run)
    return found


def this_view():
    """A story of one step: what is chosen now; None without a run."""
    run = state.run()
    if run is None:
        return None
    return Story("This view", (Step(run.key, method=str(state.method(run)), kept=state.kept(), **state.view()),))


def leave(seen):
    """Go to the map, and see it as it was seen last in the story."""
    if state.stored(seen["run"]):
        state.choose(run=seen["run"], method=seen.get("method") or None, kept=float(seen["kept"]))
        state.see(seen)
    st.switch_page(places.MAP)


with frame.plain_errors():
    told, step = opened(), st.query_params.get(state.STEP, "")
    if step.isdigit() and state.STORY not in st.query_params:
        told = this_view()
    if step.isdigit() and told and told.steps:
        st.html(STYLE)
        stage.show(told, int(step) - 1)
        if seen := stage.left():
            leave(seen)
    else:
        editor.show(told)
