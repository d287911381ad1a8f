"""What a page shows when no run is chosen: one sentence, one button, one link."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NoReturn

import streamlit as st

from fdmat_core.runs import jobs, settings
from fdmat_core.spec import Spec
from pages.shell import places, state
from pages.ui import run_status, switcher

HERO = Path(__file__).parent / "hero.svg"
#: At most so many stored runs are offered at once.
OFFERED = 4


def invite() -> NoReturn:
    """Offer the runs that are stored, or the sample run, and end the page."""
    with st.container(horizontal_alignment="center", gap="small", key="empty"):
        st.space("large")
        if state.key():
            told = "The run of this link is not stored here: it was deleted, or the link comes from another machine."
            st.warning(told, icon=":material/link_off:", width=640)
        there = switcher.stored()
        st.image(HERO, width=210 if there else 420, alt="Kept points in blue, removed ones in grey")
        st.header("See which part of a training set is worth keeping.", anchor=False, text_alignment="center")
        st.markdown(
            ":gray[The sample run ranks 8,000 images of clothes. Move one slider: see what leaves, how far the rest "
            "drifts from the whole, and what that costs.]",
            text_alignment="center",
            width=640,
        )
        if there:
            with st.container(border=True, width=640, gap=None, key="stored"):
                st.markdown("**Open one of your runs**")
                switcher.offer(there, OFFERED)
        samples(horizontal_alignment="center", type="secondary" if there else "primary")
        st.caption("With flipped labels the difference is plainest: what leaves first is noise.", width="content")
        st.page_link(places.DATA, label="Use other data", icon=":material/database:")
    st.stop()


def samples(
    *, horizontal_alignment: Literal["left", "center"] = "left", type: Literal["primary", "secondary"] = "secondary"
) -> None:
    """A button for each of the sample runs; the first may be the main one of its page."""
    with st.container(horizontal=True, horizontal_alignment=horizontal_alignment):
        facts: dict[str, Any] = {"icon": ":material/play_arrow:", "on_click": open_sample}
        st.button("Open the sample run", type=type, args=(settings.SAMPLE,), **facts)
        st.button("The same with 20% of its labels flipped", args=(settings.SAMPLE_NOISY,), **facts)


def open_sample(spec: Spec) -> None:
    """Choose a sample run; start it first if it is not stored yet."""
    key = settings.checked(spec).key
    status = jobs.status(key)
    if status is None or not (status.live or status.state == "done"):
        run_status.begin(spec, method=None, kept=None)
    else:
        state.choose(run=key, method=None, kept=None)


def waiting() -> NoReturn:
    """The layout of the page before there is a map, and the end of the page."""
    with st.container(key="waiting"):
        left, right = st.columns([7, 5], gap="medium")
        left.skeleton(height=520)
        for height in (76, 340, 150):
            right.skeleton(height=height)
    st.stop()
