// Pixels: discs and rings are lists of offsets stamped into one 32-bit buffer, so 300,000 points need no GPU.

import { clamp } from "../text.js"
import { blend } from "./colours.js"

/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./colours.js").Colours} Colours */

/**
 * @typedef {object} Screen the pixels behind the canvas
 * @property {ImageData} image
 * @property {Uint32Array} buffer
 * @property {number} width
 * @property {number} height
 * @property {number} ratio pixels of the buffer for one of the page
 * @property {CanvasRenderingContext2D} pen
 */

/**
 * Points in the order of their rank, so that one pass over memory draws them.
 * @typedef {object} Layer
 * @property {number} n
 * @property {Uint32Array | null} rank of each point, if the layer holds only some
 * @property {Uint32Array} row of each point
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Int32Array} place where each point falls in the buffer, or -1 outside it
 * @property {Uint32Array} bright the colour of each point while it is kept
 * @property {Uint32Array} faint and once it is pruned
 */

/** @typedef {{ solid: Int32Array, edge: Int32Array, alpha: Uint16Array, rim?: Int32Array, ground?: number }} Shape */
/** @typedef {{ fit: (share: number, count: number) => number, pruned: number, kept: number }} Radii in buffer pixels */

export const EDGE = 18 // pixels around the picture that may be written but are never shown
const MOST_PIXELS = 1_600_000
const MANY = 20_000 // kept points above which small ones are drawn without their inside

/** @type {Map<string, Shape>} */
const shapes = new Map()

/**
 * A buffer for a canvas of this size.
 * @param {HTMLCanvasElement} canvas
 * @param {{ width: number, height: number }} stage
 * @returns {Screen}
 */
export function screenOf(canvas, { width, height }) {
  const ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (width * height)))
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const image = new ImageData(canvas.width + 2 * EDGE, canvas.height + 2 * EDGE)
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }))
  return { image, buffer: new Uint32Array(image.data.buffer), width: image.width, height: image.height, ratio, pen }
}

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

/**
 * @param {number} radius
 * @param {number} width
 */
