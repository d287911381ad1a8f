// The items of a mounted grid and its state: everything that can change, in one place. Others take it as `grid`.

import { find } from "../elements.js"
import { itemsOf } from "../items.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {import("../items.js").Items} Items */
/** @typedef {import("../items.js").Positions} Positions */
/** @typedef {import("../slider.js").Slider} Slider */
/** @typedef {import("./filters.js").Filters} Filters */
/** @typedef {import("./filters.js").Sifted} Sifted */
/** @typedef {import("./evidence.js").Evidence} Evidence */

/**
 * @typedef {object} GridFacts
 * @property {Uint32Array} worst rows in the order to look at them
 * @property {Positions} preferred the class that the transport plan prefers, by row
 * @property {Positions} issue by row, a position in `issues`
 * @property {string[]} issues
 * @property {Uint8Array} suspected a byte per row: not on the cleaned list, unless people say otherwise
 * @property {Positions | null} cleanLabels where noise was injected: the true classes
 * @property {Float32Array | null} fields some features of row after row, where there are no pictures
 * @property {string} search the address that finds items by a text in their fields; "" if they have none
 * @property {string[]} named those fields
 * @property {string} evidence the address of an item's evidence, before its id
 * @property {string} decisions the address of the decisions
 * @property {string} like the address that takes a picture; "" if items have none
 * @property {string} sets the address of named sets of items
 * @property {string} views the address of saved views
 * @property {string} score the address of a score, before its name
 * @property {import("./scores.js").Offered[]} scores what the grid may ask for
 * @property {string} method as the address of the evidence names it
 */

/** @typedef {Items & GridFacts} GridItems */

/**
 * What a grid says to whoever shows it; all may be left out.
 * @typedef {object} Events
 * @property {(kept: number) => void} [kept] the slider rests at another share kept
 * @property {(slider: { place: number, resting: boolean }) => void} [moved] the slider is at a place, 0 keeps all, 1 the least
 * @property {(filters: Filters & { of: string }) => void} [filters] a person has set other filters, of which items
 * @property {(blind: boolean) => void} [blind] a person wants to see nothing of what was injected, or to see it again
 * @property {(number: number) => void} [method] a number key was pressed
 * @property {(rows: string) => void} [ringed] a person wants to see these rows, as text, on the map
 * @property {(none: string) => void} [only] a person no longer wants the rows of a lasso alone
 */

/**
 * What a grid is given besides its payload; all may be left out.
 * @typedef {object} Options
 * @property {number} [kept] the share kept to start from; afterwards the slider is the person's
 * @property {string} [only] rows to show and no others, as text
 * @property {Filters} [filters] to start with
 * @property {boolean} [blind] what others think of whether a person reviews blind
 */

/** @typedef {{ decision: string, label: string, author: string }} Decision about an item; `decision` "" is none */
/**
 * To decide on one item, or on many (`rows` as text, how many, the id of the first, the class of each), or to take back.
 * @typedef {{ item?: string, decision?: string, label?: string, undo?: boolean,
 *   rows?: string, count?: number, first?: string, labels?: number[] }} Wish
 */
/** @typedef {Wish & { author: string, session: string, id: string }} Message to the server */
/** @typedef {HTMLElement & { place?: number }} Cell */

/** @typedef {ReturnType<typeof elementsOf>} Elements */

