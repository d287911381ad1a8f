// Pixels: discs and rings are lists of offsets stamped into one 32-bit buffer, so 300,000 points need no GPU.

const EDGE = 10 // pixels around the picture that may be written but are never shown
const MOST_PIXELS = 1_600_000
const CLASS_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9",
  "#D55E00", "#8B6BB8", "#A3A500", "#8C564B", "#3CBBB1"]
const VIRIDIS = ["#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725"]
const KEPT = "#0072B2", NOISE = "#D55E00", SUSPECT = "#F0E442"

/** "#RRGGBB" as the number that a little-endian RGBA buffer holds. */
const ink = (hex) => {
  const value = parseInt(hex.slice(1), 16)
  return (0xff000000 | (value & 0xff) << 16 | value & 0xff00 | value >> 16) >>> 0
}

/** Colour `top` over `under` with opacity a of 256. */
function blend(under, top, a) {
  const b = 256 - a
  const redBlue = ((top & 0xff00ff) * a + (under & 0xff00ff) * b) >>> 8 & 0xff00ff
  const green = ((top & 0xff00) * a + (under & 0xff00) * b) >>> 8 & 0xff00
  return (0xff000000 | redBlue | green) >>> 0
}

const ramp = (colours, share) => {
  const at = clamp(share, 0, 1) * (colours.length - 1), i = Math.min(colours.length - 2, at | 0)
  return blend(colours[i], colours[i + 1], (at - i) * 256 | 0)
}

const VIRIDIS_INK = VIRIDIS.map(ink)
const stamps = new Map()

/** Offsets to fill and to soften for a shape in a buffer of this width; `cover(dx, dy)` is its opacity, 0 to 1. */
function stamp(name, width, reach, cover) {
  const key = `${name}/${width}`
  if (stamps.has(key)) return stamps.get(key)
  const solid = [], edge = [], alpha = []
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) {
      const a = clamp(cover(dx, dy), 0, 1)
      if (a > 0.94) solid.push(dy * width + dx)
      else if (a > 0.06) { edge.push(dy * width + dx); alpha.push(a * 256 | 0) }
    }
  if (stamps.size > 200) stamps.clear()
  const made = { solid: Int32Array.from(solid), edge: Int32Array.from(edge), alpha: Uint16Array.from(alpha) }
  stamps.set(key, made)
  return made
}

function disc(radius, width) {
  const r = Math.round(radius * 4) / 4
  if (r <= 1) return stamp("square", width, 1, (dx, dy) => dx >= 0 && dy >= 0 ? 1 : 0)
  return stamp(`disc ${r}`, width, Math.ceil(r), (dx, dy) => r + 0.5 - Math.hypot(dx, dy))
}

/** A large disc with a thin rim of the ground, so that neighbours stay apart. */
const rimmed = (radius, width, ground) => ({ ...disc(radius, width), ground,
  rim: ring(radius + 1.25, 1, width).solid })

const ring = (radius, thick, width) => stamp(`ring ${radius} ${thick}`, width, Math.ceil(radius) + 1,
  (dx, dy) => Math.min(radius + 0.5 - Math.hypot(dx, dy), Math.hypot(dx, dy) - radius + thick + 0.5))

const triangle = (size, width) => stamp(`triangle ${size}`, width, Math.ceil(size),
  (dx, dy) => dy > size * 0.7 ? 0 : (dy + size) / 2 - Math.abs(dx) + 0.5)

function stampOne(buffer, p, colour, { solid, edge, alpha, rim, ground }) {
  if (rim) for (let j = 0; j < rim.length; j++) buffer[p + rim[j]] = blend(buffer[p + rim[j]], ground, 160)
  for (let j = 0; j < solid.length; j++) buffer[p + solid[j]] = colour
  for (let j = 0; j < edge.length; j++) buffer[p + edge[j]] = blend(buffer[p + edge[j]], colour, alpha[j])
}

