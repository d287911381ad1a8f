import assert from "node:assert/strict"
import { test } from "node:test"

import { blurFor, blurred, contourOf, fieldsOf, gridOf, keepFirst, levelsOf } from "../../fdmat_core/web/map/coverage.js"

const N = 4000
const xy = Float32Array.from({ length: 2 * N }, (_, i) => i % 2 ? (i * 37 % 1000) / 1000 : (i % 4 ? 0.2 : 0.8) + (i * 91 % 100) / 1000)
const points = { xy, box: { left: 0, low: 0, width: 1, height: 1 } }
const order = Uint32Array.from({ length: N }, (_, i) => i < N / 2 ? 2 * i : 2 * (i - N / 2) + 1) // the right half first
const at = (grid, x, y) => Math.floor((y - grid.box.low) / grid.box.height * grid.down) * grid.across
  + Math.floor((x - grid.box.left) / grid.box.width * grid.across)

test("where all is kept the ratio is exactly 0 everywhere", () => {
  const grid = gridOf(points, order)
  for (const reach of [1, 3, 5]) assert.ok(fieldsOf(grid, N, reach).ratio.every((value) => value === 0))
})

test("a half that holds all the kept is covered twice, the other half starves", () => {
  const grid = gridOf(points, order), { ratio, sure } = fieldsOf(grid, N / 2, 2)
  const [crowded, starved] = [at(grid, 0.85, 0.5), at(grid, 0.25, 0.5)]
  assert.ok(Math.abs(ratio[crowded] - 1) < 0.1, String(ratio[crowded]))
  assert.ok(ratio[starved] < -2, String(ratio[starved]))
  assert.ok(sure[crowded] === 1 && sure[at(grid, 0.55, 0.5)] === 0)
})

test("counts follow the slider up and down as if counted anew", () => {
  const grid = gridOf(points, order)
  for (const k of [700, 40, 2500, 0, N, 1234]) {
    const fresh = new Float32Array(grid.all.length)
    for (let i = 0; i < k; i++) fresh[grid.cell[i]]++
    assert.deepEqual(keepFirst(grid, k), fresh)
  }
})

test("points outside the grid are left out", () => {
  const far = { xy: Float32Array.of(0.5, 0.5, 90, 0.5, 0.5, -90), box: points.box }
  const grid = gridOf(far, Uint32Array.of(0, 1, 2))
  assert.deepEqual([...grid.cell].map((cell) => cell >= 0), [true, false, false])
})

test("smoothing keeps the sum and the place", () => {
  const counts = new Float32Array(41 * 31)
  counts[15 * 41 + 20] = 100
  const smooth = blurred(counts, 41, 31, 2), sum = smooth.reduce((all, one) => all + one, 0)
  assert.ok(Math.abs(sum - 100) < 1e-3, String(sum))
  assert.equal(smooth.indexOf(Math.max(...smooth)), 15 * 41 + 20)
  assert.ok(Math.abs(smooth[15 * 41 + 18] - smooth[15 * 41 + 22]) < 1e-4)
})

test("few kept items are smoothed more", () => {
  const grid = gridOf(points, order)
  assert.ok(blurFor(grid, 5) > blurFor(grid, N) && blurFor(grid, N) === 1)
})

test("a level holds its share, and a contour runs where the field crosses it", () => {
  assert.deepEqual(levelsOf(Float32Array.of(5, 1, 3, 1), [0.8, 0.5]), [3, 5])
  const field = Float32Array.from({ length: 25 }, (_, i) => i % 5)
  const segments = contourOf(field, 5, 5, 1.5)
  assert.equal(segments.length, 4 * 4)
  assert.ok(segments.every((value, i) => i % 2 || value === 1.5))
})
