// A map on its way: the points that have come already, in their colours, until all of them are there.

import { sectionIn } from "../elements.js"
import { keptCount } from "../items.js"
import { rankIn } from "../small.js"
import { percent, whole } from "../text.js"
import { fitted } from "./camera.js"
import { coloursOf, keepIn } from "./colours.js"
import { EDGE, placeIn, viewportOf } from "./layer.js"
import { screenOf } from "./paint.js"
import { elementsOf } from "./state.js"
import { TEMPLATE } from "./template.js"

/** @typedef {import("../payload.js").Part} Part */
/** @typedef {import("./state.js").Options} Options */
/** @typedef {import("./paint.js").Screen} Screen */

/**
 * Show what has come of many points. Their ranks come first, so that what is kept is known; a camera that somebody has set
 * is not.
 * @param {HTMLElement | ShadowRoot} host
 * @param {Part} part
 * @param {Options} options
 */
export function arrive(host, part, options) {
  if (!part.columns.places) return null
  const root = sectionIn(host, "fdmat-map", "Map of the data, on its way", TEMPLATE), { canvas, stage, kept } = elementsOf(root)
  root.inert = true
  root.ariaBusy = "true"
  keepIn(root, part.facts.colour)
  const size = { width: stage.clientWidth, height: stage.clientHeight }, n = part.columns.steps.length
  if (!size.width || !size.height) { root.remove(); return null }
  const screen = screenOf(canvas, size), dots = dotsOf(root, screen, part, keptCount(n, options.kept ?? 1))
  const viewport = viewportOf(screen, fitted(boxOf(part), size))
  let shown = 0, frame = 0
  const more = (/** @type {Part} */ now) => {
    const there = Math.floor(now.come("places") / 2)
    if (!options.words?.camera) dots(viewport, shown, there)
    shown = there
    kept.textContent = `${percent(there / n)} of ${whole(n)} items are here`
    frame ||= requestAnimationFrame(() => { frame = 0; screen.pen.putImageData(screen.image, -EDGE, -EDGE) })
  }
  more(part)
  return { more, remove: () => { cancelAnimationFrame(frame); root.remove() } }
}

/** @param {Part} part */
function boxOf({ facts: { box: [left, low, width, height] } }) {
  return { left, low, width, height }
}

/**
 * What paints the rows from one up to another as dots, the kept ones over the others.
 * @param {HTMLElement} root
 * @param {Screen} screen
 * @param {Part} part
 * @param {number} k
 */
function dotsOf(root, { buffer, width }, { columns, facts: { box: [left, low, wide, tall], steps } }, k) {
  const { ground, kept, pruned } = coloursOf(root), { places, rank, rank_high: high } = columns
  buffer.fill(ground)
  return (/** @type {import("./layer.js").Viewport} */ viewport, /** @type {number} */ from, /** @type {number} */ to) => {
    for (let row = from; row < to; row++) {
      const p = placeIn(viewport, left + places[2 * row] / steps * wide, low + places[2 * row + 1] / steps * tall)
      if (p < 0) continue
      const colour = rank && rankIn(rank, high, row) < k ? kept : pruned
      for (const at of [p, p + 1, p + width, p + width + 1]) if (buffer[at] !== kept) buffer[at] = colour
    }
  }
}
