// Marked points by their ranks: what is drawn over the others, whatever is left out of those.

import { cutOf } from "./layer.js"

/** @typedef {import("./state.js").MapState} MapState */

/** @type {WeakMap<Uint32Array, WeakMap<object, Uint32Array>>} by order, then by marks */
const known = new WeakMap()

/**
 * The ranks of some rows, ascending, found once for each order.
 * @param {MapState} map
 * @param {Uint8Array | number[]} marks a byte per row, or the rows themselves
 */
export function ranksOf({ rank, layer: { row } }, marks) {
  const here = known.get(row) ?? new WeakMap(), before = here.get(marks)
  if (before) return before
  const ranks = marks instanceof Uint8Array ? marked(row, marks, row.length) : Uint32Array.from(marks, (one) => rank[one]).sort()
  known.set(row, here.set(marks, ranks))
  return ranks
}

/**
 * The ranks among the first k whose rows have a mark, ascending.
 * @param {Uint32Array} row by rank
 * @param {Uint8Array} marks a byte per row
 * @param {number} k
 */
export function marked(row, marks, k) {
  const ranks = new Uint32Array(k)
  let count = 0
  for (let i = 0; i < k; i++) if (marks[row[i]]) ranks[count++] = i
  return ranks.slice(0, count)
}

/**
 * How many of some rows are kept now.
 * @param {MapState} map
 * @param {number[]} rows
 */
export function keptAmong(map, rows) {
  const rank = ranksOf(map, rows)
  return cutOf({ n: rank.length, rank }, map.k)
}
