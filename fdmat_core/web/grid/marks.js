// Marked items: what the next decision is about when it is about many. By shift and click, by dragging, by keys.

import { make } from "../elements.js"
import { clamp } from "../text.js"
import { choose, placesIn } from "./cells.js"
import { showTally } from "./filter_panel.js"
import { stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */

const FAR = 6 // pixels that a press must move before it is a drag
const EDGE = 36, STEP = 18 // pixels from the edge of the list at which it scrolls under a drag, and how far each time

/**
 * Mark these rows and no others.
 * @param {GridState} grid
 * @param {Iterable<number>} rows
 */
export function mark(grid, rows) {
  grid.marked = new Set(rows)
  grid.target = ""
  showTally(grid)
  stale(grid, "card")
}

/** @param {GridState} grid */
export function unmark(grid) {
  if (grid.marked.size) mark(grid, [])
}

/** Mark all of the list. @param {GridState} grid */
export const markAll = (grid) => mark(grid, grid.sifted.list)

/**
 * Go to a place of the list, with nothing marked.
 * @param {GridState} grid
 * @param {number} place
 */
export function go(grid, place) {
  unmark(grid)
  choose(grid, place)
}

/**
 * Mark all from where one was before to a place of the list.
 * @param {GridState} grid
 * @param {number} place
 */
export function markTo(grid, place) {
  const { anchor, sifted: { list } } = grid, to = clamp(place, 0, Math.max(0, list.length - 1))
  choose(grid, to)
  grid.anchor = anchor
  mark(grid, list.slice(Math.min(anchor, to), Math.max(anchor, to) + 1))
}

/**
 * Mark one more, or one less.
 * @param {GridState} grid
 * @param {number} place
 */
function toggle(grid, place) {
  const row = grid.sifted.list[place], rows = new Set(grid.marked)
  if (!rows.delete(row)) rows.add(row)
  choose(grid, place)
  mark(grid, rows)
}

/**
 * Hear of clicks on cells, and of drags over them. A finger scrolls, so that it cannot drag.
 * @param {GridState} grid
 */
export function listenMarks(grid) {
  const { cells } = grid.elements
  cells.addEventListener("click", (event) => {
    const place = placeOf(event)
    if (place === undefined) return
    if (event.shiftKey) markTo(grid, place)
    else if (event.ctrlKey || event.metaKey) toggle(grid, place)
    else go(grid, place)
  })
  cells.addEventListener("dragstart", (event) => event.preventDefault())
  cells.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType !== "touch" && !event.shiftKey) follow(grid, event)
  })
}

/** The place of the cell that an event is on. @param {Event} event */
const placeOf = ({ target }) =>
  target instanceof Element ? /** @type {import("./state.js").Cell | null} */ (target.closest("figure"))?.place : undefined

/**
 * Follow a press until it ends; once it has moved it is a drag, which marks the cells that its rectangle touches.
 * @param {GridState} grid
 * @param {PointerEvent} press
 */
function follow(grid, press) {
  const { frame, cells } = grid.elements, from = spot(grid, press), band = make("div", "", { className: "band" })
  const before = press.ctrlKey || press.metaKey ? [...grid.marked] : []
  let latest = press, scrolling = 0
  const ended = new AbortController(), { signal } = ended
  const draw = () => {
    const to = spot(grid, latest), box = boxOf(from, to)
    Object.assign(band.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` })
    mark(grid, [...before, ...placesIn(grid, box).map((place) => grid.sifted.list[place])])
  }
  const scroll = () => {
    const { top, bottom } = frame.getBoundingClientRect(), y = latest.clientY
    const by = y < top + EDGE ? -STEP : y > bottom - EDGE ? STEP : 0
    if (by) { frame.scrollTop += by; draw() }
    scrolling = requestAnimationFrame(scroll)
  }
  window.addEventListener("pointermove", (event) => {
    latest = event
    if (!band.isConnected && Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) < FAR) return
    if (!band.isConnected) { cells.append(band); scrolling = requestAnimationFrame(scroll) }
    event.preventDefault()
    draw()
  }, { signal })
  const end = () => {
    ended.abort()
    cancelAnimationFrame(scrolling)
    if (!band.isConnected) return
    band.remove()
    const clicked = new AbortController() // the click that ends a drag chooses nothing
    cells.addEventListener("click", (event) => event.stopImmediatePropagation(), { capture: true, signal: clicked.signal })
    setTimeout(() => clicked.abort(), 0)
  }
  for (const name of ["pointerup", "pointercancel", "blur"]) window.addEventListener(name, end, { signal })
  grid.removed.signal.addEventListener("abort", end, { signal })
}

/**
 * Where an event is among the cells, in pixels from their beginning.
 * @param {GridState} grid
 * @param {PointerEvent} event
 */
function spot({ elements: { cells } }, { clientX, clientY }) {
  const { left, top } = cells.getBoundingClientRect()
  return { x: clientX - left, y: clientY - top }
}

/**
 * @param {{ x: number, y: number }} a
 * @param {{ x: number, y: number }} b
 */
const boxOf = (a, b) => ({
  left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y),
})
