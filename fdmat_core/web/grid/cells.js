// The cells of the grid: only what is on screen exists, whatever the length of the list.

import { make } from "../elements.js"
import { idOf, isLabelled, pictureAt } from "../items.js"
import { clamp, whole } from "../text.js"
import { showWords } from "../words.js"
import { fillLine } from "./columns.js"
import { decisionOn, SIGNS, stale, truthOf, wordsOf } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./state.js").Cell} Cell */
/** @typedef {import("./state.js").GridItems} GridItems */

const GAP = 8 // pixels between cells
/** The least width of a picture where the list is wide and where it is not, and the room for words below. */
const SHAPES = { small: [72, 64, 23], medium: [128, 104, 46], large: [232, 188, 46] }
const LINE = 36, HEAD = 34 // pixels of a line of the table, and of the titles over it
const AHEAD = 1 // lines of cells drawn beyond the screen

/** Fit the cells to the width of the frame. @param {GridState} grid */
export function layOut(grid) {
  const { frame, cells } = grid.elements, width = frame.clientWidth - 2 * GAP
  if (width <= 0) return
  grid.layout = grid.shape === "table" ? { across: 1, side: width, pitch: LINE } : inLines(width, SHAPES[grid.shape])
  cells.style.setProperty("--side", `${grid.layout.side}px`)
  cells.dataset.shape = grid.shape
  forgetCells(grid)
}

/**
 * How pictures stand in lines that fill a width.
 * @param {number} width
 * @param {number[]} shape of `SHAPES`
 */
function inLines(width, [wide, narrow, words]) {
  const least = width > 884 ? wide : narrow, across = Math.max(1, Math.floor((width + GAP) / (least + GAP)))
  const side = Math.floor((width - GAP * (across - 1)) / across)
  return { across, side, pitch: side + words + GAP }
}

/** Let the cells that are on screen be made anew. @param {GridState} grid */
export function forgetCells(grid) {
  grid.elements.cells.replaceChildren()
  grid.cells = new Map()
}

/** Draw the cells that are on screen, keep those that were, and drop the others. @param {GridState} grid */
export function drawCells(grid) {
  const { elements: { frame, cells, none }, sifted: { list }, layout: { across, pitch } } = grid
  if (!across) return
  cells.style.height = `${Math.ceil(list.length / across) * pitch + GAP}px`
  const first = Math.max(0, Math.floor(frame.scrollTop / pitch) - AHEAD) * across
  const end = Math.min(list.length, (Math.ceil((frame.scrollTop + frame.clientHeight) / pitch) + AHEAD) * across)
  const wanted = new Map()
  for (let place = first; place < end; place++) wanted.set(list[place], place)
  for (const [row, cell] of grid.cells) if (!wanted.has(row)) { cell.remove(); grid.cells.delete(row) }
  for (const [row, place] of wanted) {
    const cell = grid.cells.get(row) ?? addCell(grid, row)
    if (cell.place !== place) putCell(grid, cell, place)
    cell.classList.toggle("chosen", place === grid.at)
    cell.classList.toggle("marked", grid.marked.has(row))
    cell.ariaSelected = String(grid.marked.size ? grid.marked.has(row) : place === grid.at)
    if (place === grid.at) cells.setAttribute("aria-activedescendant", cell.id)
  }
  none.hidden = list.length > 0
  if (!list.length) none.textContent = emptyWords(grid)
}

/** @param {GridState} grid */
function emptyWords({ items, slider, sifted, only }) {
  if (slider.k >= items.n) return "At this size nothing leaves. Move the slider to the right."
  if (only && !sifted.here) return "None of the items chosen elsewhere leaves at this size."
  if (sifted.kept) return `No removed item fits these filters, but ${whole(sifted.kept)} kept: they are on the map. Esc clears the filters.`
  return "No removed item fits these filters. Esc clears them."
}

/**
 * @param {GridState} grid
 * @param {number} row
 */
function addCell(grid, row) {
  const { items } = grid, truth = truthOf(grid, row), cell = /** @type {Cell} */ (make("figure", "", { role: "option" }))
  const given = items.classes[items.labels[row]], preferred = items.classes[items.preferred[row]]
  cell.dataset.row = String(row)
  cell.id = `item-${row}`
  const labelled = isLabelled(items), issue = items.issues[items.issue[row]]
  const about = labelled ? `labelled ${given}, the plan prefers ${preferred}` : issue
  cell.title = `item ${idOf(items, row)}: ${about}${truth && `; ${truth}`}`
  cell.classList.toggle("noise", !!truth)
  const badge = make("i", "", { className: "badge" })
  if (grid.shape === "table") fillLine(grid, cell, row)
  else cell.append(...underPicture(items, row, cell.title))
  cell.append(badge) // over a picture that is dimmed
  grid.cells.set(row, cell)
  grid.elements.cells.append(cell)
  showBadge(grid, row)
  return cell
}

