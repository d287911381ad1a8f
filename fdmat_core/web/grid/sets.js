// Named sets of items: to narrow the list to one, to save what is marked, listed or kept as another, to take one away.

import { make } from "../elements.js"
import { idOf } from "../items.js"
import { rowsOfText, textOfRows } from "../payload.js"
import { whole } from "../text.js"
import { refresh, setFilter } from "./filter_panel.js"
import { ask as askServer, listenPanel, remover, showPanel, tell } from "./panel.js"

/** @typedef {import("./state.js").GridState} GridState */
/**
 * A set as the server lists it; `shared` counts the items that it has in common with the chosen one.
 * @typedef {{ name: string, count: number, origin: string, shared?: number }} Listed
 */
/** @typedef {{ rows: Iterable<number>, count: number, origin: string, words: string }} Savable */
/** @typedef {{ sets?: Listed[], rows?: string, error?: string }} Answer */

/** @param {GridState} grid @returns {import("./panel.js").Panel} */
const panelOf = ({ elements: { sets: button, panel, saved: form, named, wrong: trouble } }) => ({ button, panel, form, named, trouble })

/** Hear of the sets of these items, and find the rows of the one that the list is narrowed to. @param {GridState} grid */
export function learnSets(grid) {
  grid.sets = []
  findSet(grid)
}

/** Hear which sets there are, and how far each agrees with the chosen one. @param {GridState} grid */
async function listSets(grid) {
  const { items, filters: { set } } = grid
  const { sets } = await ask(grid, set ? `?with=${encodeURIComponent(set)}` : "")
  if (!sets || grid.items.key !== items.key) return
  grid.sets = sets
  showSets(grid)
}

/**
 * What the server says about sets.
 * @param {GridState} grid
 * @param {string} more of the address
 * @param {object} [wish] to be written
 * @returns {Promise<Answer>}
 */
const ask = ({ items }, more, wish) => askServer(items.sets + more, wish)

/**
 * Narrow the list to a set, or with "" no more.
 * @param {GridState} grid
 * @param {string} name
 */
export function chooseSet(grid, name) {
  grid.inSet = null
  setFilter(grid, "set", name)
  findSet(grid)
}

/** Ask for the rows of the chosen set; where there is no such set, the list is empty and says so. @param {GridState} grid */
async function findSet(grid) {
  const { filters: { set = "" }, items } = grid
  listSets(grid)
  offerRows(grid)
  if (!set) return
  const { rows, error = "" } = await ask(grid, `/rows?name=${encodeURIComponent(set)}`)
  if (grid.items.key !== items.key || grid.filters.set !== set) return // somebody has chosen another
  grid.inSet = rowsOfText(rows, items.n) ?? new Uint8Array(items.n)
  grid.note = error
  refresh(grid)
  offerRows(grid)
}

/** Open and close the panel, and save when somebody wants that. @param {GridState} grid */
export function listenSets(grid) {
  listenPanel(panelOf(grid), (open) => openSets(grid, open), () => save(grid))
  grid.elements.what.addEventListener("change", () => suggest(grid))
}

/**
 * @param {GridState} grid
 * @param {boolean} [open]
 */
export function openSets(grid, open = grid.elements.panel.hidden === true) {
  showPanel(grid, panelOf(grid), open)
  if (!open) return
  showSets(grid)
  listSets(grid) // others save, too
  offerRows(grid)
  grid.elements.named.focus()
}

/** List the sets, if the panel is open. @param {GridState} grid */
function showSets(grid) {
  const { elements: { panel, listed }, sets } = grid
  if (panel.hidden) return
  const none = make("p", "No set is saved yet. Mark or filter items, then save them under a name.", { className: "quiet" })
  listed.replaceChildren(...sets.length ? sets.map((one) => line(grid, one)) : [none])
}

/**
 * A set with what can be done with it.
 * @param {GridState} grid
 * @param {Listed} one
 */
