// The points of the map: where each item lies, and what is known of it.

import { itemsOf } from "../items.js"
import { namesOf } from "./labels.js"
import { cellsOf } from "./tiles.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {import("../items.js").Items} Items */
/** @typedef {import("../items.js").Positions} Positions */

/** @typedef {{ left: number, low: number, width: number, height: number }} Box in the coordinates of the data */

const FAR = 0.002 // this share of the points at either end of an axis may lie outside the box
const MOST_WIDER = 1.5 // but only if all of them need more than so many times its room
const SAMPLE = 50_000 // points that are looked at to find it

/**
 * @typedef {object} MapFacts
 * @property {Float32Array} xy x and y of row after row
 * @property {Box} box around the points, but for a few that lie far out
 * @property {Box} all around all points
 * @property {import("./tiles.js").Cells} cells
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
 * @property {string} heading what the data are, in a line; "" if nobody said
 * @property {string} file the beginning of the names of files about them by this method
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
    heading: facts.heading, file: facts.file,
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
 * The middle 98 percent of the scores, from a regular sample of at most 20,000.
 * @param {Float32Array} score
 */
function clipOf(score) {
  const step = Math.ceil(score.length / 20000), sample = score.filter((_, i) => i % step === 0).sort()
  return { low: sample[sample.length * 0.01 | 0], high: sample[sample.length * 0.99 | 0] }
}
