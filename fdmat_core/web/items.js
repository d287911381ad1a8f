// The items of a payload, and who of them is kept at a share.

/** @typedef {import("./payload.js").Payload} Payload */
/** @typedef {Uint8Array | Uint16Array | Uint32Array} Positions */

/**
 * What the map and the grid know about every item, by row.
 * @typedef {object} Items
 * @property {string} key names the items, whatever the method
 * @property {number} n
 * @property {BigInt64Array} ids the numbers of the items in the original data; `idOf` writes one
 * @property {Positions} labels positions in `classes`
 * @property {string[]} classes
 * @property {Uint8Array} flags bits of `bits`
 * @property {{ suspected: number, mislabelled: number, outlier: number }} bits
 * @property {boolean} nested whether one order serves all sizes
 * @property {Uint32Array} cut nested: rows best first; otherwise by row, bit j = kept at the j-th smallest size
 * @property {number[]} sizes shares kept that were measured, ascending; if not nested, those that have an order
 * @property {number} least the share kept at the right end of the slider
 * @property {string | Record<string, string>} pictures addresses of pictures: what stands before an item's id, "" if there
 *   are none; or those of some items by their ids
 * @property {string} words the address of items' texts or fields, which stand for pictures; "" if there are none
 * @property {string[]} said those texts themselves, by row, where nobody answers at an address; else empty
 */

/**
 * @param {Payload} payload
 * @returns {Items}
 */
export function itemsOf({ columns, facts }) {
  return {
    key: facts.items, n: columns.ids.length, ids: columns.ids, labels: columns.labels, classes: facts.classes,
    flags: columns.flags, bits: facts.flags, nested: "order" in columns, cut: columns.order ?? columns.kept_bits,
    sizes: facts.sizes, least: facts.least, pictures: facts.pictures,
    words: facts.words ?? "", said: facts.said ?? [],
  }
}

/** Whether labels tell classes apart. @param {{ classes: string[] }} items */
export const isLabelled = ({ classes }) => classes.length > 1

/**
 * The id of a row's item as text: it may be negative, or larger than a number holds exactly.
 * @param {{ ids: BigInt64Array }} items
 * @param {number} row
 */
export const idOf = ({ ids }, row) => String(ids[row])

/**
 * The address of an item's picture; "" if it has none.
 * @param {Pick<Items, "pictures">} items
 * @param {string} id
 */
export const pictureAt = ({ pictures }, id) => typeof pictures === "string" ? pictures && pictures + id : pictures[id] ?? ""

/**
 * The row of an item, or -1.
 * @param {{ ids: BigInt64Array }} items
 * @param {string} id
 */
export function rowOf({ ids }, id) {
  return /^-?\d+$/.test(id) ? ids.indexOf(BigInt(id)) : -1
}

/**
 * How many of n items a share kept means: the same arithmetic as `sizes.kept_count`.
 * @param {number} n
 * @param {number} kept
 */
export const keptCount = (n, kept) => kept <= 0 ? 0 : Math.min(n, Math.max(1, Math.floor(n * kept + 0.5)))

/**
 * The place of the size nearest to a share, on a log scale; of two as near the smaller.
 * @param {number[]} sizes ascending
 * @param {number} kept
 */
export function nearestSize(sizes, kept) {
  const away = sizes.map((size) => Math.abs(Math.log(size / Math.max(kept, 1e-9))))
  return away.indexOf(Math.min(...away))
}

/**
 * Which order of the items holds at a share: 0 if one serves all sizes, else the place of the nearest size.
 * @param {Items} items
 * @param {number} kept
 */
export const slotAt = (items, kept) => items.nested ? 0 : nearestSize(items.sizes, kept)

/**
 * How many items are kept at a share; without one nested order, at the nearest size that has one.
 * @param {Items} items
 * @param {number} kept
 */
export const countAt = (items, kept) =>
  keptCount(items.n, items.nested ? kept : items.sizes[nearestSize(items.sizes, kept)])

/**
 * Rows best first; a method that is not nested has an order of its own at every size.
 * @param {Items} items
 * @param {number} slot
 */
export function orderAt({ n, nested, cut }, slot) {
  if (nested) return cut
  const order = new Uint32Array(n)
  let first = 0, last = n
  for (let row = 0; row < n; row++) order[cut[row] >>> slot & 1 ? first++ : --last] = row
  return order
}

/**
 * The place of every row in an order.
 * @param {Uint32Array} order
 */
export function ranksOf(order) {
  const ranks = new Uint32Array(order.length)
  for (let i = 0; i < order.length; i++) ranks[order[i]] = i
  return ranks
}
