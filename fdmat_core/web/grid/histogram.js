// The histogram of a score over the list, with a threshold to drag: how many lie above, and how many of these are bad.

import { make } from "../elements.js"
import { isLabelled } from "../items.js"
import { percent, whole } from "../text.js"
import { openOf } from "./bulk.js"
import { mark } from "./marks.js"
import { scoreOf } from "./scores.js"
import { hasTruth, rowOf, stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./scores.js").Score} Score */

/**
 * The list from its highest score down.
 * @typedef {object} Counted
 * @property {Uint32Array} rows
 * @property {Float32Array} scores of these rows, descending
 * @property {Uint32Array} bad how many of the first i are bad, for i from 0
 * @property {Uint32Array} open how many of the first i nobody has decided on
 * @property {number} allBad how many items are bad, in the list or not
 */

const MISLABELLED = 0 // among the issues, of which it is the gravest
const BINS = 90, OPEN = "fdmat.histogram", ROOM = 800 // pixels of height from which the histogram shows unasked

/**
 * @param {Score} score
 * @param {Uint32Array} list rows
 * @param {(row: number) => boolean} isBad
 * @param {Set<number>} decided rows
 * @returns {Counted}
 */
export function countsOf({ rows, values }, list, isBad, decided) {
  const listed = new Uint8Array(rows.length), found = new Uint32Array(list.length)
  for (const row of list) listed[row] = 1
  const bad = new Uint32Array(list.length + 1), open = new Uint32Array(list.length + 1)
  let length = 0, allBad = 0
  for (const row of rows) {
    allBad += Number(isBad(row))
    if (!listed[row]) continue
    bad[length + 1] = bad[length] + Number(isBad(row))
    open[length + 1] = open[length] + Number(!decided.has(row))
    found[length++] = row
  }
  return { rows: found, scores: Float32Array.from(found, (row) => values[row]), bad, open, allBad }
}

/**
 * How many lie at a threshold or above it.
 * @param {Float32Array} scores descending
 * @param {number} threshold
 */
export function above(scores, threshold) {
  let low = 0, high = scores.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (scores[middle] >= threshold) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The lowest and the highest of some values; what is not finite is passed over.
 * @param {Float32Array} values
 * @returns {[number, number]}
 */
export function rangeOf(values) {
  let low = Infinity, high = -Infinity
  for (const value of values) if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value) }
  return low < high ? [low, high] : [Number.isFinite(low) ? low : 0, Number.isFinite(low) ? low + 1 : 1]
}

/**
 * What is said at a threshold, in words that the screen shows and a screen reader speaks.
 * @param {Counted} counted
 * @param {number} count that lie above
 * @param {"injected" | "suspected"} word what bad means
 */
export function wordsAt({ rows, bad, allBad }, count, word) {
  const found = bad[count], share = `${whole(count)} of ${whole(rows.length)}`
  if (word === "suspected") return [share, `${whole(found)} of them suspected by FDMat`]
  const precision = count ? percent(found / count) : "none", recall = allBad ? percent(found / allBad) : "none"
  return [share, `precision ${precision}, recall ${recall} of ${whole(allBad)} injected`]
}

/** @param {GridState} grid */
export function listenHistogram(grid) {
  const { histogram, threshold, marking, score: toggle } = grid.elements
  const stored = localStorage.getItem(OPEN)
  histogram.hidden = stored ? stored === "off" : innerHeight < ROOM
  toggle.addEventListener("click", () => {
    histogram.hidden = !histogram.hidden
    localStorage.setItem(OPEN, histogram.hidden ? "off" : "on")
    stale(grid, "list")
  })
  threshold.addEventListener("input", () => {
    grid.threshold = Number(threshold.value)
    showThreshold(grid)
  })
  marking.addEventListener("click", () => {
    const { counted, threshold: at } = grid
    if (counted && at !== null) mark(grid, openOf(grid, counted.rows.subarray(0, above(counted.scores, at))))
  })
}

