// The colour modes, and the legend of each.

import { make } from "../elements.js"
import { whole } from "../text.js"
import { CLASS_COLOURS, SCALE_COLOURS } from "./colours.js"
import { ask, countClasses } from "./state.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./points.js").Points} Points */

/** @type {Record<string, string>} */
const MODES = { kept: "Kept", class: "Class", score: "Score", noise: "Noise", coverage: "Coverage" }

/** Offer the colour modes that the points have data for. @param {MapState} map */
export function showModes(map) {
  const { points: { score, flagged, classes } } = map
  /** @type {Record<string, boolean>} */
  const fits = { score: !!score, noise: flagged > 0, class: classes.length > 1 }
  const modes = Object.keys(MODES).filter((mode) => fits[mode] ?? true)
  if (!modes.includes(map.look.mode)) map.look = { ...map.look, mode: "kept" }
  map.elements.modes.replaceChildren(...modes.map((mode) => {
    const button = make("button", MODES[mode], { role: "radio", ariaChecked: String(mode === map.look.mode) })
    button.addEventListener("click", () => { look(map, { mode }); showModes(map) })
    return button
  }))
}

/**
 * Look at the points otherwise.
 * @param {MapState} map
 * @param {Partial<MapState["look"]>} change
 */
function look(map, change) {
  map.look = { ...map.look, ...change }
  showLegend(map)
  ask(map)
}

/** @param {MapState} map */
export function showLegend(map) {
  const { points, elements: { legend } } = map
  /** @type {Record<string, () => HTMLElement[]>} */
  const legends = {
    kept: () => [swatch("big", "kept"), swatch("small", "pruned")],
    class: () => classKeys(map),
    score: () => scoreKeys(points),
    noise: () => [swatch("big", "kept"), swatch("small", "pruned"), ...noiseKeys(points)],
    coverage: () => coverageKeys(),
  }
  legend.replaceChildren(...legends[map.look.mode]())
  showTally(map)
}

/** Say how many of each class are kept, where the legend names classes. @param {MapState} map */
export function showTally(map) {
  /** @type {HTMLElement[]} */
  const places = [...map.elements.legend.querySelectorAll("small")]
  if (!places.length || !map.layer.n) return
  const { all, stay } = countClasses(map), kept = map.beside ? [stay, countClasses(map.beside).stay] : [stay]
  for (const place of places) {
    const c = Number(place.dataset.tally), known = c >= 0
    place.textContent = known ? `${kept.map((counts) => whole(counts[c])).join(" · ")}/${whole(all[c])}` : ""
    place.title = map.beside ? "kept by A · by B / all" : ""
    place.style.minWidth = known ? `${(1 + kept.length) * whole(all[c]).length + 2 * kept.length - 1.5}ch` : ""
  }
}

/** The scale of the coverage layer, with its zero, and its two contours. */
function coverageKeys() {
  const hues = [-2, -1, 0, 1, 2].map((step) => `var(--diverging-${step + 2})`), bar = scale("starved ÷8", "crowded ×8", hues)
  bar[1].classList.add("zeroed")
  return [...bar, make("em", "0: as dense as all"), line("all", "50, 90% of all"), line("kept", "of the kept")]
}

/**
 * @param {string} kind
 * @param {string} text
 */
function line(kind, text) {
  const item = make("span", "", { className: `key line ${kind}` })
  item.append(make("i"), text)
  return item
}

/**
 * @param {string} shape
 * @param {string} text
 */
function swatch(shape, text) {
  const item = make("span", "", { className: `key ${shape}` })
  item.append(make("i"), text)
  return item
}

/**
 * @param {string} low
 * @param {string} high
 * @param {string[]} colours
 */
function scale(low, high, colours) {
  const bar = make("i", "", { className: "scale" })
  bar.style.background = `linear-gradient(90deg, ${colours})`
  return [make("span", low), bar, make("span", high)]
}

/** @param {Points} points */
function scoreKeys({ clip, scoreName }) {
  const digits = (/** @type {number} */ value) => String(Number(value.toPrecision(2)))
  const hues = Array.from({ length: SCALE_COLOURS }, (_, i) => `var(--viridis-${i})`)
  const ends = clip ?? { low: 0, high: 1 }
  return [...scale(digits(ends.low), digits(ends.high), hues), make("em", `${scoreName}, middle 98%; pruned are paler`)]
}

/** @param {Points} points */
function noiseKeys({ flags, bits }) {
  const kinds = [
    { wanted: bits.mislabelled | bits.outlier, shape: "noise", word: "injected" },
    { wanted: bits.suspected, shape: "suspect", word: "suspected" },
  ]
  return kinds.filter(({ wanted }) => flags.some((flag) => flag & wanted)).flatMap(({ shape, word }) =>
    [swatch(`${shape}-pruned`, `${word}, removed`), swatch(`${shape}-kept`, `${word}, still kept`)])
}

/** A key per class; pressing one shows that class alone. Above ten classes one is shown at a time. @param {MapState} map */
function classKeys(map) {
  const { points: { classes }, look: { only } } = map
  const pick = (/** @type {number} */ c) => look(map, { only: only === c ? -1 : c })
  if (classes.length > CLASS_COLOURS) return [classMenu(classes, only, pick), tally(only)]
  return classes.map((name, c) => {
    const key = make("button", "", { className: "key big", ariaPressed: String(only === c) })
    key.style.setProperty("--ink", `var(--class-${c})`)
    key.append(make("i"), name, tally(c))
    key.addEventListener("click", () => pick(c))
    return key
  })
}

/**
 * The place where the kept of a class are counted.
 * @param {number} c
 */
function tally(c) {
  const place = make("small")
  place.dataset.tally = String(c)
  return place
}

/**
 * @param {string[]} classes
 * @param {number} only
 * @param {(c: number) => void} pick
 */
function classMenu(classes, only, pick) {
  const menu = make("select", "", { ariaLabel: "Class shown in colour" })
  menu.append(...["all classes", ...classes].map((name, place) => make("option", name, { value: String(place - 1) })))
  menu.value = String(only)
  menu.addEventListener("change", () => pick(Number(menu.value)))
  return menu
}
