// Decisions on all that is marked: on screen at once, to the server in one message, which is one step to take back.

import { make } from "../elements.js"
import { idOf, isLabelled } from "../items.js"
import { textOfRows } from "../payload.js"
import { whole } from "../text.js"
import { pictureOf, showBadge } from "./cells.js"
import { author, decide, post } from "./decisions.js"
import { heading, recount } from "./filter_panel.js"
import { unmark } from "./marks.js"
import { decisionOn, SIGNS, stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */

const KEYS = "One key decides on all of them, Z takes all of it back, Esc unmarks."
const SHOWN = 10 // of the marked items on the card
/** @type {Record<string, string>} */
const DONE = { keep: "kept", drop: "dropped", relabel: "relabelled", unsure: "called unsure", "": "cleared" }

/**
 * Decide on what is marked or, if nothing is, on the chosen item.
 * @param {GridState} grid
 * @param {string} decision "" takes off what they have
 */
export function act(grid, decision) {
  if (!grid.marked.size) { decide(grid, decision); return }
  const rows = rowsFor(grid, decision), labels = decision === "relabel" ? rows.map((row) => labelFor(grid, row)) : []
  if (!rows.length) return
  const by = author() || "me"
  rows.forEach((row, i) => {
    const item = idOf(grid.items, row)
    if (decision) grid.decided.set(item, { decision, label: labels.length ? grid.items.classes[labels[i]] : "", author: by })
    else grid.decided.delete(item)
  })
  post(grid, {
    rows: textOfRows(rows, grid.items.n), count: rows.length, first: idOf(grid.items, rows[0]), decision,
    ...labels.length ? { labels } : {},
  })
  for (const row of grid.cells.keys()) showBadge(grid, row)
  grid.note = `${whole(rows.length)} ${DONE[decision]}, Z takes that back`
  unmark(grid)
  recount(grid)
  stale(grid, "card")
}

/**
 * The marked rows, ascending, that a decision would be about: who has no other class is not relabelled, and who has no
 * decision is not cleared.
 * @param {GridState} grid
 * @param {string} decision
 */
export function rowsFor(grid, decision) {
  const { marked, items } = grid, rows = Array.from(marked).sort((a, b) => a - b)
  if (decision === "relabel") return rows.filter((row) => labelFor(grid, row) !== items.labels[row])
  return decision ? rows : rows.filter((row) => decisionOn(grid, row)?.decision)
}

/**
 * The place of the class that a marked row would get: the one chosen, else the one that the plan prefers.
 * @param {GridState} grid
 * @param {number} row
 */
const labelFor = ({ items, target }, row) => target ? items.classes.indexOf(target) : items.preferred[row]

/**
 * Those of some rows that nobody has decided on.
 * @param {GridState} grid
 * @param {Iterable<number>} rows
 */
export const openOf = (grid, rows) => Array.from(rows).filter((row) => !decisionOn(grid, row)?.decision)

/**
 * The card of what is marked: how many, ten of them, and what can be decided about all.
 * @param {GridState} grid
 * @returns {HTMLElement[]}
 */
export function markedCard(grid) {
  const { marked } = grid, count = marked.size
  const decided = Array.from(marked).filter((row) => decisionOn(grid, row)?.decision).length
  const head = make("div", "", { className: "marked-head" })
  head.append(make("b", `${whole(count)} ${count === 1 ? "item" : "items"} marked`))
  if (decided) head.append(make("span", `${whole(decided)} of them decided before: that would be overruled`))
  const shown = sample(Array.from(marked), SHOWN)
  const pictures = make("div", "", { className: "near preview" })
  pictures.append(...shown.map((row) => small(grid, row)))
  const words = shown.length < count ? `${shown.length} of them, evenly spaced` : "All of them"
  return [head, heading(words), pictures, heading("Decide on all of them"), deciding(grid), make("p", KEYS, { className: "quiet hint" })]
}

/**
 * So many of some rows, evenly spaced over them.
 * @param {number[]} rows
 * @param {number} count
 */
export function sample(rows, count) {
  const step = Math.max(1, rows.length / count)
  return Array.from({ length: Math.min(count, rows.length) }, (_, i) => rows[Math.floor(i * step)])
}

/**
 * @param {GridState} grid
 * @param {number} row
 */
function small({ items }, row) {
  const given = items.classes[items.labels[row]], other = items.classes[items.preferred[row]], id = `item ${idOf(items, row)}`
  const lines = isLabelled(items) ? [given, other === given ? " " : `→ ${other}`] : [id]
  const cell = make("figure", "", { title: `${id}: ${lines.join(" ")}` })
  cell.append(pictureOf(items, row, cell.title), ...lines.map((line) => make("figcaption", line)))
  return cell
}

/** @param {GridState} grid */
function deciding(grid) {
  const box = make("div", "", { className: "deciding for-all" }), labelled = isLabelled(grid.items)
  for (const decision of ["keep", "drop", ...labelled ? ["relabel"] : [], "unsure", ""]) {
    const count = rowsFor(grid, decision).length
    const button = make("button", "", { className: decision || "clear", disabled: !count })
    button.append(make("kbd", SIGNS[decision] ?? "C"), make("span", wordsFor(grid, decision, count)))
    button.addEventListener("click", () => act(grid, decision))
    box.append(button)
    if (decision === "relabel") box.append(classMenu(grid))
  }
  return box
}

/**
 * @param {GridState} grid
 * @param {string} decision
 * @param {number} count
 */
function wordsFor(grid, decision, count) {
  const many = whole(count)
  if (!decision) return `Clear ${many}`
  if (decision !== "relabel") return `${decision[0].toUpperCase()}${decision.slice(1)} ${many}`
  const labels = new Set(rowsFor(grid, decision).map((row) => labelFor(grid, row)))
  return `Relabel ${many}${labels.size === 1 ? ` to ${grid.items.classes[[...labels][0]]}` : ""}`
}

/** @param {GridState} grid */
function classMenu(grid) {
  const menu = make("select", "", { className: "target", ariaLabel: "Class to relabel all of them to" })
  const each = make("option", "each as preferred", { value: "" })
  menu.append(each, ...grid.items.classes.map((name) => make("option", name, { value: name })))
  menu.value = grid.target
  menu.addEventListener("change", () => { grid.target = menu.value; stale(grid, "card") })
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") { menu.blur(); event.preventDefault() }
    event.stopPropagation()
  })
  return menu
}
