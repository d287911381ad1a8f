// How a person sees the map, in words that fit into a link: colours, names, camera, lasso, pinned item.
// What they say is what is shown: at rest camera and lasso lie just where their words put them.

import { idOf, rowOf } from "../items.js"
import { REST, rounded } from "../slider.js"
import { cameraAt, middleOf } from "./camera.js"
import { bounds } from "./points.js"
import { ask, isMoving } from "./state.js"
import { rowsInside } from "./tiles.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./state.js").View} View */
/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./points.js").Box} Box */

/** @typedef {Partial<Record<"colour" | "names" | "camera" | "lasso" | "pinned", string>>} Words what is usual has none */

const FINE = 1e5 // steps along each side of the box on which the corners of a lasso lie
const CORNERS = 48 // at most, so that a link stays short
const MOST_ZOOM = 400

/** @type {WeakMap<MapState, { heard: string, timer?: ReturnType<typeof setTimeout> }>} */
const told = new WeakMap()

/** @param {Words} words */
export const textOf = ({ colour, names, camera, lasso, pinned }) =>
  [colour, names, camera, lasso, pinned].map((word) => word ?? "").join(" ")

/**
 * The words for how the map is seen now.
 * @param {MapState} map
 * @returns {Words}
 */
export function wordsOf({ points, look, named, camera, stage, lasso, focus }) {
  /** @type {Words} */
  const words = {}, { mode, only } = look
  if (mode !== "kept") words.colour = mode === "class" && only >= 0 ? `class-${only}` : mode
  if (!named) words.names = "off"
  if (camera?.touched && stage.width) {
    const { x, y, zoom } = middleOf(camera, points.box, stage)
    words.camera = [x, y, zoom].join("_")
  }
  if (lasso.outline.length) words.lasso = [points.projection, ...stepsOf(lasso.outline, points.box)].join("_")
  if (focus >= 0) words.pinned = idOf(points, focus)
  return words
}

/**
 * The view that some words describe; what they do not say is as usual, and so is what cannot be read.
 * @param {Words} words
 * @param {Points} points
 * @returns {View}
 */
export function viewIn(words, points) {
  const [mode, only = "-1"] = (words.colour ?? "kept").split("-", 2)
  const outline = outlineIn(words.lasso ?? "", points), focus = rowOf(points, words.pinned ?? "")
  return {
    key: points.key, heard: [textOf(words)], look: { mode, only: classIn(only, points) }, named: words.names !== "off", focus,
    lasso: { armed: false, outline, rows: outline.length ? rowsInside(points, outline, bounds(outline)) : [] },
    camera: words.camera ? cameraIn(words.camera, points, focus) : null,
  }
}

/**
 * @param {string} text
 * @param {Points} points
 */
function classIn(text, { classes }) {
  const at = Number(text)
  return Number.isInteger(at) && at >= 0 && at < classes.length ? at : -1
}

/**
 * Where a camera's word looks: x_y_zoom in shares of the box, or pinned_zoom.
 * @param {string} text
 * @param {Points} points
 * @param {number} focus row of the pinned item
 * @returns {View["camera"]}
 */
function cameraIn(text, { box, xy }, focus) {
  const around = text.startsWith("pinned_") && focus >= 0
  const middle = around ? [(xy[2 * focus] - box.left) / box.width, (xy[2 * focus + 1] - box.low) / box.height] : []
  const [x, y, zoom, ...more] = [...middle, ...text.replace("pinned_", "").split("_").map(Number)]
  const fits = !more.length && [x, y, zoom].every(Number.isFinite) && zoom > 0 && zoom <= MOST_ZOOM
  return fits ? { x, y, zoom } : null
}

/**
 * The outline that a lasso's word draws; none if it was drawn on another projection.
 * @param {string} text
 * @param {Points} points
 */
function outlineIn(text, { box, projection }) {
  const [drawnOn, ...steps] = text.split("_"), values = steps.map(Number)
  const fits = values.length >= 6 && values.length % 2 === 0 && values.every(Number.isFinite)
  return fits && drawnOn === projection ? cornersOf(values, box) : []
}

/**
 * @param {number[]} outline x, y, x, y, ... in data coordinates
 * @param {Box} box
 */
const stepsOf = (outline, { left, low, width, height }) =>
  outline.map((value, i) => Math.round((i % 2 ? (value - low) / height : (value - left) / width) * FINE))

