// The columns of the list as a table: what stands in them, and the order of the list by each.

import { make } from "../elements.js"
import { idOf, isLabelled } from "../items.js"
import { whole } from "../text.js"
import { pictureOf } from "./cells.js"
import { isColumn, reversed, rowsBy, scoreOf, sortBy } from "./scores.js"
import { decisionOn, stale, STATES, truthOf, wordsOf } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./state.js").Cell} Cell */
/** @typedef {import("./scores.js").Order} Order */

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} title
 * @property {boolean} [labelled] only where items have labels
 * @property {(grid: GridState, row: number) => number} key what the list is sorted by, the least first
 * @property {(grid: GridState, row: number) => string} text
 */

/** @type {Column[]} */
const COLUMNS = [
  { name: "number", title: "Item", key: ({ items }, row) => Number(items.ids[row]), text: ({ items }, row) => idOf(items, row) },
  {
    name: "class", title: "Class", labelled: true, key: ({ items }, row) => items.labels[row],
    text: ({ items }, row) => items.classes[items.labels[row]],
  },
  {
    name: "preferred", title: "Preferred", labelled: true, key: ({ items }, row) => items.preferred[row],
    text: ({ items }, row) => items.preferred[row] === items.labels[row] ? "the same" : items.classes[items.preferred[row]],
  },
  { name: "rank", title: "Rank", key: ({ rank }, row) => rank[row], text: ({ rank }, row) => whole(rank[row] + 1) },
  { name: "reason", title: "Reason", key: ({ items }, row) => items.issue[row], text: ({ items }, row) => items.issues[items.issue[row]] },
  {
    name: "decision", title: "Decision", key: (grid, row) => (STATES.indexOf(decisionOn(grid, row)?.decision || "open") || STATES.length),
    text: (grid, row) => { const decision = decisionOn(grid, row); return decision?.decision ? wordsOf(decision) : "" },
  },
]
const SCORE = 3 // the score stands before this column

/** The columns that these items have. @param {GridState} grid */
const columnsOf = (grid) => COLUMNS.filter(({ labelled }) => !labelled || isLabelled(grid.items))

/**
 * The order of the list by a column, as if its place were a score; null for a name that is no column.
 * @param {GridState} grid
 * @param {string} name as `scores.orderOf` has it
 * @returns {Order | null}
 */
export function byColumn(grid, name) {
  const { column, down } = reversed(name), found = columnsOf(grid).find((one) => one.name === column)
  if (!found) return null
  const { n, worst } = grid.items, values = Float64Array.from({ length: n }, (_, row) => (down ? 1 : -1) * found.key(grid, row))
  return { name, title: `${found.title}, ${down ? "descending" : "ascending"}`, values, rows: rowsBy(values, worst) }
}

/** The score that stands in the table: the one the list is sorted by, or that of the histogram. @param {GridState} grid */
function scoreShown(grid) {
  const { order, score, items } = grid, shown = order && !isColumn(order.name) ? order : score
  if (!shown && items.scores.length) scoreOf(grid, items.scores[0].name).then((first) => {
    if (first && !grid.score) { grid.score = first; stale(grid, "list") }
  })
  return shown
}

/** The titles over the table, by which it is sorted. @param {GridState} grid */
export function showHeads(grid) {
  const { heads } = grid.elements, table = grid.shape === "table"
  heads.hidden = !table
  if (!table) return
  const score = scoreShown(grid), /** @type {HTMLElement[]} */ titles = []
  for (const one of columnsOf(grid)) titles.push(head(grid, one.title, `column ${one.name}`))
  titles.splice(-SCORE, 0, score ? head(grid, score.title, score.name) : make("span"))
  heads.replaceChildren(make("span"), ...titles)
  heads.parentElement?.classList.toggle("unlabelled", !isLabelled(grid.items))
}

/**
 * A title that sorts by its column, and pressed again the other way round; a score comes highest first.
 * @param {GridState} grid
 * @param {string} title
 * @param {string} name
 */
function head(grid, title, name) {
  const now = grid.order?.name ?? "", { column, down } = reversed(now), chosen = now === name || `column ${column}` === name
  const next = chosen && isColumn(name) && !down ? name.replace("column ", "column -") : name
  const button = make("button", title, { ariaPressed: String(chosen), title: `Sort by ${title}` })
  button.dataset.order = name
  const up = isColumn(name) && !down
  if (chosen) button.append(make("i", up ? "▲" : "▼", { ariaLabel: up ? "ascending" : "descending" }))
  button.addEventListener("click", () => sortBy(grid, next))
  return button
}

/**
 * Fill a cell as a line of the table.
 * @param {GridState} grid
 * @param {Cell} cell
 * @param {number} row
 */
export function fillLine(grid, cell, row) {
  const texts = columnsOf(grid).map((one) => make("span", one.text(grid, row), { className: one.name })), score = scoreShown(grid)
  const value = score ? String(Number(score.values[row].toPrecision(4))) : ""
  texts.splice(-SCORE, 0, make("span", value, { className: "score" }))
  const truth = truthOf(grid, row)
  if (truth) texts[texts.length - 2].append(make("em", ` ${truth}`))
  cell.append(pictureOf(grid.items, row, ""), ...texts)
}
