// Names on the map: of classes at first, at more of their places nearer by, and pictures of exemplars nearer still.

import { make } from "../elements.js"
import { idOf } from "../items.js"
import { toStage } from "./camera.js"
import { exemplarsOf, peaksOf } from "./peaks.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Stage} Stage */
/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./peaks.js").Peak} Peak */

/** @typedef {{ x: number, y: number, width: number, height: number }} Wish a label's middle and its size, in pixels */
/** @typedef {{ element: HTMLElement, peak: Peak, width: number, height: number }} Label */
/** @typedef {{ key: string, labels: Label[], view: string }} Shown the labels that are there, and for which view they were placed */

export const NEARER = 1.6, NEAREST = 3 // zooms from which on more names, and pictures, are shown
const EDGE = 6 // pixels between a label and the edge of the stage
const GAP = 6 // pixels between two labels

/** @type {WeakMap<HTMLElement, Shown>} */
const shown = new WeakMap()

/** Whether the points have names to show. @param {Points} points */
export const isNamed = ({ peaks, pictures }) => peaks.first.length > 0 || !!pictures && peaks.exemplars.length > 0

/**
 * All that names need of some points.
 * @param {Pick<Points, "xy" | "labels" | "n" | "box" | "classes" | "clusters" | "flags">} points
 */
export const namesOf = (points) => ({ ...peaksOf(points), exemplars: exemplarsOf(points) })

/**
 * Which level of names a zoom shows: 0 classes, 1 all their places, 2 exemplars with pictures.
 * @param {number} zoom
 */
export const levelOf = (zoom) => zoom < NEARER ? 0 : zoom < NEAREST ? 1 : 2

/**
 * Where labels go, the first before the others: at their wish or a little beside it; null for those without room.
 * @param {Wish[]} wishes
 * @param {Stage} stage
 * @param {Wish[]} [floating] what lies over the stage already
 * @returns {([number, number] | null)[]} the middles
 */
export function placed(wishes, stage, floating = []) {
  const taken = [...floating]
  return wishes.map(({ x, y, width, height }) => {
    if (x < 0 || y < 0 || x > stage.width || y > stage.height) return null
    for (const [dx, dy] of [[0, 0], [0, -0.8], [0, 0.8], [-0.5, 0], [0.5, 0], [0, -1.5], [0, 1.5]]) {
      const spot = { x: x + dx * width, y: y + dy * height, width, height }
      if (!isInside(spot, stage) || taken.some((other) => overlaps(spot, other))) continue
      taken.push(spot)
      return [spot.x, spot.y]
    }
    return null
  })
}

/**
 * @param {Wish} spot
 * @param {Stage} stage
 */
function isInside({ x, y, width, height }, stage) {
  return Math.abs(x - stage.width / 2) <= (stage.width - width) / 2 - EDGE
    && Math.abs(y - stage.height / 2) <= (stage.height - height) / 2 - EDGE
}

/**
 * @param {Wish} one
 * @param {Wish} other
 */
const overlaps = (one, other) => Math.abs(one.x - other.x) * 2 < one.width + other.width + 2 * GAP
  && Math.abs(one.y - other.y) * 2 < one.height + other.height + 2 * GAP

/**
 * Put the names where the camera sees their places; they are away while points are on their way.
 * @param {MapState} map
 * @param {Camera} camera
 */
export function showNames(map, camera) {
  const { elements: { names }, points, stage } = map
  names.hidden = !map.named || !!map.glide
  if (names.hidden) return
  const there = labelsOf(map, levelOf(camera.zoom)), { labels } = there, view = viewOf(map, camera)
  if (there.view === view) return // as while the slider moves: to measure what floats makes the browser lay out the page
  there.view = view
  const wishes = labels.map(({ peak, width, height }) => {
    const [x, y] = toStage(camera, stage, peak.x, peak.y)
    return { x, y, width, height }
  })
  const places = placed(wishes, stage, floatingOf(map)), only = map.look.mode === "class" ? map.look.only : -1
  labels.forEach(({ element, peak }, i) => {
    const place = places[i]
    element.hidden = !place
    if (place) element.style.transform = `translate(${Math.round(place[0])}px,${Math.round(place[1])}px) translate(-50%,-50%)`
    element.classList.toggle("faint", only >= 0 && points.classes[only] !== peak.name)
  })
}

/**
 * What decides where the labels go, in one word.
 * @param {MapState} map
 * @param {Camera} camera
 */
function viewOf({ elements: { modes, actions, note, outside }, look, stage }, { x, y, scale }) {
  const floating = [modes, actions, note, outside].map((one) => one.hidden ? "" : one.textContent)
  return [x, y, scale, stage.width, stage.height, look.mode, look.only, ...floating].join()
}

/**
 * What floats over the stage: the bars, the note and the button beside it.
 * @param {MapState} map
 * @returns {Wish[]}
 */
function floatingOf({ elements: { modes, actions, note, outside } }) {
  return [modes, actions, note, outside].map(({ offsetLeft, offsetTop, offsetWidth: width, offsetHeight: height }) =>
    ({ x: offsetLeft + width / 2, y: offsetTop + height / 2, width, height }))
}

/**
 * The labels of a level, made when the level or the points change.
 * @param {MapState} map
 * @param {number} level
 */
function labelsOf({ elements: { names }, points, stage }, level) {
  const key = `${points.key} ${points.projection} ${level} ${stage.width}`, known = shown.get(names)
  if (known?.key === key) return known
  const { first, every, exemplars } = points.peaks
  const peaks = level === 0 ? first : level === 1 || !exemplars.length || !points.pictures ? every : exemplars
  names.replaceChildren(...peaks.map((peak) => elementOf(points, peak)))
  const labels = [...names.children].map((child, i) => {
    const element = /** @type {HTMLElement} */ (child)
    return { element, peak: peaks[i], width: element.offsetWidth, height: element.offsetHeight }
  })
  const there = { key, labels, view: "" }
  shown.set(names, there)
  return there
}

/**
 * @param {Points} points
 * @param {Peak} peak
 */
function elementOf(points, { name, row }) {
  const element = make("figure", name)
  if (row >= 0 && points.pictures) {
    element.prepend(make("img", "", { src: points.pictures + idOf(points, row), alt: "" }))
    element.classList.add("pictured")
  }
  return element
}
