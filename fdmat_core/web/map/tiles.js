// A grid of tiles over the map: which points lie near a spot, in a lasso or in view.

import { clamp } from "../text.js"

/** @typedef {import("./points.js").Box} Box */

/**
 * Tiles over a box: `rows` holds the rows of tile after tile, `first[tile]` says where each begins, so that how many points
 * a tile holds is known.
 * @typedef {object} Cells
 * @property {number} side tiles in a row of tiles
 * @property {Uint32Array} first
 * @property {Uint32Array} rows
 * @property {number} inked the area of the tiles that hold a point
 */

/** @typedef {{ xy: Float32Array, box: Box, cells: Cells }} Gridded */
/** @typedef {[number, number]} Run of tiles side by side, from one up to another */

/**
 * Tiles over a box; points outside it count to the tile nearest to them.
 * @param {Float32Array} xy
 * @param {Box} box
 * @returns {Cells}
 */
export function cellsOf(xy, box) {
  const n = xy.length / 2, side = Math.max(8, Math.min(512, Math.round(Math.sqrt(n) / 2)))
  const first = new Uint32Array(side * side + 1), rows = new Uint32Array(n), tile = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    tile[i] = tileAt(xy[2 * i], xy[2 * i + 1], box, side)
    first[tile[i] + 1]++
  }
  let used = 0
  for (let t = 0; t < side * side; t++) {
    if (first[t + 1]) used++
    first[t + 1] += first[t]
  }
  const next = first.slice()
  for (let i = 0; i < n; i++) rows[next[tile[i]]++] = i
  return { side, first, rows, inked: used / side ** 2 * box.width * box.height }
}

/**
 * The tile of a point among side x side tiles over a box.
 * @param {number} x
 * @param {number} y
 * @param {Box} box
 * @param {number} side
 */
export function tileAt(x, y, { left, low, width, height }, side) {
  const column = Math.floor((x - left) / width * side), line = Math.floor((y - low) / height * side)
  return clamp(column, 0, side - 1) + side * clamp(line, 0, side - 1)
}

/**
 * The tiles that a part of the plane touches, line by line; beyond the box those at its edge, which hold what lies there.
 * @param {Gridded} points
 * @param {Box} part
 * @returns {Run[]}
 */
export function tilesIn({ box, cells: { side } }, { left, low, width, height }) {
  const column = (/** @type {number} */ v) => clamp(Math.floor((v - box.left) / box.width * side), 0, side - 1)
  const line = (/** @type {number} */ v) => clamp(Math.floor((v - box.low) / box.height * side), 0, side - 1)
  const start = line(low)
  return Array.from({ length: line(low + height) + 1 - start }, (_, i) =>
    [(start + i) * side + column(left), (start + i) * side + column(left + width) + 1])
}

/**
 * How many points some tiles hold.
 * @param {Cells} cells
 * @param {Run[]} runs
 */
export const countIn = ({ first }, runs) => runs.reduce((sum, [from, to]) => sum + first[to] - first[from], 0)

/**
 * The row nearest to (x, y) within a reach, in data units, or -1; kept rows lie on top and win by `bonus`.
 * @param {Gridded} points
 * @param {[number, number]} spot
 * @param {number} reach
 * @param {(row: number) => boolean} isKept
 * @param {number} bonus
 */
export function nearestRow(points, [x, y], reach, isKept, bonus) {
  const { xy, cells: { first, rows } } = points, around = { left: x - reach, low: y - reach, width: 2 * reach, height: 2 * reach }
  let best = -1, least = reach
  for (const [from, to] of tilesIn(points, around))
    for (let j = first[from]; j < first[to]; j++) {
      const row = rows[j], away = Math.hypot(xy[2 * row] - x, xy[2 * row + 1] - y)
      if (away > reach) continue
      const cost = away - (isKept(row) ? bonus : 0)
      if (cost < least) { best = row; least = cost }
    }
  return best
}

/**
 * The rows inside a polygon [x0, y0, x1, y1, ...] by the even-odd rule, ascending.
 * @param {Gridded} points
 * @param {number[]} polygon
 * @param {Box} around the polygon
 */
export function rowsInside(points, polygon, around) {
  const { xy, cells: { first, rows } } = points, { left, low, width, height } = around
  /** @type {number[]} */
  const inside = []
  for (const [from, to] of tilesIn(points, around))
    for (let j = first[from]; j < first[to]; j++) {
      const x = xy[2 * rows[j]], y = xy[2 * rows[j] + 1]
      if (x < left || y < low || x > left + width || y > low + height) continue
      if (isInside(polygon, x, y)) inside.push(rows[j])
    }
  return Array.from(Uint32Array.from(inside).sort())
}

/**
 * @param {number[]} polygon
 * @param {number} x
 * @param {number} y
 */
function isInside(polygon, x, y) {
  let odd = false
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]]
    if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) odd = !odd
  }
  return odd
}
