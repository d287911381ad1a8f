// The payload of a report (see report.py): one map's payload for each of its methods.

import { readPayload } from "../payload.js"

/** @typedef {import("../payload.js").Payload} Payload */

/**
 * What a text in the page holds: deflated, in base64.
 * @param {string} text
 */
export async function unpack(text) {
  const signs = atob(text.trim()), bytes = new Uint8Array(signs.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = signs.charCodeAt(i)
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))
  return readPayload(await new Response(inflated).arrayBuffer())
}

/**
 * What the map draws by each method: its own columns end in its number, the others are the same arrays for all.
 * @param {Payload} packed
 * @returns {Payload[]}
 */
export function methodsOf({ columns, facts }) {
  return facts.methods.map((/** @type {object} */ own, /** @type {number} */ number) => ({
    columns: columnsOf(columns, number), facts: { ...facts, ...own },
  }))
}

/**
 * @param {Record<string, any>} columns
 * @param {number} number
 */
function columnsOf(columns, number) {
  /** @type {Record<string, any>} */
  const mine = {}
  for (const [name, column] of Object.entries(columns)) {
    const [base, of] = name.split(".")
    if (of === undefined || Number(of) === number) mine[base] = column
  }
  return mine
}
