// Columns that travel in fewer bytes, as small.py writes them.

/** @typedef {import("./payload.js").Payload} Payload */

/**
 * A payload with its columns as they are: places, ids, orders and scores of every ending, evidence.
 * @param {Payload} payload
 * @returns {Payload}
 */
export function grown({ columns, facts }) {
  const { places, far, far_xy, steps, own_percent, preferred_step, ...grows } = columns
  if (!places) return { columns, facts }
  Object.assign(grows, { xy: placesOf(places, facts, far ?? [], far_xy ?? []), ids: summed(steps) })
  for (const name of Object.keys(columns).filter((one) => /^rank(?!_high)/.test(one))) {
    const ending = name.slice("rank".length), order = grows[`order${ending}`] = orderOf(columns[name], columns[`rank_high${ending}`])
    const high = columns[`score_high${ending}`]
    if (high) grows[`score${ending}`] = scoresOf(high, columns[`score_low${ending}`], order)
    for (const part of ["rank", "rank_high", "score_high", "score_low"]) delete grows[part + ending]
  }
  if (own_percent) {
    grows.own_share = Float32Array.from(own_percent, (part) => part / 100)
    grows.preferred = preferred_step.map((/** @type {number} */ step, /** @type {number} */ row) =>
      (step + grows.labels[row]) % facts.classes.length)
  }
  return { columns: grows, facts }
}

/**
 * @param {Uint16Array} places
 * @param {Record<string, any>} facts
 * @param {ArrayLike<number>} far rows that lie elsewhere
 * @param {ArrayLike<number>} farXy
 */
function placesOf(places, { box: [left, low, width, height], steps }, far, farXy) {
  const xy = new Float32Array(places.length)
  for (let i = 0; i < xy.length; i += 2) {
    xy[i] = left + places[i] / steps * width
    xy[i + 1] = low + places[i + 1] / steps * height
  }
  for (let i = 0; i < far.length; i++) {
    xy[2 * far[i]] = farXy[2 * i]
    xy[2 * far[i] + 1] = farXy[2 * i + 1]
  }
  return xy
}

/**
 * Numbers from their differences: by halves of 32 bits, which is much faster than by whole numbers.
 * @param {BigInt64Array} steps
 */
function summed(steps) {
  const sums = new BigInt64Array(steps.length), to = new Uint32Array(sums.buffer)
  const from = new Uint32Array(steps.buffer, steps.byteOffset, 2 * steps.length)
  let low = 0, high = 0
  for (let i = 0; i < to.length; i += 2) {
    low += from[i]
    high = high + from[i + 1] + Number(low > 0xffffffff) >>> 0
    low >>>= 0
    to[i] = low
    to[i + 1] = high
  }
  return sums
}

/**
 * Rows best first, from the rank of every row.
 * @param {Uint16Array} low
 * @param {Uint8Array | Uint16Array} [high]
 */
function orderOf(low, high) {
  const order = new Uint32Array(low.length)
  for (let row = 0; row < low.length; row++) order[rankIn(low, high, row)] = row
  return order
}

/**
 * The rank of a row.
 * @param {Uint16Array} low
 * @param {Uint8Array | Uint16Array | undefined} high
 * @param {number} row
 */
export const rankIn = (low, high, row) => high ? high[row] * 65536 + low[row] : low[row]

/**
 * Scores by row, from their bits by rank.
 * @param {Uint16Array} high
 * @param {Uint8Array} low
 * @param {Uint32Array} order
 */
function scoresOf(high, low, order) {
  const score = new Float32Array(order.length), bits = new Uint32Array(score.buffer)
  for (let i = 0; i < order.length; i++) bits[order[i]] = high[i] << 16 | low[i] << 12
  return score
}
