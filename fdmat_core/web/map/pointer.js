// What the pointer does on the canvas: pan, zoom, point at an item, pin its card, draw a lasso.

import { showKeys } from "../elements.js"
import { rowOf } from "../items.js"
import { textOfRows } from "../payload.js"
import { REST } from "../slider.js"
import { fitScale, fitted, panned, toData, zoomed } from "./camera.js"
import { flyTo } from "./glide.js"
import { bounds } from "./points.js"
import { ask, isKept } from "./state.js"
import { nearestRow, rowsInside } from "./tiles.js"
import { addressOf, record, tidied } from "./view.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./state.js").Gesture} Gesture */
/** @typedef {[number, number]} Spot a pixel of the stage */

const CLICK = 4 // a pointer that moved less than this many pixels has clicked

/** @param {MapState} map */
export function listenPointer(map) {
  const { lasso, name, fit: all, help, link, record: keep } = map.elements, { signal } = map.removed
  listenCanvas(map)
  lasso.addEventListener("click", () => arm(map, !map.lasso.armed))
  name.addEventListener("click", () => nameAll(map, !map.named))
  all.addEventListener("click", () => fit(map))
  help.addEventListener("click", () => showKeys(map.elements))
  link.addEventListener("click", () => copyLink(map))
  if (keep) keep.hidden = !map.events.record
  keep?.addEventListener("click", () => record(map))
  document.addEventListener("pointerover", (event) => follow(map, event, "hover"), { signal })
  document.addEventListener("focusin", (event) => follow(map, event, "hover"), { signal })
  document.addEventListener("focusout", () => leave(map), { signal })
  document.addEventListener("click", (event) => follow(map, event, "focus"), { signal })
}

/** What happens on the canvas itself. @param {MapState} map */
export function listenCanvas(map) {
  const { canvas, outside } = map.elements
  outside.addEventListener("click", () => fitAll(map))
  canvas.addEventListener("pointerdown", (event) => begin(map, event))
  canvas.addEventListener("pointermove", (event) => {
    if (!map.gesture) point(map, event)
    else if (map.gesture.pointer === event.pointerId) map.gesture.move(spotAt(map, event))
  })
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
    canvas.addEventListener(end, (event) => { if (map.gesture?.pointer === event.pointerId) finish(map, spotAt(map, event)) })
  canvas.addEventListener("pointerleave", () => { map.hover = -1; ask(map) })
  canvas.addEventListener("wheel", (event) => wheel(map, event), { passive: false })
}

/**
 * @param {MapState} map
 * @param {MouseEvent} event
 * @returns {Spot}
 */
function spotAt(map, event) {
  const box = map.elements.canvas.getBoundingClientRect()
  return [event.clientX - box.left, event.clientY - box.top]
}

/**
 * @param {MapState} map
 * @param {PointerEvent} event
 */
function begin(map, event) {
  if (event.button || !map.camera || map.gesture) return // a second finger changes nothing
  map.elements.canvas.setPointerCapture(event.pointerId)
  map.hover = -1
  const act = map.lasso.armed || event.shiftKey ? drawing : panning
  map.gesture = { pointer: event.pointerId, ...act(map, spotAt(map, event)) }
}

/**
 * @param {MapState} map
 * @param {Spot} spot
 */
function finish(map, spot) {
  const { gesture } = map
  Object.assign(map, { gesture: null, moving: false })
  gesture?.end(spot)
  ask(map)
}

/**
 * @param {MapState} map
 * @param {Spot} start
 * @returns {Gesture}
 */
function panning(map, [x0, y0]) {
  const { camera } = map
  const far = (/** @type {Spot} */ [x, y]) => Math.hypot(x - x0, y - y0) >= CLICK
  /** @type {Gesture["move"]} */
  const move = ([x, y]) => {
    if (!camera || !map.moving && !far([x, y])) return
    Object.assign(map, { moving: true, camera: panned(camera, x - x0, y - y0) })
    ask(map)
  }
  return { move, end: (spot) => { if (!far(spot)) map.focus = rowNear(map, spot) } }
}

/**
 * @param {MapState} map
 * @param {Spot} start
 * @returns {Gesture}
 */
function drawing(map, start) {
  const corner = (/** @type {Spot} */ spot) => map.camera ? toData(map.camera, map.stage, spot) : []
  map.lasso = { ...map.lasso, outline: corner(start) }
  return { move: (spot) => { map.lasso.outline.push(...corner(spot)); ask(map) }, end: () => closeLasso(map) }
}

