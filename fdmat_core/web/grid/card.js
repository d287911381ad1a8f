// The card of the chosen item: its classes, the four decisions, and the evidence as soon as it is there.

import { find, make } from "../elements.js"
import { idOf, isLabelled } from "../items.js"
import { pictureOf } from "./cells.js"
import { act, markedCard } from "./bulk.js"
import { targetOf } from "./decisions.js"
import { evidence, fetchEvidence, knownOf } from "./evidence.js"
import { isColumn } from "./scores.js"
import { decisionOn, SIGNS, stale, truthOf, wordsOf } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */

const PASSING = 40 // ms that an item must be looked at before its evidence is asked for

/** @param {GridState} grid */
export function showCard(grid) {
  const { elements: { card }, row, timers } = grid
  if (grid.marked.size) { clearTimeout(timers.looking); grid.shown = -1; card.replaceChildren(...markedCard(grid)); return }
  if (row < 0) { card.replaceChildren(); return }
  if (grid.slider.moving && grid.shown === row) return // the evidence follows when the slider rests
  if (grid.shown !== row) Object.assign(grid, { target: "", shown: row })
  const known = knownOf(grid, row), waiting = () => [make("p", "Looking at the evidence …", { className: "quiet" })]
  card.replaceChildren(head(grid, row), deciding(grid, row), ...known ? evidence(grid, known) : waiting())
  card.scrollTop = 0
  clearTimeout(timers.looking)
  timers.looking = setTimeout(() => known ? lookAhead(grid) : look(grid, row), known ? 0 : PASSING)
}

/**
 * @param {GridState} grid
 * @param {number} row
 */
async function look(grid, row) {
  await fetchEvidence(grid, row)
  if (grid.row === row && knownOf(grid, row)) stale(grid, "card")
}

/** @param {GridState} grid */
function lookAhead(grid) {
  const { at, sifted: { list } } = grid
  if (at + 1 < list.length) fetchEvidence(grid, list[at + 1])
}

/**
 * @param {GridState} grid
 * @param {number} row
 */
function head(grid, row) {
  const { items, order } = grid, id = idOf(items, row), truth = truthOf(grid, row)
  const box = make("div", "", { className: "head" }), words = make("div")
  words.append(make("small", `item ${id} · ${items.issues[items.issue[row]]}`))
  if (order && !isColumn(order.name)) words.append(make("small", `${order.title}: ${Number(order.values[row].toPrecision(4))}`))
  if (isLabelled(items))
    words.append(line("given", items.classes[items.labels[row]]), line("preferred", items.classes[items.preferred[row]]))
  if (truth) words.append(make("p", truth, { className: "truth" }))
  const picture = pictureOf(items, row, `item ${id}`)
  picture.classList.add("large")
  picture.classList.toggle("noise", !!truth)
  box.append(picture, words)
  return box
}

/**
 * @param {string} what
 * @param {string} name
 */
function line(what, name) {
  const p = make("p", "", { className: what })
  p.append(make("span", what), make("b", name))
  return p
}

/**
 * @param {GridState} grid
 * @param {number} row
 */
function deciding(grid, row) {
  const now = decisionOn(grid, row), box = make("div", "", { className: "deciding" })
  const words = { keep: "Keep", drop: "Drop", relabel: relabelWords(grid, row), unsure: "Unsure" }
  for (const [decision, text] of Object.entries(words)) {
    if (decision === "relabel" && !isLabelled(grid.items)) continue
    const button = make("button", "", { className: decision, ariaPressed: String(now?.decision === decision) })
    button.append(make("kbd", SIGNS[decision]), make("span", text))
    button.addEventListener("click", () => act(grid, decision))
    box.append(button)
  }
  if (isLabelled(grid.items)) box.append(classMenu(grid, row))
  if (now?.decision) box.append(make("p", `decided: ${wordsOf(now)}`, { className: "decided" }))
  return box
}

/**
 * @param {GridState} grid
 * @param {number} row
 */
const relabelWords = (grid, row) => `Relabel ${targetOf(grid, row) || "…"}`

/**
 * @param {GridState} grid
 * @param {number} row
 */
function classMenu(grid, row) {
  const { items } = grid, others = items.classes.filter((_, c) => c !== items.labels[row])
  const menu = make("select", "", { className: "target", ariaLabel: "Class to relabel to" })
  menu.append(make("option", "to another class …", { value: "" }), ...others.map((name) => make("option", name, { value: name })))
  menu.value = grid.target
  menu.addEventListener("change", () => {
    grid.target = menu.value
    find(grid.elements.card, "button.relabel span").textContent = relabelWords(grid, row)
  })
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && menu.value) act(grid, "relabel")
    if (event.key === "Enter" || event.key === "Escape") { menu.blur(); event.preventDefault() }
    event.stopPropagation()
  })
  return menu
}
