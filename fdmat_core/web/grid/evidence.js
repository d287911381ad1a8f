// What the server knows about an item, asked for when it is looked at; that of the next one in advance.

import { make } from "../elements.js"
import { idOf, isLabelled, pictureAt } from "../items.js"
import { percent, whole } from "../text.js"
import { showWords } from "../words.js"
import { heading } from "./filter_panel.js"
import { sortByLikeness } from "./scores.js"

/** @typedef {import("./state.js").GridState} GridState */

/**
 * As the server answers.
 * @typedef {object} Evidence
 * @property {string} [error]
 * @property {string} sentence
 * @property {[string, number][]} bars class and share of the item's mass
 * @property {[string, string][]} fields
 * @property {{ name: string, value: string, usual: string }[]} unusual features, beside what is usual in its class
 * @property {{ item: string, label: string, distance: number }[]} near
 * @property {{ method: string, place?: number, kept: boolean }[]} ranks
 */

/**
 * @param {GridState} grid
 * @param {number} row
 */
const addressOf = ({ items, slider }, row) => `${items.evidence}${idOf(items, row)}?method=${items.method}&kept=${slider.kept}`

/**
 * What is known already about a row.
 * @param {GridState} grid
 * @param {number} row
 */
export const knownOf = (grid, row) => grid.known.get(addressOf(grid, row))

/**
 * Ask for the evidence about a row, unless it is there or on its way.
 * @param {GridState} grid
 * @param {number} row
 */
export async function fetchEvidence(grid, row) {
  const address = addressOf(grid, row), { known, asked } = grid
  if (known.has(address) || asked.has(address)) return
  asked.add(address)
  const answer = await fetch(address).then((got) => got.json()).catch(() => ({ error: "the server does not answer" }))
  asked.delete(address)
  if (known.size > 500) known.clear()
  known.set(address, answer)
  if (answer.error) setTimeout(() => known.delete(address), 3000)
}

/**
 * @param {GridState} grid
 * @param {Evidence} known
 */
export function evidence(grid, known) {
  if (known.error) return [make("p", known.error, { className: "trouble" })]
  /** @type {HTMLElement[]} */
  const shown = [make("p", known.sentence, { className: "sentence" })]
  if (isLabelled(grid.items)) shown.push(heading("Where its mass goes"), bars(grid, known))
  if (known.unusual.length) shown.push(...leastUsual(grid, known))
  if (known.fields.length) shown.push(heading("Its fields"), table(known.fields.map(([name, value]) => ({ name, value }))))
  shown.push(heading("Nearest kept"), neighbours(grid, known), alike(grid))
  shown.push(heading("Rank under each method"), ranks(known))
  return shown
}

/**
 * The features that are least usual in its class, each with what is usual.
 * @param {GridState} grid
 * @param {Evidence} known
 */
function leastUsual({ items }, { unusual }) {
  const title = isLabelled(items) ? "Least usual in its class" : "Least usual"
  const list = table(unusual.map(({ name, value, usual }) => ({ name, value: `${value} · usual ${usual}` })))
  list.classList.add("single")
  return [heading(title), list]
}

/**
 * The plan's row: a bar per class, as long as the share of the item's mass that goes there.
 * @param {GridState} grid
 * @param {Evidence} known
 */
function bars({ items, row }, { bars: shares }) {
  const chart = make("div", "", { className: "bars", role: "img" })
  const words = shares.map(([name, share]) => `${name} ${percent(share)}`)
  chart.ariaLabel = `Share of the item's mass by class: ${words.join(", ")}`
  for (const [name, share] of shares) {
    const bar = make("i", "", { className: name === items.classes[items.labels[row]] ? "own" : "" })
    bar.style.setProperty("--share", String(share))
    chart.append(make("span", name, { title: name }), bar, make("em", share >= 0.0005 ? percent(share) : "0%"))
  }
  return chart
}

/**
 * @param {GridState} grid
 * @param {Evidence} known
 */
function neighbours({ items }, { near }) {
  const box = make("div", "", { className: "near" })
  for (const { item, label, distance } of near) {
    const title = `item ${item}${label && `: ${label}`}, at distance ${distance}`, cell = make("figure", "", { title })
    const picture = pictureAt(items, item)
    cell.append(picture ? make("img", "", { src: picture, alt: title }) : standIn(items, item))
    cell.append(make("figcaption", label || `item ${item}`))
    box.append(cell)
  }
  if (!near.length) box.append(make("p", "Nothing is kept at this size.", { className: "quiet" }))
  return box
}

/** @param {GridState} grid */
function alike(grid) {
  const { row } = grid, button = make("button", "Sort by likeness to it", { className: "alike", title: "Key L" })
  button.addEventListener("click", () => sortByLikeness(grid, row))
  return button
}

/**
 * What stands for the picture of an item: its words, or its number.
 * @param {{ words: string }} items
 * @param {string} item
 */
function standIn({ words }, item) {
  const box = make(words ? "div" : "strong", words ? "" : item)
  if (words) { box.className = "fields words"; showWords(words, item, box) }
  return box
}

/** @param {Evidence} known */
const ranks = (known) => table(known.ranks.map(({ method, place, kept }) =>
  ({ name: method, value: `${place ? whole(place) : ""} ${kept ? "kept" : "removed"}`, look: kept ? "is-kept" : "" })))

/** @param {{ name: string, value: string, look?: string }[]} lines */
function table(lines) {
  const list = make("dl", "", { className: "facts" })
  for (const { name, value, look = "" } of lines) list.append(make("dt", name), make("dd", value, { className: look }))
  return list
}
