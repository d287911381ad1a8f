"""FDMat Explorer: what `streamlit run app.py` serves, the pages and what they ask for by themselves."""

import streamlit as st

from pages.compare import routes as compare_routes
from pages.map import routes as map_routes
from pages.removed import routes as removed_routes
from pages.shell import doors, places
from pages.ui import fields, serving, thumbnails

ROUTER = places.ROOT / "pages/shell/router.py"
ROUTES = [places, serving, thumbnails, fields, map_routes, compare_routes, removed_routes]

routes = serving.under_base(one for part in ROUTES for one in part.routes())
app = st.App(ROUTER, routes=routes, middleware=doors.middleware())
