// The keys of the grid. They are heard before the page's own, and never while somebody types.

import { isTaken, isTyped, showKeys } from "../elements.js"
import { slideByKey } from "../slider.js"
import { showBeside } from "./beside.js"
import { act } from "./bulk.js"
import { chooseClass, undo } from "./decisions.js"
import { clearFilters } from "./filter_panel.js"
import { go, markAll, markTo, unmark } from "./marks.js"
import { sortByLikeness } from "./scores.js"
import { openSets } from "./sets.js"
import { resize, turn } from "./shape.js"
import { openViews } from "./views.js"

/** @typedef {import("./state.js").GridState} GridState */

const CLASSES = "Shift+r"
const TYPED = /^[^a-z]$/i // signs that some keyboards have behind shift

/** @param {GridState} grid */
export function listenKeys(grid) {
  window.addEventListener("keydown", (event) => {
    if (isAll(event)) { markAll(grid); event.preventDefault(); event.stopPropagation(); return }
    if (isTaken(event)) return
    const onSlider = event.composedPath().some((it) => it === grid.slider.input || it === grid.elements.threshold)
    if (onSlider && (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End")) return
    if (!press(grid, event)) return
    event.preventDefault()
    event.stopPropagation() // the page's own keys would run it again
  }, { capture: true, signal: grid.removed.signal })
}

/**
 * @param {GridState} grid
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key does something here
 */
function press(grid, event) {
  const { across } = grid.layout, step = (/** @type {number} */ by) => () => go(grid, grid.at + by)
  const markBy = (/** @type {number} */ by) => () => markTo(grid, grid.at + by)
  /** @type {Record<string, () => void>} */
  const acts = {
    k: () => act(grid, "keep"), d: () => act(grid, "drop"), u: () => act(grid, "unsure"), r: () => act(grid, "relabel"),
    c: () => act(grid, ""), l: () => { if (grid.row >= 0) sortByLikeness(grid, grid.row) },
    [CLASSES]: () => chooseClass(grid), z: () => undo(grid), n: step(1), p: step(-1), ArrowRight: step(1), ArrowLeft: step(-1),
    ArrowDown: step(across), ArrowUp: step(-across), "Shift+ArrowRight": markBy(1), "Shift+ArrowLeft": markBy(-1),
    "Shift+ArrowDown": markBy(across), "Shift+ArrowUp": markBy(-across),
    "[": () => slideByKey(grid.slider, event), "]": () => slideByKey(grid.slider, event),
    s: () => openSets(grid), w: () => openViews(grid), t: () => turn(grid), "+": () => resize(grid, 1), "-": () => resize(grid, -1),
    v: () => showBeside(grid),
    "/": () => grid.elements.find.focus(), Escape: () => escape(grid), "?": () => showKeys(grid.elements),
  }
  for (const number of "123456789") acts[number] = () => grid.events.method?.(Number(number))
  const name = nameOf(event)
  if (!Object.hasOwn(acts, name)) return false
  acts[name]()
  return true
}

/** Whether a key press means all of the list, and not all of a field. @param {KeyboardEvent} event */
const isAll = (event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "a" && !isTyped(event)

/**
 * What a key press is called: a letter without regard to caps lock, with shift named; a sign as it is typed.
 * @param {KeyboardEvent} event
 */
function nameOf({ key, shiftKey }) {
  const name = key.length === 1 ? key.toLowerCase() : key
  return shiftKey && !TYPED.test(key) ? `Shift+${name}` : name
}

/** @param {GridState} grid */
function escape(grid) {
  if (!grid.elements.keys.hidden) showKeys(grid.elements, false)
  else if (!grid.elements.beside.hidden) showBeside(grid, false)
  else if (!grid.elements.panel.hidden) openSets(grid, false)
  else if (!grid.elements.seen.hidden) openViews(grid, false)
  else if (grid.marked.size) unmark(grid)
  else clearFilters(grid)
}
