import assert from "node:assert/strict"
import { test } from "node:test"

import { keptCount, nearestSize, orderAt, ranksOf, slotAt, itemsOf } from "../../fdmat_core/web/items.js"
import { cutOf, layerOf } from "../../fdmat_core/web/map/layer.js"
import { read, written } from "./written.js"

test("a share keeps as many items as the core says", () => {
  const shares = [0, 0.0001, 0.001, 0.05, 0.35, 0.45, 0.5, 0.999, 1]
  const counts = Buffer.from(written(`
from fdmat_core import sizes
shares = [0, 0.0001, 0.001, 0.05, 0.35, 0.45, 0.5, 0.999, 1]
sent = repr([sizes.kept_count(n, share) for n in (1, 10, 1437) for share in shares]).encode()`)).toString()
  const here = [1, 10, 1437].flatMap((n) => shares.map((share) => keptCount(n, share)))
  assert.deepEqual(here, JSON.parse(counts))
})

test("the nearest size is the nearest on a log scale, and of two the smaller", () => {
  const sizes = [0.01, 0.05, 1]
  assert.deepEqual([1, 0.06, 0.04, 0.0001, 0, 0.3].map((kept) => nearestSize(sizes, kept)), [2, 1, 1, 0, 0, 2])
  assert.equal(nearestSize([0.1, 0.4], 0.2), 0)
})

test("one nested order is cut anywhere", () => {
  const items = { n: 5, nested: true, cut: Uint32Array.of(4, 2, 0, 1, 3), sizes: [0.2, 1] }
  assert.equal(slotAt(items, 0.7), 0)
  assert.deepEqual([...ranksOf(orderAt(items, 0))], [2, 3, 1, 4, 0])
})

test("without one order each size has its own, from the bits that Python wrote", () => {
  const items = itemsOf(read(`
given = points.Points(np.zeros((5, 2)), np.zeros(5, int), np.arange(5), ("a",), "k")
orders = {4: Ranking(np.array([4, 3, 2, 1, 0])), 1: Ranking(np.array([1, 0, 2, 3, 4]))}
rankings = Rankings(np.arange(5), orders)
sent = points.pack(given, rankings, points.Words(), fractions=[1])`))
  assert.equal(items.nested, false)
  assert.deepEqual([slotAt(items, 0.2), slotAt(items, 0.75), slotAt(items, 1)], [0, 1, 1])
  assert.deepEqual([...orderAt(items, 0)].slice(0, 1), [1])
  assert.deepEqual([...orderAt(items, 1)].slice(0, 4).sort(), [1, 2, 3, 4])
  assert.deepEqual([...ranksOf(orderAt(items, 1))].sort(), [0, 1, 2, 3, 4])
})

test("some ranks are cut where the order of all is", () => {
  const rank = Uint32Array.of(0, 2, 3, 5)
  assert.deepEqual([0, 1, 2, 3, 4, 6].map((k) => cutOf({ n: 4, rank }, k)), [0, 1, 1, 2, 3, 4])
  assert.deepEqual([0, 3, 9].map((k) => cutOf({ n: 4, rank: null }, k)), [0, 3, 4])
})

test("a layer has its points in the order of their rank", () => {
  const layer = layerOf(Float32Array.from({ length: 12 }, (_, i) => i), Uint32Array.of(5, 3, 1, 0, 2, 4))
  assert.deepEqual([[...layer.x], [...layer.y]], [[10, 6, 2, 0, 4, 8], [11, 7, 3, 1, 5, 9]])
})