/**
 * @typedef {object} GridState
 * @property {HTMLElement} root
 * @property {Elements} elements
 * @property {Events} events
 * @property {Options} options
 * @property {AbortController} removed aborts when the grid is removed
 * @property {GridItems} items
 * @property {Map<string, number> | null} rows of items by id, once somebody asked
 * @property {string[] | null} names ids of items by row, likewise
 * @property {Slider} slider
 * @property {number} sent the share kept that others heard last
 * @property {number} slot which order of the items holds now, see `items.slotAt`; -1 for none yet
 * @property {Uint32Array} rank place of every row in that order
 * @property {Uint8Array | null} only the rows of a lasso, a byte per row; null for all
 * @property {Uint8Array | null} mine the rows of this reviewer's part, a byte per row; null for all
 * @property {Filters} filters
 * @property {boolean} blind whether nothing says what was injected
 * @property {Map<string, Promise<import("./scores.js").Score | null>>} scores that were asked for, by name
 * @property {import("./scores.js").Order | null} order what the list is sorted by; null for issue and severity
 * @property {import("./scores.js").Score | null} score of the histogram, once it is here
 * @property {number | null} threshold in that score; null before anybody has set it
 * @property {import("./histogram.js").Counted | null} counted the list by that score
 * @property {Uint8Array | null} found the rows whose words hold what is looked for, a byte per row; null for none asked
 * @property {import("./sets.js").Listed[]} sets the named sets of these items
 * @property {Uint8Array | null} inSet the rows of the set that the list is narrowed to, a byte per row; null until they are known
 * @property {Sifted} sifted what the filters leave
 * @property {number} at place of the chosen item in the list
 * @property {number} row of the chosen item, or -1
 * @property {number} anchor the place from which shift marks
 * @property {Set<number>} marked rows that the next decision is about, if there are any
 * @property {Map<number, Cell>} cells on screen, by row
 * @property {import("./shape.js").Shape} shape of the list
 * @property {{ across: number, side: number, pitch: number }} layout cells in a line, their width, the height of a line
 * @property {Map<string, Decision>} decided by item id
 * @property {Message[]} outbox what the server has not confirmed, oldest first
 * @property {number} last number of the last decision that the server listed
 * @property {string} trouble why something is not saved yet
 * @property {string} note what was just done to many items
 * @property {Map<string, Evidence>} known evidence by address
 * @property {Set<string>} asked addresses of evidence on its way
 * @property {number} shown row that the card shows
 * @property {string} target the class chosen to relabel to; "" leaves it to the plan
 * @property {{ list: boolean, card: boolean }} stale what the next frame makes anew
 * @property {() => void} draw paints one frame
 * @property {number | null} frame the request for the next frame
 * @property {number} drawn frames drawn so far
 * @property {{ filters?: Timer, looking?: Timer, listening?: Timer }} timers
 */

/** @typedef {ReturnType<typeof setTimeout>} Timer */

/**
 * @param {Payload} payload
 * @returns {GridItems}
 */
export function gridItemsOf(payload) {
  const { columns, facts } = payload
  return {
    ...itemsOf(payload), worst: columns.worst, preferred: columns.preferred, issue: columns.issue, issues: facts.issues,
    suspected: columns.suspected,
    cleanLabels: columns.clean_labels ?? null, fields: columns.fields ?? null,
    evidence: facts.evidence, decisions: facts.decisions, method: facts.method,
    like: facts.like ?? "", sets: facts.sets ?? "", views: facts.views ?? "",
    score: facts.score, scores: facts.scores ?? [], search: facts.search ?? "", named: facts.named ?? [],
  }
}

