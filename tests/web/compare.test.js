import assert from "node:assert/strict"
import { test } from "node:test"

import { chance, jaccard, sidesOf, split } from "../../fdmat_core/web/compare/pair.js"
import { countAt, orderAt, ranksOf, slotAt } from "../../fdmat_core/web/items.js"
import { read } from "./written.js"

const PACKED = `
from fdmat_core.web import compare
ids = np.array([10, 11, 12, 13, 14])
drawn = points.Points(np.arange(10.0).reshape(5, 2), np.array([0, 1, 0, 1, 0]), ids, ("x", "y"), "five")
sized = Rankings(ids, {k: Ranking(np.array(order), nested=False) for k, order in ((2, [4, 0, 1, 2, 3]), (5, range(5)))})
sides = [
    compare.Side(Rankings.nested_in(ids, Ranking(np.array([4, 3, 2, 1, 0]))), points.Words("First"), np.zeros(5)),
    compare.Side(sized, points.Words("Second"), np.array([0, 2, 0, 0, 0])),
]
sent = compare.pack(drawn, tuple(sides), "PCA", fractions=[0.4, 1.0])`

/** Who keeps whom at a share, as the canvas works it out. */
const keep = (points, kept) => ({ rank: ranksOf(orderAt(points, slotAt(points, kept))), k: countAt(points, kept) })

test("both sides have the same places and orders of their own", () => {
  const [a, b] = sidesOf(read(PACKED))
  assert.deepEqual([a.method, b.method, a.projection, b.projection], ["First", "Second", "PCA", "PCA"])
  assert.equal(a.xy, b.xy)
  assert.deepEqual([a.nested, b.nested, a.flagged, b.flagged], [true, false, 0, 1])
})

test("what only one side keeps is set apart and counted, at each side's own count", () => {
  const [a, b] = sidesOf(read(PACKED)), only = [new Uint8Array(5), new Uint8Array(5)]
  const found = split(keep(a, 0.6), keep(b, 0.6), only) // A keeps 4 3 2; B at its nearest size 4 0
  assert.deepEqual(found, { both: 1, only: [2, 1], n: 5 })
  assert.deepEqual(only.map((rows) => [...rows]), [[0, 0, 1, 1, 0], [1, 0, 0, 0, 0]])
  assert.equal(jaccard(found), 1 / 4)
  assert.deepEqual(split(keep(a, 1), keep(b, 1), only), { both: 5, only: [0, 0], n: 5 })
  assert.deepEqual(only.map((rows) => [...rows]), [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
})

test("chance is the agreement of what two draws share on average", () => {
  const found = { both: 0, only: [40, 60], n: 200 }
  assert.ok(Math.abs(chance(found) - 12 / 88) < 1e-12)
  assert.equal(chance({ both: 0, only: [0, 0], n: 9 }), 1)
})
