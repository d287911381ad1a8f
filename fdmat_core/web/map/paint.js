// Pixels: discs and rings are lists of offsets stamped into one 32-bit buffer, so no GPU is needed.

import { clamp } from "../text.js"
import { blend } from "./colours.js"
import { cutOf, EDGE, FEW } from "./layer.js"

/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./colours.js").Colours} Colours */
/** @typedef {import("./layer.js").Layer} Layer */
/** @typedef {import("./layer.js").Seen} Seen */

/**
 * @typedef {object} Screen the pixels behind the canvas
 * @property {ImageData} image
 * @property {Uint32Array} buffer
 * @property {number} width
 * @property {number} height
 * @property {number} ratio pixels of the buffer for one of the page
 * @property {CanvasRenderingContext2D} pen
 * @property {import("./crowd.js").Crowd | null} crowd what was painted of many small points; null while they are few
 */

/** @typedef {{ solid: Int32Array, edge: Int32Array, alpha: Uint16Array, rim?: Int32Array, ground?: number }} Shape */
/** @typedef {{ fit: (share: number, count: number) => number, pruned: number, kept: number }} Radii in buffer pixels */

const MOST_PIXELS = 1_600_000
const MANY = 20_000 // kept points above which small ones are drawn without their inside

/** @type {Map<string, Shape>} */
const shapes = new Map()

/**
 * A buffer for a canvas of this size.
 * @param {HTMLCanvasElement} canvas
 * @param {{ width: number, height: number }} stage
 * @param {number} [ratio] what the page's own pixels and speed allow, if left out
 * @returns {Screen}
 */
export function screenOf(canvas, { width, height }, ratio = ratioFor(width, height)) {
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const image = new ImageData(canvas.width + 2 * EDGE, canvas.height + 2 * EDGE)
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }))
  return { image, buffer: new Uint32Array(image.data.buffer), width: image.width, height: image.height, ratio, pen, crowd: null }
}

/**
 * @param {number} width
 * @param {number} height
 */
const ratioFor = (width, height) => Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (width * height)))

/**
 * Offsets to fill and to soften for a shape in a buffer of this width; `cover(dx, dy)` is its opacity, 0 to 1.
 * @param {string} name
 * @param {number} width
 * @param {number} reach
 * @param {(dx: number, dy: number) => number} cover
 * @returns {Shape}
 */
function shapeOf(name, width, reach, cover) {
  const key = `${name}/${width}`, known = shapes.get(key)
  if (known) return known
  const solid = [], edge = [], alpha = []
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) {
      const a = clamp(cover(dx, dy), 0, 1)
      if (a > 0.94) solid.push(dy * width + dx)
      else if (a > 0.06) { edge.push(dy * width + dx); alpha.push(a * 256 | 0) }
    }
  if (shapes.size > 200) shapes.clear()
  const shape = { solid: Int32Array.from(solid), edge: Int32Array.from(edge), alpha: Uint16Array.from(alpha) }
  shapes.set(key, shape)
  return shape
}

/** Discs are of so many sizes. @param {number} radius */
const quarters = (radius) => Math.round(radius * 4) / 4

/** Whether a disc is a dot of two by two pixels. @param {number} radius */
export const isDot = (radius) => quarters(radius) <= 1

/**
 * Whether so many points are so small that they are painted as a crowd.
 * @param {number} n
 * @param {Radii} size
 */
export const isCrowd = (n, { pruned }) => n > FEW && isDot(pruned)

/**
 * @param {number} radius
 * @param {number} width
 */
function disc(radius, width) {
  const r = quarters(radius)
  if (r <= 1) return shapeOf("square", width, 1, (dx, dy) => dx >= 0 && dy >= 0 ? 1 : 0)
  return shapeOf(`disc ${r}`, width, Math.ceil(r), (dx, dy) => r + 0.5 - Math.hypot(dx, dy))
}

/**
 * A large disc with a thin rim of the ground, so that neighbours stay apart.
 * @param {number} radius
 * @param {number} width
 * @param {number} ground
 */
