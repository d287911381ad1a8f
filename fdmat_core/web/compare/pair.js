// Two sides of one payload: who is kept by which, and how far they agree. Pure functions on numbers.

import { pointsOf } from "../map/points.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {import("../map/points.js").Points} Points */

/**
 * Who keeps a row: `rank` in the order that holds now, of which the first `k` are kept.
 * @typedef {{ rank: Uint32Array, k: number }} Kept
 */

/** @typedef {{ both: number, only: [number, number], n: number }} Agreement in items */

const SIDE = /_[ab]$/

/**
 * The points of both sides: places, ids and labels are shared, orders and scores each side's own.
 * @param {Payload} payload of `compare.pack`
 * @returns {Points[]}
 */
export function sidesOf({ columns, facts }) {
  return ["_a", "_b"].map((ending, place) => {
    /** @type {Record<string, any>} */
    const mine = {}
    for (const [name, column] of Object.entries(columns))
      if (name.endsWith(ending)) mine[name.slice(0, -ending.length)] = column
      else if (!SIDE.test(name)) mine[name] = column
    return pointsOf({ columns: mine, facts: { ...facts, ...facts.sides[place] } })
  })
}

/**
 * Note which rows only one side keeps, a byte per row, and count.
 * @param {Kept} a
 * @param {Kept} b
 * @param {[Uint8Array, Uint8Array]} only is written
 * @returns {Agreement}
 */
export function split(a, b, [onlyA, onlyB]) {
  const { rank: rankA, k: kA } = a, { rank: rankB, k: kB } = b, n = rankA.length
  let both = 0
  for (let row = 0; row < n; row++) {
    const inA = rankA[row] < kA ? 1 : 0, inB = rankB[row] < kB ? 1 : 0
    both += inA & inB
    onlyA[row] = inA & ~inB
    onlyB[row] = inB & ~inA
  }
  return { both, only: [kA - both, kB - both], n }
}

/**
 * The items that both keep among those that either keeps; 1 if neither keeps any.
 * @param {Pick<Agreement, "both" | "only">} agreement
 */
export const jaccard = ({ both, only: [one, other] }) => both + one + other ? both / (both + one + other) : 1

/**
 * The Jaccard that two random draws of these sizes have by the items that they share on average.
 * @param {Agreement} agreement
 */
export function chance({ both, only: [one, other], n }) {
  const [a, b] = [both + one, both + other], shared = a * b / n
  return jaccard({ both: shared, only: [a - shared, b - shared] })
}
