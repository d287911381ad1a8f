// Colours: read from tokens.css, mixed as the numbers that a pixel buffer holds.

import { isDark, pixelOf } from "../page.js"
import { clamp } from "../text.js"

/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./layer.js").Layer} Layer */

/** How many classes have a colour of their own, and how many colours the scales of scores and of coverage have. */
export const CLASS_COLOURS = 10, SCALE_COLOURS = 5, DIVERGING_COLOURS = 5
const ON_LIGHT = 3, ON_DARK = 4.5 // how far what is kept stands out, as in figures/theme.py

/**
 * What tokens.css and the page say, as pixels.
 * @typedef {object} Colours
 * @property {boolean} dark
 * @property {number} ground
 * @property {number} kept
 * @property {number} pruned
 * @property {number} noise
 * @property {number} suspect
 * @property {number} mark
 * @property {number} other a class without a colour of its own
 * @property {number[]} classes
 * @property {number[]} scale from the lowest score to the highest
 * @property {number[]} diverging from starved places over even ones to crowded ones
 */

/** @typedef {{ mode: string, only: number }} Look the colour mode, and the class shown alone or -1 */

/**
 * The colours of an element, which is given the class "dark" on a dark ground.
 * @param {HTMLElement} root
 * @returns {Colours}
 */
export function coloursOf(root) {
  const dark = isDark(root)
  root.classList.toggle("dark", dark)
  const style = getComputedStyle(root), token = (/** @type {string} */ name) => pixelOf(style.getPropertyValue(`--${name}`))
  const series = (/** @type {string} */ name, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, i) => token(`${name}-${i}`))
  return {
    dark, ground: pixelOf(style.backgroundColor), kept: token("kept"), pruned: token("pruned"), noise: token("noise"),
    suspect: token("suspect"), mark: token("mark"), other: token("class-other"),
    classes: series("class", CLASS_COLOURS), scale: series("viridis", SCALE_COLOURS),
    diverging: series("diverging", DIVERGING_COLOURS),
  }
}

/**
 * How much two colours differ in brightness, from 1 to 21, as WCAG counts it.
 * @param {number} one
 * @param {number} other
 */
export function contrast(one, other) {
  const [low, high] = [one, other].map(brightness).sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

/** @param {number} pixel */
function brightness(pixel) {
  const [r, g, b] = [pixel & 0xff, pixel >>> 8 & 0xff, pixel >>> 16 & 0xff].map((value) => value / 255)
    .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/**
 * A colour, lightened on dark ground and darkened on light ground as far as this contrast asks.
 * @param {number} colour
 * @param {number} ground
 * @param {number} least
 */
export function readable(colour, ground, least) {
  const goal = brightness(ground) > 0.18 ? 0xff000000 : 0xffffffff
  for (let share = 0; share < 256; share += 5) {
    const mixed = blend(colour, goal, share)
    if (contrast(mixed, ground) >= least) return mixed
  }
  return goal >>> 0
}

/**
 * Show what is kept in a colour, so that it can be read on the ground of the element; "" for the usual one.
 * @param {HTMLElement} root
 * @param {string} colour "#RRGGBB"
 */
export function keepIn(root, colour) {
  root.style.removeProperty("--kept")
  const style = getComputedStyle(root), wanted = pixelOf(colour || style.getPropertyValue("--kept"))
  root.style.setProperty("--kept", cssOf(readable(wanted, pixelOf(style.backgroundColor), isDark(root) ? ON_DARK : ON_LIGHT)))
}

/** @param {number} pixel */
const cssOf = (pixel) => `#${[0, 8, 16].map((at) => (pixel >>> at & 0xff).toString(16).padStart(2, "0")).join("")}`

/**
 * Colour `top` over `under` with opacity a of 256.
 * @param {number} under
 * @param {number} top
 * @param {number} a
 */
export function blend(under, top, a) {
  const b = 256 - a
  const redBlue = ((top & 0xff00ff) * a + (under & 0xff00ff) * b) >>> 8 & 0xff00ff
  const green = ((top & 0xff00) * a + (under & 0xff00) * b) >>> 8 & 0xff00
  return (0xff000000 | redBlue | green) >>> 0
}

/**
 * The colour at a share of the way through some colours.
 * @param {number[]} colours
 * @param {number} share
 */
export function ramp(colours, share) {
  const at = clamp(share, 0, 1) * (colours.length - 1), i = Math.min(colours.length - 2, at | 0)
  return blend(colours[i], colours[i + 1], (at - i) * 256 | 0)
}

/** @typedef {{ look: Look, colours: Colours, plain: boolean }} Tint plain: the colour of a point depends only on whether it is kept */

/**
 * Give every point of a layer its colours, kept (bright) and pruned (faint), in a colour mode, if it has not these.
 * @param {Layer} layer
 * @param {Points} points
 * @param {Colours} colours
 * @param {Look} look
 */
export function tint(layer, points, colours, look) {
  const { ground, pruned } = colours, { mode, only } = look, plain = mode !== "class" && mode !== "score"
  if (layer.tint?.look === look && layer.tint.colours === colours) return
  layer.tint = { look, colours, plain }
  if (plain) { layer.bright.fill(colours.kept); layer.faint.fill(pruned); return }
  const own = mode === "class" ? classColour(points, colours, only) : scoreColour(points, colours)
  for (let i = 0; i < layer.n; i++) {
    const row = layer.row[i], other = mode === "class" && only >= 0 && points.labels[row] !== only
    layer.bright[i] = other ? pruned : own(row)
    layer.faint[i] = blend(layer.bright[i], ground, other ? 128 : 176)
  }
}

/**
 * @param {Points} points
 * @param {Colours} colours
 * @param {number} only
 * @returns {(row: number) => number}
 */
function classColour({ classes, labels }, colours, only) {
  if (classes.length > CLASS_COLOURS) return () => only >= 0 ? colours.kept : colours.other
  return (row) => colours.classes[labels[row]]
}

/**
 * @param {Points} points
 * @param {Colours} colours
 * @returns {(row: number) => number}
 */
function scoreColour({ score, clip }, colours) {
  if (!score || !clip) return () => colours.kept
  const { low, high } = clip, table = Array.from({ length: 256 }, (_, i) => ramp(colours.scale, i / 255))
  return (row) => table[clamp((score[row] - low) / (high - low || 1) * 255 | 0, 0, 255)]
}
