// The payload that payload.py writes, and rows as text: one bit per row, in base64.

/** @typedef {Uint8Array | Uint16Array | Uint32Array | Int32Array | BigInt64Array | Float32Array | Float64Array} Column */

/**
 * @typedef {object} Payload
 * @property {Record<string, any>} columns a typed array by name
 * @property {Record<string, any>} facts whatever the writer gave along
 */

const MAGIC = 0x504d4446 // "FDMP"
const VERSION = 1, PREFIX = 12
const KINDS = {
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, i8: BigInt64Array, f4: Float32Array, f8: Float64Array,
}

/**
 * The columns and facts of a payload; columns are views on its bytes.
 * @param {ArrayBuffer} bytes
 * @returns {Payload}
 */
export function readPayload(bytes) {
  const prefix = new DataView(bytes)
  if (bytes.byteLength < PREFIX || prefix.getUint32(0, true) !== MAGIC || prefix.getUint32(4, true) !== VERSION)
    throw new Error("the data are of another version; reload the page")
  const start = PREFIX + prefix.getUint32(8, true)
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, PREFIX, start - PREFIX)))
  /** @type {Record<string, Column>} */
  const columns = {}
  for (const [name, dtype, length, offset] of header.columns)
    columns[name] = new KINDS[/** @type {keyof typeof KINDS} */ (dtype)](bytes, start + offset, length)
  return { columns, facts: header.facts }
}

/**
 * The payload at an address. The browser asks the server whether the copy it has is still good.
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
export async function fetchPayload(address, signal) {
  const answer = await fetch(address, { signal, cache: "no-cache" })
  if (!answer.ok) throw new Error(`the server answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`)
  return readPayload(await answer.arrayBuffer())
}

/**
 * Rows as text: 1 kB for 6,000 rows, whatever is chosen.
 * @param {Iterable<number>} rows
 * @param {number} n
 */
export function textOfRows(rows, n) {
  const bits = new Uint8Array(Math.ceil(n / 8))
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7)
  let text = ""
  for (let i = 0; i < bits.length; i += 8192) text += String.fromCharCode(...bits.subarray(i, i + 8192))
  return btoa(text)
}

/**
 * Which rows a text names, a byte per row; null for no text.
 * @param {string | undefined} text
 * @param {number} n
 */
export function rowsOfText(text, n) {
  if (!text) return null
  const bits = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)), named = new Uint8Array(n)
  for (let row = 0; row < n; row++) named[row] = bits[row >> 3] >> (row & 7) & 1
  return named
}
