// The comparison: two maps side by side of the same items, under one camera and one slider, with linked pointers.

import { find, listKeys, sectionIn } from "../elements.js"
import { createSlider, rounded, setScale } from "../slider.js"
import { percent, whole } from "../text.js"
import { count, dress, keep, recall, resize, stateOf, viewOf } from "../map/canvas.js"
import { fitted } from "../map/camera.js"
import { draw } from "../map/draw.js"
import { listenKeys } from "../map/keyboard.js"
import { showLegend, showModes, showTally } from "../map/legend.js"
import { listenCanvas, listenPointer } from "../map/pointer.js"
import { ask, elementsOf } from "../map/state.js"
import { viewIn } from "../map/view.js"
import { chance, jaccard, sidesOf, split } from "./pair.js"
import { KEYS, TEMPLATE } from "./template.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {import("../map/state.js").MapState} MapState */
/** @typedef {import("../map/state.js").Options} Options */
/** @typedef {import("../map/state.js").View} View */
/** @typedef {import("../map/points.js").Points} Points */
/** @typedef {import("./pair.js").Agreement} Agreement */

/** @typedef {View & { rings: boolean }} PairView */

/**
 * What a comparison says to whoever shows it; all may be left out.
 * @typedef {object} Events
 * @property {(kept: number) => void} [kept] the slider rests at another share kept
 * @property {(slider: { place: number, resting: boolean }) => void} [moved] the slider is at a place
 * @property {(number: number) => void} [method] a number key was pressed
 * @property {(pressed: boolean) => void} [swap] A and B are to change places
 */

/**
 * @typedef {object} Pair the state of a mounted comparison
 * @property {HTMLElement} root
 * @property {MapState[]} panes A and B: what is theirs together lies in A
 * @property {Events} events
 * @property {Payload["facts"]} facts of the payload shown
 * @property {[Uint8Array, Uint8Array]} only rows that only one side keeps, a byte per row
 * @property {Agreement} agreement
 * @property {boolean} rings whether those are ringed
 * @property {number} sent the share kept that others heard last
 */

/** What the two maps have together: a change of one is a change of both. @type {(keyof MapState)[]} */
const TOGETHER = ["camera", "flight", "look", "named", "lasso", "hover", "led", "focus", "moving", "notice", "colours", "frame", "still"]

export const STYLES = ["../slider.css", "../map/map.css", "compare.css"].map((name) => new URL(name, import.meta.url).href)

/**
 * Show a comparison in an empty element or shadow root that is dressed in tokens.css and STYLES.
 * @param {HTMLElement | ShadowRoot} host
 * @param {Payload} payload of `compare.pack`
 * @param {Events} [events]
 * @param {Options & { view?: PairView }} [options]
 */
export function mount(host, payload, events = {}, options = {}) {
  const root = sectionIn(host, "fdmat-map fdmat-compare", "Two maps of the same data with one slider of the share kept", TEMPLATE)
  const pair = pairOf(root, payload, events, options), [a, b] = pair.panes
  listKeys(a.elements.keys, KEYS)
  listen(pair)
  const watch = new ResizeObserver(() => pair.panes.forEach(resize))
  pair.panes.forEach(({ elements }) => watch.observe(elements.stage))
  a.removed.signal.addEventListener("abort", () => watch.disconnect())
  const known = options.view?.key === a.points.key ? options.view : null
  recall(a, known ?? viewIn(options.words ?? {}, a.points))
  if (known) ring(pair, known.rings)
  pair.panes.forEach(resize)
  receive(pair, options.kept)
  set(pair, options)
  return {
    state: pair,
    show: (/** @type {Payload} */ next) => show(pair, next),
    set: (/** @type {Options} */ next) => set(pair, next),
    dress: () => { dress(a); ask(b) },
    view: () => ({ ...viewOf(a), rings: pair.rings }),
    remove: () => { clearTimeout(a.slider.timer); a.removed.abort(); root.remove() },
  }
}

/**
 * @param {HTMLElement} root
 * @param {Payload} payload
 * @param {Events} events
 * @param {Options} options
 * @returns {Pair}
 */
function pairOf(root, payload, events, options) {
  const slider = createSlider(root, { move: () => slid(pair), rest: () => rested(pair) })
  const parts = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".pane")])
  const panes = sidesOf(payload).map((points, place) =>
    stateOf(root, points, { method: events.method }, options, { slider, elements: elementsOf(root, parts[place]) }))
  /** @type {Pair} */
  const pair = {
    root, panes, events, facts: payload.facts, only: [new Uint8Array(0), new Uint8Array(0)],
    agreement: { both: 0, only: [0, 0], n: 0 }, rings: true, sent: rounded(options.kept ?? 1),
  }
  join(panes)
  panes[0].beside = panes[1]
  return pair
}

