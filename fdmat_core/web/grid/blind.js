// Blind review: one switch hides what was injected, here and on the other parts of the page. This browser remembers it.

import { drawCells } from "./cells.js"
import { hasTruth, stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */

const BLIND = "fdmat.blind"

export const isBlind = () => localStorage.getItem(BLIND) === "on"

/** @param {GridState} grid */
export function listenBlind(grid) {
  const { blind } = grid.elements
  blind.checked = grid.blind
  if (grid.blind !== !!grid.options.blind) grid.events.blind?.(grid.blind)
  blind.addEventListener("change", () => {
    grid.blind = blind.checked
    localStorage.setItem(BLIND, grid.blind ? "on" : "off")
    grid.events.blind?.(grid.blind)
    for (const cell of grid.cells.values()) cell.remove()
    grid.cells.clear()
    drawCells(grid)
    grid.shown = -1
    stale(grid, "list")
    stale(grid, "card")
  })
}

/** There is nothing to hide where nothing was injected. @param {GridState} grid */
export function offerBlind({ elements: { blind }, items }) {
  const label = blind.parentElement
  if (label) label.hidden = !hasTruth(items)
}
