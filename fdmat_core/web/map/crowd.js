// Crowds: where points are many and small, the best of those over a pixel has its colour. So it is enough to know for each
// pixel the rank of that point: whichever points are kept, it says the colour, and as the cut moves only the pixels whose
// point lies between the old and the new cut change.

/** @typedef {import("./layer.js").Layer} Layer */
/** @typedef {import("./layer.js").Tiled} Tiled */
/** @typedef {import("./layer.js").Viewport} Viewport */
/** @typedef {import("./paint.js").Screen} Screen */
/** @typedef {import("./tiles.js").Run} Run */

/**
 * What is painted of a crowd, and what for.
 * @typedef {object} Crowd
 * @property {Uint32Array} top rank of the best point over each pixel of the buffer; NOBODY for none
 * @property {Uint32Array} pixels the colours, without what is marked over them
 * @property {Wish | null} done what was painted last
 * @property {number} drawn points that were covered with
 * @property {Index | null} index made when the cut first moves
 */

/**
 * What is to be painted.
 * @typedef {object} Wish
 * @property {Layer} layer
 * @property {Tiled} tiled
 * @property {unknown} camera what tells one viewport from another
 * @property {Viewport} viewport
 * @property {Run[]} runs of tiles that are in view
 * @property {number} most pruned points of a tile that are drawn; all kept ones are
 * @property {number} k the first k are kept
 * @property {import("./colours.js").Tint | null} tint for what the layer's colours are
 * @property {number} ground
 */

/** @typedef {{ shift: number, first: Uint32Array, spots: Uint32Array }} Index pixels by their rank, in steps of 2^shift ranks */
/** @typedef {[number, number]} Band pixels of the buffer, from one up to another */

export const NOBODY = 0xffffffff
const SIDE = 2 // pixels of a dot
const STEPS = 4096 // of ranks, at most

/**
 * The crowd of a screen, with its buffer's pixels.
 * @param {Screen} screen
 * @returns {Crowd}
 */
export const crowdOn = (screen) => screen.crowd ??= {
  top: new Uint32Array(screen.buffer.length), pixels: new Uint32Array(screen.buffer.length), done: null, drawn: 0, index: null,
}

/**
 * Paint a crowd; only what changed since the last time.
 * @param {Crowd} crowd
 * @param {Wish} wish
 * @returns {Band} the pixels that may have changed
 */
export function paintCrowd(crowd, wish) {
  const { done } = crowd, { layer, camera, most, k } = wish
  crowd.done = most === Infinity ? wish : null
  if (most < Infinity) return skim(crowd, wish)
  const placed = done?.layer === layer && done.camera === camera
  if (!placed) cover(crowd, wish)
  return placed && done.tint === wish.tint && done.ground === wish.ground ? moveCut(crowd, layer, done.k, k) : paintAll(crowd, wish)
}

/**
 * Find the best point over every pixel.
 * @param {Crowd} crowd
 * @param {Wish} wish
 */
function cover(crowd, { tiled: { first, places, ranks }, viewport, runs }) {
  const { top } = crowd, { scale, x0, y0, left, right, low, width } = viewport
  crowd.index = null
  crowd.drawn = 0
  top.fill(NOBODY)
  for (const [from, to] of runs)
    for (let j = 3 * first[from]; j < 3 * first[to]; j += 3) {
      const px = places[j] * scale + x0 | 0, py = y0 - places[j + 1] * scale | 0
      if (px < left || py < left || px >= right || py >= low) continue
      const rank = ranks[j + 2], p = py * width + px, q = p + width
      crowd.drawn++
      if (rank < top[p]) top[p] = rank
      if (rank < top[p + 1]) top[p + 1] = rank
      if (rank < top[q]) top[q] = rank
      if (rank < top[q + 1]) top[q + 1] = rank
    }
}

/**
 * Paint fewer points for a moment: of each tile its best pruned ones, and over those all the kept ones. These follow so few
 * lines of tiles behind that their memory is at hand still, and so many that no pruned dot comes over them.
 * @param {Crowd} crowd
 * @param {Wish} wish
 * @returns {Band}
 */
