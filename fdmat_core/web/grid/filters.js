// Which of the removed items pass the filters, and how many each filter's choices would leave.

import { idOf } from "../items.js"

/** @typedef {import("./state.js").GridItems} GridItems */

/**
 * What narrows the list, and what sorts it (`order`); "" is off, too.
 * @typedef {{ issue?: string, label?: string, pair?: string, decision?: string, item?: string, set?: string, order?: string }} Filters
 */
/** @typedef {keyof Filters} FilterName */

/**
 * @typedef {object} Sifted
 * @property {Uint32Array} list rows that are removed and pass every filter, worst first or as they are sorted
 * @property {number} here rows that are removed, whatever the filters
 * @property {number} kept rows that are kept and pass every filter; 0 where none is on
 * @property {Uint32Array} issues what each issue would leave, counted under all the other filters
 * @property {Uint32Array} labels likewise each class
 * @property {Map<string, number>} states likewise each decision
 * @property {Map<number, number>} pairs likewise each pair of classes
 */

/**
 * What `sift` looks at.
 * @typedef {object} Sieve
 * @property {GridItems} items
 * @property {Uint32Array} rank
 * @property {number} k how many are kept
 * @property {Uint8Array | null} only
 * @property {Uint8Array | null} [mine] the rows of a reviewer's part
 * @property {{ rows: Uint32Array } | null} [order] how the list is sorted, if not worst first
 * @property {Filters} filters
 * @property {string[] | null} [names] ids by row as text, if they are known
 * @property {Uint8Array | null} [found] the rows whose words hold what `item` says, a byte per row; null while that is not known
 * @property {Uint8Array | null} [inSet] the rows of the set that `set` names, a byte per row; null while they are not known
 * @property {(row: number) => string} stateOf the decision on a row, or "open"
 */

/** Whether what is looked for are numbers of items, and no text: "12" begins some, "=12, 15" are two. @param {string} sought */
export const isNumber = (sought) => /^(-?\d*|=[-\d,\s]*)$/.test(sought)

/**
 * Whether the number of an item is one that is looked for.
 * @param {string} sought as `isNumber` has it
 * @returns {(id: string) => boolean}
 */
function numbered(sought) {
  if (!sought.startsWith("=")) return (id) => id.startsWith(sought)
  const wanted = new Set(sought.slice(1).split(/[\s,]+/))
  return (id) => wanted.has(id)
}

/**
 * The pair of a row's label and the class that the plan prefers, as one number.
 * @param {GridItems} items
 * @param {number} row
 */
export const pairOf = ({ labels, preferred, classes }, row) => labels[row] * classes.length + preferred[row]

/**
 * The names of the label and the preferred class of a pair.
 * @param {{ classes: string[] }} items
 * @param {number} pair
 */
export const namesOf = ({ classes }, pair) => [classes[pair / classes.length | 0], classes[pair % classes.length]]

/**
 * A pair of classes is written "given>preferred" in the link.
 * @param {{ classes: string[] }} items
 * @param {number} pair
 */
export const pairName = (items, pair) => namesOf(items, pair).join(">")

/**
 * @param {{ classes: string[] }} items
 * @param {string} name
 */
export function pairNamed(items, name) {
  const [given, preferred] = classesOf(items, name)
  return given * items.classes.length + preferred
}

/**
 * The label and the preferred class of a pair by its name, as places among the classes, whose names may hold ">", too;
 * -1 and -1 if there are no such classes.
 * @param {{ classes: string[] }} items
 * @param {string} name
 */
export function classesOf({ classes }, name) {
  for (let at = name.indexOf(">"); at >= 0; at = name.indexOf(">", at + 1)) {
    const places = [name.slice(0, at), name.slice(at + 1)].map((one) => classes.indexOf(one))
    if (!places.includes(-1)) return places
  }
  return [-1, -1]
}

/**
 * What a person reads of a filter that is on.
 * @param {{ classes: string[] }} items
 * @param {string} filter
 * @param {string} value
 */
export function filterWords(items, filter, value) {
  const places = filter === "pair" ? classesOf(items, value) : []
  return places[0] >= 0 ? places.map((place) => items.classes[place]).join(" → ") : value
}

/**
 * One test per filter that is on; each answers for a row.
 * @param {Sieve} sieve
 */
function tests({ items, filters, names, found: rows, inSet, stateOf }) {
  const { issue, label, pair, decision, item, set } = filters
  /** @type {Partial<Record<FilterName, (row: number) => boolean>>} */
  const found = {}
  if (issue) { const wanted = items.issues.indexOf(issue); found.issue = (row) => items.issue[row] === wanted }
  if (label) { const wanted = items.classes.indexOf(label); found.label = (row) => items.labels[row] === wanted }
  if (pair) { const wanted = pairNamed(items, pair); found.pair = (row) => pairOf(items, row) === wanted }
  if (decision) found.decision = (row) => stateOf(row) === decision
  if (set && inSet) found.set = (row) => inSet[row] > 0
  if (item && rows) found.item = (row) => rows[row] > 0
  else if (item && isNumber(item)) { const is = numbered(item); found.item = (row) => is(names ? names[row] : idOf(items, row)) }
  return Object.entries(found)
}

/**
 * @param {Sieve} sieve
 * @returns {Sifted}
 */
export function sift(sieve) {
  const { items, rank, k, only, mine, order, stateOf } = sieve, found = tests(sieve)
  const list = new Uint32Array(Math.max(0, items.n - k)), issues = new Uint32Array(items.issues.length)
  const labels = new Uint32Array(items.classes.length), states = new Map(), pairs = new Map()
  let length = 0, here = 0, kept = 0
  const more = (/** @type {Map<any, number>} */ counts, /** @type {any} */ key) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const row of order?.rows ?? items.worst) {
    if (only && !only[row] || mine && !mine[row]) continue
    if (rank[row] < k) { kept += Number(found.length > 0 && !missedBy(found, row)); continue }
    here++
    const missed = missedBy(found, row)
    if (!missed) list[length++] = row
    if (!missed || missed === "issue") issues[items.issue[row]]++
    if (!missed || missed === "label") labels[items.labels[row]]++
    if (!missed || missed === "decision") more(states, stateOf(row))
    if (!missed || missed === "pair") more(pairs, pairOf(items, row))
  }
  return { list: list.subarray(0, length), here, kept, issues, labels, states, pairs }
}

/**
 * The only filter that a row does not pass; "" if it passes all, "several" if it fails more than one.
 * @param {[string, (row: number) => boolean][]} found
 * @param {number} row
 */
function missedBy(found, row) {
  let missed = ""
  for (const [name, passes] of found) {
    if (passes(row)) continue
    if (missed) return "several"
    missed = name
  }
  return missed
}
