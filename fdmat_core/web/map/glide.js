// Points on their way: when their coordinates change they glide there, and nothing else changes.

import { transfer } from "./camera.js"
import { placePoints } from "./paint.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./points.js").Points} Points */

const LASTS = 800 // ms

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
  const { glide, points, layers } = map
  if (!glide) return false
  const t = Math.min(1, Math.max(0, (now - glide.began) / LASTS))
  glide.share = t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2
  for (const layer of [layers.full, layers.thin]) if (layer) placePoints(layer, points.xy, glide.from, glide.share)
  if (t === 1) map.glide = null
  return true
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