/** Draw the histogram of what is listed now, if it is open; its score is asked for first. @param {GridState} grid */
export async function showHistogram(grid) {
  const { elements: { histogram, score: toggle }, items } = grid
  toggle.hidden = !items.scores.length
  toggle.ariaExpanded = String(!histogram.hidden)
  if (histogram.hidden || toggle.hidden) return
  if (!grid.score) {
    const score = await scoreOf(grid, items.scores[0].name)
    if (!score || grid.score || grid.items.key !== items.key) return
    grid.score = score
  }
  const { score } = grid, range = rangeOf(score.values)
  const decided = new Set(Array.from(grid.decided.keys(), (item) => rowOf(grid, item)))
  grid.counted = countsOf(score, grid.sifted.list, badOf(grid), decided)
  grid.threshold ??= usual(items, score)
  drawBars(grid, range)
  showThreshold(grid)
}

/** @param {GridState} grid @returns {"injected" | "suspected"} */
const wordOf = ({ items, blind }) => hasTruth(items) && !blind ? "injected" : "suspected"

/**
 * @param {GridState} grid
 * @returns {(row: number) => boolean}
 */
function badOf(grid) {
  const { items: { flags, bits, suspected } } = grid
  return wordOf(grid) === "suspected" ? (row) => suspected[row] > 0 : (row) => (flags[row] & (bits.mislabelled | bits.outlier)) > 0
}

/**
 * The threshold to begin with: as many lie above as FDMat suspects. Its suspicion is of labels, so there outliers do not
 * count. Where nothing counts nothing lies above.
 * @param {Pick<import("./state.js").GridItems, "suspected" | "issue" | "classes" | "scores">} items
 * @param {Pick<Score, "name" | "values" | "rows">} score
 */
export function usual({ suspected, issue, classes, scores }, { name, values, rows }) {
  const ofLabels = name === scores[0]?.name && isLabelled({ classes })
  const count = suspected.reduce((sum, one, row) => sum + Number(one && !(ofLabels && issue[row] !== MISLABELLED)), 0)
  const [low, high] = rangeOf(values), at = values[rows[count - 1]]
  return count ? Math.min(high, Math.max(low, Number.isFinite(at) ? at : high)) : beyond([low, high])
}

/** Just above all scores of a range. @param {[number, number]} range */
const beyond = ([low, high]) => high + (high - low) / 1000

/**
 * Two shapes, all and the bad of them, each as tall as the square root of its count: one rare bar in a long tail is seen.
 * @param {GridState} grid
 * @param {[number, number]} range
 */
function drawBars({ elements: { histogram, threshold }, counted, score }, [low, high]) {
  if (!counted || !score) return
  const all = new Uint32Array(BINS), bad = new Uint32Array(BINS)
  counted.scores.forEach((value, i) => {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / (high - low) * BINS) || 0))
    all[bin]++
    bad[bin] += counted.bad[i + 1] - counted.bad[i]
  })
  const most = Math.sqrt(Math.max(1, ...all))
  const shape = (/** @type {Uint32Array} */ counts) =>
    Array.from(counts, (count, i) => count ? `M${i + 0.08} 1V${1 - Math.sqrt(count) / most}H${i + 0.92}V1Z` : "").join("")
  for (const path of histogram.querySelectorAll(".all")) path.setAttribute("d", shape(all))
  for (const path of histogram.querySelectorAll(".bad")) path.setAttribute("d", shape(bad))
  Object.assign(threshold, { min: String(low), max: String(beyond([low, high])), ariaLabel: `Threshold of the score: ${score.title}` })
}

/** What changes while the threshold is dragged; nothing of it asks the server. @param {GridState} grid */
function showThreshold(grid) {
  const { elements: { histogram, threshold, words, marking }, counted, score, threshold: at } = grid
  if (!counted || !score || at === null) return
  const [low, high] = rangeOf(score.values), count = above(counted.scores, at), open = counted.open[count], word = wordOf(grid)
  const [share, told] = wordsAt(counted, count, word), value = at.toPrecision(3)
  threshold.value = String(at)
  histogram.style.setProperty("--at", String((at - low) / (high - low)))
  histogram.dataset.word = word
  threshold.ariaValueText = `${score.title} ${value}: ${share} above, ${told}`
  words.replaceChildren(make("b", share), ` above ${value}`, make("small", told), make("small", score.title))
  words.title = word === "suspected" ? "Which of them are really wrong is not known" : "Of the list; recall is of all that was injected"
  marking.disabled = !open
  marking.textContent = `Mark all ${whole(open)}`
}
