// The map: a slider that the picture follows at once, and points to pan, zoom, point at and lasso.

import { listKeys, sectionIn } from "../elements.js"
import { countAt, orderAt, ranksOf, slotAt } from "../items.js"
import { rowsOfText, textOfRows } from "../payload.js"
import { createSlider, rounded, setScale } from "../slider.js"
import { percent, whole } from "../text.js"
import { cameraAt, fitted, middleOf } from "./camera.js"
import { coloursOf, keepIn } from "./colours.js"
import { draw } from "./draw.js"
import { glideFrom } from "./glide.js"
import { listenKeys } from "./keyboard.js"
import { isNamed } from "./labels.js"
import { layerOf } from "./layer.js"
import { showLegend, showModes, showTally } from "./legend.js"
import { overlay } from "./overlay.js"
import { screenOf } from "./paint.js"
import { listenPicture } from "./picture.js"
import { listenPointer, nameAll } from "./pointer.js"
import { pointsOf } from "./points.js"
import { ask, countClasses, elementsOf } from "./state.js"
import { KEYS, TEMPLATE } from "./template.js"
import { hearAnew, heardOf, textOf, viewIn } from "./view.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./state.js").Events} Events */
/** @typedef {import("./state.js").Options} Options */
/** @typedef {import("./state.js").View} View */
/** @typedef {import("./state.js").Elements} Elements */
/** @typedef {import("../slider.js").Slider} Slider */

export const STYLES = ["../slider.css", "map.css"].map((name) => new URL(name, import.meta.url).href)

/**
 * Show a map in an empty element or shadow root that is dressed in tokens.css and STYLES.
 * @param {HTMLElement | ShadowRoot} host
 * @param {Payload} payload of `points.pack`
 * @param {Events} [events]
 * @param {Options} [options]
 */
export function mount(host, payload, events = {}, options = {}) {
  const root = sectionIn(host, "fdmat-map", "Map of the data with the slider of the share kept", TEMPLATE)
  const map = stateOf(root, pointsOf(payload), events, options)
  listKeys(map.elements.keys, KEYS)
  listenPointer(map)
  listenPicture(map)
  listenKeys(map)
  const watch = new ResizeObserver(() => resize(map))
  watch.observe(map.elements.stage)
  map.removed.signal.addEventListener("abort", () => watch.disconnect())
  const known = options.view, words = options.words ?? {}
  recall(map, known?.key === map.points.key && known.heard.includes(textOf(words)) ? known : viewIn(words, map.points))
  resize(map)
  receive(map, options.kept)
  if (map.lasso.rows.length) events.lasso?.(textOfRows(map.lasso.rows, map.points.n))
  return {
    state: map,
    show: (/** @type {Payload} */ next) => show(map, pointsOf(next)),
    set: (/** @type {Options} */ next) => set(map, next),
    dress: () => dress(map),
    view: () => viewOf(map),
    remove: () => { clearTimeout(map.slider.timer); map.removed.abort(); root.remove() },
  }
}

/**
 * @param {HTMLElement} root
 * @param {Points} points
 * @param {Events} events
 * @param {Options} options
 * @param {{ elements?: Elements, slider?: Slider }} [given] instead of those of its own
 * @returns {MapState}
 */
export function stateOf(root, points, events, options, given = {}) {
  const slider = given.slider ?? createSlider(root, { move: () => slid(map), rest: () => rested(map) })
  const none = new Uint32Array(0)
  /** @type {MapState} */
  const map = {
    root, elements: given.elements ?? elementsOf(root), events, options, removed: new AbortController(), points, slider,
    sent: rounded(options.kept ?? 1), slot: -1, rank: none, k: 0, layer: layerOf(points.xy, none),
    tally: null, ringed: null, outlined: null, stage: { width: 0, height: 0 }, screen: null, camera: null,
    look: { mode: "kept", only: -1 }, colours: coloursOf(root), field: null, named: true, lasso: { armed: false, outline: [], rows: [] },
    hover: -1, led: false, focus: -1, gesture: null, moving: false, glide: null, flight: null, notice: "",
    drawn: { screen: null, over: false, count: 0, each: null },
    draw: (now) => draw(map, now), mark: () => { if (map.camera) overlay(map, map.camera) },
    frame: null, frames: 0, ms: 0, still: undefined,
  }
  return map
}

/**
 * Draw another payload. Of the same items (another method, or other coordinates) camera, slider, colours and lasso stay.
 * @param {MapState} map
 * @param {Points} points
 */
function show(map, points) {
  const before = map.points
  map.points = points
  if (before.key !== points.key) forget(map)
  else if (before.xy.some((value, i) => value !== points.xy[i])) glideFrom(map, before)
  receive(map)
}

/**
 * Take in the present points: their order, the rings on them, the ticks of the slider.
 * @param {MapState} map
 * @param {number} [kept]
 */
