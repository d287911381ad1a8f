// Coverage: how densely the kept lie over how densely all do, on a grid over the map. Numbers only; `field.js` draws them.

import { clamp } from "../text.js"

/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./points.js").Box} Box */

const SIDE = 120 // cells along the longer side of the grid
const ROOM = 0.08 // of the box, around it
const UNDER = 8 // kept items that should lie under the smoothing, where it can be
const MOST_BLUR = 5 // cells
const FAINT = 4 // items under the smoothing below which a place fades

/**
 * A grid over the map, and how many of all items lie in each of its cells.
 * @typedef {object} Grid
 * @property {Box} box
 * @property {number} across cells
 * @property {number} down cells, the lowest first
 * @property {Int32Array} cell of each item in the order of its rank; -1 outside
 * @property {Float32Array} all items in each cell
 * @property {number} used cells that hold an item
 * @property {{ k: number, counts: Float32Array }} kept the first k items of the order in each cell
 */

/**
 * Smooth fields on a grid; where all is kept, `ratio` is 0 everywhere.
 * @typedef {object} Fields
 * @property {Float32Array} ratio log2 of the share of the kept over the share of all
 * @property {Float32Array} sure from 0 where next to nothing lies to 1
 * @property {Float32Array} all smooth counts
 * @property {Float32Array} kept smooth counts
 */

/**
 * @param {Pick<Points, "xy" | "box">} points
 * @param {ArrayLike<number>} order rows best first
 * @returns {Grid}
 */
export function gridOf({ xy, box: { left, low, width, height } }, order) {
  const size = Math.max(width, height) * (1 + 2 * ROOM) / SIDE
  const [across, down] = [width, height].map((side) => Math.ceil(side * (1 + 2 * ROOM) / size))
  const [x0, y0] = [left + width / 2 - across * size / 2, low + height / 2 - down * size / 2]
  const cell = new Int32Array(order.length), all = new Float32Array(across * down)
  for (let i = 0; i < order.length; i++) {
    const column = Math.floor((xy[2 * order[i]] - x0) / size), line = Math.floor((xy[2 * order[i] + 1] - y0) / size)
    cell[i] = column >= 0 && line >= 0 && column < across && line < down ? line * across + column : -1
    if (cell[i] >= 0) all[cell[i]]++
  }
  const used = all.reduce((count, one) => count + Number(one > 0), 0)
  const kept = { k: 0, counts: new Float32Array(all.length) }
  return { box: { left: x0, low: y0, width: across * size, height: down * size }, across, down, cell, all, used, kept }
}

/**
 * Count the first k items; only those that come or go since the last time are looked at.
 * @param {Grid} grid
 * @param {number} k
 */
export function keepFirst({ cell, kept }, k) {
  const { counts } = kept
  for (let i = kept.k; i < k; i++) if (cell[i] >= 0) counts[cell[i]]++
  for (let i = k; i < kept.k; i++) if (cell[i] >= 0) counts[cell[i]]--
  kept.k = k
  return counts
}

/**
 * How many cells the smoothing reaches to each side, so that enough kept items lie under it.
 * @param {Grid} grid
 * @param {number} k
 */
export function blurFor({ used }, k) {
  const sigma = Math.sqrt(UNDER * used / (4 * Math.PI * Math.max(1, k)))
  return clamp(Math.round(sigma), 1, MOST_BLUR)
}

/** The cells that a smoothing reaches, as if it were flat. @param {number} reach */
const areaOf = (reach) => 4 * Math.PI * reach * (reach + 1)

/**
 * The fields where the first k of n items are kept.
 * @param {Grid} grid
 * @param {number} k
 * @param {number} reach cells to each side
 * @returns {Fields}
 */
