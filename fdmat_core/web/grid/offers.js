// What is offered for many items at once, beside the list. It only marks them: the card then shows ten, and what to decide.

import { make } from "../elements.js"
import { isLabelled } from "../items.js"
import { whole } from "../text.js"
import { openOf } from "./bulk.js"
import { classesOf } from "./filters.js"
import { mark } from "./marks.js"

/** @typedef {import("./state.js").GridState} GridState */

/** Offer to relabel a whole pair of classes, if one is chosen. @param {GridState} grid */
export function showOffers(grid) {
  const { elements: { offers }, filters: { pair }, sifted: { list }, items } = grid
  const [given, other] = pair ? classesOf(items, pair).map((place) => items.classes[place]) : []
  const rows = other && given !== other && isLabelled(items) ? openOf(grid, list) : []
  offers.replaceChildren(...rows.length ? [offer(grid, rows, `Relabel all ${whole(rows.length)} ${given} → ${other} …`, other)] : [])
}

/**
 * A button that marks some rows, all of which are open.
 * @param {GridState} grid
 * @param {number[]} rows
 * @param {string} words
 * @param {string} [target] the class that R will give
 */
function offer(grid, rows, words, target = "") {
  const title = "Marks them; what is decided already stays as it is. Look at ten of them, then press R."
  const button = make("button", words, { className: "act-all", title })
  button.addEventListener("click", () => {
    mark(grid, rows)
    grid.target = target
  })
  return button
}
