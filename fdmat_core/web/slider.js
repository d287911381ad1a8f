// The slider of the share kept: a log scale from all to the least, with ticks at the sizes that were measured.

import { find, isChord, make } from "./elements.js"
import { keptCount, nearestSize } from "./items.js"
import { clamp } from "./text.js"

export const REST = 150 // ms without a move before others hear of it
const NEAR = 0.006 // of the scale: this close to a tick counts as the tick
const APART = 6 // pixels between the words of two ticks

/**
 * @typedef {object} Scale
 * @property {number} n items
 * @property {number[]} sizes shares kept that were measured, ascending
 * @property {number} least the share kept at the right end
 * @property {boolean} nested whether every share can be chosen, or only the sizes
 */

/**
 * @typedef {object} Slider
 * @property {Scale} scale
 * @property {number} kept the share kept, from `scale.least` to 1, which is all
 * @property {number} k how many items that keeps
 * @property {number} place where the thumb is: 0 keeps all, 1 the least
 * @property {boolean} moving whether a person is moving it
 * @property {HTMLInputElement} input carries `--place` for its track
 * @property {HTMLElement} ticks
 * @property {{ move: () => void, rest: () => void }} on called at every move, and when it has come to rest
 * @property {ReturnType<typeof setTimeout> | undefined} timer
 */

export const SLIDER = /* html */ `
  <div class="slide">
    <input type="range" class="kept-slider" min="0" max="1" step="any"
      aria-label="Kept share, from all on the left to least on the right">
    <div class="ticks" aria-hidden="true"></div>
  </div>`

/**
 * @param {number} kept
 * @param {number} least
 */
export const placeOf = (kept, least) => kept <= 0 ? 1 : clamp(Math.log(kept) / Math.log(least), 0, 1)

/**
 * @param {number} place
 * @param {number} least
 */
export const keptAt = (place, least) => least ** clamp(place, 0, 1)

/** A share kept as others hear it: six digits, as in the link. @param {number} kept */
export const rounded = (kept) => Number(kept.toPrecision(6))

/**
 * @param {HTMLElement} root holds the markup SLIDER
 * @param {Slider["on"]} on
 * @returns {Slider}
 */
export function createSlider(root, on) {
  const scale = { n: 0, sizes: [1], least: 0.001, nested: true }
  const input = find(root, ".kept-slider"), ticks = find(root, ".ticks")
  const slider = /** @type {Slider} */ ({ scale, kept: 1, k: 0, place: 0, moving: false, input, ticks, on, timer: undefined })
  slider.input.addEventListener("input", () => {
    slider.moving = true
    slideTo(slider, magnet(slider.scale, Number(slider.input.value)))
  })
  slider.input.addEventListener("change", () => settle(slider))
  new ResizeObserver(() => showTicks(slider)).observe(ticks)
  slider.input.addEventListener("keydown", (event) => { if (slideByKey(slider, event)) event.preventDefault() })
  return slider
}

/**
 * Run over another scale; the share kept stays, unless one is given.
 * @param {Slider} slider
 * @param {Scale} scale
 * @param {number} [kept]
 */
export function setScale(slider, scale, kept = slider.kept) {
  slider.scale = scale
  showTicks(slider)
  slideTo(slider, placeOf(kept, scale.least))
  clearTimeout(slider.timer)
  slider.timer = setTimeout(() => settle(slider), 0)
}

/**
 * Put the thumb at a place; a rest follows by itself.
 * @param {Slider} slider
 * @param {number} place
 */
export function slideTo(slider, place) {
  const { scale } = slider, share = keptAt(place, scale.least)
  slider.kept = rounded(scale.nested ? share : scale.sizes[nearestSize(scale.sizes, share)])
  slider.k = keptCount(scale.n, slider.kept)
  slider.place = placeOf(slider.kept, scale.least)
  slider.input.value = String(slider.place)
  slider.input.style.setProperty("--place", String(slider.place)) // not on the root, so that nothing else is styled anew
  slider.on.move()
  clearTimeout(slider.timer)
  slider.timer = setTimeout(() => settle(slider), REST)
}

/** @param {Slider} slider */
export function settle(slider) {
  clearTimeout(slider.timer)
  slider.moving = false
  slider.on.rest()
}

/**
 * @param {Scale} scale
 * @param {number} place
 */
export function magnet({ sizes, least }, place) {
  return sizes.map((size) => placeOf(size, least)).find((at) => Math.abs(at - place) < NEAR) ?? place
}

/**
 * Move the thumb as a key says; false if the key says nothing to a slider.
 * @param {Slider} slider
 * @param {KeyboardEvent} event
 */
export function slideByKey(slider, event) {
  const { place, scale } = slider, step = event.shiftKey ? 0.05 : 0.01
  /** @type {Record<string, number>} */
  const places = {
    ArrowRight: place + step, ArrowUp: place + step, ArrowLeft: place - step, ArrowDown: place - step,
    Home: 0, End: 1, "[": tickBeside(slider, -1), "]": tickBeside(slider, 1),
  }
  if (isChord(event) || !Object.hasOwn(places, event.key)) return false
  const jumps = event.key.startsWith("Arrow") && !scale.nested
  slideTo(slider, jumps ? tickBeside(slider, places[event.key] > place ? 1 : -1) : places[event.key])
  return true
}

/**
 * The place of the next tick to the right (1) or left (-1).
 * @param {Pick<Slider, "scale" | "place">} slider
 * @param {1 | -1} way
 */
export function tickBeside({ scale, place }, way) {
  const places = scale.sizes.map((size) => placeOf(size, scale.least)).sort((a, b) => way * (a - b))
  return places.find((at) => way * (at - place) > 1e-4) ?? place
}

/**
 * Which of some words in a line are said so that none touches another: always the first and the last.
 * @param {number[]} places of their middles, ascending, in pixels
 * @param {number[]} widths in pixels
 */
export function fitting(places, widths) {
  const end = places.length - 1, apart = (/** @type {number} */ i, /** @type {number} */ j) =>
    places[j] - places[i] >= (widths[i] + widths[j]) / 2 + APART
  let last = 0
  return places.map((_, i) => {
    const fits = i === 0 || i === end || (apart(last, i) && apart(i, end))
    if (fits) last = i
    return fits
  })
}

/** A tick for every size, with words where there is room for them. @param {Slider} slider */
function showTicks({ scale, ticks }) {
  const sizes = [...scale.sizes].reverse(), room = ticks.clientWidth
  const places = sizes.map((size) => placeOf(size, scale.least))
  const drawn = sizes.map((size) => make("i", `${Number((100 * size).toPrecision(2))}%`))
  drawn.forEach((tick, i) => tick.style.setProperty("--at", String(places[i])))
  ticks.replaceChildren(...drawn)
  const said = fitting(places.map((at) => at * room), drawn.map((tick) => tick.offsetWidth))
  drawn.forEach((tick, i) => { if (!said[i]) tick.textContent = "" })
}
