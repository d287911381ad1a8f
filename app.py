"""FDMat Explorer: the router. Start it by `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from pages.shared import session

SHARED = Path(__file__).parent / "pages" / "shared"

st.set_page_config("FDMat Explorer", page_icon=SHARED / "icon.svg", layout="wide")
st.logo(str(SHARED / "logo.svg"), size="large")
st.html(SHARED / "style.css")

page = st.navigation(
    [
        st.Page("pages/explore/map.py", title="Map", icon=":material/scatter_plot:", url_path="map", default=True),
        st.Page("pages/work/data.py", title="Data", icon=":material/database:", url_path="data"),
        st.Page("pages/work/runs.py", title="Runs", icon=":material/play_circle:", url_path="runs"),
        st.Page("pages/help/methods.py", title="Method notes", icon=":material/menu_book:", url_path="methods"),
    ],
    position="top",
)
session.travel()
page.run()
