// The marked items side by side, as large as there is room for; the chosen one, if none is marked.

import { make } from "../elements.js"
import { idOf, isLabelled } from "../items.js"
import { whole } from "../text.js"
import { pictureOf } from "./cells.js"
import { decisionOn, truthOf, wordsOf } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */

export const MOST = 6 // pictures at once

/**
 * The rows that stand side by side, in the order of the list.
 * @param {Pick<GridState, "sifted" | "marked" | "row">} grid
 */
export function rowsBeside({ sifted: { list }, marked, row }) {
  if (!marked.size) return row < 0 ? [] : [row]
  return Array.from(list).filter((one) => marked.has(one)).slice(0, MOST)
}

/**
 * Open or close them.
 * @param {GridState} grid
 * @param {boolean} [open]
 */
export function showBeside(grid, open = grid.elements.beside.hidden === true) {
  const { beside, cells } = grid.elements, was = !beside.hidden
  beside.hidden = !(open && rowsBeside(grid).length)
  beside.dataset.marked = ""
  if (!beside.hidden) drawBeside(grid)
  if (!beside.hidden && !was) beside.querySelector("button")?.focus()
  if (beside.hidden && was) cells.focus({ preventScroll: true })
}

/** What is marked or decided has changed: show it anew, if it is open. @param {GridState} grid */
export function drawBeside(grid) {
  const { beside } = grid.elements, rows = rowsBeside(grid), count = grid.marked.size
  if (beside.hidden) return
  if (!rows.length || beside.dataset.marked === "true" && !count) { showBeside(grid, false); return }
  beside.dataset.marked = String(count > 0)
  const close = make("button", "Close ✕", { className: "act-close", title: "Back to the list (Esc, V)" })
  close.addEventListener("click", () => showBeside(grid, false))
  const head = make("header"), row = make("div", "", { className: "large-row" })
  const some = count > 1 ? `${rows.length} of ${whole(count)} marked items` : "1 item"
  const keys = grid.marked.size ? "K, D, R or U decides on all that is marked" : "K, D, R or U decides on it"
  head.append(make("b", some), make("span", keys, { className: "quiet" }), close)
  row.style.setProperty("--across", String(rows.length > 3 ? Math.ceil(rows.length / 2) : rows.length))
  row.append(...rows.map((one) => figure(grid, one)))
  const focused = beside.contains(/** @type {ShadowRoot} */ (beside.getRootNode()).activeElement)
  beside.replaceChildren(head, row)
  if (focused) close.focus()
}

/**
 * A large picture with what is known of its item.
 * @param {GridState} grid
 * @param {number} row
 */
function figure(grid, row) {
  const { items, order } = grid, id = idOf(items, row), truth = truthOf(grid, row), decision = decisionOn(grid, row)
  const given = items.classes[items.labels[row]], other = items.classes[items.preferred[row]]
  const box = make("figure"), said = make("figcaption"), picture = pictureOf(items, row, `item ${id}`, true)
  picture.classList.toggle("noise", !!truth)
  said.append(make("b", isLabelled(items) ? other === given ? given : `${given} → ${other}` : `item ${id}`))
  const score = order ? `${order.title}: ${Number(order.values[row].toPrecision(4))}` : ""
  const lines = [`item ${id} · ${items.issues[items.issue[row]]}`, score, truth, decision?.decision ? wordsOf(decision) : ""]
  said.append(...lines.filter(Boolean).map((line) => make("span", line)))
  box.append(picture, said)
  return box
}
