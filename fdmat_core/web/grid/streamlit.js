// The grid as a Streamlit component: see pages/removed/grid.py for what Python hears.

import { component } from "../streamlit.js"
import * as grid from "./grid.js"

export default component(grid, { state: ["kept", "filters", "blind"], trigger: ["method", "ringed", "only"] })
