// Scores of the items: fetched when somebody asks for one, to sort the list by it and to cut it at a threshold.

import { make } from "../elements.js"
import { idOf, ranksOf } from "../items.js"
import { fetchPayload } from "../payload.js"
import { byColumn } from "./columns.js"
import { setFilter } from "./filter_panel.js"
import { stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */

/** @typedef {import("./state.js").GridItems} GridItems */

/** @typedef {{ name: string, group: string, title: string }} Offered what the grid may ask for */

/**
 * @typedef {object} Score
 * @property {string} name
 * @property {string} title
 * @property {Float32Array} values by row, higher comes first
 * @property {Uint32Array} rows highest first; equal ones, and those without a score, the worst first
 */
/** How the list is sorted: by a score or by a column. @typedef {Omit<Score, "values"> & { values: Float32Array | Float64Array }} Order */

const LIKE = "like ", ALIKE = "Most alike first" // and the number of an item, or a picture
const PICTURE = "a picture" // what a likeness is to that no link can say
const COLUMN = "column ", COLUMNS = "Columns of the table"
/** The choice that asks for a picture to be likened to. */
export const ASK = "ask for a picture"

/**
 * @param {Float32Array | Float64Array} values by row
 * @param {Uint32Array} worst rows in the order in which equal ones come
 */
export function rowsBy(values, worst) {
  const place = ranksOf(worst), keys = values.map((value) => Number.isNaN(value) ? -Infinity : value)
  return worst.slice().sort((a, b) => keys[b] === keys[a] ? place[a] - place[b] : keys[b] > keys[a] ? 1 : -1)
}

/**
 * A score by its name, asked for once.
 * @param {GridState} grid
 * @param {string} name
 * @returns {Promise<Score | null>} null if the server does not answer
 */
export function scoreOf({ items, scores }, name) {
  const known = scores.get(name) ?? fetched(items, name).catch(() => { scores.delete(name); return null })
  scores.set(name, known)
  return known
}

/**
 * @param {GridItems} items
 * @param {string} name
 * @returns {Promise<Score | null>}
 */
async function fetched({ score, scores, worst }, name) {
  const { columns } = await fetchPayload(new URL(score + encodeURIComponent(name), document.baseURI).href)
  const title = scores.find((one) => one.name === name)?.title ?? name
  return { name, title, values: columns.score, rows: rowsBy(columns.score, worst) }
}

/** Fill the menu of orders. @param {GridState} grid */
export function listOrders({ elements: { order }, items }) {
  const asked = items.like ? [{ name: ASK, group: ALIKE, title: "like a picture of yours …" }] : [], offers = [...items.scores, ...asked]
  const groups = [...new Set(offers.map((one) => one.group))]
  order.replaceChildren(make("option", "gravest issue", { value: "" }), ...groups.map((label) => {
    const group = make("optgroup", "", { label }), offered = offers.filter((one) => one.group === label)
    group.append(...offered.map(({ name, title }) => make("option", title, { value: name })))
    return group
  }))
}

/** Whether the name of an order is that of a column. @param {string} name */
export const isColumn = (name) => name.startsWith(COLUMN)

/**
 * What the name of a column's order says: "column rank" has the least first, "column -rank" the most.
 * @param {string} name
 */
export function reversed(name) {
  const told = isColumn(name) ? name.slice(COLUMN.length) : ""
  return { column: told.replace("-", ""), down: told.startsWith("-") }
}

/**
 * Offer an order in the menu in place of the one of its kind before.
 * @param {GridState} grid
 * @param {string} kind what the names of such orders begin with
 * @param {Offered} offered
 */
function offer(grid, kind, offered) {
  const { items } = grid
  items.scores = [...items.scores.filter((one) => !one.name.startsWith(kind)), offered]
  listOrders(grid)
}

/**
 * The order of a name; null if there is none.
 * @param {GridState} grid
 * @param {string} name
 * @returns {Promise<Order | null>}
 */
async function orderOf(grid, name) {
  if (!isColumn(name)) return scoreOf(grid, name)
  const found = byColumn(grid, name)
  if (found) offer(grid, COLUMN, { name, group: COLUMNS, title: found.title })
  return found
}

/**
 * Sort the list by how like an item the others are, and offer that among the orders in place of the one before.
 * @param {GridState} grid
 * @param {number} row
 */
export function sortByLikeness(grid, row) {
  const item = idOf(grid.items, row)
  return sortBy(grid, offerLikeness(grid, item, `like item ${item}`))
}

/**
 * Offer a likeness among the orders in place of the one before; returns its name.
 * @param {GridState} grid
 * @param {string} what it is likeness to
 * @param {string} title
 */
export function offerLikeness(grid, what, title) {
  const name = `${LIKE}${what}`
  offer(grid, LIKE, { name, group: ALIKE, title })
  return name
}

/** The order that was asked for last. @type {WeakMap<GridState, string>} */
const wished = new WeakMap()

/**
 * Sort the list by a score; by issue and severity without one. The histogram is that of a detector or of evidence.
 * A link may name an order that these items do not have: then the list stays as it is.
 * @param {GridState} grid
 * @param {string} name
 * @param {boolean} [named] by a link
 */
export async function sortBy(grid, name, named = false) {
  const { items } = grid, like = name.startsWith(LIKE)
  if (like && !items.scores.some((one) => one.name === name)) offerLikeness(grid, name.slice(LIKE.length), name.replace(LIKE, "like item "))
  wished.set(grid, name)
  const score = name ? await orderOf(grid, name) : null
  if (grid.items.key !== items.key || wished.get(grid) !== name) return // meanwhile somebody wanted another
  if (name && !score && !named) grid.trouble = "the server does not answer; choose the order again"
  grid.order = score
  if (score && !isColumn(name) && !name.startsWith("rank") && !like) Object.assign(grid, { score, threshold: null })
  grid.elements.order.value = score?.name ?? ""
  grid.elements.frame.scrollTop = 0
  grid.row = -1
  setFilter(grid, "order", score && name !== `${LIKE}${PICTURE}` ? name : "")
}

/** Sort anew by a column whose values may have changed, such as the rank. @param {GridState} grid */
export function sortAgain(grid) {
  if (!grid.order || !isColumn(grid.order.name)) return
  grid.order = byColumn(grid, grid.order.name)
  stale(grid, "list")
}
