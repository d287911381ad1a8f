"""What the browser does for every page: redraws it on a new background, and keeps one history entry a page."""

import streamlit as st
from streamlit.components import v2

#: Streamlit calls this again when the theme changes, but tells Python nothing: charts carry the ink of their ground.
#: It also pushes a history entry whenever a link's parameters change, so that Back would stay on the same page.
SCRIPT = """
const seen = new WeakMap()
export default function ({ parentElement, setTriggerValue }) {
  const host = parentElement.host ?? parentElement
  const ground = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
  if (seen.has(host) && seen.get(host) !== ground) setTriggerValue("ground", ground)
  seen.set(host, ground)
  onePerPage()
}

function onePerPage() {
  if (Object.hasOwn(history, "pushState")) return
  history.pushState = (state, title, url) => {
    const same = new URL(url ?? "", location.href).pathname === location.pathname
    History.prototype[same ? "replaceState" : "pushState"].call(history, state, title, url)
  }
}
"""
WATCH = v2.component("fdmat.browser", html="<i></i>", js=SCRIPT, isolate_styles=False)


def follow() -> None:
    """Start this on a page; it takes no room."""
    with st.container(key="background"):
        WATCH(key="ground", on_ground_change=lambda: None)
