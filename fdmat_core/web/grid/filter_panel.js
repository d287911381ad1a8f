// The filters on screen: issues, decisions, a class, a pair of labels, an item's number; each with what it would leave.

import { make } from "../elements.js"
import { isLabelled } from "../items.js"
import { REST } from "../slider.js"
import { whole } from "../text.js"
import { choose, forgetCells } from "./cells.js"
import { showHeads } from "./columns.js"
import { showEffect } from "./effect.js"
import { filterWords, namesOf, pairName, sift } from "./filters.js"
import { search, soughtWords } from "./search.js"
import { chooseSet } from "./sets.js"
import { partNow, take } from "./share.js"
import { decisionOn, SIGNS, stale, STATES } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./filters.js").FilterName} FilterName */

const SQUARE = 14 // up to this many classes the pairs are a matrix, beyond it a list
const MOST_PAIRS = 12

/** The decision on a row, or "open". @param {GridState} grid @param {number} row */
const stateOf = (grid, row) => decisionOn(grid, row)?.decision || "open"

/** What was chosen elsewhere is shown whole, whoever's part it is. @param {GridState} grid */
const partOf = ({ mine, only }) => only ? null : mine

/** @param {GridState} grid */
const siftNow = (grid) => sift({ ...grid, mine: partOf(grid), k: grid.slider.k, stateOf: (row) => stateOf(grid, row) })

/**
 * @param {GridState} grid
 * @param {FilterName} name
 * @param {string} value
 */
export function setFilter(grid, name, value) {
  grid.filters = { ...grid.filters, [name]: value }
  refresh(grid)
  clearTimeout(grid.timers.filters)
  grid.timers.filters = setTimeout(() => sendFilters(grid), REST)
}

/** Let others hear of the filters, if they have not yet. @param {GridState} grid */
export function sendFilters(grid) {
  if (!grid.timers.filters) return
  clearTimeout(grid.timers.filters)
  grid.timers.filters = undefined
  grid.events.filters?.({ of: grid.items.key, ...grid.filters })
}

/**
 * Choosing what is chosen already takes it off.
 * @param {GridState} grid
 * @param {FilterName} name
 * @param {string} value
 */
const toggle = (grid, name, value) => setFilter(grid, name, grid.filters[name] === value ? "" : value)

/** @param {GridState} grid */
export function clearFilters(grid) {
  grid.elements.find.value = ""
  Object.assign(grid, { filters: { order: grid.filters.order ?? "" }, found: null, inSet: null })
  setFilter(grid, "item", "")
  sendFilters(grid)
}

/**
 * Sift anew and draw all that depends on it; the chosen item stays chosen if it is still there.
 * @param {GridState} grid
 */
export function refresh(grid) {
  grid.sifted = siftNow(grid)
  const place = grid.sifted.list.indexOf(grid.row)
  if (place < 0) grid.elements.frame.scrollTop = 0
  keepListed(grid)
  showFilters(grid)
  showHeads(grid)
  if (grid.shape === "table") forgetCells(grid) // ranks and scores stand in the lines
  choose(grid, Math.max(0, place))
}

/** What is no longer in the list is no longer marked. @param {GridState} grid */
function keepListed(grid) {
  if (!grid.marked.size) return
  const rows = Array.from(grid.sifted.list).filter((row) => grid.marked.has(row))
  if (rows.length < grid.marked.size) { grid.marked = new Set(rows); stale(grid, "card") }
}

/**
 * Count the decisions anew, without sifting: what was just decided stays in the list until a filter changes.
 * @param {GridState} grid
 */
export function recount(grid) {
  grid.sifted.states = siftNow(grid).states
  showStates(grid)
  showTally(grid)
}

/** @param {GridState} grid */
function showFilters(grid) {
  const { elements, items: { classes, issues }, filters, sifted } = grid
  const total = sifted.issues.reduce((sum, count) => sum + count, 0)
  elements.issues.replaceChildren(
    option(grid, "issue", "", "all that leaves", total),
    ...issues.map((issue, i) => option(grid, "issue", issue, issue, sifted.issues[i])))
  showStates(grid)
  const choices = classes.map((name, c) => make("option", `${name} (${whole(sifted.labels[c])})`, { value: name }))
  elements.labels.replaceChildren(make("option", "all classes", { value: "" }), ...choices)
  elements.labels.value = filters.label ?? ""
  const labelled = isLabelled(grid.items)
  if (elements.labels.parentElement) elements.labels.parentElement.hidden = !labelled
  elements.pairs.replaceChildren(...!labelled ? [] : classes.length <= SQUARE ? matrix(grid) : pairList(grid))
  showChips(grid)
  showTally(grid)
}

/** @param {GridState} grid */
function showStates(grid) {
  const offered = STATES.filter((state) => state !== "relabel" || isLabelled(grid.items))
  grid.elements.states.replaceChildren(...offered.map((state) => {
    const button = option(grid, "decision", state, state, grid.sifted.states.get(state) ?? 0)
    if (SIGNS[state]) button.prepend(make("i", SIGNS[state], { className: `sign ${state}` }))
    return button
  }))
}

/**
 * @param {GridState} grid
 * @param {FilterName} name
 * @param {string} value
 * @param {string} words
 * @param {number} count
 */
function option(grid, name, value, words, count) {
  const chosen = (grid.filters[name] ?? "") === value
  const button = make("button", "", { role: "radio", ariaChecked: String(chosen), disabled: !count && !chosen })
  button.append(make("span", words), make("em", whole(count)))
  button.dataset.value = value
  button.addEventListener("click", () => toggle(grid, name, value))
  return button
}

/** @param {string} words */
export const heading = (words) => make("h3", words)

