// The words of a view: what they say comes back, and what cannot be read is as usual.

import assert from "node:assert/strict"
import { test } from "node:test"

import { cameraAt, fitted, middleOf } from "../../fdmat_core/web/map/camera.js"
import { cellsOf } from "../../fdmat_core/web/map/tiles.js"
import { textOf, tidied, viewIn, wordsOf } from "../../fdmat_core/web/map/view.js"

const BOX = { left: -1, low: -2, width: 2, height: 4 }, STAGE = { width: 900, height: 700 }
const XY = new Float32Array([0, 0, 0.5, 1, -0.5, -1, 0.9, 1.9])
const POINTS = {
  cells: cellsOf(XY, BOX), key: "k", xy: XY, box: BOX, projection: "UMAP", classes: ["a", "b", "c"],
  ids: BigInt64Array.from([7n, -8n, 9n, 10n]),
}
const map = (change = {}) => ({
  points: POINTS, look: { mode: "kept", only: -1 }, named: true, camera: fitted(BOX, STAGE), stage: STAGE,
  lasso: { armed: false, outline: [], rows: [] }, focus: -1, ...change,
})

test("the usual view has no words", () => assert.deepEqual(wordsOf(map()), {}))

test("a view comes back from its words exactly, also its words", () => {
  const camera = { x: 0.123456789, y: -1.3, scale: 777.7, zoom: 3, touched: true }
  const outline = tidied([-0.6, -1.2, 0.6, -1.2, 0.6, 1.3, -0.6, 1.3], BOX, 0.001)
  const seen = map({ look: { mode: "class", only: 2 }, named: false, camera, focus: 1, lasso: { armed: false, outline, rows: [] } })
  const words = wordsOf(seen), view = viewIn(words, POINTS)
  assert.equal(words.colour, "class-2")
  assert.equal(words.names, "off")
  assert.equal(words.pinned, "-8")
  assert.deepEqual(view.look, { mode: "class", only: 2 })
  assert.equal(view.named, false)
  assert.equal(view.focus, 1)
  assert.deepEqual(view.lasso.outline, outline)
  assert.deepEqual(view.lasso.rows, [0, 1, 2])
  const again = cameraAt(view.camera, BOX, STAGE)
  assert.ok(Math.abs(again.x - camera.x) < 2e-6 && Math.abs(again.scale / camera.scale - 1) < 1e-5)
  assert.equal(textOf(wordsOf({ ...seen, camera: again })), textOf(words))
  assert.deepEqual(cameraAt(middleOf(again, BOX, STAGE), BOX, STAGE), again)
})

test("a camera may look at the pinned item", () => {
  assert.deepEqual(viewIn({ pinned: "9", camera: "pinned_3" }, POINTS).camera, { x: 0.25, y: 0.25, zoom: 3 })
  assert.equal(viewIn({ pinned: "404", camera: "pinned_3" }, POINTS).camera, null)
})

test("what cannot be read is as usual", () => {
  const odd = { colour: "class-9", camera: "1_2", lasso: "UMAP_1_2_x_4_5_6", pinned: "nobody" }, view = viewIn(odd, POINTS)
  assert.deepEqual(view.look, { mode: "class", only: -1 })
  assert.equal(view.camera, null)
  assert.deepEqual(view.lasso.outline, [])
  assert.equal(view.focus, -1)
  for (const camera of ["0_0_-1", "0_0_1e9", "a_b_c", "0_0_1_1"]) assert.equal(viewIn({ camera }, POINTS).camera, null, camera)
})

test("a lasso of another projection is not drawn on this one", () => {
  assert.deepEqual(viewIn({ lasso: "PCA_0_0_100000_0_100000_100000" }, POINTS).lasso, { armed: false, outline: [], rows: [] })
})

test("a lasso of many corners becomes one of few that lies where it lay", () => {
  const round = Array.from({ length: 400 }, (_, i) => [0.8 * Math.cos(i / 63.7), 1.6 * Math.sin(i / 63.7)]).flat()
  const tidy = tidied(round, BOX, 0.0001)
  assert.ok(tidy.length >= 20 && tidy.length <= 96)
  for (let i = 0; i < tidy.length; i += 2) assert.ok(Math.abs(Math.hypot(tidy[i] / 0.8, tidy[i + 1] / 1.6) - 1) < 1e-3)
})
