// The payload that payload.py writes, and rows as text: one bit per row, in base64.

import { grown } from "./small.js"
import { clamp } from "./text.js"

/** @typedef {Uint8Array | Uint16Array | Uint32Array | Int32Array | BigInt64Array | Float32Array | Float64Array} Column */

/**
 * @typedef {object} Payload
 * @property {Record<string, any>} columns a typed array by name
 * @property {Record<string, any>} facts whatever the writer gave along
 */

const MAGIC = 0x504d4446 // "FDMP"
const VERSION = 1, PREFIX = 12, ALIGNMENT = 8
const KINDS = {
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, i8: BigInt64Array, f4: Float32Array, f8: Float64Array,
}

/**
 * A payload on its way: its columns as they travel, with 0 where nothing has come yet.
 * @typedef {Payload & { come: (name: string) => number }} Part `come`: how many values of a column are there
 */

/** @typedef {{ start: number, columns: [string, keyof typeof KINDS, number, number][], facts: Record<string, any> }} Header */

/**
 * The columns and facts of a payload; columns that do not travel in fewer bytes are views on its own.
 * @param {ArrayBuffer} bytes
 */
export function readPayload(bytes) {
  const header = headerOf(new Uint8Array(bytes))
  if (!header) throw new Error("the data are of another version; reload the page")
  return grown({ columns: viewsOn(bytes, header), facts: header.facts })
}

/**
 * What the first bytes of a payload say of it; null if they are too few.
 * @param {Uint8Array} bytes
 * @returns {Header | null}
 */
function headerOf(bytes) {
  if (bytes.length < PREFIX) return null
  const prefix = new DataView(bytes.buffer, bytes.byteOffset)
  if (prefix.getUint32(0, true) !== MAGIC || prefix.getUint32(4, true) !== VERSION)
    throw new Error("the data are of another version; reload the page")
  const start = PREFIX + prefix.getUint32(8, true)
  return bytes.length < start ? null : { start, ...JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, start))) }
}

/**
 * @param {ArrayBuffer} bytes
 * @param {Header} header
 */
function viewsOn(bytes, { start, columns }) {
  return Object.fromEntries(columns.map(([name, dtype, length, offset]) => [name, new KINDS[dtype](bytes, start + offset, length)]))
}

/**
 * The payload at an address. The browser asks the server whether the copy it has is still good.
 * @param {string} address
 * @param {AbortSignal} [signal]
 * @param {(part: Part) => void} [arriving] hears of it while it comes
 */
export async function fetchPayload(address, signal, arriving) {
  const answer = await fetch(address, { signal, cache: "no-cache" })
  if (!answer.ok) throw new Error(`the server answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`)
  return readPayload(arriving && answer.body ? await gathered(answer.body, arriving) : await answer.arrayBuffer())
}

/**
 * The bytes of a stream that holds a payload.
 * @param {ReadableStream<Uint8Array>} body
 * @param {(part: Part) => void} arriving
 */
export async function gathered(body, arriving) {
  const reader = body.getReader()
  let bytes = new Uint8Array(1 << 16), loaded = 0
  /** @type {Header | null} */
  let header = null
  /** @type {Record<string, Column>} */
  let columns = {}
  for (let next = await reader.read(); next.value; next = await reader.read()) {
    if (loaded + next.value.length > bytes.length) bytes = widened(bytes, 2 * (loaded + next.value.length))
    bytes.set(next.value, loaded)
    loaded += next.value.length
    if (!header && (header = headerOf(bytes.subarray(0, loaded)))) {
      bytes = widened(bytes, Math.max(loaded, lengthOf(header)))
      columns = viewsOn(bytes.buffer, header)
    }
    if (header) arriving(partOf(header, columns, loaded))
  }
  return bytes.length === loaded ? bytes.buffer : bytes.slice(0, loaded).buffer
}

/**
 * @param {Uint8Array} bytes
 * @param {number} length
 */
function widened(bytes, length) {
  const wide = new Uint8Array(length)
  wide.set(bytes.subarray(0, length))
  return wide
}

/** How many bytes a payload has. @param {Header} header */
const lengthOf = ({ start, columns }) => columns.reduce((end, [, dtype, length, offset]) =>
  Math.max(end, start + offset + Math.ceil(length * KINDS[dtype].BYTES_PER_ELEMENT / ALIGNMENT) * ALIGNMENT), start)

/**
 * @param {Header} header
 * @param {Record<string, Column>} columns
 * @param {number} loaded bytes
 * @returns {Part}
 */
function partOf({ start, columns: described, facts }, columns, loaded) {
  const come = (/** @type {string} */ name) => {
    const found = described.find(([one]) => one === name)
    return found ? clamp(Math.floor((loaded - start - found[3]) / KINDS[found[1]].BYTES_PER_ELEMENT), 0, found[2]) : 0
  }
  return { columns, facts, come }
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