function skim(crowd, wish) {
  const { pixels } = crowd, { runs, viewport: { scale }, tiled: { line } } = wish, behind = Math.ceil(SIDE / (line * scale)) + 1
  pixels.fill(wish.ground)
  crowd.drawn = 0
  for (let i = 0; i < runs.length + behind; i++) {
    if (i < runs.length) crowd.drawn += stampTiles(pixels, wish, runs[i], false)
    if (i >= behind) crowd.drawn += stampTiles(pixels, wish, runs[i - behind], true)
  }
  return [0, pixels.length]
}

/**
 * Stamp the kept points of some tiles or some pruned ones, of each tile the best last; how many lie in the picture.
 * @param {Uint32Array} pixels
 * @param {Wish} wish
 * @param {Run} run
 * @param {boolean} kept
 */
function stampTiles(pixels, { layer: { bright, faint, tint }, tiled: { first, places, ranks }, viewport, most, k }, [from, to], kept) {
  const { scale, x0, y0, left, right, low, width } = viewport, colours = kept ? bright : faint, same = tint?.plain ? colours[0] : 0
  let count = 0
  for (let tile = from; tile < to; tile++) {
    const start = first[tile], stop = first[tile + 1]
    let end = start
    while (end < stop && ranks[3 * end + 2] < k) end++
    const low3 = 3 * (kept ? start : end)
    for (let j = 3 * (kept ? end : Math.min(stop, end + most)) - 3; j >= low3; j -= 3) {
      const px = places[j] * scale + x0 | 0, py = y0 - places[j + 1] * scale | 0
      if (px < left || py < left || px >= right || py >= low) continue
      const p = py * width + px, q = p + width
      pixels[p] = pixels[p + 1] = pixels[q] = pixels[q + 1] = same || colours[ranks[j + 2]]
      count++
    }
  }
  return count
}

/**
 * Give every pixel its colour.
 * @param {Crowd} crowd
 * @param {Wish} wish
 * @returns {Band}
 */
function paintAll({ top, pixels }, { layer: { bright, faint, tint }, k, ground }) {
  const plain = !!tint?.plain, [kept, pruned] = [bright[0], faint[0]]
  for (let p = 0; p < top.length; p++) {
    const rank = top[p]
    pixels[p] = rank === NOBODY ? ground : rank < k ? (plain ? kept : bright[rank]) : plain ? pruned : faint[rank]
  }
  return [0, top.length]
}

/**
 * Keep other points: the pixels whose point lies between the two cuts change.
 * @param {Crowd} crowd
 * @param {Layer} layer
 * @param {number} before
 * @param {number} k
 * @returns {Band}
 */
function moveCut(crowd, { n, bright, faint }, before, k) {
  const { top, pixels } = crowd, low = Math.min(before, k), high = Math.max(before, k), colours = k > before ? bright : faint
  if (low === high) return [0, 0]
  const { shift, first, spots } = crowd.index ??= indexOf(top, n)
  let from = top.length, to = 0
  for (let j = first[low >> shift]; j < first[(high - 1 >> shift) + 1]; j++) {
    const p = spots[j], rank = top[p]
    if (rank < low || rank >= high) continue
    pixels[p] = colours[rank]
    if (p < from) from = p
    if (p >= to) to = p + 1
  }
  return from < to ? [from, to] : [0, 0]
}

/**
 * The covered pixels, sorted by steps of rank.
 * @param {Uint32Array} top
 * @param {number} n
 * @returns {Index}
 */
function indexOf(top, n) {
  const shift = Math.max(0, Math.ceil(Math.log2(n / STEPS))), first = new Uint32Array((n >> shift) + 2)
  for (let p = 0; p < top.length; p++) if (top[p] !== NOBODY) first[(top[p] >> shift) + 1]++
  for (let i = 1; i < first.length; i++) first[i] += first[i - 1]
  const spots = new Uint32Array(first[first.length - 1]), next = first.slice()
  for (let p = 0; p < top.length; p++) if (top[p] !== NOBODY) spots[next[top[p] >> shift]++] = p
  return { shift, first, spots }
}
