// The points of the map: where each item lies, which lie near a spot, which lie in a lasso.

import { itemsOf } from "../items.js"
import { clamp } from "../text.js"
import { namesOf } from "./labels.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {import("../items.js").Items} Items */
/** @typedef {import("../items.js").Positions} Positions */

/** @typedef {{ left: number, low: number, width: number, height: number }} Box in the coordinates of the data */

const FAR = 0.002 // this share of the points at either end of an axis may lie outside the box
const MOST_WIDER = 1.5 // but only if all of them need more than so many times its room
const SAMPLE = 50_000 // points that are looked at to find it

/**
 * Cells over the map: `rows` holds the rows of cell after cell, `first[cell]` says where each begins.
 * @typedef {object} Cells
 * @property {number} side cells in a row of cells
 * @property {Uint32Array} first
 * @property {Uint32Array} rows
 * @property {number} inked the area of the cells that hold a point
 */

/**
 * @typedef {object} MapFacts
 * @property {Float32Array} xy x and y of row after row
 * @property {Box} box around the points, but for a few that lie far out
 * @property {Box} all around all points
 * @property {Cells} cells
 * @property {Float32Array | null} score by the method
 * @property {{ low: number, high: number } | null} clip the middle 98 percent of the scores
 * @property {Float32Array | null} ownShare the share of a row's mass that stays in its class
 * @property {Positions | null} preferred the class that most of it goes to
 * @property {Clusters} clusters
 * @property {{ first: Peak[], every: Peak[], exemplars: Peak[] }} peaks where names belong
 * @property {number} flagged how many rows have a flag
 * @property {string} method title of the method
 * @property {string} colour of what the method keeps, "#RRGGBB"; "" for the usual one
 * @property {string} projection what made the coordinates
 * @property {string} scoreName what the method's score is called
 */

/** @typedef {{ medoids: Uint32Array, sizes: Uint32Array }} Clusters the row that stands for each, and its items */
/** @typedef {import("./peaks.js").Peak} Peak */
/** @typedef {Items & MapFacts} Points */

/**
 * @param {Payload} payload
 * @returns {Points}
 */
export function pointsOf(payload) {
  const { columns, facts } = payload, items = itemsOf(payload), score = columns.score ?? null
  const all = bounds(columns.xy), box = middleOf(columns.xy, all), none = new Uint32Array(0)
  const clusters = { medoids: columns.medoids ?? none, sizes: columns.sizes ?? none }
  return {
    ...items, xy: columns.xy, box, all, clusters, peaks: namesOf({ ...items, xy: columns.xy, box, clusters }),
    cells: cellsOf(columns.xy, box), score, clip: score && clipOf(score),
    ownShare: columns.own_share ?? null, preferred: columns.preferred ?? null,
    flagged: items.flags.reduce((count, bits) => count + Number(bits > 0), 0),
    method: facts.method, colour: facts.colour ?? "", projection: facts.projection, scoreName: facts.score,
  }
}

/**
 * @param {ArrayLike<number>} xy
 * @returns {Box}
 */
export function bounds(xy) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < xy.length; i += 2) {
    if (xy[i] < left) left = xy[i]
    if (xy[i] > right) right = xy[i]
    if (xy[i + 1] < low) low = xy[i + 1]
    if (xy[i + 1] > high) high = xy[i + 1]
  }
  return { left, low, width: Math.max(right - left, 1e-6), height: Math.max(high - low, 1e-6) }
}

/**
 * The box around the middle of the points: on an axis on which few lie so far out that the rest would shrink, they
 * are left outside.
 * @param {Float32Array} xy
 * @param {Box} all
 * @returns {Box}
 */
export function middleOf(xy, all) {
  const [left, width] = middle(xy, 0, all.left, all.width), [low, height] = middle(xy, 1, all.low, all.height)
  return { left, width, low, height }
}

/**
 * @param {Float32Array} xy
 * @param {0 | 1} axis
 * @param {number} least of all on this axis
 * @param {number} length from there to the largest
 * @returns {[number, number]} where the middle begins, and its length
 */
function middle(xy, axis, least, length) {
  const n = xy.length / 2, step = Math.ceil(n / SAMPLE), count = Math.ceil(n / step)
  const values = Float32Array.from({ length: count }, (_, i) => xy[2 * i * step + axis]).sort()
  const at = (/** @type {number} */ share) => values[Math.round(share * (count - 1))]
  const inner = at(1 - FAR) - at(FAR)
  if (!(inner > 0) || length <= MOST_WIDER * inner) return [least, length]
  const start = Math.max(least, at(FAR) - 0.05 * inner), end = Math.min(least + length, at(1 - FAR) + 0.05 * inner)
  return [start, end - start]
}