function receive(map, kept) {
  const { points, elements } = map
  map.slot = -1
  if (!map.camera && map.stage.width) map.camera = fitted(points.box, map.stage)
  dress(map)
  showModes(map)
  setScale(map.slider, points, kept)
  set(map, map.options)
  elements.name.hidden = !isNamed(points)
  nameAll(map, map.named)
  showLegend(map)
  ask(map)
}

/**
 * Other items: nothing of the last ones stays.
 * @param {MapState} map
 */
function forget(map) {
  Object.assign(map, { lasso: { armed: false, outline: [], rows: [] }, hover: -1, focus: -1, camera: null, glide: null, flight: null })
  map.look = { ...map.look, only: -1 }
}

/**
 * @param {MapState} map
 * @param {Options} options
 */
function set(map, options) {
  const { points, elements } = map, waiting = options.pending ? ` (${options.pending} is being computed)` : ""
  elements.note.textContent = `${points.projection}${waiting}. Map distances are not Wasserstein distances.`
  if (options.of !== map.options.of) hearAnew(map, options.words ?? {})
  if (options.ringed !== map.options.ringed || options.of !== map.options.of) ask(map)
  map.ringed = rowsOfText(options.ringed, points.n)
  map.options = options
}

/**
 * Who is kept where the slider stands, by the order that the method has there.
 * @param {MapState} map
 */
export function keep(map) {
  const { points, slider } = map, slot = slotAt(points, slider.kept)
  map.k = countAt(points, slider.kept)
  if (slot !== map.slot) {
    const order = orderAt(points, slot)
    Object.assign(map, { slot, rank: ranksOf(order), layer: layerOf(points.xy, order, points) })
  }
}

/** The slider has moved. @param {MapState} map */
function slid(map) {
  const { slider } = map
  keep(map)
  count(map)
  showTally(map)
  map.events.moved?.({ place: slider.place, resting: false })
  ask(map)
}

/** How many items are kept, in words. @param {MapState} map */
export function count({ elements, slider: { k, input }, points: { n } }) {
  elements.kept.textContent = `kept ${whole(k)} of ${whole(n)} (${percent(k / n)})`
  elements.pruned.textContent = `· pruned ${whole(n - k)} (${percent(1 - k / n)})`
  input.ariaValueText = `${percent(k / n)} kept, ${whole(k)} of ${whole(n)} items`
}

/** @param {MapState} map */
function rested(map) {
  const { slider } = map
  ask(map)
  map.elements.canvas.ariaLabel = describe(map)
  map.events.moved?.({ place: slider.place, resting: true })
  if (map.sent !== slider.kept) map.events.kept?.(map.sent = slider.kept)
}

/**
 * The picture in words.
 * @param {MapState} map
 */
function describe(map) {
  const { points, elements: { kept, pruned } } = map, { classes, n } = points
  const { all, stay } = countClasses(map)
  const shares = classes.map((name, c) => ({ name, share: stay[c] / all[c] })).filter(({ share }) => share >= 0)
  shares.sort((a, b) => a.share - b.share)
  const [least, most] = [shares[0], shares[shares.length - 1]].map(({ name, share }) => `${name} (${percent(share)})`)
  return `${points.projection} map of ${whole(n)} items. ${kept.textContent} ${pruned.textContent}. `
    + `Method ${points.method}. Kept least of ${least}, most of ${most}.`
}

/** @param {MapState} map */
export function resize(map) {
  const { canvas, stage } = map.elements, { clientWidth: width, clientHeight: height } = stage
  if (!width || !height) return
  const { camera, flight, points: { box }, stage: before } = map
  map.stage = { width, height }
  map.screen = screenOf(canvas, map.stage)
  const refit = (/** @type {import("./camera.js").Camera} */ one) =>
    one.touched ? cameraAt(middleOf(one, box, before), box, map.stage) : fitted(box, map.stage)
  if (before.width || !camera) map.camera = camera ? refit(camera) : fitted(box, map.stage)
  if (before.width && flight) map.flight = { ...flight, from: refit(flight.from), to: refit(flight.to) }
  ask(map)
}

/**
 * Colours from the page; those of the data stay the same on light and dark, as far as they can be read on both.
 * @param {MapState} map
 */
export function dress(map) {
  keepIn(map.root, map.points.colour)
  const colours = coloursOf(map.root)
  if (JSON.stringify(colours) === JSON.stringify(map.colours)) return
  map.colours = colours
  ask(map)
}

/**
 * How a person has set the map, for the next mount.
 * @param {MapState} map
 * @returns {View}
 */
export function viewOf(map) {
  const { points: { key, box }, look, camera, stage, lasso, named, focus } = map
  const middle = camera?.touched && stage.width ? middleOf(camera, box, stage) : null
  return { key, heard: heardOf(map), look, lasso, named, focus, camera: middle }
}

/**
 * @param {MapState} map
 * @param {View} view
 */
export function recall(map, { look, camera, lasso, named, focus }) {
  const { clientWidth: width, clientHeight: height } = map.elements.stage
  Object.assign(map, { look, lasso, named, focus })
  if (camera && width) map.camera = cameraAt(camera, map.points.box, { width, height })
}