const rimmed = (radius, width, ground) => ({ ...disc(radius, width), ground, rim: ring(radius + 1.25, 1, width).solid })

/**
 * @param {number} radius
 * @param {number} thick
 * @param {number} width
 */
const ring = (radius, thick, width) => shapeOf(`ring ${radius} ${thick}`, width, Math.ceil(radius) + 1,
  (dx, dy) => Math.min(radius + 0.5 - Math.hypot(dx, dy), Math.hypot(dx, dy) - radius + thick + 0.5))

/**
 * @param {number} size
 * @param {number} width
 */
const triangle = (size, width) => shapeOf(`triangle ${size}`, width, Math.ceil(size),
  (dx, dy) => dy > size * 0.7 ? 0 : (dy + size) / 2 - Math.abs(dx) + 0.5)

/**
 * @param {Uint32Array} buffer
 * @param {number} p
 * @param {number} colour
 * @param {Shape} shape
 */
function stamp(buffer, p, colour, { solid, edge, alpha, rim, ground = 0 }) {
  if (rim) for (let j = 0; j < rim.length; j++) buffer[p + rim[j]] = blend(buffer[p + rim[j]], ground, 160)
  for (let j = 0; j < solid.length; j++) buffer[p + solid[j]] = colour
  for (let j = 0; j < edge.length; j++) buffer[p + edge[j]] = blend(buffer[p + edge[j]], colour, alpha[j])
}

/**
 * Stamp the points `from` down to `to`: the last one lies on top.
 * @param {Uint32Array} buffer
 * @param {Seen} seen
 * @param {Uint32Array} colour by rank
 * @param {[number, number]} range from, to
 * @param {Shape} shape
 */
function stampAll(buffer, { rank, place }, colour, [from, to], shape) {
  for (let i = from; i >= to; i--) if (place[i] >= 0) stamp(buffer, place[i], colour[rank ? rank[i] : i], shape)
}

/**
 * Points shrink as they crowd, and the kept ones stay the larger.
 * @param {Screen} screen
 * @param {Camera} camera
 * @param {number} inked
 * @param {number} n
 * @param {number} k
 * @returns {Radii}
 */
export function radii(screen, camera, inked, n, k) {
  const area = inked * (camera.scale * screen.ratio) ** 2
  const fit = (/** @type {number} */ share, /** @type {number} */ count) =>
    Math.sqrt(share * area / (Math.PI * Math.max(1, count)))
  const most = 4 * Math.max(1, screen.ratio), pruned = clamp(fit(0.45, n), 1, 0.5 * most)
  return { fit, pruned, kept: clamp(fit(0.25, k), n > FEW ? pruned : pruned + 0.5, most) }
}

/**
 * The same as `stampAll` with dots, faster.
 * @param {Uint32Array} buffer
 * @param {number} width
 * @param {Seen} seen
 * @param {Uint32Array} colour by rank
 * @param {[number, number]} range from, to
 */
function stampDots(buffer, width, { rank, place }, colour, [from, to]) {
  for (let i = from; i >= to; i--) {
    const p = place[i]
    if (p >= 0) buffer[p] = buffer[p + 1] = buffer[p + width] = buffer[p + width + 1] = colour[rank ? rank[i] : i]
  }
}

/**
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {Seen} seen
 * @param {number} k
 * @param {Radii} size
 * @param {Colours} colours
 */
export function paintPoints(screen, layer, seen, k, size, colours) {
  const { buffer, width } = screen
  buffer.fill(colours.ground)
  const from = seen.n - 1, cut = cutOf(seen, k)
  if (isDot(size.pruned)) stampDots(buffer, width, seen, layer.faint, [from, cut])
  else stampAll(buffer, seen, layer.faint, [from, cut], disc(size.pruned, width))
  paintKept(screen, layer, seen, k, size, colours)
}