/**
 * Given against preferred: a square per pair, darker for more; the diagonal, where both agree, stays pale.
 * @param {GridState} grid
 */
function matrix(grid) {
  const { items: { classes }, sifted: { pairs } } = grid, c = classes.length
  const most = Math.max(1, ...[...pairs].filter(([pair]) => pair % (c + 1)).map(([, count]) => count))
  const squares = make("div", "", { className: "matrix" })
  squares.style.setProperty("--c", String(c))
  squares.append(make("span"), ...classes.map((name) => make("span", name, { className: "column", title: name })))
  for (let given = 0; given < c; given++) {
    squares.append(make("span", classes[given], { className: "line", title: classes[given] }))
    for (let other = 0; other < c; other++) squares.append(square(grid, given * c + other, most))
  }
  return [heading("Label pairs: given ↓, preferred →"), squares]
}

/**
 * @param {GridState} grid
 * @param {number} pair
 * @param {number} most the largest count of a pair
 */
function square(grid, pair, most) {
  const count = grid.sifted.pairs.get(pair) ?? 0, name = pairName(grid.items, pair), chosen = grid.filters.pair === name
  const [given, other] = namesOf(grid.items, pair), same = given === other
  const button = make("button", "", { ariaPressed: String(chosen), disabled: !count && !chosen, className: same ? "same" : "" })
  const share = same ? 0.12 * Number(count > 0) : count && 0.2 + 0.8 * Math.min(1, count / most)
  button.title = button.ariaLabel = `${whole(count)} labelled ${given}, ${same ? "and the plan agrees" : `the plan prefers ${other}`}`
  button.style.setProperty("--share", String(share))
  button.dataset.pair = name
  button.addEventListener("click", () => toggle(grid, "pair", name))
  return button
}

/** @param {GridState} grid */
function pairList(grid) {
  const { items, sifted: { pairs } } = grid, c = items.classes.length
  const off = [...pairs].filter(([pair]) => pair % (c + 1)).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_PAIRS)
  const list = off.map(([pair, count]) => {
    const name = pairName(items, pair), button = option(grid, "pair", name, namesOf(items, pair).join(" → "), count)
    button.dataset.pair = name
    return button
  })
  return [heading(`Label pairs${off.length === MOST_PAIRS ? `, the ${MOST_PAIRS} most frequent` : ""}`), ...list]
}

/** The filters that are on, each with a cross to take it off. @param {GridState} grid */
function showChips(grid) {
  const { elements, filters, only, sifted: { here, list } } = grid
  /** @type {HTMLElement[]} */
  const chips = []
  const chip = (/** @type {string} */ words, /** @type {() => void} */ off) => {
    const button = make("button", `${words}  ✕`, { title: "Take this filter off" })
    button.addEventListener("click", off)
    button.addEventListener("keydown", ({ key }) => { if (key === "Delete" || key === "Backspace") off() })
    chips.push(button)
  }
  const count = only?.reduce((sum, one) => sum + one, 0) ?? 0
  if (only) chip(`chosen elsewhere: ${whole(count)}, of them removed ${whole(here)}`, () => dropOnly(grid))
  const { part, parts } = partNow()
  if (partOf(grid)) chip(`part ${part} of ${parts}`, () => take(grid, 1, 1))
  for (const name of /** @type {const} */ (["issue", "label", "pair", "decision"])) {
    const value = filters[name]
    if (value) chip(filterWords(grid.items, name, value), () => toggle(grid, name, value))
  }
  if (filters.item) chip(soughtWords(filters.item), () => search(grid, elements.find.value = ""))
  if (filters.set) chip(`set: ${filters.set}`, () => chooseSet(grid, ""))
  putChips(grid, chips)
  elements.map.disabled = !list.length
}

/**
 * Show the chips; the keyboard stays where it was among them, or goes on to the list.
 * @param {GridState} grid
 * @param {HTMLElement[]} chips
 */
function putChips({ elements: { chips: box, narrowed, cells } }, chips) {
  const root = /** @type {Document | ShadowRoot} */ (box.getRootNode())
  const at = root.activeElement ? [...box.children].indexOf(root.activeElement) : -1
  box.replaceChildren(...chips)
  narrowed.hidden = !chips.length
  if (at >= 0) (chips[Math.min(at, chips.length - 1)] ?? cells).focus({ preventScroll: true })
}

/** How many leave, how many pass the filters, how many are marked. @param {GridState} grid */
function showCounts({ elements: { counts }, sifted: { here, kept, list }, marked }) {
  const too = kept ? ` · ${whole(kept)} kept fit, too` : ""
  counts.textContent = `all ${whole(here)} · filtered ${whole(list.length)} · marked ${whole(marked.size)}${too}`
}

/** Show all items again, not those of a lasso alone. @param {GridState} grid */
function dropOnly(grid) {
  grid.only = null
  grid.events.only?.("none")
  refresh(grid)
}

/** "12 decided of 567", and whether anything still waits to be saved. @param {GridState} grid */
export function showTally(grid) {
  const { sifted: { list }, elements: { tally }, outbox, trouble } = grid
  let decided = 0
  for (const row of list) decided += Number(stateOf(grid, row) !== "open")
  showEffect(grid)
  showCounts(grid)
  const waiting = outbox.length > 1 || trouble ? ` · ${outbox.length} not saved yet${trouble && `: ${trouble}`}` : ""
  const marked = grid.marked.size ? `${whole(grid.marked.size)} marked, ` : "", note = grid.note && ` · ${grid.note}`
  tally.textContent = `${marked}${whole(decided)} decided of ${whole(list.length)}${note}${waiting}`
  tally.classList.toggle("trouble", !!trouble)
}
