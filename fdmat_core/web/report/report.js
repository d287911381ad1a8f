// A report: the map with its slider in a page of its own, and what follows the slider there.

import { find } from "../elements.js"
import { nearestSize } from "../items.js"
import { mount } from "../map/canvas.js"
import { methodsOf, unpack } from "./methods.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {ReturnType<typeof mount>} Picture */

/**
 * What of a report follows the slider.
 * @typedef {object} Report
 * @property {Payload[]} payloads one for each method
 * @property {number} chosen which of them is shown
 * @property {number} began the share kept at which the page was written
 * @property {Picture | null} picture null while it is made
 */

/** Draw the map of the page that this script stands in. */
export async function begin() {
  const root = document.documentElement
  const packed = await unpack(find(document, "#payload").textContent ?? "")
  const pictures = picturesOf(document), payloads = methodsOf(packed)
  for (const { facts } of payloads) Object.assign(facts, { pictures })
  const { kept, method: chosen } = packed.facts.start
  /** @type {Report} */
  const report = { payloads, chosen, began: kept, picture: null }
  const events = { moved: () => follow(report), method: (/** @type {number} */ number) => choose(report, number - 1) }
  const host = find(document, "#map")
  host.replaceChildren()
  report.picture = mount(host, payloads[chosen], events, { kept })
  for (const input of radios()) input.addEventListener("change", () => choose(report, Number(input.value)))
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw(report))
  addEventListener("beforeprint", () => { root.classList.add("printing"); redraw(report) })
  addEventListener("afterprint", () => { root.classList.remove("printing"); redraw(report) })
  follow(report)
  Object.assign(root, { fdmat: report })
}

const radios = () => /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=method]"))

/** The pictures in the page, by the id of their item. @param {ParentNode} page */
function picturesOf(page) {
  /** @type {Record<string, string>} */
  const found = {}
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (page.querySelectorAll("figure[data-item] img")))
    found[image.closest("figure")?.dataset.item ?? ""] = image.src
  return found
}

/**
 * Show another method; number keys may name one that is not there.
 * @param {Report} report
 * @param {number} number
 */
function choose(report, number) {
  if (!report.payloads[number] || number === report.chosen) return
  report.chosen = number
  for (const input of radios()) input.checked = Number(input.value) === number
  report.picture?.show(report.payloads[number])
  follow(report)
}

/** Colours have changed at once: the next frame would come after the paper. @param {Report} report */
function redraw({ picture }) {
  picture?.dress()
  picture?.state.draw(performance.now())
}

/** Numbers, lines and cards as they are where the slider stands. @param {Report} report */
function follow(report) {
  if (!report.picture) return
  const { state } = report.picture, { kept } = state.slider
  for (const line of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-readings]"))) read(line, kept, report.chosen)
  for (const mark of /** @type {NodeListOf<SVGGElement>} */ (document.querySelectorAll(".curves .mark"))) {
    const unit = Number(mark.ownerSVGElement?.dataset.unit ?? 0)
    mark.setAttribute("transform", `translate(${(unit * Math.log10(report.began / kept)).toFixed(1)} 0)`)
  }
  if (state.slider.moving) return
  const rows = rowsById(state.points)
  for (const card of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("figure[data-item]"))) {
    const row = rows.get(card.dataset.item ?? "")
    card.classList.toggle("stays", row !== undefined && state.rank[row] < state.slider.k)
  }
}

/** @type {WeakMap<BigInt64Array, Map<string, number>>} */
const known = new WeakMap()

/** @param {{ ids: BigInt64Array }} points */
function rowsById({ ids }) {
  const rows = known.get(ids) ?? new Map()
  if (!rows.size) ids.forEach((id, row) => rows.set(String(id), row))
  known.set(ids, rows)
  return rows
}

/** @type {WeakMap<HTMLElement, [number, string][][]>} by method, sizes ascending */
const parsed = new WeakMap()

/**
 * A number of the chosen method at the measured size nearest to a share kept, in the words that the page brought.
 * @param {HTMLElement} line
 * @param {number} kept
 * @param {number} chosen
 */
function read(line, kept, chosen) {
  /** @type {[number, string][][]} */
  const all = parsed.get(line) ?? JSON.parse(line.dataset.readings ?? "[]")
  parsed.set(line, all)
  const readings = all[chosen] ?? []
  const near = readings.length ? readings[nearestSize(readings.map(([size]) => size), kept)][1] : "not measured"
  if (line.textContent !== near) line.textContent = near
}
