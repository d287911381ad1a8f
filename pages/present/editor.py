"""Where stories are put in order: chosen, named, their steps moved and captioned, sent out and brought in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from fdmat_core import registry
from fdmat_core.formats import percent
from fdmat_core.runs import explained, stories
from fdmat_core.runs.run import Run
from fdmat_core.runs.stories import Step, Story
from pages.shell import caches, frame, places, state
from pages.ui import titles

PAGES = {"map": "Map", "compare": "Compare", "removed": "Removed", "curves": "Curves", "balance": "Class balance"}
STYLE = Path(__file__).with_name("editor.css")
LEAD = "A story is a talk: steps through the explorer, each with a sentence. Told by keyboard, on the whole screen."


def show(story: Story | None) -> None:
    """The story that is open, with all that can be done to it."""
    st.html(STYLE)
    frame.header("Present", LEAD)
    names = offered()
    if story is None and st.query_params.get(state.STORY):
        told = "The story of this link is not stored here. Import its file, or choose another."
        st.warning(told, icon=":material/link_off:")
    left, right = st.columns([4, 8], gap="large")
    with left:
        _choose(names, story)
        _bring()
    with right:
        if story is not None:
            _head(story)
            _steps(story)
        else:
            _begin(names)


def offered() -> list[str]:
    """The names of all stories: the ready one, if a run is open that it can explain, then the stored ones."""
    run = state.run()
    made = [explained.NAME] if run is not None and ready(run) else []
    return [*made, *(name for name in stories.names() if name not in made)]


def ready(run: Run) -> Story | None:
    """The ready story of a run; None if there is not enough of it."""
    return caches.once(caches.curve(run), run.key, "ready story", make=lambda _: explained.story(run))


def is_stored(story: Story) -> bool:
    """Whether a story can be changed; the ready one is made anew from the run each time."""
    return stories.load(story.name) is not None


def open_story(name: str | None) -> None:
    """Let the page show a story."""
    if name is None:
        st.query_params.pop(state.STORY, None)
    else:
        st.query_params[state.STORY] = name
        if stories.load(name) is not None:  # steps recorded on the Map would take the place of the ready story
            state.write_to(name)


def _choose(names: list[str], story: Story | None) -> None:
    if not names:
        st.caption("No story yet.")
    with st.container(key="stories"):
        for name in names:
            look = "secondary" if story is not None and name == story.name else "tertiary"
            icon = ":material/auto_awesome:" if name == explained.NAME else ":material/slideshow:"
            facts: dict[str, Any] = {"icon": icon, "width": "stretch", "on_click": partial(open_story, name)}
            st.button(frame.plain(name), key=f"story.{name}", type=look, **facts)


def _bring() -> None:
    """A new story, or one from a file."""
    with st.form("new-story", border=False, clear_on_submit=True):
        name = st.text_input("New story", max_chars=stories.LONGEST_NAME, placeholder="its name")
        if st.form_submit_button("Create", icon=":material/add:"):
            _create(Story(stories.checked_name(name)))
    file = st.file_uploader("Import a story", type="json", max_upload_size=1, key="story-file")
    if file is not None and st.session_state.get("story-taken") != file.file_id:
        st.session_state["story-taken"] = file.file_id
        _create(stories.read(file.getvalue()))


def _create(story: Story) -> None:
    """Store a story that is new here, under a name that is free."""
    _store(story)
    st.rerun()


def _store(story: Story) -> None:
    """Store and open a story under a name that is free."""
    taken, name, number = set(stories.names()) | {explained.NAME}, story.name, 2
    while name in taken:
        name, number = f"{story.name[: stories.LONGEST_NAME - 4]} {number}", number + 1
    stories.save(replace(story, name=name))
    open_story(name)


def _begin(names: list[str]) -> None:
    if explained.NAME in names:
        told = "is ready: it explains this run to somebody who sees it for the first time, by its own numbers."
        st.markdown(f"**{explained.NAME}** {told}")
        facts: dict[str, Any] = {"type": "primary", "icon": ":material/play_arrow:", "on_click": _tell_ready}
        st.button("Start", key="start-ready", help="Arrow keys walk, ? lists the keys, Esc leaves", **facts)
        st.space("small")
    st.markdown("**Record what you see.** On the Map press `R`, or the button *Record*: the view becomes a step here.")
    st.page_link(places.MAP, label="Go to the Map", icon=":material/scatter_plot:")
    if state.run() is not None:
        st.button("Present the view of the Map as it is", icon=":material/present_to_all:", on_click=start, args=(0,))


def _tell_ready() -> None:
    open_story(explained.NAME)
    start(0)


def start(place: int) -> None:
    """Tell the story, from a step (0 is the first) on."""
    st.query_params[state.STEP] = str(place + 1)


def _head(story: Story) -> None:
    stored = is_stored(story)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if stored:
            key = f"title.{story.name}"
            st.text_input(
                "Name", story.name, key=key, max_chars=stories.LONGEST_NAME, on_change=partial(_rename, story)
            )
        else:
            st.subheader(frame.plain(story.name), anchor=False, width="stretch")
        begin: dict[str, Any] = {"type": "primary", "icon": ":material/play_arrow:", "disabled": not story.steps}
        st.button("Start", on_click=start, args=(0,), help="Arrow keys walk, ? lists the keys, Esc leaves", **begin)
        name, icon = f"{story.name}.json", ":material/download:"
        st.download_button("Export", stories.written(story), name, "application/json", icon=icon)
        if stored:
            st.button("Delete", icon=":material/delete:", on_click=_delete, args=(story.name,), type="tertiary")
        else:
            st.button("Copy to edit", icon=":material/content_copy:", on_click=_copy, args=(story,))
    shown = {step.run: run for step in story.steps if (run := state.stored(step.run))}
    if len(shown) == 1:
        st.caption(frame.plain(titles.title(next(iter(shown.values())))))
    if not stored:
        st.caption("Made for the open run: each number is read from it. A copy keeps them as they are now.")
    if not story.steps:
        st.info("No step yet. On the Map press R, or the button Record.", icon=":material/radio_button_checked:")


def _rename(story: Story) -> None:
    try:
        open_story(stories.rename(story.name, st.session_state[f"title.{story.name}"]).name)
    except ValueError as error:
        st.toast(frame.plain(str(error)), icon=":material/error:")


def _copy(story: Story) -> None:
    _store(replace(story, name=f"{story.name}, my copy"))


def _delete(name: str) -> None:
    stories.delete(name)
    open_story(None)


def _steps(story: Story) -> None:
    stored, runs = is_stored(story), {step.run for step in story.steps}
    for place, step in enumerate(story.steps):
        with st.container(border=True, key=f"step-{place}"):
            said, acts = st.columns([8, 2.4], vertical_alignment="center")
            said.markdown(f"**{place + 1}** &ensp; {frame.plain(about(step, several=len(runs) > 1))}")
            with acts, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
                _buttons(story, place, stored)
            if stored:
                _caption(story, place)
            elif step.caption:
                st.write(frame.plain(step.caption))


def about(step: Step, *, several: bool) -> str:
    """What a step shows, in a line; which run where the story has several."""
    run = state.stored(step.run)
    method = run.method(step.method) if run else None
    parts = [PAGES[step.page], registry.methods.title(method) if method else step.method, f"{percent(step.kept)} kept"]
    parts += [step.colour] * bool(step.colour) + ["lasso"] * bool(step.lasso)
    parts += [f"item {step.pinned}"] * bool(step.pinned) + ["nearer"] * bool(step.camera)
    if run is None or several:
        parts.append(titles.title(run) if run else f"run {step.run}, which is not stored here")
    return " · ".join(filter(None, parts))


def _buttons(story: Story, place: int, stored: bool) -> None:
    look: dict[str, Any] = {"type": "tertiary"}
    st.button(
        "", icon=":material/play_arrow:", key=f"from.{place}", help="Start here", on_click=start, args=(place,), **look
    )
    if not stored:
        return
    acts: list[tuple[str, str, str, bool, Callable[[Story], Story]]] = [
        ("up", "arrow_upward", "Earlier", place == 0, lambda now: stories.moved(now, place, -1)),
        ("down", "arrow_downward", "Later", place == len(story.steps) - 1, lambda now: stories.moved(now, place, 1)),
        ("drop", "delete", "Remove the step", False, lambda now: stories.without(now, place)),
    ]
    for name, icon, help, off, change in acts:
        done = partial(_change, story, place, change)
        st.button("", icon=f":material/{icon}:", key=f"{name}.{place}", help=help, disabled=off, on_click=done, **look)


def _change(story: Story, place: int, change: Callable[[Story], Story]) -> None:
    """Change a step of a story as it is stored now: steps may have come to it in another tab."""
    now = stories.load(story.name)
    if now is not None and now.steps[place : place + 1] == story.steps[place : place + 1]:
        stories.save(change(now))
    else:
        st.toast("Not changed: this step was changed elsewhere meanwhile.", icon=":material/error:")
    for one in range(len(story.steps)):  # the fields stand for places: let them say what is there now
        st.session_state.pop(f"caption.{story.name}.{one}", None)


def _caption(story: Story, place: int) -> None:
    key = f"caption.{story.name}.{place}"
    st.session_state.setdefault(key, story.steps[place].caption)
    facts: dict[str, Any] = {"label_visibility": "collapsed", "placeholder": "What is said here", "height": 68}
    change = lambda: _change(story, place, lambda now: stories.captioned(now, place, st.session_state[key]))  # noqa: E731
    st.text_area(f"Caption of step {place + 1}", key=key, max_chars=600, on_change=change, **facts)
