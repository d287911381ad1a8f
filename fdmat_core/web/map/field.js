// The coverage layer on the screen: its colours, and the contours of all and of the kept.

import { clamp } from "../text.js"
import { ramp } from "./colours.js"
import { blurFor, contourOf, fieldsOf, gridOf, levelsOf } from "./coverage.js"
import { toStage } from "./camera.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./coverage.js").Grid} Grid */
/** @typedef {import("./paint.js").Screen} Screen */

/**
 * What the coverage layer keeps between two frames.
 * @typedef {object} Field
 * @property {Uint32Array} rank of the order that it counts
 * @property {Float32Array} xy
 * @property {Grid} grid
 * @property {Path2D} all contours of all items, in cells
 * @property {HTMLCanvasElement} small a pixel for each cell
 */

export const SPAN = 3 // log2: eightfold more or less has the full colour
const SHARES = [0.9, 0.5] // of the items that the contours hold

/**
 * Paint the coverage of what is kept now.
 * @param {MapState} map
 * @param {Screen} screen
 * @param {Camera} camera
 */
export function paintCoverage(map, screen, camera) {
  const field = map.field = fieldFor(map), { grid, small } = field, { k } = map, { pen } = screen
  const fields = fieldsOf(grid, k, blurFor(grid, k))
  paintCells(small, fields, map.colours.diverging)
  const style = getComputedStyle(map.root), token = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`)
  pen.save()
  pen.fillStyle = style.backgroundColor
  pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height)
  pen.imageSmoothingEnabled = true
  const [x, y] = toStage(camera, map.stage, grid.box.left, grid.box.low + grid.box.height).map((v) => v * screen.ratio)
  const cell = grid.box.width / grid.across * camera.scale * screen.ratio
  pen.drawImage(small, x, y, cell * grid.across, cell * grid.down)
  pen.setTransform(cell, 0, 0, -cell, x + cell / 2, y + cell * (grid.down - 0.5))
  const kept = contours(fields.kept, grid), thick = clamp(map.stage.width / 400, 1.75, 2.75) * screen.ratio / cell
  draw(pen, field.all, token("text"), 0.5 * thick)
  draw(pen, kept, token("ground"), 1.8 * thick)
  draw(pen, kept, token("kept"), thick)
  pen.restore()
  ringOver(map, screen, camera)
}

/**
 * What is counted for this order and these places; made once.
 * @param {MapState} map
 * @returns {Field}
 */
function fieldFor({ field, points, rank, layer }) {
  if (field?.rank === rank && field.xy === points.xy) return field
  const grid = gridOf(points, layer.row), small = document.createElement("canvas")
  Object.assign(small, { width: grid.across, height: grid.down })
  const all = contours(fieldsOf(grid, points.n, blurFor(grid, points.n)).all, grid)
  return { rank, xy: points.xy, grid, all, small }
}

/**
 * @param {Float32Array} counts
 * @param {Grid} grid
 */
function contours(counts, { across, down }) {
  const path = new Path2D()
  for (const level of levelsOf(counts, SHARES)) {
    const segments = contourOf(counts, across, down, level)
    for (let i = 0; i < segments.length; i += 4) {
      path.moveTo(segments[i], segments[i + 1])
      path.lineTo(segments[i + 2], segments[i + 3])
    }
  }
  return path
}

/**
 * A pixel for each cell: how far its ratio lies from 0, and as strong as it is sure.
 * @param {HTMLCanvasElement} small
 * @param {import("./coverage.js").Fields} fields
 * @param {number[]} colours from the least to the most
 */
function paintCells(small, { ratio, sure }, colours) {
  const pen = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d")), { width, height } = small
  const image = pen.createImageData(width, height), pixels = new Uint32Array(image.data.buffer)
  const table = Uint32Array.from({ length: 257 }, (_, i) => ramp(colours, i / 256) & 0xffffff)
  for (let line = 0; line < height; line++)
    for (let column = 0; column < width; column++) {
      const cell = line * width + column, at = Math.max(0, Math.min(256, 128 + ratio[cell] / SPAN * 128 | 0))
      pixels[(height - 1 - line) * width + column] = (table[at] | sure[cell] * 255 << 24) >>> 0
    }
  pen.putImageData(image, 0, 0)
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 */
function draw(pen, path, colour, width) {
  Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineCap: "round" })
  pen.stroke(path)
}

/**
 * Rings around rows that a person picked elsewhere.
 * @param {MapState} map
 * @param {Screen} screen
 * @param {Camera} camera
 */
function ringOver({ ringed, points: { n, xy }, stage, root }, { pen, ratio }, camera) {
  if (!ringed) return
  pen.beginPath()
  for (let row = 0; row < n; row++) {
    if (!ringed[row]) continue
    const [x, y] = toStage(camera, stage, xy[2 * row], xy[2 * row + 1])
    pen.moveTo((x + 5) * ratio, y * ratio)
    pen.arc(x * ratio, y * ratio, 5 * ratio, 0, 2 * Math.PI)
  }
  Object.assign(pen, { strokeStyle: getComputedStyle(root).getPropertyValue("--mark"), lineWidth: 1.5 * ratio })
  pen.stroke()
}