/**
 * A picture with two lines of words.
 * @param {GridItems} items
 * @param {number} row
 * @param {string} words about it
 */
function underPicture(items, row, words) {
  const given = items.classes[items.labels[row]], preferred = items.classes[items.preferred[row]], labelled = isLabelled(items)
  const plain = [`item ${idOf(items, row)}`, items.issues[items.issue[row]]]
  const lines = labelled ? [given, preferred === given ? " " : `→ ${preferred}`] : plain
  return [pictureOf(items, row, words), make("b", lines[0]), make("span", lines[1])]
}

/**
 * The picture of a row, or its text or its first fields if it has none.
 * @param {GridItems} items
 * @param {number} row
 * @param {string} words
 * @param {boolean} [large] with all the pixels that the server has
 */
export function pictureOf(items, row, words, large = false) {
  const id = idOf(items, row), { fields, n } = items
  const picture = pictureAt(items, id)
  if (picture) return make("img", "", { src: large ? `${picture}?large=1` : picture, alt: words, decoding: "async" })
  if (items.words) {
    const text = make("div", "", { className: "fields words" })
    showWords(items.words, id, text)
    return text
  }
  const box = make("div", "", { className: "fields" }), wide = fields ? fields.length / n : 0
  box.append(make("strong", id))
  for (const value of fields?.subarray(row * wide, (row + 1) * wide) ?? []) box.append(make("em", String(Number(value.toPrecision(3)))))
  return box
}

/**
 * @param {GridState} grid
 * @param {Cell} cell
 * @param {number} place
 */
function putCell({ layout: { across, side, pitch } }, cell, place) {
  cell.place = place
  cell.style.transform = `translate(${GAP + (place % across) * (side + GAP)}px,${GAP + Math.floor(place / across) * pitch}px)`
}

/**
 * The places of the list whose cells a rectangle among the cells touches.
 * @param {GridState} grid
 * @param {{ left: number, top: number, width: number, height: number }} box in pixels from the beginning of the cells
 */
export function placesIn({ layout, sifted: { list } }, { left, top, width, height }) {
  const { across, side, pitch } = layout, /** @type {number[]} */ places = []
  const columns = touched(left - GAP, width, side + GAP, side), lines = touched(top - GAP, height, pitch, pitch - GAP)
  for (let line = lines.first; line <= lines.last; line++)
    for (let column = columns.first; column <= Math.min(columns.last, across - 1); column++)
      if (line * across + column < list.length) places.push(line * across + column)
  return places
}

/**
 * The first and the last of the cells along one side that a stretch touches.
 * @param {number} from
 * @param {number} length
 * @param {number} pitch from one cell to the next
 * @param {number} size of a cell
 */
function touched(from, length, pitch, size) {
  const first = Math.floor(from / pitch)
  return { first: Math.max(0, from - first * pitch > size ? first + 1 : first), last: Math.floor((from + length) / pitch) }
}

/**
 * Show the decision on a row at its cell, if that is on screen.
 * @param {GridState} grid
 * @param {number} row
 */
export function showBadge(grid, row) {
  const cell = grid.cells.get(row), decision = decisionOn(grid, row)
  const badge = /** @type {HTMLElement | null | undefined} */ (cell?.querySelector(".badge"))
  if (!cell || !badge) return
  badge.hidden = !decision?.decision
  badge.textContent = SIGNS[decision?.decision ?? ""] ?? ""
  badge.title = decision?.decision ? wordsOf(decision) : ""
  cell.dataset.decision = decision?.decision ?? ""
  const said = cell.querySelector(".decision")
  if (said) said.textContent = badge.title
}

/**
 * Choose an item by its place in the list, and bring it on screen.
 * @param {GridState} grid
 * @param {number} place
 */
export function choose(grid, place) {
  const { sifted: { list }, elements: { frame }, layout: { across, pitch } } = grid
  grid.at = clamp(place, 0, Math.max(0, list.length - 1))
  grid.row = list.length ? list[grid.at] : -1
  grid.anchor = grid.at
  const top = Math.floor(grid.at / across) * pitch, head = grid.shape === "table" ? HEAD : 0
  const low = top + pitch + GAP + head - frame.clientHeight
  if (frame.scrollTop > top) frame.scrollTop = top
  if (frame.scrollTop < low) frame.scrollTop = low
  stale(grid, "card")
}
