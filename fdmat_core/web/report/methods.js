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
 * What the map draws by each method; what does not depend on the method is the same array for all.
 * @param {Payload} packed
 * @returns {Payload[]}
 */
export function methodsOf({ columns, facts }) {
  const { labels, flags, preferred, medoids, sizes } = columns
  /** @type {Record<string, any>} */
  const shared = { xy: placesOf(columns.places, facts), ids: summed(columns.steps), labels, flags }
  if (medoids) Object.assign(shared, { medoids, sizes })
  if (preferred) Object.assign(shared, { preferred, own_share: Float32Array.from(columns.own_percent, (part) => part / 100) })
  return facts.methods.map((/** @type {object} */ own, /** @type {number} */ number) => ({
    columns: { ...shared, ...rankedOf(columns, number) }, facts: { ...facts, ...own },
  }))
}

/**
 * @param {Uint16Array} places
 * @param {Record<string, any>} facts
 */
function placesOf(places, { box: [left, low, width, height], steps }) {
  const xy = new Float32Array(places.length)
  for (let i = 0; i < xy.length; i += 2) {
    xy[i] = left + places[i] / steps * width
    xy[i + 1] = low + places[i + 1] / steps * height
  }
  return xy
}

/** Numbers from their differences. @param {BigInt64Array} steps */
function summed(steps) {
  const sums = new BigInt64Array(steps.length)
  let sum = 0n
  for (let i = 0; i < sums.length; i++) sum = sums[i] = BigInt.asIntN(64, sum + steps[i])
  return sums
}

/**
 * @param {Record<string, any>} columns
 * @param {number} number
 */
function rankedOf(columns, number) {
  const rank = columns[`rank.${number}`], score = columns[`score.${number}`]
  if (!rank) return { kept_bits: columns[`kept_bits.${number}`] }
  const order = new Uint32Array(rank.length)
  for (let row = 0; row < order.length; row++) order[rank[row]] = row
  return score ? { order, score } : { order }
}