/**
 * Let the second map have camera, look, lasso and pointers of the first, and one frame draw both.
 * @param {MapState[]} panes
 */
function join([a, b]) {
  for (const name of TOGETHER)
    Object.defineProperty(b, name, { get: () => a[name], set: (value) => { Object.assign(a, { [name]: value }) } })
  const [markA, markB] = [a.mark, b.mark]
  a.draw = b.draw = (now) => { draw(a, now); draw(b, now) }
  a.mark = b.mark = () => { markA(); markB() }
}

/** @param {Pair} pair */
function listen(pair) {
  const { root, panes: [a, b], events } = pair, turn = () => ring(pair, !pair.rings)
  listenPointer(a)
  listenCanvas(b)
  listenKeys(a, { r: turn, x: () => events.swap?.(true) })
  find(root, ".act-rings").addEventListener("click", turn)
}

/**
 * Draw another payload. Of the same items at the same places camera, slider, colours and lasso stay.
 * @param {Pair} pair
 * @param {Payload} payload
 */
function show(pair, payload) {
  const [a] = pair.panes, before = a.points
  pair.facts = payload.facts
  sidesOf(payload).forEach((points, place) => { pair.panes[place].points = points })
  const { key, xy, box } = a.points
  if (before.key !== key || before.xy.some((value, i) => value !== xy[i])) {
    Object.assign(a, { lasso: { armed: false, outline: [], rows: [] }, hover: -1, focus: -1 })
    Object.assign(a, { look: { ...a.look, only: -1 }, camera: a.stage.width ? fitted(box, a.stage) : null })
  }
  receive(pair)
}

/**
 * Take in the present points of both sides, and the ticks of the slider.
 * @param {Pair} pair
 * @param {number} [kept]
 */
function receive(pair, kept) {
  const { panes, facts, root } = pair, [{ points, slider }] = panes, { n } = points
  for (const pane of panes) pane.slot = -1
  pair.only = [new Uint8Array(n), new Uint8Array(n)]
  panes.forEach((pane, place) => { find(root.querySelectorAll(".pane")[place], ".title").textContent = pane.points.method })
  if (!panes[0].camera && panes[0].stage.width) panes[0].camera = fitted(points.box, panes[0].stage)
  dress(panes[0]) // what is kept in a blue that can be read on this ground
  showModes(panes[0])
  setScale(slider, { n, sizes: facts.stops, least: facts.least, nested: facts.nested }, kept)
  ring(pair, pair.rings)
  showLegend(panes[0])
}

/**
 * @param {Pair} pair
 * @param {Options} options
 */
function set({ panes: [{ points, elements }] }, { pending }) {
  const waiting = pending ? ` (${pending} is being computed)` : ""
  elements.note.textContent = `One ${points.projection} for both${waiting}. Map distances are not Wasserstein distances.`
}

/**
 * @param {Pair} pair
 * @param {boolean} rings whether what only one side keeps is ringed
 */
function ring(pair, rings) {
  pair.rings = rings
  find(pair.root, ".act-rings").ariaPressed = String(rings)
  pair.panes.forEach((pane, place) => { pane.outlined = rings ? pair.only[place] : null })
  ask(pair.panes[0])
}

/** The slider has moved: who is kept by each, and by one of them only. @param {Pair} pair */
function slid(pair) {
  const { panes, root, events } = pair, [a, b] = panes, { slider } = a
  panes.forEach(keep)
  const found = pair.agreement = split(a, b, pair.only), { both, only } = found
  count(a)
  showTally(a)
  find(root, ".agree").textContent = `both keep ${whole(both)} of the ${whole(both + only[0] + only[1])} that either keeps: `
    + `Jaccard ${percent(jaccard(found))}, two random draws ${percent(chance(found))}`
  panes.forEach((pane, place) => {
    const part = root.querySelectorAll(".pane")[place]
    find(part, ".only").textContent = `${whole(only[place])} only here`
    find(part, ".own").textContent = pane.k === slider.k ? "" : `keeps ${whole(pane.k)} at its nearest size`
  })
  events.moved?.({ place: slider.place, resting: false })
  ask(a)
}

/** @param {Pair} pair */
function rested(pair) {
  const { panes, events, agreement: { only } } = pair, { slider } = panes[0]
  panes.forEach(({ elements: { canvas }, points, k }, place) => {
    canvas.ariaLabel = `${points.projection} map of ${whole(points.n)} items, side ${"AB"[place]}. Method ${points.method} `
      + `keeps ${whole(k)}, of which ${whole(only[place])} only here.`
  })
  ask(panes[0])
  events.moved?.({ place: slider.place, resting: true })
  if (pair.sent !== slider.kept) events.kept?.(pair.sent = slider.kept)
}
