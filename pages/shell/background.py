"""Draws the page anew when a person switches between light and dark: charts carry the ink of their background."""

import streamlit as st

#: Streamlit calls this again when the theme changes, but tells Python nothing.
SCRIPT = """
const seen = new WeakMap()
export default function ({ parentElement, setTriggerValue }) {
  const host = parentElement.host ?? parentElement
  const ground = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
  if (seen.has(host) && seen.get(host) !== ground) setTriggerValue("ground", ground)
  seen.set(host, ground)
}
"""
WATCH = st.components.v2.component("fdmat.background", html="<i></i>", js=SCRIPT, isolate_styles=False)


def follow() -> None:
    """Watch the background of this page; takes no room."""
    with st.container(key="background"):
        WATCH(key="ground", on_ground_change=lambda: None)