/**
 * @param {MapState} map
 * @param {boolean} armed whether the next drag draws a lasso
 */
export function arm(map, armed) {
  map.lasso = { ...map.lasso, armed }
  map.elements.lasso.ariaPressed = String(armed)
  map.root.classList.toggle("lassoing", armed)
}

/**
 * @param {MapState} map
 * @param {boolean} named whether the map shows names
 */
export function nameAll(map, named) {
  map.named = named
  map.elements.name.ariaPressed = String(named)
  ask(map)
}

/** Say which rows the lasso holds; a line of less than three corners clears it. @param {MapState} map */
function closeLasso(map) {
  arm(map, false)
  const { lasso: { outline: drawn }, points: { box }, camera } = map
  const outline = drawn.length < 6 ? [] : tidied(drawn, box, 0.7 / (camera?.scale ?? 1))
  const rows = outline.length ? rowsInside(map.points, outline, bounds(outline)) : []
  map.lasso = { armed: false, outline, rows }
  map.events.lasso?.(rows.length ? textOfRows(rows, map.points.n) : "")
  ask(map)
}

/** Clear lasso, pinned card and the list of keys. @param {MapState} map */
export function clear(map) {
  const { outline, rows } = map.lasso
  arm(map, false)
  Object.assign(map, { focus: -1, hover: -1 })
  showKeys(map.elements, false)
  map.lasso.outline = []
  if (outline.length || rows.length) closeLasso(map)
  ask(map)
}

/**
 * @param {MapState} map
 * @param {Spot} spot
 */
function rowNear(map, spot) {
  const { camera, points, stage } = map
  if (!camera) return -1
  return nearestRow(points, toData(camera, stage, spot), 12 / camera.scale, (row) => isKept(map, row), 3 / camera.scale)
}

/**
 * @param {MapState} map
 * @param {PointerEvent} event
 */
function point(map, event) {
  const row = rowNear(map, spotAt(map, event))
  if (row === map.hover) return
  map.hover = row
  map.mark()
}

/**
 * @param {MapState} map
 * @param {WheelEvent} event
 */
function wheel(map, event) {
  event.preventDefault()
  zoom(map, Math.exp(-event.deltaY / 600), spotAt(map, event))
}

/**
 * @param {MapState} map
 * @param {number} factor
 * @param {Spot} [spot] what stays where it is; the middle if left out
 */
export function zoom(map, factor, spot = [map.stage.width / 2, map.stage.height / 2]) {
  if (!map.camera) return
  Object.assign(map, { camera: zoomed(map.camera, factor, spot, map.stage, map.points.box, map.points.all), moving: true })
  clearTimeout(map.still)
  map.still = setTimeout(() => { map.moving = false; ask(map) }, REST)
  ask(map)
}

/** Show all but what lies far out. @param {MapState} map */
export function fit(map) {
  if (map.stage.width) map.camera = fitted(map.points.box, map.stage)
  ask(map)
}

/** Show also what lies far out. @param {MapState} map */
function fitAll(map) {
  const { points: { box, all }, stage } = map, camera = fitted(all, stage)
  map.camera = { ...camera, zoom: camera.scale / fitScale(box, stage), touched: true }
  ask(map)
}

/**
 * An element elsewhere on the page that names an item (`data-item`) rings its point, under the pointer and by Tab; a
 * click pins its card, and so does Enter.
 * @param {MapState} map
 * @param {Event} event
 * @param {"hover" | "focus"} act
 */
function follow(map, event, act) {
  const element = event.target instanceof Element ? event.target.closest("[data-item]") : null
  if (!(element instanceof HTMLElement)) {
    if (act === "hover") leave(map)
    return
  }
  if (act === "hover") map.led = true // a click leaves that as it is, so that the ring goes when the pointer does
  map[act] = rowOf(map.points, element.dataset.item ?? "")
  if (act === "focus" && "fly" in element.dataset) flyTo(map, map[act])
  ask(map)
}

/** No element elsewhere names an item any more. @param {MapState} map */
function leave(map) {
  if (!map.led) return
  Object.assign(map, { led: false, hover: -1 })
  ask(map)
}

/** The page's address opens the same view elsewhere. @param {MapState} map */
async function copyLink(map) {
  const address = addressOf(map), copied = await navigator.clipboard?.writeText(address).then(() => true, () => false)
  map.notice = copied ? "link copied" : `copy it from here: ${address}`
  setTimeout(() => { map.notice = ""; ask(map) }, copied ? 1500 : 6000)
  ask(map)
}
