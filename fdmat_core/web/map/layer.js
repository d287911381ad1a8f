// The points in the order of their rank, and where they fall on the screen.

import { tileAt } from "./tiles.js"

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./points.js").Box} Box */
/** @typedef {import("./tiles.js").Cells} Cells */
/** @typedef {import("./paint.js").Screen} Screen */
/** @typedef {import("./tiles.js").Run} Run */
/** @typedef {import("./colours.js").Tint} Tint */

/**
 * Points in the order of their rank, so that one pass over memory draws them.
 * @typedef {object} Layer
 * @property {number} n
 * @property {Uint32Array} row of each point
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Tiled | null} tiled the same points tile after tile; null for few points
 * @property {Uint32Array} bright the colour of each point while it is kept
 * @property {Uint32Array} faint and once it is pruned
 * @property {Tint | null} tint for what these colours are
 */

/**
 * Points of tile after tile, in each the best first. Three numbers a point lie together, so that memory is read in one go.
 * @typedef {object} Tiled
 * @property {Uint32Array} first of each tile, as in tiles.js
 * @property {number} line the height of a tile, in data coordinates
 * @property {Float32Array} places x and y of each point, and room for its rank
 * @property {Uint32Array} ranks the same memory: a rank at every third
 */

/**
 * Some points on the screen, the best first.
 * @typedef {object} Seen
 * @property {number} n
 * @property {Uint32Array | null} rank of each; null if they are the first n
 * @property {Int32Array} place where each falls in the buffer, or -1 outside it
 */

/** @typedef {{ scale: number, x0: number, y0: number, left: number, right: number, low: number, width: number }} Viewport */

export const FEW = 80_000 // points up to which each is drawn by itself, whatever moves
export const EDGE = 18 // pixels around the picture that may be written but are never shown

/**
 * @param {Float32Array} xy
 * @param {Uint32Array} order
 * @param {{ box: Box, cells: Cells }} [grid] over the places
 * @returns {Layer}
 */
export function layerOf(xy, order, grid) {
  const n = order.length, [bright, faint] = [new Uint32Array(n), new Uint32Array(n)]
  const layer = { n, row: order, x: new Float32Array(n), y: new Float32Array(n), tiled: null, bright, faint, tint: null }
  placePoints(layer, xy)
  return grid && n > FEW ? { ...layer, tiled: tiledOf(layer, grid) } : layer
}

/**
 * @param {Pick<Layer, "n" | "x" | "y">} layer
 * @param {{ box: Box, cells: Cells }} grid
 * @returns {Tiled}
 */
function tiledOf({ n, x, y }, { box, cells: { side, first } }) {
  const places = new Float32Array(3 * n), ranks = new Uint32Array(places.buffer), next = first.slice()
  for (let i = 0; i < n; i++) {
    const at = 3 * next[tileAt(x[i], y[i], box, side)]++
    places[at] = x[i]
    places[at + 1] = y[i]
    ranks[at + 2] = i
  }
  return { first, line: box.height / side, places, ranks }
}

/**
 * Put the points of a layer where their rows lie; on the way from elsewhere, some of them a share of the way.
 * @param {Layer} layer
 * @param {Float32Array} xy
 * @param {Float32Array} [from]
 * @param {number} [share]
 */
export function placePoints({ n, row, x, y }, xy, from = xy, share = 1) {
  const step = share < 1 ? stepOf(n) : 1
  for (let i = 0; i < n; i += step) {
    const at = 2 * row[i]
    x[i] = from[at] + (xy[at] - from[at]) * share
    y[i] = from[at + 1] + (xy[at + 1] - from[at + 1]) * share
  }
}

/** Every so many ranks are drawn while points are on their way. @param {number} n */
const stepOf = (n) => Math.ceil(n / FEW)

/** The ranks that are drawn while points are on their way; null for all. @param {Layer} layer */
export function gliders({ n }) {
  const step = stepOf(n)
  return step > 1 ? Uint32Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step) : null
}

/**
 * How data coordinates become places in the buffer of a screen.
 * @param {Screen} screen
 * @param {Camera} camera
 * @returns {Viewport}
 */
export function viewportOf({ width, height, ratio }, camera) {
  const scale = camera.scale * ratio
  return {
    scale, x0: width / 2 - camera.x * scale, y0: height / 2 + camera.y * scale,
    left: EDGE, right: width - EDGE, low: height - EDGE, width,
  }
}

/**
 * Where a point falls in the buffer, or -1 outside the picture.
 * @param {Viewport} viewport
 * @param {number} x
 * @param {number} y
 */
export function placeIn({ scale, x0, y0, left, right, low, width }, x, y) {
  const px = x * scale + x0 | 0, py = y0 - y * scale | 0
  return px >= left && py >= left && px < right && py < low ? py * width + px : -1
}

/**
 * Find some points on the screen.
 * @param {Layer} layer
 * @param {Viewport} viewport
 * @param {Uint32Array | null} ranks ascending; null for the first n
 * @param {number} [n]
 * @returns {Seen}
 */
export function seen({ n: all, x, y }, viewport, ranks, n = ranks ? ranks.length : all) {
  const place = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const rank = ranks ? ranks[i] : i
    place[i] = placeIn(viewport, x[rank], y[rank])
  }
  return { n, rank: ranks, place }
}

/**
 * The ranks of the points of some tiles, ascending.
 * @param {Tiled} tiled
 * @param {Run[]} runs
 */
export function ranksIn({ first, ranks: all }, runs) {
  const there = new Uint8Array(all.length / 3)
  let count = 0
  for (const [from, to] of runs) {
    for (let j = first[from]; j < first[to]; j++) there[all[3 * j + 2]] = 1
    count += first[to] - first[from]
  }
  const ranks = new Uint32Array(count)
  for (let i = 0, at = 0; at < count; i++) if (there[i]) ranks[at++] = i
  return ranks
}

/**
 * How many of some ranks, ascending, are among the first k; null stands for the first n.
 * @param {Pick<Seen, "n" | "rank">} seen
 * @param {number} k
 */
export function cutOf({ n, rank }, k) {
  if (!rank) return Math.min(n, k)
  let low = 0, high = n
  while (low < high) { const middle = (low + high) >> 1; if (rank[middle] < k) low = middle + 1; else high = middle }
  return low
}
