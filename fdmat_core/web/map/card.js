// The card of the item under the pointer.

import { find, make } from "../elements.js"
import { idOf, isLabelled, pictureAt } from "../items.js"
import { percent, whole } from "../text.js"
import { showWords } from "../words.js"
import { isKept } from "./state.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./points.js").Points} Points */

const PASSING = 60 // ms that a pointer must stay before the picture is asked for

/** @type {WeakMap<HTMLElement, { row: number, k: number, points: Points, timer?: ReturnType<typeof setTimeout> }>} */
const shown = new WeakMap()

/**
 * @param {MapState} map
 * @param {number} row
 */
export function fillCard(map, row) {
  const { elements: { card }, points, k } = map, before = shown.get(card)
  if (before?.row === row && before.k === k && before.points === points) return
  const timer = before?.row === row ? before.timer : showPicture(card, points, row, before?.timer)
  shown.set(card, { row, k, points, timer })
  find(card, "b").textContent = isLabelled(points) ? points.classes[points.labels[row]] : `item ${idOf(points, row)}`
  find(card, "ul").replaceChildren(...facts(map, row).map((fact) => make("li", fact)))
}

/**
 * @param {HTMLElement} card
 * @param {Points} points
 * @param {number} row
 * @param {ReturnType<typeof setTimeout> | undefined} timer
 */
function showPicture(card, points, row, timer) {
  const image = /** @type {HTMLImageElement} */ (find(card, "img"))
  const id = idOf(points, row), picture = pictureAt(points, id)
  image.hidden = !picture
  image.removeAttribute("src")
  const words = make("p", "", { className: "words" }) // a new one, so that a late answer about another row finds none
  find(card, ".words").replaceWith(words)
  clearTimeout(timer)
  return setTimeout(() => {
    if (picture) image.src = picture
    else if (points.words) showWords(points.words, id, words)
    else words.textContent = points.said[row] ?? ""
  }, PASSING)
}

/**
 * What is known about a row, a sentence each.
 * @param {MapState} map
 * @param {number} row
 */
function facts(map, row) {
  const { points, rank } = map, { n, flags, bits, score } = points, labelled = isLabelled(points)
  const name = labelled ? points.classes[points.labels[row]] : "all items"
  const kept = isKept(map, row), list = labelled ? [`item ${idOf(points, row)}`] : []
  if (points.nested) {
    list.push(`${kept ? "kept" : "pruned"}: rank ${whole(rank[row] + 1)} of ${whole(n)}`)
    list.push(`${kept ? "leaves" : "left"} when less than ${percent((rank[row] + 1) / n)} is kept`)
  } else list.push(kept ? "kept at this size" : "pruned at this size")
  if (score) list.push(`${points.scoreName} ${Number(score[row].toPrecision(3))}: higher than ${above(points, score, row)}% of ${name}`)
  if (points.ownShare && points.preferred) list.push(mass(points, points.ownShare[row], points.preferred[row], row))
  if (flags[row] & bits.mislabelled) list.push("its label was changed (injected)")
  if (flags[row] & bits.outlier) list.push("its content was changed (injected)")
  if (flags[row] & bits.suspected) list.push("suspected noise")
  return list
}

/**
 * Where the transport plan sends a row's mass, and what that is.
 * @param {Points} points
 * @param {number} own
 * @param {number} preferred
 * @param {number} row
 */
export function mass({ classes, labels }, own, preferred, row) {
  const stays = `${Math.round(100 * own)}% stays in ${classes[labels[row]]}`
  const where = preferred === labels[row] ? stays : `only ${stays}, most goes to ${classes[preferred]}`
  return `of its mass, dealt out to the classes it resembles, ${where}`
}

/**
 * Percent of a row's class that has a lower score.
 * @param {Points} points
 * @param {Float32Array} score
 * @param {number} row
 */
function above({ labels }, score, row) {
  let peers = 0, lower = 0
  for (let i = 0; i < score.length; i++) if (labels[i] === labels[row]) { peers++; lower += Number(score[i] < score[row]) }
  return Math.floor(100 * lower / Math.max(1, peers - 1))
}
