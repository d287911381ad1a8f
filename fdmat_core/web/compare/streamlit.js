// The comparison as a Streamlit component: see pages/compare/canvas.py for what Python hears.

import { component } from "../streamlit.js"
import * as canvas from "./canvas.js"

export default component(canvas, { state: ["kept"], trigger: ["method", "swap"] })
