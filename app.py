"""FDMat Explorer: what `streamlit run app.py` serves, the pages and the pictures on them."""

import streamlit as st

from pages.shared import thumbs
from pages.shared.removed import routes

app = st.App("pages/shell/router.py", routes=thumbs.routes() + routes.routes())
