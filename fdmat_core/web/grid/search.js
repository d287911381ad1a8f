// Finding items: by number here, by class here, by what their fields say at the server, which answers with rows.

import { isLabelled } from "../items.js"
import { rowsOfText } from "../payload.js"
import { searchTyped } from "../words.js"
import { refresh, setFilter } from "./filter_panel.js"
import { isNumber } from "./filters.js"
import { namesOf } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./state.js").GridItems} GridItems */

const CLASS = /^label:\s*/i // what stands before the name of a class, and of nothing else

/** Whether classes have names that are more than numbers, which would find items instead. @param {GridItems} items */
const areNamed = (items) => isLabelled(items) && items.classes.some((name) => !isNumber(name))

/** The field for these items: what it finds, and what is looked for already. @param {GridState} grid */
export function offerSearch(grid) {
  const { elements: { find }, items } = grid, labels = areNamed(items) ? ["label"] : [], names = [...labels, ...items.named]
  find.value = grid.filters.item ?? ""
  find.inputMode = names.length ? "search" : "numeric"
  find.placeholder = ["Find: number", ...names].join(", ")
  find.ariaLabel = `Find items by ${["number", ...names].join(", ")}`
  const texts = names.length ? `; a word is looked for in ${names.join(", ")}; ${names[names.length - 1]}: and a word in that alone` : ""
  find.title = `12 finds the numbers that begin with 12; =12, 15 these two${texts}`
  findRows(grid)
}

/**
 * Find items by their number or by a part of what is written about them. Until it is known which, the list stays as it is.
 * Where nothing is written about them, only a number counts.
 * @param {GridState} grid
 * @param {string} text
 */
export function search(grid, text) {
  const sought = grid.items.search || areNamed(grid.items) ? text : text.replace(/[^-=,\s\d]/g, "")
  if (isNumber(sought)) grid.found = null
  setFilter(grid, "item", sought)
  findRows(grid)
}

/** Find the rows that hold the text that is looked for, if it is no number. @param {GridState} grid */
async function findRows(grid) {
  const text = grid.filters.item ?? "", { items } = grid
  if (!text) return
  if (isNumber(text)) { namesOf(grid); return }
  const rows = classRows(items, text)
  if (items.search && !CLASS.test(text)) {
    const held = rowsOfText(await searchTyped(items.search, text), items.n)
    if (grid.items !== items || grid.filters.item !== text) return // somebody has typed on
    if (!held) grid.note = "the server did not search; type again"
    held?.forEach((one, row) => { rows[row] |= one })
  }
  grid.found = rows
  refresh(grid)
}

/**
 * The rows whose class holds a text, upper or lower case, a byte per row.
 * @param {Pick<GridItems, "classes" | "labels" | "n">} items
 * @param {string} text maybe with `label:` before it
 */
export function classRows({ classes, labels, n }, text) {
  const wanted = text.replace(CLASS, "").toLowerCase(), rows = new Uint8Array(n)
  const holds = classes.map((name) => Number(classes.length > 1 && name.toLowerCase().includes(wanted)))
  for (let row = 0; row < n; row++) rows[row] = holds[labels[row]]
  return rows
}

/** What is looked for, as a chip says it. @param {string} sought */
export function soughtWords(sought) {
  if (!isNumber(sought)) return `“${sought}”`
  return sought.startsWith("=") ? `number ${sought.slice(1).trim()}` : `number ${sought}…`
}
