// What lies over the points: the rings of two of them, the outline of the lasso, and the card of one item.

import { clamp, whole } from "../text.js"
import { fillCard } from "./card.js"
import { shownBy, toStage } from "./camera.js"
import { spotOf } from "./glide.js"
import { showNames } from "./labels.js"
import { countOutside } from "./points.js"

/** @typedef {import("./state.js").MapState} MapState */
/** @typedef {import("./camera.js").Camera} Camera */

/**
 * @param {MapState} map
 * @param {Camera} camera
 */
export function overlay(map, camera) {
  const { elements, stage, lasso: { outline } } = map
  showRing(map, elements.rings.hover, map.hover, camera)
  showRing(map, elements.rings.focus, map.focus, camera)
  let line = ""
  for (let i = 0; i < outline.length; i += 2)
    line += `${i ? "L" : "M"}${toStage(camera, stage, outline[i], outline[i + 1]).map(Math.round)}`
  elements.outline.setAttribute("d", line && `${line}Z`)
  showNames(map, camera)
  placeCard(map, camera)
  showOutside(map, camera)
}

/** @type {WeakMap<Camera, number>} */
const outside = new WeakMap()

/**
 * Say how many points lie beyond the edges while nobody has moved the camera.
 * @param {MapState} map
 * @param {Camera} camera
 */
function showOutside({ elements, points: { xy, box, all }, stage }, camera) {
  const may = !camera.touched && (all.width > box.width || all.height > box.height)
  const count = may ? outside.get(camera) ?? countOutside(xy, shownBy(camera, stage)) : 0
  outside.set(camera, count)
  elements.outside.hidden = !count
  if (count) elements.outside.textContent = `${whole(count)} outside: fit all`
}

/**
 * @param {MapState} map
 * @param {SVGElement} ring
 * @param {number} row
 * @param {Camera} camera
 */
function showRing(map, ring, row, camera) {
  ring.style.display = row < 0 ? "none" : ""
  if (row < 0) return
  const [x, y] = toStage(camera, map.stage, ...spotOf(map, row))
  ring.setAttribute("transform", `translate(${x} ${y})`)
}

/**
 * @param {MapState} map
 * @param {Camera} camera
 */
function placeCard(map, camera) {
  const { elements: { card }, stage } = map, row = map.hover >= 0 ? map.hover : map.focus
  card.hidden = row < 0
  if (row < 0) return
  fillCard(map, row)
  const [x, y] = toStage(camera, stage, ...spotOf(map, row)), { offsetWidth: w, offsetHeight: h } = card
  const left = x + 20 + w < stage.width ? x + 20 : x - 20 - w
  card.style.transform = `translate(${Math.round(clamp(left, 4, stage.width - w - 4))}px,`
    + `${Math.round(clamp(y - h / 2, 4, stage.height - h - 4))}px)`
}
