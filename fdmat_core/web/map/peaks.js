// Where names belong: at the places of the map where a class lies most densely, and at the item that stands for a cluster.

import { isLabelled } from "../items.js"

/** @typedef {import("./points.js").Points} Points */

/**
 * A place that carries a name.
 * @typedef {object} Peak
 * @property {string} name
 * @property {number} x in data coordinates
 * @property {number} y
 * @property {number} count items that it stands for: the larger come first
 * @property {number} row of the item to show, or -1
 */

const SIDE = 40 // cells along each side of the grid on which peaks are looked for
const FRAME = 2, FRAMED = SIDE + 2 * FRAME // cells around it whose items reach into it
const APART = 6 // cells between two peaks of one class
const AGAIN = 0.3 // a further peak of a class is at least this share as high as its first
const MOST = 4 // peaks of a class

/**
 * The names of classes at one peak each, and at every peak; none where there are no classes.
 * @param {Pick<Points, "xy" | "labels" | "n" | "box" | "classes">} points
 * @returns {{ first: Peak[], every: Peak[] }}
 */
export function peaksOf(points) {
  if (!isLabelled(points)) return { first: [], every: [] }
  const heights = heightsOf(points), found = points.classes.map((name, c) => peaksOfClass(points.box, heights[c], name))
  const sorted = (/** @type {Peak[]} */ peaks) => peaks.sort((a, b) => b.count - a.count)
  return { first: sorted(found.flatMap((peaks) => peaks.slice(0, 1))), every: sorted(found.flat()) }
}

/**
 * The items that stand for clusters, with the name of their class; none that is flagged, for its label may be wrong.
 * @param {Pick<Points, "xy" | "labels" | "classes" | "clusters" | "flags">} points
 * @returns {Peak[]}
 */
export function exemplarsOf({ xy, labels, classes, clusters: { medoids, sizes }, flags }) {
  const named = isLabelled({ classes })
  return Array.from(medoids, (row, i) => ({
    name: named ? classes[labels[row]] : "", x: xy[2 * row], y: xy[2 * row + 1], count: sizes[i], row,
  })).filter(({ row }) => !flags[row])
}

/**
 * How densely each class lies on a grid over the box.
 * @param {Pick<Points, "xy" | "labels" | "n" | "box" | "classes">} points
 */
function heightsOf({ xy, labels, n, box, classes }) {
  const counts = classes.map(() => new Float32Array(FRAMED * FRAMED)), heights = classes.map(() => new Float32Array(SIDE * SIDE))
  for (let row = 0; row < n; row++) {
    const x = Math.floor((xy[2 * row] - box.left) / box.width * SIDE) + FRAME
    const y = Math.floor((xy[2 * row + 1] - box.low) / box.height * SIDE) + FRAME
    if (x >= 0 && y >= 0 && x < FRAMED && y < FRAMED) counts[labels[row]][y * FRAMED + x]++
  }
  counts.forEach((count, c) => {
    for (let cell = 0; cell < count.length; cell++)
      if (count[cell]) pile(heights[c], cell % FRAMED - FRAME, Math.floor(cell / FRAMED) - FRAME, count[cell])
  })
  return heights
}

/**
 * @param {import("./points.js").Box} box
 * @param {Float32Array} height
 * @param {string} name
 * @returns {Peak[]} the highest first
 */
function peaksOfClass(box, height, name) {
  const tops = [...height.keys()].filter((cell) => height[cell] > 0).sort((a, b) => height[b] - height[a])
  /** @type {number[]} */
  const peaks = []
  for (const cell of tops) {
    if (peaks.length === MOST || height[cell] < AGAIN * height[tops[0]]) break
    if (peaks.every((other) => away(cell, other) >= APART) && isTop(height, cell)) peaks.push(cell)
  }
  return peaks.map((cell) => ({
    name, row: -1, count: height[cell],
    x: box.left + (cell % SIDE + 0.5) / SIDE * box.width, y: box.low + ((cell / SIDE | 0) + 0.5) / SIDE * box.height,
  }))
}

/**
 * Put items on a smooth pile around their cell; what lies outside the grid is left out.
 * @param {Float32Array} height
 * @param {number} column
 * @param {number} line
 * @param {number} count
 */
function pile(height, column, line, count) {
  for (let dy = -2; dy <= 2; dy++)
    for (let dx = -2; dx <= 2; dx++) {
      const [cx, cy] = [column + dx, line + dy]
      if (cx >= 0 && cy >= 0 && cx < SIDE && cy < SIDE) height[cy * SIDE + cx] += count * (3 - Math.abs(dx)) * (3 - Math.abs(dy))
    }
}

/**
 * Whether no cell around is higher.
 * @param {Float32Array} height
 * @param {number} cell
 */
function isTop(height, cell) {
  const [x, y] = [cell % SIDE, cell / SIDE | 0]
  for (let cy = Math.max(0, y - 1); cy <= Math.min(SIDE - 1, y + 1); cy++)
    for (let cx = Math.max(0, x - 1); cx <= Math.min(SIDE - 1, x + 1); cx++)
      if (height[cy * SIDE + cx] > height[cell]) return false
  return true
}

/**
 * @param {number} one
 * @param {number} other
 */
const away = (one, other) =>
  Math.max(Math.abs(one % SIDE - other % SIDE), Math.abs((one / SIDE | 0) - (other / SIDE | 0)))
