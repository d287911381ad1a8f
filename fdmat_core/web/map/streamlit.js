// The map as a Streamlit component: see pages/map/canvas.py for what Python hears.

import { component } from "../streamlit.js"
import { arrive } from "./arriving.js"
import { mount, STYLES } from "./canvas.js"

export default component({ mount, arrive, STYLES }, { state: ["kept", "view"], trigger: ["lasso", "method", "record"] })
