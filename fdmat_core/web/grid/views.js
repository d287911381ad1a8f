// Saved views: filters, order and set under a name; a menu recalls them, and the link says all that a view does.

import { make } from "../elements.js"
import { filterWords } from "./filters.js"
import { ask as askServer, listenPanel, remover, showPanel, tell } from "./panel.js"
import { sortBy } from "./scores.js"
import { search } from "./search.js"
import { chooseSet } from "./sets.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./filters.js").Filters} Filters */
/** @typedef {{ name: string, words: Filters }} View */
/** @typedef {{ views?: View[], error?: string }} Answer */

/** @param {GridState} grid @returns {import("./panel.js").Panel} */
const panelOf = ({ elements: { views: button, seen: panel, keep: form, viewed: named, unsaved: trouble } }) =>
  ({ button, panel, form, named, trouble })

/** Open and close the menu, and save when somebody wants that. @param {GridState} grid */
export const listenViews = (grid) => listenPanel(panelOf(grid), (open) => openViews(grid, open), () => save(grid))

/**
 * @param {GridState} grid
 * @param {boolean} [open]
 */
export function openViews(grid, open = grid.elements.seen.hidden === true) {
  const { viewed } = grid.elements
  showPanel(grid, panelOf(grid), open)
  if (!open) return
  viewed.placeholder = wordsOf(grid.items, grid.filters).slice(0, viewed.maxLength) || "Nothing to save: no filter, order or set is on"
  listViews(grid)
  viewed.focus()
}

/**
 * What a view says, in words.
 * @param {{ classes: string[] }} items
 * @param {Filters} words
 */
export const wordsOf = (items, { item, order, ...others }) => [
  ...Object.entries(others).flatMap(([name, word]) => word ? [filterWords(items, name, word)] : []),
  ...item ? [`“${item}”`] : [], ...order ? [`by ${order.replace("column -", "").replace("column ", "")}`] : [],
].join(", ")

/**
 * What the server says about views.
 * @param {GridState} grid
 * @param {object} [wish] to be written
 * @returns {Promise<Answer>}
 */
const ask = ({ items }, wish) => askServer(items.views, wish)

/** @param {GridState} grid */
async function listViews(grid) {
  show(grid, await ask(grid))
}

/**
 * @param {GridState} grid
 * @param {Answer} answer
 */
function show(grid, { views, error = "" }) {
  tell(grid.elements.unsaved, error)
  const none = make("p", "No view is saved yet. Filter and sort the list, then save that under a name.", { className: "quiet" })
  if (views) grid.elements.recalled.replaceChildren(...views.length ? views.map((one) => line(grid, one)) : [none])
}

/**
 * @param {GridState} grid
 * @param {View} one
 */
function line(grid, { name, words }) {
  const item = make("div", "", { className: "set" }), button = make("button", "", { className: "name", title: "See the list so" })
  button.append(make("b", name), make("small", wordsOf(grid.items, words)))
  button.addEventListener("click", () => recall(grid, words))
  const away = remover(`Delete the view ${name}`, async () => {
    show(grid, await ask(grid, { delete: name }))
    grid.elements.viewed.focus()
  })
  item.append(button, away)
  return item
}

/**
 * See the list as a view says.
 * @param {GridState} grid
 * @param {Filters} words
 */
async function recall(grid, words) {
  openViews(grid, false)
  Object.assign(grid, { filters: { ...words }, found: null, inSet: null })
  grid.elements.find.value = words.item ?? ""
  search(grid, words.item ?? "")
  chooseSet(grid, words.set ?? "")
  await sortBy(grid, words.order ?? "")
}

/** Save what is seen under a name. @param {GridState} grid */
async function save(grid) {
  const { viewed } = grid.elements, words = Object.fromEntries(Object.entries(grid.filters).filter(([, word]) => word))
  const name = viewed.value.trim() || (Object.keys(words).length ? viewed.placeholder : "")
  const answer = await ask(grid, { name, words })
  show(grid, answer)
  if (!answer.error) viewed.value = ""
}
