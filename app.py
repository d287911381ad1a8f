"""FDMat Explorer: what `streamlit run app.py` serves, the pages and the pictures on them."""

import streamlit as st

from pages.removed import routes
from pages.shell import places
from pages.ui import thumbnails

ROUTER = places.ROOT / "pages/shell/router.py"

app = st.App(ROUTER, routes=places.routes() + thumbnails.routes() + routes.routes())
