// Dealing the items out: each of several reviewers gets others, by the number of the item and how many reviewers there are.

import { clamp } from "../text.js"
import { stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */

const SHARE = "fdmat.share", MOST = 99 // reviewers

/**
 * Which part each item belongs to, from 0: the same in every browser, whatever the order of the items.
 * @param {BigInt64Array} ids
 * @param {number} parts
 */
export function partsOf(ids, parts) {
  const words = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length)
  return Uint8Array.from(ids, (_, i) => mixed(words[2 * i], words[2 * i + 1]) % parts)
}

/**
 * The two halves of an id as one number in which every bit depends on every bit (the finish of MurmurHash3).
 * @param {number} low
 * @param {number} high
 */
function mixed(low, high) {
  let h = low ^ Math.imul(high, 0x9e3779b1)
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b)
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35)
  return (h ^ h >>> 16) >>> 0
}

/** The part of this browser and how many there are, as "2/3"; 1 of 1 is all. */
export function partNow() {
  const [part, parts] = (localStorage.getItem(SHARE) ?? "1/1").split("/").map(Number)
  return { part: part || 1, parts: parts || 1 }
}

/** Take the part of this browser from the items as they are now. @param {GridState} grid */
export function dealOut(grid) {
  const { elements, items } = grid, { part, parts } = partNow()
  elements.part.value = String(part)
  elements.parts.value = String(parts)
  elements.part.max = String(parts)
  grid.mine = parts > 1 ? partsOf(items.ids, parts).map((one) => Number(one === part - 1)) : null
}

/**
 * @param {GridState} grid
 * @param {number} part
 * @param {number} parts
 */
export function take(grid, part, parts) {
  const all = clamp(Math.round(parts) || 1, 1, MOST)
  localStorage.setItem(SHARE, `${clamp(Math.round(part) || 1, 1, all)}/${all}`)
  dealOut(grid)
  stale(grid, "list")
}

/** @param {GridState} grid */
export function listenShare(grid) {
  const { part, parts } = grid.elements
  for (const field of [part, parts]) field.addEventListener("change", () => take(grid, Number(part.value), Number(parts.value)))
}