/**
 * @param {number[]} steps
 * @param {Box} box
 */
const cornersOf = (steps, { left, low, width, height }) =>
  steps.map((step, i) => i % 2 ? low + step / FINE * height : left + step / FINE * width)

/**
 * A lasso as its word draws it: few corners, each on a fine grid.
 * @param {number[]} outline
 * @param {Box} box
 * @param {number} slack how far a corner that goes may lie from the line, in data units
 */
export function tidied(outline, box, slack) {
  let corners = outline
  for (let far = slack; ; far *= 1.5) {
    const fewer = thinnedLine(corners, far)
    if (fewer.length >= 6) corners = fewer
    if (fewer.length < 6 || corners.length <= 2 * CORNERS) return cornersOf(stepsOf(corners, box), box)
  }
}

/**
 * A line without the corners that lie near the straight way between others (Douglas and Peucker).
 * @param {number[]} line
 * @param {number} far
 * @returns {number[]}
 */
function thinnedLine(line, far) {
  const last = line.length - 2
  let at = 0, most = far
  for (let i = 2; i < last; i += 2) {
    const away = awayFrom(line[i], line[i + 1], [line[0], line[1], line[last], line[last + 1]])
    if (away > most) { at = i; most = away }
  }
  if (!at) return last > 0 ? [line[0], line[1], line[last], line[last + 1]] : line
  return [...thinnedLine(line.slice(0, at + 2), far).slice(0, -2), ...thinnedLine(line.slice(at), far)]
}

/**
 * How far a spot lies from a straight way.
 * @param {number} x
 * @param {number} y
 * @param {[number, number, number, number]} way
 */
function awayFrom(x, y, [ax, ay, bx, by]) {
  const [dx, dy] = [bx - ax, by - ay], along = dx || dy ? ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy) : 0
  const t = Math.max(0, Math.min(1, along))
  return Math.hypot(x - ax - t * dx, y - ay - t * dy)
}

/**
 * Say how the map is seen as soon as nothing moves any more; called with every frame.
 * @param {MapState} map
 */
export function noteView(map) {
  const note = told.get(map) ?? { heard: textOf(map.options.words ?? {}) }
  told.set(map, note)
  clearTimeout(note.timer)
  note.timer = setTimeout(() => { if (!map.removed.signal.aborted) rest(map, note) }, REST)
}

/** Another run: what it is known by is what its words say. @param {MapState} map @param {Words} words */
export function hearAnew(map, words) {
  const note = told.get(map)
  if (note) note.heard = textOf(words)
}

/** What others know of how the map is seen: what they said last, and what they were told. @param {MapState} map */
export function heardOf(map) {
  const said = textOf(map.options.words ?? {})
  return [said, told.get(map)?.heard ?? said]
}

/**
 * @param {MapState} map
 * @param {{ heard: string }} note
 */
function rest(map, note) {
  if (isMoving(map) || map.glide || map.gesture) return // a frame follows, and with it another rest
  const words = wordsOf(map), text = textOf(words)
  snap(map)
  if (text === note.heard) return
  note.heard = text
  map.events.view?.({ of: map.options.of ?? "", ...words })
}

/** Say that this view is to be a step of a story. @param {MapState} map */
export function record(map) {
  const { options: { of = "" }, slider } = map
  map.events.record?.({ of, kept: String(rounded(slider.kept)), ...wordsOf(map) })
}

/** Put the camera where its words put it; nobody sees the difference. @param {MapState} map */
function snap(map) {
  const { camera, points: { box }, stage } = map
  if (!camera?.touched || !stage.width) return
  const exact = cameraAt(middleOf(camera, box, stage), box, stage)
  if (exact.x === camera.x && exact.y === camera.y && exact.scale === camera.scale) return
  map.camera = exact
  ask(map)
}

/** The address that opens what is seen now. @param {MapState} map */
export function addressOf(map) {
  const url = new URL(location.href)
  /** @type {Record<string, string | undefined>} */
  const words = { ...wordsOf(map), kept: String(rounded(map.slider.kept)) }
  for (const name of ["colour", "names", "camera", "lasso", "pinned", "kept"]) {
    const word = map.options.link?.[name] ?? name
    if (words[name]) url.searchParams.set(word, words[name])
    else url.searchParams.delete(word)
  }
  return url.href
}
