// One frame: what has changed since the last is done anew, then the points are painted.

import { whole } from "../text.js"
import { shownBy } from "./camera.js"
import { tint } from "./colours.js"
import { crowdOn, paintCrowd } from "./crowd.js"
import { paintCoverage } from "./field.js"
import { flyOn, glideOn } from "./glide.js"
import { EDGE, gliders, ranksIn, seen, viewportOf } from "./layer.js"
import { keptAmong, marked, ranksOf } from "./marked.js"
import { overlay } from "./overlay.js"
import { isCrowd, isDot, paintFlags, paintKept, paintOutlined, paintPoints, paintRings, radii } from "./paint.js"
import { ask } from "./state.js"
import { countIn, tilesIn } from "./tiles.js"
import { noteView } from "./view.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./paint.js").Screen} Screen */
/** @typedef {import("./paint.js").Radii} Radii */
/** @typedef {import("./layer.js").Viewport} Viewport */
/** @typedef {import("./tiles.js").Run} Run */
/** @typedef {import("./camera.js").Camera} Camera */

/**
 * What a frame shows.
 * @typedef {object} View
 * @property {Camera} camera
 * @property {Viewport} viewport
 * @property {Radii} size
 * @property {Run[]} runs of tiles in view
 * @property {boolean} gliding whether points have moved since the last frame
 */

const DOT = 4 // pixels: so many has a tile for each of its pruned points that are drawn while the camera moves
const ROOM = 2 // pixels of the page around the picture in which points are looked at, too

/**
 * @param {MapState} map
 * @param {number} now
 */
export function draw(map, now) {
  const { screen, look } = map, began = performance.now()
  if (!screen || !map.camera) return
  const gliding = glideOn(map, now), camera = flyOn(map, now) ?? map.camera
  let words = ""
  if (look.mode === "coverage") {
    paintCoverage(map, screen, camera)
    map.drawn.screen = null // the canvas holds what the buffer does not
  } else words = paint(map, screen, viewOf(map, screen, camera, gliding))
  map.ms = performance.now() - began
  map.frames++
  overlay(map, camera)
  say(map, words || map.notice || lassoWords(map))
  if (map.glide || map.flight) ask(map)
  noteView(map)
}

/**
 * @param {MapState} map
 * @param {Screen} screen
 * @param {Camera} camera
 * @param {boolean} gliding
 * @returns {View}
 */
function viewOf({ points, layer, k, stage }, screen, camera, gliding) {
  const size = radii(screen, camera, points.cells.inked, layer.n, k), { left, low, width, height } = shownBy(camera, stage)
  const room = ROOM / camera.scale, part = { left: left - room, low: low - room, width: width + 2 * room, height: height + 2 * room }
  return { camera, viewport: viewportOf(screen, camera), size, runs: layer.tiled ? tilesIn(points, part) : [], gliding }
}

/**
 * Paint the points, with what is marked among them; what the picture leaves out, in words.
 * @param {MapState} map
 * @param {Screen} screen
 * @param {View} view
 */
function paint(map, screen, view) {
  const { points, colours, look, layer, drawn } = map, over = drawn.screen !== screen || drawn.over
  tint(layer, points, colours, look)
  const tiled = !map.glide && isCrowd(layer.n, view.size) ? layer.tiled : null
  const band = tiled ? paintMany(map, tiled, screen, view, over) : paintEach(map, screen, view)
  const marks = mark(map, screen, view), all = tiled ? countIn(points.cells, view.runs) : drawn.count
  Object.assign(drawn, { screen, over: marks || !band })
  show(screen, over || marks ? null : band)
  return isThin(map) && drawn.count < all ? `drawing ${whole(drawn.count)} of ${whole(all)} points while it moves` : ""
}

/** Whether pruned points may be left out for a moment. @param {MapState} map */
const isThin = ({ moving, flight }) => moving || !!flight

/**
 * Many small points: the crowd, and over it the kept ones where they are larger. While the camera moves a tile shows only
 * as many pruned points as it has room for.
 * @param {MapState} map
 * @param {import("./layer.js").Tiled} tiled
 * @param {Screen} screen
 * @param {View} view
 * @param {boolean} over whether the buffer holds more than the crowd
 */
function paintMany(map, tiled, screen, { camera, viewport, size, runs }, over) {
  const { layer, points: { box, cells }, k, colours, drawn } = map, crowd = crowdOn(screen), large = !isDot(size.kept)
  const room = box.width * box.height * (viewport.scale / cells.side) ** 2, most = isThin(map) ? Math.ceil(room / DOT) : Infinity
  const band = paintCrowd(crowd, { layer, tiled, camera, viewport, runs, most, k, tint: layer.tint, ground: colours.ground })
  const [from, to] = over ? [0, crowd.pixels.length] : band
  screen.buffer.set(crowd.pixels.subarray(from, to), from)
  drawn.count = crowd.drawn
  if (large) paintKept(screen, layer, seen(layer, viewport, null, k), k, size, colours)
  return large ? null : band
}

/**
 * Each point by itself, those in view.
 * @param {MapState} map
 * @param {Screen} screen
 * @param {View} view
 */
function paintEach(map, screen, { camera, viewport, size, runs, gliding }) {
  const { layer, k, colours, drawn } = map
  let { each } = drawn
  if (gliding || each?.layer !== layer || each.camera !== camera || each.screen !== screen) {
    const ranks = map.glide ? gliders(layer) : layer.tiled && ranksIn(layer.tiled, runs)
    each = { layer, camera, screen, seen: seen(layer, viewport, ranks) }
  }
  Object.assign(drawn, { each, count: each.seen.n })
  paintPoints(screen, layer, each.seen, k, size, colours)
  return null
}

/**
 * What is marked, over the points; whether anything is.
 * @param {MapState} map
 * @param {Screen} screen
 * @param {View} view
 */
function mark(map, screen, { viewport, size }) {
  const { points, colours, look, layer, k, outlined } = map, ringed = map.ringed ?? caught(map)
  const seenOf = (/** @type {Uint32Array} */ ranks) => seen(layer, viewport, ranks)
  if (outlined) paintOutlined(screen, layer, seenOf(marked(layer.row, outlined, k)), k, size, colours)
  if (look.mode === "noise") paintFlags(screen, layer, seenOf(ranksOf(map, points.flags)), k, points, size, colours)
  if (ringed) paintRings(screen, seenOf(ranksOf(map, ringed)), colours)
  return !!outlined || look.mode === "noise" || !!ringed
}

/**
 * Bring the buffer on the canvas.
 * @param {Screen} screen
 * @param {import("./crowd.js").Band | null} band the pixels that have changed; null for all
 */
function show({ pen, image, width }, band) {
  const [from, to] = band ?? [0, width * image.height], top = Math.floor(from / width), height = Math.ceil(to / width) - top
  if (height > 0) pen.putImageData(image, -EDGE, -EDGE, 0, top, width, height)
}

/**
 * Rows of a lasso whose outline means nothing any more, since the points have moved.
 * @param {MapState} map
 */
const caught = ({ lasso: { outline, rows } }) => outline.length || !rows.length ? null : rows

/** @param {MapState} map */
function lassoWords(map) {
  const { rows } = map.lasso
  return rows.length ? `lasso: ${whole(rows.length)} items, ${whole(keptAmong(map, rows))} kept` : ""
}

/**
 * @param {MapState} map
 * @param {string} text
 */
function say({ elements: { notice } }, text) {
  if (notice.textContent !== text) notice.textContent = text
  notice.hidden = !text
}
