// The grid of tiles: where the points of a part of the plane lie, and which of them stay while the camera moves.

import assert from "node:assert/strict"
import { test } from "node:test"

import { ranksOf } from "../../fdmat_core/web/items.js"
import { FEW, layerOf } from "../../fdmat_core/web/map/layer.js"
import { keptAmong, marked, ranksOf as marksOf } from "../../fdmat_core/web/map/marked.js"
import { tallyOf } from "../../fdmat_core/web/map/tally.js"
import { cellsOf, countIn, nearestRow, rowsInside, tilesIn } from "../../fdmat_core/web/map/tiles.js"
import { drawn } from "./random.js"

const N = 30_000, BOX = { left: -2, low: 1, width: 8, height: 4 }
const random = drawn(11)
const xy = Float32Array.from({ length: 2 * N }, (_, i) => i % 2 ? 1 + 4 * random() ** 2 : -2 + 8 * random() ** 3)
xy.set([90, 3, -50, 2, 1, 70], 0) // three far out
const points = { xy, box: BOX, cells: cellsOf(xy, BOX) }
const { first, rows } = points.cells
const rowsOf = (runs) => runs.flatMap(([from, to]) => [...rows.subarray(first[from], first[to])])
const isIn = ({ left, low, width, height }) => (row) =>
  xy[2 * row] >= left && xy[2 * row] <= left + width && xy[2 * row + 1] >= low && xy[2 * row + 1] <= low + height

test("the tiles hold every row once, and how many", () => {
  assert.deepEqual([...rows].sort((a, b) => a - b), [...Array(N).keys()])
  assert.equal(countIn(points.cells, tilesIn(points, { left: -99, low: -99, width: 999, height: 999 })), N)
})

test("the tiles under a part of the plane hold all that lies in it, also far out", () => {
  for (const part of [{ left: 0, low: 2, width: 0.7, height: 0.4 }, { left: -60, low: 0, width: 20, height: 9 }, BOX]) {
    const found = new Set(rowsOf(tilesIn(points, part))), wanted = [...Array(N).keys()].filter(isIn(part))
    assert.ok(wanted.length > 0 && wanted.every((row) => found.has(row)))
  }
  assert.ok(countIn(points.cells, tilesIn(points, { left: 3, low: 3, width: 0.1, height: 0.1 })) < N / 50)
})

test("in the order of the tiles each has its points, the best first", () => {
  const n = FEW + 1, many = Float32Array.from({ length: 2 * n }, random), box = { left: 0, low: 0, width: 1, height: 1 }
  const order = Uint32Array.from({ length: n }, (_, i) => i * 7919 % n), cells = cellsOf(many, box)
  const { tiled: { places, ranks } } = layerOf(many, order, { box, cells }), rank = ranks.filter((_, j) => j % 3 === 2)
  assert.ok(rank.every((i, j) => places[3 * j] === many[2 * order[i]] && places[3 * j + 1] === many[2 * order[i] + 1]))
  for (let tile = 0; tile < cells.side ** 2; tile++) {
    const [from, to] = [cells.first[tile], cells.first[tile + 1]]
    const inside = [...cells.rows.subarray(from, to)].sort((a, b) => a - b)
    assert.deepEqual([...rank.subarray(from, to)].map((i) => order[i]).sort((a, b) => a - b), inside)
    for (let j = from + 1; j < to; j++) assert.ok(rank[j] > rank[j - 1])
  }
})

test("a lasso and the pointer find by the tiles what they find among all", () => {
  const star = [0, 1.2, 1, 3, 2, 1.2, -0.5, 2.4, 2.5, 2.4], inside = []
  for (let row = 0; row < N; row++) {
    let odd = false
    for (let i = 0, j = 8; i < 10; j = i, i += 2) {
      const [ax, ay, bx, by] = [star[i], star[i + 1], star[j], star[j + 1]], [x, y] = [xy[2 * row], xy[2 * row + 1]]
      if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) odd = !odd
    }
    if (odd) inside.push(row)
  }
  assert.ok(inside.length > 500)
  assert.deepEqual(rowsInside(points, star, { left: -0.5, low: 1.2, width: 3, height: 1.8 }), inside)
  for (const spot of [[0, 2], [4, 4.9], [89, 3], [-1.9, 1.1]]) {
    const away = (row) => Math.hypot(xy[2 * row] - spot[0], xy[2 * row + 1] - spot[1])
    const nearest = [...Array(N).keys()].reduce((best, row) => away(row) < away(best) ? row : best, 0)
    assert.equal(nearestRow(points, spot, 2, () => false, 0), nearest)
  }
})

test("marked rows are found by rank in each order, and counted where they are kept", () => {
  const map = (...order) => ({ layer: { row: Uint32Array.from(order) }, rank: ranksOf(Uint32Array.from(order)), k: 2 })
  const [a, b] = [map(3, 0, 4, 1, 2), map(1, 2, 0, 3, 4)], picked = [4, 0], bytes = Uint8Array.of(0, 1, 0, 1, 1)
  for (let again = 0; again < 2; again++) {
    assert.deepEqual([a, b].map((one) => [...marksOf(one, picked)]), [[1, 2], [2, 4]])
    assert.deepEqual([a, b].map((one) => [...marksOf(one, bytes)]), [[0, 2, 3], [0, 3, 4]])
    assert.deepEqual([a, b].map((one) => keptAmong(one, picked)), [1, 0])
  }
  assert.deepEqual([...marked(a.layer.row, bytes, 3)], [0, 2])
})

test("kept items of each class are counted on from the last cut as if counted anew", () => {
  const labels = Uint8Array.from({ length: 50 }, (_, i) => i * 7 % 3), order = Uint32Array.from({ length: 50 }, (_, i) => i * 11 % 50)
  const given = { classes: ["a", "b", "c"], labels }
  let tally = null
  for (const k of [20, 3, 50, 0, 31]) {
    tally = tallyOf(tally, given, order, k)
    const stay = [0, 0, 0]
    for (let i = 0; i < k; i++) stay[labels[order[i]]]++
    assert.deepEqual([...tally.stay], stay)
  }
  assert.deepEqual([...tally.all], [0, 1, 2].map((c) => labels.filter((one) => one === c).length))
  assert.deepEqual([...tallyOf(tally, given, order.slice().reverse(), 10).all], [...tally.all])
})
