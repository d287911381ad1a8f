// On the way: points glide when their coordinates change, and the camera flies to an item that was asked for.

import { clamp } from "../text.js"
import { fitScale, transfer } from "./camera.js"
import { placePoints } from "./layer.js"
import { ask } from "./state.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./points.js").Points} Points */

const LASTS = 800 // ms
const NEAR = 3.2 // zoom at which a flight ends, if the camera was not nearer

/**
 * Let the points glide from where they were. The camera keeps its middle and zoom; a lasso keeps its items, while its
 * outline, which lay around other places, goes.
 * @param {MapState} map
 * @param {Points} before
 */
export function glideFrom(map, before) {
  const { stage, points } = map
  map.lasso = { ...map.lasso, outline: [] }
  if (!map.camera || !stage.width) return
  const carried = transfer(before.box, points.box, stage)
  map.camera = carried.camera(map.camera)
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  map.glide = still ? null : { from: carried.points(before.xy), began: performance.now(), share: 0 }
}

/**
 * Move the points on; whether they moved. With the last step they are where they belong.
 * @param {MapState} map
 * @param {number} now
 */
export function glideOn(map, now) {
  const { glide, points, layer } = map
  if (!glide) return false
  glide.share = eased((now - glide.began) / LASTS)
  placePoints(layer, points.xy, glide.from, glide.share)
  if (glide.share === 1) map.glide = null
  return true
}

/**
 * Let the camera fly to a row and near it, or jump there where motion is unwelcome.
 * @param {MapState} map
 * @param {number} row
 */
export function flyTo(map, row) {
  const { camera, points, stage } = map
  if (row < 0 || !camera || !stage.width) return
  const all = fitScale(points.box, stage), zoom = Math.max(camera.zoom, NEAR)
  const to = { x: points.xy[2 * row], y: points.xy[2 * row + 1], scale: all * zoom, zoom, touched: true }
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  if (still) map.camera = to
  else map.flight = { from: camera, to, began: performance.now() }
  ask(map)
}

/**
 * Move the camera on, if it is on its way, and return it.
 * @param {MapState} map
 * @param {number} now
 */
export function flyOn(map, now) {
  const { flight } = map
  if (!flight) return null
  const { from, to, began } = flight, share = eased((now - began) / LASTS), rest = 1 - share
  const scale = from.scale ** rest * to.scale ** share
  map.camera = share < 1
    ? { x: from.x * rest + to.x * share, y: from.y * rest + to.y * share, scale, zoom: to.zoom * scale / to.scale, touched: true }
    : to
  if (share === 1) map.flight = null
  return map.camera
}

/** @param {number} share of the time */
function eased(share) {
  const t = clamp(share, 0, 1)
  return t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2
}

/**
 * Where a row lies now, in data coordinates.
 * @param {MapState} map
 * @param {number} row
 * @returns {[number, number]}
 */
export function spotOf({ points: { xy }, glide }, row) {
  const [from, share] = glide ? [glide.from, glide.share] : [xy, 1]
  const at = (/** @type {number} */ i) => from[i] + (xy[i] - from[i]) * share
  return [at(2 * row), at(2 * row + 1)]
}
