// What the decisions do to the lists that leave this page: the selection at this size, and the cleaned list.

import { whole } from "../text.js"
import { rowOf } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./state.js").Decision} Decision */

/**
 * @typedef {object} Effect
 * @property {number} kept items of the selection, decisions taken into account
 * @property {number} putIn items that are in it because people keep or relabel them
 * @property {number} takenOut items that are not because people dropped them
 * @property {number} cleaned items of the cleaned list, which the slider does not change
 * @property {number} relabelled items with a corrected label
 */

/**
 * @param {{ n: number, suspected: Uint8Array }} items
 * @param {Uint32Array} rank place of every row
 * @param {number} k how many are kept
 * @param {Iterable<[number, string]>} decided rows and what people decided on them
 * @returns {Effect}
 */
export function effectOf({ n, suspected }, rank, k, decided) {
  let pinned = 0, dropped = 0, putIn = 0, takenOut = 0, relabelled = 0
  let cleaned = n - suspected.reduce((sum, one) => sum + one, 0)
  for (const [row, decision] of decided) {
    if (row < 0) continue
    const pins = decision === "keep" || decision === "relabel", inside = rank[row] < k
    pinned += Number(pins)
    relabelled += Number(decision === "relabel")
    dropped += Number(decision === "drop")
    putIn += Number(pins && !inside)
    takenOut += Number(decision === "drop" && inside)
    cleaned += pins && suspected[row] ? 1 : decision === "drop" && !suspected[row] ? -1 : 0
  }
  return { kept: Math.max(pinned, Math.min(k, n - dropped)), putIn, takenOut, cleaned, relabelled }
}

/** Say it. @param {GridState} grid */
export function showEffect(grid) {
  const { items, rank, slider: { k }, decided, elements: { effect } } = grid
  const found = effectOf(items, rank, k, Array.from(decided, ([item, { decision }]) => [rowOf(grid, item), decision]))
  const moved = found.putIn || found.takenOut ? ` (you: ${whole(found.putIn)} in, ${whole(found.takenOut)} out)` : ""
  const labels = found.relabelled ? `, ${whole(found.relabelled)} relabelled` : ""
  effect.textContent = `Selection ${whole(found.kept)}${moved} · cleaned list ${whole(found.cleaned)}${labels}`
  effect.title = "What leaves as files: the selection at this size, and all items but suspects and drops"
}
