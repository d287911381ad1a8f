// Many points in fewer bytes: what Python shrinks comes back, and what has come of it can be drawn already.

import assert from "node:assert/strict"
import { test } from "node:test"
import { gunzipSync } from "node:zlib"

import { sidesOf } from "../../fdmat_core/web/compare/pair.js"
import { idOf, orderAt } from "../../fdmat_core/web/items.js"
import { gathered, readPayload } from "../../fdmat_core/web/payload.js"
import { written } from "./written.js"

const MADE = `
rng = np.random.default_rng(4)
n = 150_000
xy = rng.standard_normal((n, 2)) * [3, 900] + [50, -7]
xy[7] = [8000, -1e6]
order, score, labels = rng.permutation(n), rng.standard_normal(n) * 1e4, rng.integers(0, 3, n)
score[:3] = [0, -1e-30, np.inf]
ids = np.cumsum(rng.integers(-5, 2**34, n)) - 2**45
own, preferred = rng.random(n), rng.integers(0, 3, n)
flags = rng.integers(0, 8, n)
given = points.Points(xy, labels, ids, ("a", "b", "c"), "k", flags, own, preferred)
packed = points.pack(given, Rankings.nested_in(ids, Ranking(order, score)), points.Words(), fractions=[1])
`

const SENT = written(`${MADE}sent = packed`)

/** The columns that Python had, as it would send them of few points. */
const FULL = readPayload(written(`${MADE}
sent = payload.pack({"xy": np.float32(xy), "ids": ids, "labels": labels.astype("u1"), "flags": flags.astype("u1"),
    "order": order.astype("u4"), "score": np.float32(score), "own_share": np.float32(own),
    "preferred": preferred.astype("u1")}, {})`)).columns

test("many points come back: ids, orders, labels and flags exactly, places and scores as far as they are seen", () => {
  const { columns, facts } = readPayload(SENT), before = FULL, n = before.ids.length
  assert.deepEqual(Object.keys(columns).sort(), Object.keys(before).sort())
  for (const name of ["ids", "labels", "flags", "order", "preferred"]) assert.deepEqual([...columns[name]], [...before[name]], name)
  assert.ok(BigInt(idOf(columns, n - 1)) > 2n ** 40n && before.ids[0] < 0n)
  const { box: [, , width, height] } = facts
  assert.ok(width < 30 && height < 9000)
  for (let i = 0; i < 2 * n; i++) assert.ok(Math.abs(columns.xy[i] - before.xy[i]) <= (i % 2 ? height : width) / 65535, `place ${i}`)
  assert.deepEqual([...columns.xy.subarray(14, 16)], [8000, -1e6])
  for (let i = 3; i < n; i++) assert.ok(Math.abs(columns.score[i] - before.score[i]) <= Math.abs(before.score[i]) / 4096, `score ${i}`)
  assert.deepEqual([columns.score[0], columns.score[2]], [0, Infinity])
  for (let i = 0; i < n; i++) assert.ok(Math.abs(columns.own_share[i] - before.own_share[i]) <= 0.00501)
})

test("both sides of a comparison of many items come back", () => {
  const [a, b] = sidesOf(readPayload(written(`${MADE}
from fdmat_core.web import compare
both = [Rankings.nested_in(ids, Ranking(one, score)) for one in (order, order[::-1])]
sides = [compare.Side(one, points.Words(name), flags) for one, name in zip(both, "AB")]
sent = compare.pack(given, tuple(sides), "UMAP", fractions=[1])`))), { order, score } = FULL
  assert.deepEqual([...orderAt(a, 0)], [...order])
  assert.deepEqual([...orderAt(b, 0)], [...order].reverse())
  assert.ok(a.xy === b.xy && a.ids === b.ids && a.flagged === b.flagged && a.flagged > 0)
  for (const side of [a, b]) assert.ok(side.score.every((one, row) => row < 3 || Math.abs(one / score[row] - 1) < 1 / 4096))
})

test("many points take at most 10 bytes each on the way, by a score that falls with the rank less than 8", () => {
  const sizes = JSON.parse(Buffer.from(written(`${MADE}
from pages.ui import serving
plain = points.Points(xy, labels, np.arange(n), ("a", "b", "c"), "k", None, own.round(1), labels)
def size(ranking):
    body = points.pack(plain, Rankings.nested_in(ids, ranking), points.Words(), fractions=[1])
    return sum(map(len, serving.deflated(body))) / n
sent = repr([size(Ranking(order, one)) for one in (score, np.sort(score)[np.argsort(order)])]).encode()`)).toString())
  assert.ok(sizes[0] < 10 && sizes[1] < 8, String(sizes))
})

test("what has come is known while the rest is on its way", async () => {
  const bytes = new Uint8Array(SENT), seen = []
  const stream = new ReadableStream({
    start(out) {
      for (let at = 0; at < bytes.length; at += 100_001) out.enqueue(bytes.slice(at, at + 100_001))
      out.close()
    },
  })
  const whole = await gathered(stream, ({ columns, facts, come }) => {
    const rows = Math.floor(come("places") / 2)
    seen.push(rows)
    assert.deepEqual([facts.classes.length, come("nothing")], [3, 0])
    if (rows) assert.equal(come("rank"), columns.rank.length)
    if (rows > 100) assert.ok(columns.places[198] > 0 && columns.places[199] > 0)
  })
  assert.deepEqual(Buffer.from(whole), Buffer.from(bytes))
  assert.ok(seen.length > 10 && new Set(seen).size > 4 && seen[0] === 0 && seen.at(-1) === 150_000)
  assert.ok(seen.every((rows, i) => !i || rows >= seen[i - 1]))
})

test("what leaves block by block is one gzip file, the same for the same bytes", () => {
  const both = Buffer.from(written(`
from pages.ui import serving
body = np.arange(200_000).tobytes()
blocks = list(serving.deflated(body))
assert len(blocks) > 3 and blocks == list(serving.deflated(body))
sent = b"".join(blocks)`))
  const numbers = BigInt64Array.from({ length: 200_000 }, (_, i) => BigInt(i))
  assert.ok(gunzipSync(both).equals(Buffer.from(numbers.buffer)))
})