function line(grid, one) {
  const { name } = one, chosen = grid.filters.set === name, item = make("div", "", { className: "set" })
  const title = chosen ? "Show all again" : "Show these items alone"
  const button = make("button", "", { className: "name", ariaPressed: String(chosen), title })
  button.append(make("b", name), make("small", wordsOn(one, chosen ? "" : grid.filters.set)))
  button.addEventListener("click", () => chooseSet(grid, chosen ? "" : name))
  const files = ["csv", "json"].map((ending) => {
    const href = `${grid.items.sets}/file?name=${encodeURIComponent(name)}&ending=.${ending}`
    return make("a", ending.toUpperCase(), { href, download: "", title: `Take the set ${name} away as ${ending.toUpperCase()}` })
  })
  const away = remover(`Delete the set ${name}`, async () => {
    take(grid, await ask(grid, "", { delete: name }))
    if (grid.filters.set === name) chooseSet(grid, "")
    grid.elements.named.focus()
  })
  item.append(button, ...files, away)
  return item
}

/**
 * How many items a set holds, how many of them the chosen one holds as well, and where they came from.
 * @param {Listed} one
 * @param {string} [other] the name of the chosen set
 */
export function wordsOn({ name, count, origin, shared }, other) {
  const both = other && shared !== undefined ? `${whole(shared)} of them in ${other}` : ""
  return [`${whole(count)} ${count === 1 ? "item" : "items"}`, both, origin === name ? "" : origin].filter(Boolean).join(", ")
}

/**
 * Take in what the server says after something was written.
 * @param {GridState} grid
 * @param {Answer} answer
 */
function take(grid, { error = "" }) {
  tell(grid.elements.wrong, error)
  if (!error) listSets(grid)
}

/** What can be saved now, each with what is said about where it came from. @param {GridState} grid @returns {Savable[]} */
export function savable({ marked, sifted: { list }, elements, rank, slider: { k }, items }) {
  const filters = [...elements.chips.children].map((chip) => chip.textContent?.replace(/\s*✕$/, "")).join(", ")
  const method = decodeURIComponent(items.method), kept = Array.from(rank.keys()).filter((row) => rank[row] < k)
  const at = `by ${method} at ${Number((100 * k / items.n).toPrecision(3))}%`
  const found = [
    { rows: marked, count: marked.size, origin: "marked by hand", words: `${whole(marked.size)} marked` },
    { rows: list, count: list.length, origin: `removed ${at}${filters && `, ${filters}`}`, words: `${whole(list.length)} of the list` },
    { rows: kept, count: k, origin: `kept ${at}`, words: `${whole(k)} kept ${at}` },
  ]
  return found.filter(({ count }) => count)
}

/** Offer what can be saved, if the panel is open. @param {GridState} grid */
function offerRows(grid) {
  const { what, panel } = grid.elements
  if (panel.hidden) return
  what.replaceChildren(...savable(grid).map(({ words, origin }) => make("option", words, { value: origin })))
  suggest(grid)
}

/** A set that gets no other name is called after where it comes from. @param {GridState} grid */
const suggest = ({ elements: { what, named } }) => { named.placeholder = what.value.slice(0, named.maxLength) }

/** Save what is chosen under its name. @param {GridState} grid */
async function save(grid) {
  const { named, what } = grid.elements, { items } = grid, one = savable(grid).find(({ origin }) => origin === what.value)
  if (!one) { tell(grid.elements.wrong, "what was to be saved is no longer there; choose again"); offerRows(grid); return }
  const rows = Array.from(one.rows).sort((a, b) => a - b), name = named.value.trim() || named.placeholder
  const wish = { name, origin: one.origin, rows: textOfRows(rows, items.n), count: rows.length, first: idOf(items, rows[0]) }
  const answer = await ask(grid, "", wish)
  take(grid, answer)
  if (!answer.error) named.value = ""
}
