// The map as a Streamlit component: see pages/map/canvas.py for what Python hears.

import { component } from "../streamlit.js"
import * as canvas from "./canvas.js"

export default component(canvas, { state: ["kept", "view"], trigger: ["lasso", "method", "record"] })
