// The bytes that fdmat_core/view/mapdata.py packs, and what follows from them alone.

const NESTED = 1, SCORED = 2, WITNESSED = 4
const SUSPECTED = 1, MISLABELLED = 2, OUTLIER = 4

function readBlob(bytes) {
  const raw = bytes.slice().buffer // a copy, because typed views need aligned offsets
  const head = new DataView(raw)
  if (head.getUint32(0, true) !== 0x50414d46 || head.getUint16(4, true) !== 1)
    throw new Error("the map's data are of another version; reload the page")
  const n = head.getUint32(8, true), has = head.getUint16(6, true)
  let at = 32
  const take = (Kind, length) => { const view = new Kind(raw, at, length); at += view.byteLength; return view }
  const blob = { n, key: head.getBigUint64(16, true), start: head.getFloat64(24, true), nested: !!(has & NESTED) }
  blob.xy = take(Float32Array, 2 * n)
  blob.column = take(Uint32Array, n) // nested: rows best first; otherwise by row, bit j = kept at fraction j
  blob.ids = take(Uint32Array, n)
  blob.score = has & SCORED ? take(Float32Array, n) : null
  blob.own = has & WITNESSED ? take(Float32Array, n) : null // share of a row's mass that stays in its class
  blob.labels = take(Uint16Array, n)
  blob.preferred = has & WITNESSED ? take(Uint16Array, n) : null // the class that most of it goes to
  blob.flags = take(Uint8Array, n)
  return Object.assign(blob, JSON.parse(new TextDecoder().decode(new Uint8Array(raw, at))))
}

/** How many items a pruning ratio keeps: the same arithmetic as budgets.kept_count. */
const keptCount = (n, ratio) => ratio >= 1 ? 0 : Math.min(n, Math.max(1, Math.floor(n * (1 - ratio) + 0.5)))

/** Rows best first at a ratio; a method that is not nested has another order at every computed ratio. */
function orderAt(blob, slot) {
  if (blob.nested) return blob.column
  const order = new Uint32Array(blob.n)
  let kept = 0, pruned = blob.n
  for (let row = 0; row < blob.n; row++) order[blob.column[row] >>> slot & 1 ? kept++ : --pruned] = row
  return order
}

function bounds(xy) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < xy.length; i += 2) {
    if (xy[i] < left) left = xy[i]
    if (xy[i] > right) right = xy[i]
    if (xy[i + 1] < low) low = xy[i + 1]
    if (xy[i + 1] > high) high = xy[i + 1]
  }
  return { left, low, width: Math.max(right - left, 1e-6), height: Math.max(high - low, 1e-6) }
}

/** A grid over the plane: `rows` holds the rows of cell after cell, `first[cell]` says where each begins. */
function gridOf(blob, box) {
  const side = Math.max(8, Math.min(512, Math.round(Math.sqrt(blob.n) / 2)))
  const cell = (i) => Math.min(side - 1, ((blob.xy[2 * i] - box.left) / box.width * side) | 0)
    + side * Math.min(side - 1, ((blob.xy[2 * i + 1] - box.low) / box.height * side) | 0)
  const first = new Uint32Array(side * side + 1), rows = new Uint32Array(blob.n)
  for (let i = 0; i < blob.n; i++) first[cell(i) + 1]++
  for (let c = 0; c < side * side; c++) first[c + 1] += first[c]
  const next = first.slice()
  for (let i = 0; i < blob.n; i++) rows[next[cell(i)]++] = i
  let used = 0
  for (let c = 0; c < side * side; c++) if (first[c + 1] > first[c]) used++
  return { side, first, rows, box, inked: used / side ** 2 * box.width * box.height } // the area that points cover
}

/** The row nearest to (x, y) within a reach, in data units; kept rows lie on top and win by `bonus`. */
function nearestRow(blob, grid, x, y, reach, isKept, bonus) {
  const { side, box } = grid
  const column = (v) => Math.max(0, Math.min(side - 1, Math.floor((v - box.left) / box.width * side)))
  const line = (v) => Math.max(0, Math.min(side - 1, Math.floor((v - box.low) / box.height * side)))
  let best = -1, least = reach
  for (let cy = line(y - reach); cy <= line(y + reach); cy++)
    for (let cx = column(x - reach); cx <= column(x + reach); cx++)
      for (let j = grid.first[cy * side + cx]; j < grid.first[cy * side + cx + 1]; j++) {
        const row = grid.rows[j]
        const away = Math.hypot(blob.xy[2 * row] - x, blob.xy[2 * row + 1] - y)
        const cost = away - (isKept(row) ? bonus : 0)
        if (away <= reach && cost < least) { best = row; least = cost }
      }
  return best
}

/** The rows inside a polygon [x0, y0, x1, y1, ...] by the even-odd rule. */
function rowsInside(blob, polygon) {
  const inside = [], box = bounds(polygon)
  for (let row = 0; row < blob.n; row++) {
    const x = blob.xy[2 * row], y = blob.xy[2 * row + 1]
    if (x < box.left || y < box.low || x > box.left + box.width || y > box.low + box.height) continue
    if (isInside(polygon, x, y)) inside.push(row)
  }
  return inside
}

function isInside(polygon, x, y) {
  let odd = false
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]]
    if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) odd = !odd
  }
  return odd
}

/** Rows as a base64 bit per row: 1 kB for 6,000 rows, whatever is chosen. */
function packRows(rows, n) {
  const bits = new Uint8Array(Math.ceil(n / 8))
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7)
  let text = ""
  for (let i = 0; i < bits.length; i += 8192) text += String.fromCharCode(...bits.subarray(i, i + 8192))
  return btoa(text)
}

/** Which rows a lasso's text names, a byte per row; null for no text: all rows. */
function rowsNamed(text, n) {
  if (!text) return null
  const bits = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)), named = new Uint8Array(n)
  for (let row = 0; row < n; row++) named[row] = bits[row >> 3] >> (row & 7) & 1
  return named
}

/** Every m-th row of each class, so that a thinner picture keeps its proportions. */
function thinned(blob, most) {
  const step = Math.ceil(blob.n / most), seen = new Uint32Array(65536), chosen = new Uint8Array(blob.n)
  for (let row = 0; row < blob.n; row++) chosen[row] = seen[blob.labels[row]]++ % step === 0
  return chosen
}
