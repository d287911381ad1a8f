// One frame: what has changed since the last is done anew, then the points are painted.

import { whole } from "../text.js"
import { tint } from "./colours.js"
import { paintCoverage } from "./field.js"
import { flyOn, glideOn } from "./glide.js"
import { overlay } from "./overlay.js"
import { cutOf, EDGE, paintFlags, paintOutlined, paintPoints, paintRings, project, radii } from "./paint.js"
import { ask, isKept, isMoving } from "./state.js"
import { noteView } from "./view.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./paint.js").Layer} Layer */
/** @typedef {import("./paint.js").Screen} Screen */
/** @typedef {import("./camera.js").Camera} Camera */

/**
 * @param {MapState} map
 * @param {number} now
 */
export function draw(map, now) {
  const { screen, points, look } = map, began = performance.now()
  if (!screen || !map.camera) return
  const covering = look.mode === "coverage", thin = !covering && (isMoving(map) || map.glide) ? map.layers.thin : null
  const layer = thin ?? map.layers.full, gliding = glideOn(map, now), camera = flyOn(map, now) ?? map.camera
  if (covering) paintCoverage(map, screen, camera)
  else {
    prepare(map, layer, screen, camera, gliding)
    paint(map, layer, screen, camera)
  }
  map.ms = performance.now() - began
  map.frames++
  overlay(map, camera)
  say(map, thin ? `drawing ${whole(layer.n)} of ${whole(points.n)} points while it moves` : map.notice || lassoWords(map))
  if (map.glide || map.flight) ask(map)
  noteView(map)
}

/**
 * Paint the points, with what is marked among them.
 * @param {MapState} map
 * @param {Layer} layer
 * @param {Screen} screen
 * @param {Camera} camera
 */
function paint(map, layer, screen, camera) {
  const { points, colours, look } = map, cut = cutOf(layer, map.k)
  const size = radii(screen, camera, points.cells.inked, layer.n, cut), ringed = map.ringed ?? caught(map)
  screen.buffer.fill(colours.ground)
  paintPoints(screen, layer, cut, size, colours)
  if (map.outlined) paintOutlined(screen, layer, cut, map.outlined, size, colours)
  if (look.mode === "noise") paintFlags(screen, layer, cut, points, size, colours)
  if (ringed) paintRings(screen, layer, ringed, colours)
  screen.pen.putImageData(screen.image, -EDGE, -EDGE)
}

/**
 * Project and tint a layer, if it was not for this camera, screen, look and these colours.
 * @param {MapState} map
 * @param {Layer} layer
 * @param {Screen} screen
 * @param {Camera} camera
 * @param {boolean} gliding
 */
function prepare(map, layer, screen, camera, gliding) {
  const { drawn, look, colours } = map, other = drawn.layer !== layer
  if (other || drawn.look !== look || drawn.colours !== colours) tint(layer, map.points, colours, look)
  if (other || gliding || drawn.camera !== camera || drawn.screen !== screen) project(layer, screen, camera)
  map.drawn = { layer, camera, screen, look, colours }
}

/**
 * Rows of a lasso whose outline means nothing any more, since the points have moved; a byte per row.
 * @param {MapState} map
 */
function caught({ lasso: { outline, rows }, points: { n } }) {
  if (outline.length || !rows.length) return null
  const ringed = new Uint8Array(n)
  for (const row of rows) ringed[row] = 1
  return ringed
}

/** @param {MapState} map */
function lassoWords(map) {
  const { rows } = map.lasso
  if (!rows.length) return ""
  let kept = 0
  for (const row of rows) kept += Number(isKept(map, row))
  return `lasso: ${whole(rows.length)} items, ${whole(kept)} kept`
}

/**
 * @param {MapState} map
 * @param {string} text
 */
function say({ elements: { notice } }, text) {
  if (notice.textContent !== text) notice.textContent = text
  notice.hidden = !text
}