/** @param {HTMLElement} root */
export function elementsOf(root) {
  return {
    removed: find(root, ".count .removed"), kept: find(root, ".count .kept"), effect: find(root, ".effect"), issues: find(root, ".issues"),
    states: find(root, ".states"), labels: /** @type {HTMLSelectElement} */ (find(root, ".labels")), pairs: find(root, ".pairs"),
    tally: find(root, ".tally"), chips: find(root, ".chips"), offers: find(root, ".offers"),
    counts: find(root, ".counts"), narrowed: find(root, ".narrowed"),
    find: /** @type {HTMLInputElement} */ (find(root, ".find")),
    sets: find(root, ".act-sets"), panel: find(root, ".sets"), listed: find(root, ".listed"), saved: find(root, ".saved"),
    what: /** @type {HTMLSelectElement} */ (find(root, ".what")), wrong: find(root, ".wrong"),
    named: /** @type {HTMLInputElement} */ (find(root, ".named")),
    map: /** @type {HTMLButtonElement} */ (find(root, ".act-map")), help: find(root, ".act-keys"), frame: find(root, ".frame"),
    shape: /** @type {HTMLSelectElement} */ (find(root, ".shape")), heads: find(root, ".heads"),
    views: find(root, ".act-views"), seen: find(root, ".seen"), recalled: find(root, ".recalled"), keep: find(root, ".keep-view"),
    viewed: /** @type {HTMLInputElement} */ (find(root, ".viewed")), unsaved: find(root, ".unsaved"),
    cells: find(root, ".cells"), none: find(root, ".none"), keys: find(root, ".keys"), card: find(root, ".card"),
    beside: find(root, ".beside"),
    author: /** @type {HTMLInputElement} */ (find(root, ".author")), order: /** @type {HTMLSelectElement} */ (find(root, ".order")),
    part: /** @type {HTMLInputElement} */ (find(root, "input.part")), parts: /** @type {HTMLInputElement} */ (find(root, "input.parts")),
    blind: /** @type {HTMLInputElement} */ (find(root, "input.blind")), score: find(root, ".act-score"),
    histogram: find(root, ".histogram"), threshold: /** @type {HTMLInputElement} */ (find(root, ".threshold")),
    words: find(root, ".words"), marking: /** @type {HTMLButtonElement} */ (find(root, ".mark-all")),
  }
}

/**
 * The row of an item, or -1.
 * @param {GridState} grid
 * @param {string} id
 */
export function rowOf(grid, id) {
  if (!grid.rows) {
    const rows = grid.rows = new Map()
    grid.items.ids.forEach((one, row) => rows.set(String(one), row))
  }
  return grid.rows.get(id) ?? -1
}

/**
 * Draw with the next frame; `what` is made anew then.
 * @param {GridState} grid
 * @param {"list" | "card"} [what]
 */
export function stale(grid, what) {
  if (what) grid.stale[what] = true
  grid.frame ??= requestAnimationFrame(() => {
    grid.frame = null
    if (!grid.removed.signal.aborted) grid.draw()
  })
}

/** The ids of all items as text, once: a number of 64 bits takes a while to become text. @param {GridState} grid */
export const namesOf = (grid) => grid.names ??= Array.from(grid.items.ids, String)

/** What may be decided, and "open" before that. */
export const STATES = ["open", "keep", "drop", "relabel", "unsure"]

/** The key that gives a decision. @type {Record<string, string>} */
export const SIGNS = { keep: "K", drop: "D", relabel: "R", unsure: "U" }

/**
 * The decision on a row, if there is one.
 * @param {GridState} grid
 * @param {number} row
 */
export function decisionOn(grid, row) {
  if (!grid.decided.size) return undefined
  return grid.decided.get(namesOf(grid)[row])
}

/** A decision in words. @param {Decision} decision */
export const wordsOf = ({ decision, label, author }) => `${decision}${label && ` ${label}`}${author && `, by ${author}`}`

/** Whether it is known what was injected. @param {GridItems} items */
export const hasTruth = ({ flags, bits }) => flags.some((flag) => flag & (bits.mislabelled | bits.outlier))

/**
 * What was injected into a row, in words; nothing for who reviews blind.
 * @param {GridState} grid
 * @param {number} row
 */
export const truthOf = (grid, row) => grid.blind ? "" : injected(grid.items, row)

/**
 * What was injected into a row, in words.
 * @param {GridItems} items
 * @param {number} row
 */
export function injected({ flags, bits, classes, cleanLabels }, row) {
  if (flags[row] & bits.mislabelled) return `injected: was ${cleanLabels ? classes[cleanLabels[row]] : "another class"}`
  return flags[row] & bits.outlier ? "injected: content changed" : ""
}