/**
 * How many points lie beyond the edges of a part of the plane.
 * @param {Float32Array} xy
 * @param {Box} part
 */
export function countOutside(xy, { left, low, width, height }) {
  let count = 0
  for (let i = 0; i < xy.length; i += 2)
    count += Number(xy[i] < left || xy[i] > left + width || xy[i + 1] < low || xy[i + 1] > low + height)
  return count
}

/**
 * Cells over a box; points outside it count to the cell nearest to them.
 * @param {Float32Array} xy
 * @param {Box} box
 * @returns {Cells}
 */
export function cellsOf(xy, box) {
  const n = xy.length / 2, side = Math.max(8, Math.min(512, Math.round(Math.sqrt(n) / 2)))
  const cell = (/** @type {number} */ i) =>
    clamp(Math.floor((xy[2 * i] - box.left) / box.width * side), 0, side - 1)
    + side * clamp(Math.floor((xy[2 * i + 1] - box.low) / box.height * side), 0, side - 1)
  const first = new Uint32Array(side * side + 1), rows = new Uint32Array(n)
  for (let i = 0; i < n; i++) first[cell(i) + 1]++
  for (let c = 0; c < side * side; c++) first[c + 1] += first[c]
  const next = first.slice()
  for (let i = 0; i < n; i++) rows[next[cell(i)]++] = i
  let used = 0
  for (let c = 0; c < side * side; c++) if (first[c + 1] > first[c]) used++
  return { side, first, rows, inked: used / side ** 2 * box.width * box.height }
}

/**
 * The row nearest to (x, y) within a reach, in data units, or -1; kept rows lie on top and win by `bonus`.
 * @param {Pick<Points, "xy" | "box" | "cells">} points
 * @param {[number, number]} spot
 * @param {number} reach
 * @param {(row: number) => boolean} isKept
 * @param {number} bonus
 */
export function nearestRow({ xy, box, cells: { side, first, rows } }, [x, y], reach, isKept, bonus) {
  const column = (/** @type {number} */ v) => Math.max(0, Math.min(side - 1, Math.floor((v - box.left) / box.width * side)))
  const line = (/** @type {number} */ v) => Math.max(0, Math.min(side - 1, Math.floor((v - box.low) / box.height * side)))
  let best = -1, least = reach
  for (let cy = line(y - reach); cy <= line(y + reach); cy++) {
    const from = first[cy * side + column(x - reach)], to = first[cy * side + column(x + reach) + 1]
    for (let j = from; j < to; j++) {
      const row = rows[j], away = Math.hypot(xy[2 * row] - x, xy[2 * row + 1] - y)
      const cost = away - (isKept(row) ? bonus : 0)
      if (away <= reach && cost < least) { best = row; least = cost }
    }
  }
  return best
}

/**
 * The rows inside a polygon [x0, y0, x1, y1, ...] by the even-odd rule.
 * @param {Float32Array} xy
 * @param {number[]} polygon
 */
export function rowsInside(xy, polygon) {
  const inside = [], box = bounds(polygon)
  for (let row = 0; row < xy.length / 2; row++) {
    const x = xy[2 * row], y = xy[2 * row + 1]
    if (x < box.left || y < box.low || x > box.left + box.width || y > box.low + box.height) continue
    if (isInside(polygon, x, y)) inside.push(row)
  }
  return inside
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

/**
 * Every m-th row of each class, so that a thinner picture keeps its proportions; a byte per row.
 * @param {Pick<Points, "n" | "labels" | "classes">} points
 * @param {number} most
 */
export function thinned({ n, labels, classes }, most) {
  const step = Math.ceil(n / most), seen = new Uint32Array(classes.length), chosen = new Uint8Array(n)
  for (let row = 0; row < n; row++) chosen[row] = Number(seen[labels[row]]++ % step === 0)
  return chosen
}

/**
 * The middle 98 percent of the scores, from a regular sample of at most 20,000.
 * @param {Float32Array} score
 */
function clipOf(score) {
  const step = Math.ceil(score.length / 20000), sample = score.filter((_, i) => i % step === 0).sort()
  return { low: sample[sample.length * 0.01 | 0], high: sample[sample.length * 0.99 | 0] }
}