function disc(radius, width) {
  const r = Math.round(radius * 4) / 4
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
 * @param {Int32Array} place
 * @param {Uint32Array} colour
 * @param {[number, number]} range from, to
 * @param {Shape} shape
 */
function stampAll(buffer, place, colour, [from, to], shape) {
  for (let i = from; i >= to; i--) if (place[i] >= 0) stamp(buffer, place[i], colour[i], shape)
}

/**
 * @param {Float32Array} xy
 * @param {Uint32Array} order
 * @param {Uint8Array | null} chosen a byte per row; null takes all
 * @returns {Layer}
 */
export function layerOf(xy, order, chosen = null) {
  const rank = chosen ? Uint32Array.from(order.keys()).filter((i) => chosen[order[i]]) : null
  const row = rank ? rank.map((i) => order[i]) : order, n = row.length
  const layer = {
    n, rank, row, x: new Float32Array(n), y: new Float32Array(n),
    place: new Int32Array(n), bright: new Uint32Array(n), faint: new Uint32Array(n),
  }
  placePoints(layer, xy)
  return layer
}

/**
 * Put the points of a layer where their rows lie; on the way from elsewhere, a share of the way.
 * @param {Layer} layer
 * @param {Float32Array} xy
 * @param {Float32Array} [from]
 * @param {number} [share]
 */
export function placePoints({ n, row, x, y }, xy, from = xy, share = 1) {
  for (let i = 0; i < n; i++) {
    const at = 2 * row[i]
    x[i] = from[at] + (xy[at] - from[at]) * share
    y[i] = from[at + 1] + (xy[at + 1] - from[at + 1]) * share
  }
}

/**
 * Find where each point of a layer falls in the buffer.
 * @param {Layer} layer
 * @param {Screen} screen
 * @param {Camera} camera
 */
export function project({ x, y, place }, { width, height, ratio }, camera) {
  const scale = camera.scale * ratio, x0 = width / 2 - camera.x * scale, y0 = height / 2 + camera.y * scale
  for (let i = 0; i < place.length; i++) {
    const px = x[i] * scale + x0 | 0, py = y0 - y[i] * scale | 0
    place[i] = px >= EDGE && py >= EDGE && px < width - EDGE && py < height - EDGE ? py * width + px : -1
  }
}

/**
 * How many points of a layer are among the first k.
 * @param {Pick<Layer, "n" | "rank">} layer
 * @param {number} k
 */
export function cutOf({ n, rank }, k) {
  if (!rank) return k
  let low = 0, high = n
  while (low < high) { const middle = (low + high) >> 1; if (rank[middle] < k) low = middle + 1; else high = middle }
  return low
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
  return { fit, pruned, kept: clamp(fit(0.25, k), n > 100_000 ? 1 : pruned + 0.5, most) }
}

/**
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {number} cut
 * @param {Radii} size
 * @param {Colours} colours
 */
export function paintPoints({ buffer, width }, layer, cut, size, colours) {
  stampAll(buffer, layer.place, layer.faint, [layer.n - 1, cut], disc(size.pruned, width))
  const dot = size.kept < 2.5 ? disc(size.kept, width) : rimmed(size.kept, width, colours.ground)
  stampAll(buffer, layer.place, layer.bright, [cut - 1, 0], dot)
}

/**
 * Flagged items over the others: a ring left, a filled ring is still kept, a triangle is only suspected.
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {number} cut
 * @param {Points} points
 * @param {Radii} size
 * @param {Colours} colours
 */
export function paintFlags({ buffer, width, ratio }, layer, cut, points, size, colours) {
  const { flags, bits, flagged } = points, { noise, suspect, mark, pruned, ground } = colours
  const r = clamp(Math.round(4 * size.fit(0.25, flagged)) / 4, 2.5, 5) * Math.max(1, ratio)
  /** @type {Record<string, [Shape, number][]>} */
  const stamps = {
    injectedPruned: [[ring(r, r < 3.5 ? 1 : 1.5, width), noise]],
    injectedKept: [[disc(r, width), mark], [disc(r - 1.5, width), noise]],
    suspectedKept: [[triangle(r + 2, width), mark], [triangle(r, width), suspect]],
    suspectedPruned: [[triangle(r + 1.5, width), pruned], [triangle(r, width), blend(ground, suspect, 110)]],
  }
  for (let i = layer.n - 1; i >= 0; i--) {
    const p = layer.place[i], flag = flags[layer.row[i]]
    if (p < 0 || !flag) continue
    const kind = (flag & (bits.mislabelled | bits.outlier) ? "injected" : "suspected") + (i < cut ? "Kept" : "Pruned")
    for (const [shape, colour] of stamps[kind]) stamp(buffer, p, colour, shape)
  }
}

/**
 * Ring rows that a person picked: few by large rings, many by a dot each and a ring wherever one has room, so that how
 * densely they lie stays readable.
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {Uint8Array} ringed a byte per row
 * @param {Colours} colours
 */
export function paintRings({ buffer, width, height, ratio }, layer, ringed, { mark, ground }) {
  const many = ringed.reduce((count, one) => count + one, 0) > 300, scale = Math.max(1, ratio)
  if (!many) {
    const large = ring(7 * scale, 2 * scale, width)
    for (let i = layer.n - 1; i >= 0; i--)
      if (layer.place[i] >= 0 && ringed[layer.row[i]]) stamp(buffer, layer.place[i], mark, large)
    return
  }
  const small = ring(5 * scale, scale, width), dot = disc(1, width), room = Math.round(18 * scale)
  const across = Math.ceil(width / room), taken = new Uint8Array(across * Math.ceil(height / room)), soft = blend(ground, mark, 150)
  for (let i = 0; i < layer.n; i++) {
    const p = layer.place[i]
    if (p < 0 || !ringed[layer.row[i]]) continue
    stamp(buffer, p, soft, dot)
    const cell = ((p / width / room) | 0) * across + ((p % width / room) | 0)
    if (!taken[cell]) { taken[cell] = 1; stamp(buffer, p, mark, small) }
  }
}

/**
 * Kept points with an outline, above the others: what a comparison sets apart. Many small ones are all outline.
 * @param {Screen} screen
 * @param {Layer} layer
 * @param {number} cut
 * @param {Uint8Array} outlined a byte per row
 * @param {Radii} size
 * @param {Colours} colours
 */
export function paintOutlined({ buffer, width, ratio }, { place, row, bright }, cut, outlined, size, { mark }) {
  const thick = 1.25 * Math.max(1, ratio), small = size.kept < 2 && cut > MANY
  const line = small ? disc(1, width) : ring(size.kept + thick, thick, width), dot = disc(size.kept, width)
  for (let i = cut - 1; i >= 0; i--) {
    const p = place[i]
    if (p < 0 || !outlined[row[i]]) continue
    if (!small) stamp(buffer, p, bright[i], dot)
    stamp(buffer, p, mark, line)
  }
}
