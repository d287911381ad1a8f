// The tour as a Streamlit component that takes no room: see pages/map/tour.py.

import { adoptStyles } from "../elements.js"
import { begin } from "./tour.js"

/** @typedef {{ data: import("./tour.js").Options, parentElement: ShadowRoot & { fdmatTour?: () => void } }} Args */

const STYLES = ["../tokens.css", "tour.css"].map((name) => new URL(name, import.meta.url).href)

/** @param {Args} args */
export default function tour({ data, parentElement: host }) {
  host.fdmatTour ??= start(data)
  return () => setTimeout(() => { if (!host.isConnected) { host.fdmatTour?.(); host.fdmatTour = undefined } }, 0)
}

/** @param {import("./tour.js").Options} options */
function start(options) {
  let end = () => {}, over = false
  dress().then(() => { if (!over) end = begin(options) })
  return () => { over = true; end() }
}

/** Its card lies on the page itself, above everything. */
async function dress() {
  const known = [...document.adoptedStyleSheets]
  await adoptStyles(document, STYLES)
  document.adoptedStyleSheets = [...known, ...document.adoptedStyleSheets]
}
