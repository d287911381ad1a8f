// The shape of the list: pictures in three sizes, or a table. This browser remembers it.

import { choose, drawCells, layOut } from "./cells.js"
import { stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {"small" | "medium" | "large" | "table"} Shape */

const SHAPE = "fdmat.shape"
const SIZES = /** @type {Shape[]} */ (["small", "medium", "large"])

/** The shape that was chosen last in this browser. @returns {Shape} */
export function shapeNow() {
  const told = /** @type {Shape} */ (localStorage.getItem(SHAPE) ?? "")
  return [...SIZES, "table"].includes(told) ? told : "medium"
}

/** @param {GridState} grid */
export function listenShape(grid) {
  const { shape } = grid.elements
  shape.value = grid.shape
  shape.addEventListener("change", () => reshape(grid, /** @type {Shape} */ (shape.value)))
}

/**
 * Show the list in another shape; the chosen item stays in sight.
 * @param {GridState} grid
 * @param {Shape} shape
 */
export function reshape(grid, shape) {
  grid.shape = grid.elements.shape.value = shape
  localStorage.setItem(SHAPE, shape)
  layOut(grid)
  drawCells(grid)
  choose(grid, grid.at)
  stale(grid, "list")
}

/** From pictures to the table, and back. @param {GridState} grid */
export const turn = (grid) => reshape(grid, grid.shape === "table" ? "medium" : "table")

/**
 * Larger or smaller pictures.
 * @param {GridState} grid
 * @param {number} by 1 or -1
 */
export function resize(grid, by) {
  const at = SIZES.indexOf(grid.shape)
  if (at >= 0 && SIZES[at + by]) reshape(grid, SIZES[at + by])
}
