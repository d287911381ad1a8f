// The camera: which part of the data the stage shows, and how large. Pure functions on numbers.

import { clamp } from "../text.js"

/** @typedef {import("./points.js").Box} Box */
/** @typedef {{ width: number, height: number }} Stage in pixels of the page */

/**
 * @typedef {object} Camera
 * @property {number} x data coordinates of the middle of the stage
 * @property {number} y
 * @property {number} scale pixels of the page for one unit of the data
 * @property {number} zoom 1 shows all
 * @property {boolean} touched whether a person has moved it; until then it keeps showing all
 */

const ABOVE = 48, BELOW = 26, AROUND = 36 // pixels that the controls and the note take, and room at the sides

/**
 * @param {Box} box
 * @param {Stage} stage
 */
export const fitScale = (box, stage) =>
  Math.max(1e-9, Math.min((stage.width - AROUND) / box.width, (stage.height - ABOVE - BELOW - 20) / box.height))

/**
 * The camera that shows all.
 * @param {Box} box
 * @param {Stage} stage
 * @returns {Camera}
 */
export function fitted(box, stage) {
  const scale = fitScale(box, stage)
  const y = box.low + box.height / 2 + (ABOVE - BELOW) / 2 / scale // between what floats above and below
  return { x: box.left + box.width / 2, y, scale, zoom: 1, touched: false }
}

/**
 * The part of the plane that a camera shows.
 * @param {Camera} camera
 * @param {Stage} stage
 * @returns {Box}
 */
export function shownBy(camera, stage) {
  const [left, low] = toData(camera, stage, [0, stage.height])
  return { left, low, width: stage.width / camera.scale, height: stage.height / camera.scale }
}

/**
 * Where a spot of the data lies on the stage.
 * @param {Camera} camera
 * @param {Stage} stage
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export const toStage = (camera, stage, x, y) =>
  [stage.width / 2 + (x - camera.x) * camera.scale, stage.height / 2 - (y - camera.y) * camera.scale]

/**
 * Which spot of the data lies at a pixel of the stage.
 * @param {Camera} camera
 * @param {Stage} stage
 * @param {[number, number]} spot
 * @returns {[number, number]}
 */
export const toData = (camera, stage, [x, y]) =>
  [camera.x + (x - stage.width / 2) / camera.scale, camera.y - (y - stage.height / 2) / camera.scale]

/**
 * @param {Camera} camera
 * @param {number} dx pixels to the right
 * @param {number} dy pixels down
 * @returns {Camera}
 */
export const panned = (camera, dx, dy) =>
  ({ ...camera, x: camera.x - dx / camera.scale, y: camera.y + dy / camera.scale, touched: true })

/**
 * Zoomed so that the data under a pixel stay there.
 * @param {Camera} camera
 * @param {number} factor
 * @param {[number, number]} spot
 * @param {Stage} stage
 * @param {Box} box that zoom 1 shows
 * @param {Box} farthest that can be shown by zooming out
 * @returns {Camera}
 */
export function zoomed(camera, factor, spot, stage, box, farthest = box) {
  const all = fitScale(box, stage), scale = clamp(camera.scale * factor, fitScale(farthest, stage) / 2, all * 400)
  const [x, y] = toData(camera, stage, spot), keep = camera.scale / scale
  return { x: x + (camera.x - x) * keep, y: y + (camera.y - y) * keep, scale, zoom: scale / all, touched: true }
}

/**
 * Where a camera looks, for any stage: the middle as shares of the box and the zoom, in as many digits as a link has.
 * @param {Camera} camera
 * @param {Box} box
 * @param {Stage} stage
 */
export function middleOf({ x, y, scale }, box, stage) {
  const share = (/** @type {number} */ value) => Number(value.toFixed(6))
  return {
    x: share((x - box.left) / box.width), y: share((y - box.low) / box.height),
    zoom: Number((scale / fitScale(box, stage)).toPrecision(6)),
  }
}

/**
 * The camera that looks there.
 * @param {{ x: number, y: number, zoom: number }} middle
 * @param {Box} box
 * @param {Stage} stage
 * @returns {Camera}
 */
export function cameraAt({ x, y, zoom }, box, stage) {
  return { x: box.left + x * box.width, y: box.low + y * box.height, scale: fitScale(box, stage) * zoom, zoom, touched: true }
}

/**
 * How data coordinates change so that the picture of one box fills the place of another: shift, then scale, then shift.
 * @param {Box} from
 * @param {Box} to
 * @param {Stage} stage
 */
export function transfer(from, to, stage) {
  const factor = fitScale(from, stage) / fitScale(to, stage)
  const middle = (/** @type {Box} */ box) => [box.left + box.width / 2, box.low + box.height / 2]
  const [[fx, fy], [tx, ty]] = [middle(from), middle(to)]
  return {
    /** @param {Float32Array} xy */
    points: (xy) => xy.map((value, i) => i % 2 ? (value - fy) * factor + ty : (value - fx) * factor + tx),
    /** @param {Camera} camera */
    camera: (camera) => ({
      ...camera, x: (camera.x - fx) * factor + tx, y: (camera.y - fy) * factor + ty, scale: camera.scale / factor,
    }),
  }
}
