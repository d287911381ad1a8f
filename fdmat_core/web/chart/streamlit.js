// Two buttons that hand a chart over as a file, as a Streamlit component: see pages/ui/pictures.py.

import { adoptStyles, make } from "../elements.js"
import { drawn, save } from "../saving.js"

const STYLES = ["../tokens.css", "../streamlit.css", "chart.css"].map((name) => new URL(name, import.meta.url).href)

/** @typedef {{ svg: string, file: string, of: string }} Chart what is drawn, the name of its file, and what it is of */

/** @param {{ data: Chart, parentElement: ShadowRoot & { chart?: Chart } }} args */
export default function ({ data, parentElement: host }) {
  const first = !host.chart
  host.chart = data
  if (first) offer(host)
  for (const button of host.querySelectorAll("button")) button.ariaLabel = `Save ${data.of} as ${button.textContent}`
}

/** @param {ShadowRoot & { chart?: Chart }} host */
function offer(host) {
  adoptStyles(host, STYLES)
  const bar = make("div", "", { className: "save" }), chart = () => /** @type {Chart} */ (host.chart)
  const png = make("button", "PNG", { title: "Save this chart: PNG, twice as sharp as the screen" })
  const svg = make("button", "SVG", { title: "Save this chart: SVG" })
  png.addEventListener("click", async () => save(await drawn(chart().svg), `${chart().file}.png`))
  svg.addEventListener("click", () => save(new Blob([chart().svg], { type: "image/svg+xml" }), `${chart().file}.svg`))
  bar.append(png, svg)
  host.append(bar)
}