/**
 * Those of some points that are among the first k.
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {Seen} seen
 * @param {number} k
 * @param {Radii} size
 * @param {Colours} colours
 */
export function paintKept({ buffer, width }, layer, seen, k, size, colours) {
  const dot = size.kept < 2.5 ? disc(size.kept, width) : rimmed(size.kept, width, colours.ground)
  stampAll(buffer, seen, layer.bright, [cutOf(seen, k) - 1, 0], dot)
}

/**
 * Flagged items over the others: a ring left, a filled ring is still kept, a triangle, hollow or filled, is only suspected.
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {Seen} seen the flagged ones
 * @param {number} k
 * @param {Points} points
 * @param {Radii} size
 * @param {Colours} colours
 */
export function paintFlags({ buffer, width, ratio }, layer, seen, k, points, size, colours) {
  const { flags, bits, flagged } = points, { noise, suspect, mark, ground } = colours, { rank, place } = seen
  const r = clamp(Math.round(4 * size.fit(0.25, flagged)) / 4, 2.5, 5) * Math.max(1, ratio)
  /** @type {Record<string, [Shape, number][]>} */
  const stamps = {
    injectedPruned: [[ring(r, r < 3.5 ? 1 : 1.5, width), noise]],
    injectedKept: [[disc(r, width), mark], [disc(r - 1.5, width), noise]],
    suspectedKept: [[triangle(r + 2, width), mark], [triangle(r, width), suspect]],
    suspectedPruned: [[triangle(r + 1.5, width), suspect], [triangle(r - 1.5, width), blend(ground, suspect, 60)]],
  }
  for (let i = seen.n - 1; i >= 0; i--) {
    if (place[i] < 0) continue
    const at = rank ? rank[i] : i, injected = flags[layer.row[at]] & (bits.mislabelled | bits.outlier)
    const kind = (injected ? "injected" : "suspected") + (at < k ? "Kept" : "Pruned")
    for (const [shape, colour] of stamps[kind]) stamp(buffer, place[i], colour, shape)
  }
}

/**
 * Ring rows that a person picked: few by large rings, many by a dot each and a ring wherever one has room, so that how
 * densely they lie stays readable.
 * @param {Screen} screen
 * @param {Seen} seen the picked ones
 * @param {Colours} colours
 */
export function paintRings({ buffer, width, height, ratio }, { n, place }, { mark, ground }) {
  const scale = Math.max(1, ratio)
  if (n <= 300) {
    const large = ring(7 * scale, 2 * scale, width)
    for (let i = n - 1; i >= 0; i--) if (place[i] >= 0) stamp(buffer, place[i], mark, large)
    return
  }
  const small = ring(5 * scale, scale, width), dot = disc(1, width), room = Math.round(18 * scale)
  const across = Math.ceil(width / room), taken = new Uint8Array(across * Math.ceil(height / room)), soft = blend(ground, mark, 150)
  for (let i = 0; i < n; i++) {
    const p = place[i]
    if (p < 0) continue
    stamp(buffer, p, soft, dot)
    const cell = ((p / width / room) | 0) * across + ((p % width / room) | 0)
    if (!taken[cell]) { taken[cell] = 1; stamp(buffer, p, mark, small) }
  }
}

/**
 * Kept points with an outline, above the others: what a comparison sets apart. Many small ones are all outline.
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {Seen} seen those points
 * @param {number} k
 * @param {Radii} size
 * @param {Colours} colours
 */
export function paintOutlined({ buffer, width, ratio }, { bright }, { n, rank, place }, k, size, { mark }) {
  const thick = 1.25 * Math.max(1, ratio), small = size.kept < 2 && k > MANY
  const line = small ? disc(1, width) : ring(size.kept + thick, thick, width), dot = disc(size.kept, width)
  for (let i = n - 1; i >= 0; i--) {
    if (place[i] < 0) continue
    if (!small) stamp(buffer, place[i], bright[rank ? rank[i] : i], dot)
    stamp(buffer, place[i], mark, line)
  }
}