export function fieldsOf(grid, k, reach) {
  const { across, down, cell: { length: n } } = grid, area = areaOf(reach)
  const all = blurred(grid.all, across, down, reach), kept = blurred(keepFirst(grid, k), across, down, reach)
  const ratio = new Float32Array(all.length), sure = new Float32Array(all.length), most = Math.max(1, k)
  const held = 1 / (area * most) // one kept item more under the smoothing on both sides, so that a few say little
  for (let c = 0; c < all.length; c++) {
    ratio[c] = k ? Math.log2((kept[c] / most + held) / (all[c] / n + held)) : 0
    sure[c] = clamp(all[c] * area / FAINT, 0, 1)
  }
  return { ratio, sure, all, kept }
}

/**
 * Smooth by three running means along both axes: near enough a Gaussian. Beyond the edges lies nothing.
 * @param {Float32Array} counts
 * @param {number} across
 * @param {number} down
 * @param {number} reach cells to each side
 */
export function blurred(counts, across, down, reach) {
  const from = Float32Array.from(counts), to = new Float32Array(counts.length)
  for (let pass = 0; pass < 3; pass++) {
    for (let line = 0; line < down; line++) mean(from, to, line * across, 1, across, reach)
    for (let column = 0; column < across; column++) mean(to, from, column, across, down, reach)
  }
  return from
}

/**
 * The running mean of a line of cells.
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} start
 * @param {number} step
 * @param {number} length
 * @param {number} reach
 */
function mean(from, to, start, step, length, reach) {
  const share = 1 / (2 * reach + 1)
  let sum = 0
  for (let i = 0; i < Math.min(reach, length); i++) sum += from[start + i * step]
  for (let i = 0; i < length; i++) {
    if (i + reach < length) sum += from[start + (i + reach) * step]
    if (i > reach) sum -= from[start + (i - reach - 1) * step]
    to[start + i * step] = Math.max(0, sum) * share
  }
}

/**
 * The heights of a field above which these shares of it lie, the largest share first.
 * @param {Float32Array} field
 * @param {number[]} shares descending
 */
export function levelsOf(field, shares) {
  const heights = Float32Array.from(field).sort(), total = heights.reduce((sum, one) => sum + one, 0)
  const wanted = [...shares].reverse(), levels = []
  let above = 0
  for (let i = heights.length - 1; i >= 0 && levels.length < wanted.length; i--) {
    above += heights[i]
    while (levels.length < wanted.length && above >= wanted[levels.length] * total) levels.push(heights[i])
  }
  return levels.reverse()
}

/**
 * The contour of a field at a level, as segments x0, y0, x1, y1 in cells from the middle of the first cell.
 * @param {Float32Array} field
 * @param {number} across
 * @param {number} down
 * @param {number} level
 */
export function contourOf(field, across, down, level) {
  /** @type {number[]} */
  const segments = []
  for (let y = 0; y + 1 < down; y++)
    for (let x = 0; x + 1 < across; x++) {
      const at = y * across + x, high = field[at] > level // most cells lie on one side, and nothing is made for them
      if (high === field[at + 1] > level && high === field[at + across] > level && high === field[at + across + 1] > level) continue
      const corners = [field[at], field[at + 1], field[at + across + 1], field[at + across]]
      segments.push(...crossings(corners, level).flatMap(([dx, dy]) => [x + dx, y + dy]))
    }
  return segments
}

const SIDES = [[0, 0, 1, 0], [1, 0, 0, 1], [1, 1, -1, 0], [0, 1, 0, -1]] // from each corner to the next

/**
 * Where the contour crosses the sides of one cell: two points, or four at a saddle.
 * @param {number[]} corners
 * @param {number} level
 * @returns {[number, number][]}
 */
function crossings(corners, level) {
  /** @type {[number, number][]} */
  const found = []
  for (let side = 0; side < 4; side++) {
    const next = (side + 1) % 4
    if (corners[side] > level === corners[next] > level) continue
    const way = (level - corners[side]) / (corners[next] - corners[side]), [x, y, dx, dy] = SIDES[side]
    found.push([x + dx * way, y + dy * way])
  }
  return found
}