/** Stamp the points `from` down to `to`: the last one lies on top. */
function stampAll(buffer, place, colour, from, to, shape) {
  for (let i = from; i >= to; i--) if (place[i] >= 0) stampOne(buffer, place[i], colour[i], shape)
}

/** Where each point of a layer falls in the buffer, or -1 outside it. */
function project(layer, screen, camera) {
  const { width, height } = screen, scale = camera.scale * screen.ratio
  const x0 = width / 2 - camera.x * scale, y0 = height / 2 + camera.y * scale
  const { x, y, place } = layer
  for (let i = 0; i < place.length; i++) {
    const px = x[i] * scale + x0 | 0, py = y0 - y[i] * scale | 0
    place[i] = px >= EDGE && py >= EDGE && px < width - EDGE && py < height - EDGE ? py * width + px : -1
  }
}

/** Points in the order of their rank, so that one pass over memory draws them. */
function layerOf(blob, order, chosen) {
  const rank = chosen ? Uint32Array.from(order.keys()).filter((i) => chosen[order[i]]) : null
  const row = rank ? rank.map((i) => order[i]) : order
  const n = row.length, x = new Float32Array(n), y = new Float32Array(n)
  for (let i = 0; i < n; i++) { x[i] = blob.xy[2 * row[i]]; y[i] = blob.xy[2 * row[i] + 1] }
  return { n, rank, row, x, y, place: new Int32Array(n), bright: new Uint32Array(n), faint: new Uint32Array(n) }
}

/** How many points of a layer are among the first k. */
function cutOf(layer, k) {
  if (!layer.rank) return k
  let low = 0, high = layer.n
  while (low < high) { const mid = (low + high) >> 1; layer.rank[mid] < k ? low = mid + 1 : high = mid }
  return low
}

/** The colours of kept (bright) and pruned (faint) points of a layer, in a colour mode. */
function tint(layer, blob, look) {
  const { ground, pruned, mode, only } = look, kept = ink(KEPT)
  if (mode !== "class" && mode !== "score") { layer.bright.fill(kept); layer.faint.fill(pruned); return }
  const own = mode === "class" ? classInk(blob, only) : scoreInk(blob, look)
  for (let i = 0; i < layer.n; i++) {
    const row = layer.row[i], other = mode === "class" && only >= 0 && blob.labels[row] !== only
    layer.bright[i] = other ? pruned : own(row)
    layer.faint[i] = blend(layer.bright[i], ground, other ? 128 : 176)
  }
}

function classInk(blob, only) {
  if (blob.classes.length > CLASS_COLOURS.length) return () => ink(only >= 0 ? KEPT : "#7A8794")
  const inks = CLASS_COLOURS.map(ink)
  return (row) => inks[blob.labels[row]]
}

function scoreInk(blob, look) {
  const { low, high } = look.clip, table = Array.from({ length: 256 }, (_, i) => ramp(VIRIDIS_INK, i / 255))
  return (row) => table[clamp((blob.score[row] - low) / (high - low || 1) * 255 | 0, 0, 255)]
}

/** The middle 98 percent of the scores, from a regular sample of at most 20,000. */
function clipOf(score) {
  const step = Math.ceil(score.length / 20000), sample = score.filter((_, i) => i % step === 0).sort()
  return { low: sample[sample.length * 0.01 | 0], high: sample[sample.length * 0.99 | 0] }
}

/** Radii in buffer pixels: points shrink as they crowd, and the kept ones stay the larger. */
function radii(screen, camera, inked, n, k) {
  const area = inked * (camera.scale * screen.ratio) ** 2
  const fit = (share, count) => Math.sqrt(share * area / (Math.PI * Math.max(1, count)))
  const most = 4 * Math.max(1, screen.ratio), pruned = clamp(fit(0.45, n), 1, 0.5 * most)
  return { fit, pruned, kept: clamp(fit(0.25, k), n > 100_000 ? 1 : pruned + 0.5, most) }
}

