// A talk as a Streamlit component: see pages/present/stage.py for what Python hears.

import { adoptStyles } from "../elements.js"
import { STYLES } from "../map/canvas.js"
import { mount } from "./stage.js"

/** @typedef {Omit<import("../streamlit.js").Args, "data"> & { data: import("./stage.js").Story }} Args */
/** @typedef {{ args: Args, shown: string, dressed: Promise<void>, picture?: ReturnType<typeof mount> }} Place */

const SHEETS = ["../tokens.css", "../streamlit.css", "present.css"].map((name) => new URL(name, import.meta.url).href)

/** @param {Args} args */
export default function present(args) {
  const host = /** @type {ShadowRoot & { fdmat?: Place }} */ (args.parentElement)
  const place = host.fdmat ??= { args, shown: "", dressed: adoptStyles(host, [SHEETS[0], SHEETS[1], ...STYLES, SHEETS[2]]) }
  place.args = args
  const wanted = JSON.stringify(args.data)
  if (place.shown !== wanted) {
    place.shown = wanted
    place.dressed.then(() => {
      if (place.shown !== wanted || !host.isConnected) return
      place.picture?.remove()
      place.picture = mount(host, args.data, { leave: (seen) => place.args.setTriggerValue("leave", seen) })
    })
  }
  place.picture?.dress()
  return () => setTimeout(() => { if (!host.isConnected) { place.picture?.remove(); place.shown = "" } }, 0)
}
