"""The router: the frame of every page, and which page to show.

It lies in a folder of its own because Streamlit takes a folder `pages` beside the main script for a list of pages, and
tells the first visitor who comes by a deep link that the page does not exist.
"""

import streamlit as st

from fdmat_core.web import files
from pages.shell import browser, doors, frame, places, state

HERE = places.ROOT / "pages/shell"

st.set_page_config("FDMat Explorer", page_icon=HERE / "icon.svg", layout="wide")
st.logo(str(HERE / "logo.svg"), size="large")
st.html(files.FOLDER / "tokens.css")
st.html(HERE / "style.css")

if st.context.is_embedded:  # on a slide: see pages/present/stage.py
    st.html(HERE / "embedded.css")

doors.log_in()
page = st.navigation(
    [
        st.Page(places.MAP, title="Map", icon=":material/scatter_plot:", url_path="map", default=True),
        st.Page(places.COMPARE, title="Compare", icon=":material/compare:", url_path="compare"),
        st.Page(places.REMOVED, title="Removed", icon=":material/content_cut:", url_path="removed"),
        st.Page(places.CURVES, title="Curves", icon=":material/show_chart:", url_path="curves"),
        st.Page(places.BALANCE, title="Class balance", icon=":material/balance:", url_path="balance"),
        st.Page(places.PRESENT, title="Present", icon=":material/slideshow:", url_path="present"),
        st.Page(places.DATA, title="Data", icon=":material/database:", url_path="data"),
        st.Page(places.RUNS, title="Runs", icon=":material/play_circle:", url_path="runs"),
        st.Page(places.DUPLICATES, title="Duplicates", icon=":material/content_copy:", url_path="duplicates"),
        st.Page(places.METHODS, title="Method notes", icon=":material/menu_book:", url_path="methods"),
        st.Page(places.ABOUT, title="About", icon=":material/info:", url_path="about"),
    ],
    position="top",
)
state.travel()
frame.begin(page)
browser.follow()
frame.notices()
with frame.plain_errors():
    frame.changed(state.run())
    page.run()
