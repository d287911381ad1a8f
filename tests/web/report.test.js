import assert from "node:assert/strict"
import { test } from "node:test"
import { deflateSync } from "node:zlib"

import { idOf, orderAt, pictureAt } from "../../fdmat_core/web/items.js"
import { pointsOf } from "../../fdmat_core/web/map/points.js"
import { methodsOf, unpack } from "../../fdmat_core/web/report/methods.js"
import { written } from "./written.js"

const SENT = `
from fdmat_core.web import report
rng = np.random.default_rng(0)
order, score = rng.permutation(300), rng.standard_normal(300) * 1e4
ids = np.sort(rng.choice(10**12, 300, replace=False)) - 5 * 10**11
own = rng.random(300)
xy, labels = rng.standard_normal((300, 2)) * [3, 9], np.arange(300) % 2
given = points.Points(xy, labels, ids, ("a", "b"), "k", None, own, labels)
sizes = Rankings(np.arange(300), {3: Ranking(order, nested=False), 30: Ranking(order[::-1], nested=False)})
nest = Rankings.nested_in(np.arange(300), Ranking(order, score))
facts = {"projection": "PCA", "words": "", "pictures": {str(ids[7]): "data:x"}}
packed = report.pack(given, [report.Method(nest, "A", "#112233", "x_a"), report.Method(sizes, "B", "", "x_b")], facts, fractions=[0.1, 1])
`

test("every method of a report is a payload of the map, with what Python had", async () => {
  const packed = written(`${SENT}sent = packed`)
  const expected = new TextDecoder().decode(written(`${SENT}
import json
told = {"order": order, "score": score, "xy": xy.ravel(), "own": own}
sent = json.dumps({"ids": [str(i) for i in ids]} | {name: it.tolist() for name, it in told.items()}).encode()`))
  const { ids, order, score, xy, own } = JSON.parse(expected)
  const text = deflateSync(Buffer.from(packed)).toString("base64")
  const [a, b] = methodsOf(await unpack(`\n${text}\n`)).map(pointsOf)
  assert.deepEqual(ids.map((_, row) => idOf(a, row)), ids)
  assert.deepEqual([...orderAt(a, 0)], order)
  for (let i = 0; i < 600; i++) assert.ok(Math.abs(a.xy[i] - xy[i]) < 60 / 65535)
  for (let i = 0; i < 300; i++) {
    assert.ok(Math.abs(a.score[i] - score[i]) <= Math.abs(score[i]) / 2048)
    assert.ok(Math.abs(a.ownShare[i] - own[i]) <= 0.00501)
  }
  assert.ok(a.nested && !b.nested && a.method === "A" && b.file === "x_b" && a.colour === "#112233" && a.xy === b.xy)
  assert.deepEqual(b.sizes, [0.01, 0.1])
  assert.deepEqual([...orderAt(b, 0).subarray(0, 3)].sort(), order.slice(0, 3).sort())
  assert.deepEqual([...orderAt(b, 1).subarray(0, 30)].sort(), order.slice(270).sort())
  assert.equal(pictureAt(a, ids[7]), "data:x")
  assert.equal(pictureAt(a, ids[8]), "")
  assert.equal(pictureAt({ pictures: "thumb/" }, "8"), "thumb/8")
  assert.equal(pictureAt({ pictures: "" }, "8"), "")
})