function paintPoints(screen, layer, cut, size, look) {
  const { buffer, width } = screen
  stampAll(buffer, layer.place, layer.faint, layer.n - 1, cut, disc(size.pruned, width))
  const dot = size.kept < 2.5 ? disc(size.kept, width) : rimmed(size.kept, width, look.ground)
  stampAll(buffer, layer.place, layer.bright, cut - 1, 0, dot)
}

/** Flagged items over the others: a ring left, a filled ring is still kept, a triangle is only suspected. */
function paintFlags({ buffer, width, ratio }, layer, cut, blob, look, fit) {
  const flagged = blob.flagged ??= blob.flags.reduce((count, flags) => count + (flags > 0), 0)
  const r = clamp(Math.round(4 * fit(0.25, flagged)) / 4, 2.5, 5) * Math.max(1, ratio), [noise, dark, suspect] = [NOISE, look.outline, SUSPECT].map(ink)
  const gone = [[ring(r, r < 3.5 ? 1 : 1.5, width), noise]]
  const kept = [[disc(r, width), dark], [disc(r - 1.5, width), noise]]
  const doubted = [[triangle(r + 2, width), dark], [triangle(r, width), suspect]]
  const dropped = [[triangle(r + 1.5, width), look.pruned], [triangle(r, width), blend(look.ground, suspect, 110)]]
  for (let i = layer.n - 1; i >= 0; i--) {
    const p = layer.place[i], flags = blob.flags[layer.row[i]]
    if (p < 0 || !flags) continue
    const shapes = flags & (MISLABELLED | OUTLIER) ? i < cut ? kept : gone : i < cut ? doubted : dropped
    for (const [shape, colour] of shapes) stampOne(buffer, p, colour, shape)
  }
}

/** Rings around the rows that a person picked on another page; thin ones if they are many. */
function paintRinged({ buffer, width, ratio }, layer, ringed, look) {
  const many = ringed.reduce((count, one) => count + one, 0) > 300, scale = Math.max(1, ratio)
  const shape = ring((many ? 4 : 7) * scale, (many ? 1 : 2) * scale, width), mark = ink(look.outline)
  for (let i = layer.n - 1; i >= 0; i--)
    if (layer.place[i] >= 0 && ringed[layer.row[i]]) stampOne(buffer, layer.place[i], mark, shape)
}

/** Share of each cell's points that is kept, in one hue; the strongest is the 98th percentile of the cells. */
function paintDensity(screen, layer, cut, look, wanted) {
  const size = Math.round(clamp(1.77 * wanted, 4, 28)), across = Math.ceil(screen.width / size)
  const full = new Uint32Array(across * Math.ceil(screen.height / size)), kept = new Uint32Array(full.length)
  const cell = (p) => ((p / screen.width / size) | 0) * across + ((p % screen.width / size) | 0)
  for (let i = 0; i < layer.n; i++) if (layer.place[i] >= 0) full[cell(layer.place[i])]++
  for (let i = 0; i < cut; i++) if (layer.place[i] >= 0) kept[cell(layer.place[i])]++
  const shares = Float32Array.from(kept.map((_, c) => c).filter((c) => full[c]), (c) => kept[c] / full[c]).sort()
  const top = Math.max(shares[shares.length * 0.98 | 0] || 0, 1e-6)
  const hues = [blend(look.ground, ink(KEPT), 36), ink(KEPT)]
  for (let c = 0; c < full.length; c++)
    if (full[c]) fillCell(screen, c % across * size, (c / across | 0) * size, size, ramp(hues, kept[c] / full[c] / top))
  return Math.min(1, top)
}

function fillCell({ buffer, width, height }, x, y, size, colour) {
  const right = Math.min(width, x + size)
  for (let line = y; line < Math.min(height, y + size); line++) buffer.fill(colour, line * width + x, line * width + right)
}
