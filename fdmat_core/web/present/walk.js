// From step to step without a jump: the camera flies, the share kept slides. Where motion is unwelcome both jump.

import { cameraAt, fitted } from "../map/camera.js"
import { showLegend, showModes } from "../map/legend.js"
import { nameAll } from "../map/pointer.js"
import { ask } from "../map/state.js"
import { viewIn } from "../map/view.js"
import { magnet, placeOf, settle, slideTo } from "../slider.js"

/** @typedef {import("../map/state.js").MapState} MapState */
/** @typedef {import("../map/view.js").Words} Words */
/** @typedef {import("../slider.js").Slider} Slider */
/** @typedef {{ to: number, ms: number }} Leg a place of the slider, and how long the way there takes */

const STEP = 1100 // ms from one step to the next
const SWEEP = 9000 // ms from all to the least
const PAUSE = 700 // ms at each measured size where motion is unwelcome

/** Whether motion is unwelcome. */
export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches

/**
 * Where the thumb is after some time on its way.
 * @param {number} start
 * @param {Leg[]} legs
 * @param {number} ms since the start
 */
export function placeAfter(start, legs, ms) {
  let from = start, left = ms
  for (const { to, ms: lasts } of legs) {
    if (left < lasts) return { place: from + (to - from) * eased(left / lasts), over: false }
    left -= lasts
    from = to
  }
  return { place: from, over: true }
}

/** @param {number} t from 0 to 1 */
const eased = (t) => t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) ** 2

/**
 * The way of a sweep: to the least and back; from the least to all and back.
 * @param {number} place
 * @returns {Leg[]}
 */
export function sweepFrom(place) {
  const end = place > 0.98 ? 0 : 1, ms = SWEEP * Math.abs(end - place)
  return [{ to: end, ms }, { to: end, ms: PAUSE }, { to: place, ms: ms * 0.6 }]
}

/**
 * The same in jumps from one measured size to the next.
 * @param {number} place
 * @param {number[]} stops places of the measured sizes
 * @returns {Leg[]}
 */
export function jumpsFrom(place, stops) {
  const end = place > 0.98 ? 0 : 1, way = Math.sign(end - place)
  const there = [...stops].sort((a, b) => way * (a - b)).filter((stop) => way * (stop - place) > 1e-4)
  return [...there, ...[...there].reverse().slice(1), place].map((to) => ({ to, ms: 0 }))
}

/**
 * Move the thumb along some legs; returns what stops it.
 * @param {Slider} slider
 * @param {Leg[]} legs
 * @returns {() => void}
 */
export function slideAlong(slider, legs) {
  const start = slider.place, began = performance.now()
  let frame = 0
  const move = () => {
    const { place, over } = placeAfter(start, legs, performance.now() - began)
    slideTo(slider, over ? magnet(slider.scale, place) : place)
    if (over) settle(slider)
    else frame = requestAnimationFrame(move)
  }
  move()
  return () => cancelAnimationFrame(frame)
}

/**
 * Put the thumb at one place after another, each for a while; returns what stops it.
 * @param {Slider} slider
 * @param {Leg[]} legs
 * @returns {() => void}
 */
export function jumpAlong(slider, legs) {
  const rest = [...legs]
  const jump = () => {
    const leg = rest.shift()
    if (!leg) { clearInterval(timer); return }
    slideTo(slider, leg.to)
  }
  const timer = setInterval(jump, PAUSE)
  return () => clearInterval(timer)
}

/**
 * Sweep the share kept slowly to the least and back; returns what stops it.
 * @param {Slider} slider
 */
export function sweep(slider) {
  const { scale, place } = slider
  if (!isStill()) return slideAlong(slider, sweepFrom(place))
  return jumpAlong(slider, jumpsFrom(place, scale.sizes.map((size) => placeOf(size, scale.least))))
}

/**
 * Let the map be seen as some words say, at a share kept; returns what stops the way there.
 * @param {MapState} map
 * @param {Words} words
 * @param {number} kept
 * @returns {() => void}
 */
export function walkTo(map, words, kept) {
  const { points, stage, slider } = map, { look, lasso, named, focus, camera } = viewIn(words, points)
  Object.assign(map, { look, lasso, focus, hover: -1 })
  showModes(map)
  showLegend(map)
  nameAll(map, named)
  const to = camera ? cameraAt(camera, points.box, stage) : fitted(points.box, stage), still = isStill()
  if (still || !map.camera || !stage.width) Object.assign(map, { camera: to, flight: null })
  else map.flight = { from: map.camera, to, began: performance.now() }
  ask(map)
  const place = placeOf(kept, slider.scale.least)
  return slideAlong(slider, [{ to: place, ms: still ? 0 : STEP }])
}
