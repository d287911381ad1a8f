import assert from "node:assert/strict"
import { test } from "node:test"

import { fitted, panned, toData, toStage, transfer, zoomed } from "../../fdmat_core/web/map/camera.js"
import { blend, contrast, ramp, readable } from "../../fdmat_core/web/map/colours.js"
import { mass } from "../../fdmat_core/web/map/card.js"
import { paintFlags } from "../../fdmat_core/web/map/paint.js"
import { bounds, countOutside, middleOf } from "../../fdmat_core/web/map/points.js"
import { cellsOf, nearestRow, rowsInside } from "../../fdmat_core/web/map/tiles.js"
import { pixelOf } from "../../fdmat_core/web/page.js"

const STAGE = { width: 800, height: 600 }
const SQUARE = Float32Array.of(0, 0, 10, 0, 10, 10, 0, 10, 5, 5)
const close = (a, b) => a.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-3, `${a} is not ${b}`))

test("a lasso catches what lies inside it, by the even-odd rule", () => {
  const box = bounds(SQUARE), points = { xy: SQUARE, box, cells: cellsOf(SQUARE, box) }
  const inside = (polygon) => rowsInside(points, polygon, bounds(polygon))
  assert.deepEqual(inside([-1, -1, 6, -1, 6, 6, -1, 6]), [0, 4])
  assert.deepEqual(inside([-2, -1, 12, -1, 5, 4.9]), [0, 1])
  const crossed = [4, 4, 6, 4, 6, 6, 4, 6, 4, 4, 4, 4, 6, 4, 6, 6, 4, 6]
  assert.deepEqual(inside(crossed), [])
})

test("the nearest row is found in its reach, and kept rows win by their bonus", () => {
  const box = bounds(SQUARE), points = { xy: SQUARE, box, cells: cellsOf(SQUARE, box) }
  assert.equal(nearestRow(points, [9, 9.5], 3, () => false, 0), 2)
  assert.equal(nearestRow(points, [7, 3], 1, () => false, 0), -1)
  assert.equal(nearestRow(points, [7.4, 7.4], 5, () => false, 0), 4)
  assert.equal(nearestRow(points, [7.4, 7.4], 5, (row) => row === 2, 1), 2)
})

test("points far out do not shrink the rest, and are counted", () => {
  const xy = Float32Array.from({ length: 2002 }, (_, i) => i < 2000 ? (i * 7919 % 1000) / 1000 : 500), all = bounds(xy)
  const box = middleOf(xy, all)
  assert.ok(box.width < 1.2 && box.height < 1.2 && all.width > 499, JSON.stringify(box))
  assert.equal(countOutside(xy, box), 1)
  assert.equal(countOutside(xy, all), 0)
  const near = xy.subarray(0, 2000)
  assert.deepEqual(middleOf(near, bounds(near)), bounds(near))
  const cells = cellsOf(xy, box)
  assert.equal(nearestRow({ xy, box, cells }, [500, 500], 1, () => false, 0), 1000)
})

test("a camera that shows all shows all, and a spot comes back from its pixel", () => {
  const camera = fitted(bounds(SQUARE), STAGE)
  for (const [x, y] of [[0, 0], [10, 10]]) {
    const spot = toStage(camera, STAGE, x, y)
    assert.ok(spot[0] > 0 && spot[0] < 800 && spot[1] > 40 && spot[1] < 574, String(spot))
    close(toData(camera, STAGE, spot), [x, y])
  }
})

test("zooming leaves what lies under the pointer where it is; panning moves with it", () => {
  const box = bounds(SQUARE), camera = fitted(box, STAGE), spot = [200, 150]
  const nearer = zoomed(camera, 2, spot, STAGE, box)
  close(toData(nearer, STAGE, spot), toData(camera, STAGE, spot))
  assert.ok(Math.abs(nearer.zoom - 2) < 1e-9 && nearer.touched)
  close(toStage(panned(camera, 30, -20), STAGE, 5, 5), toStage(camera, STAGE, 5, 5).map((v, i) => v + [30, -20][i]))
})

test("other coordinates take over the camera and the place of every point on the screen", () => {
  const other = Float32Array.of(100, 50, 140, 52), [from, to] = [bounds(SQUARE), bounds(other)]
  const carried = transfer(from, to, STAGE), camera = zoomed(fitted(from, STAGE), 3, [100, 100], STAGE, from)
  const moved = carried.camera(camera), xy = carried.points(SQUARE)
  for (let row = 0; row < 5; row++)
    close(toStage(moved, STAGE, xy[2 * row], xy[2 * row + 1]), toStage(camera, STAGE, SQUARE[2 * row], SQUARE[2 * row + 1]))
  assert.equal(moved.zoom, camera.zoom)
  const all = carried.camera(fitted(from, STAGE)), fit = fitted(to, STAGE)
  close([all.x, all.y, all.scale], [fit.x, fit.y, fit.scale])
})

test("a suspect is seen in its full colour, removed or kept", () => {
  const colours = /** @type {any} */ ({ noise: 1, suspect: 0xff007a8f, mark: 0xff000000, pruned: 0xffc4c4c4, ground: 0xffffffff })
  const points = /** @type {any} */ ({ flags: [1], bits: { suspected: 1, mislabelled: 2, outlier: 4 }, flagged: 1 })
  const size = /** @type {any} */ ({ fit: () => 4 }), seen = /** @type {any} */ ({ n: 1, rank: [0], place: [20 * 40 + 20] })
  for (const k of [0, 1]) {
    const buffer = new Uint32Array(1600).fill(colours.ground)
    paintFlags(/** @type {any} */ ({ buffer, width: 40, ratio: 1 }), /** @type {any} */ ({ row: [0] }), seen, k, points, size, colours)
    assert.ok(buffer.filter((pixel) => pixel === colours.suspect).length > 8)
  }
})

test("a card says what mass is, and where it goes", () => {
  const points = /** @type {any} */ ({ classes: ["Bag", "Shirt"], labels: [0, 0] })
  const told = "of its mass, dealt out to the classes it resembles,"
  assert.equal(mass(points, 0.994, 0, 0), `${told} 99% stays in Bag`)
  assert.equal(mass(points, 0.1, 1, 1), `${told} only 10% stays in Bag, most goes to Shirt`)
})

test("colours are read as a page writes them, and mixed", () => {
  assert.equal(pixelOf("#D55E00").toString(16), "ff005ed5")
  assert.equal(pixelOf(" rgb(213, 94, 0)").toString(16), "ff005ed5")
  assert.equal(blend(pixelOf("#000000"), pixelOf("#FFFFFF"), 128).toString(16), "ff7f7f7f")
  assert.ok(Math.abs(contrast(pixelOf("#777777"), pixelOf("#FFFFFF")) - 4.48) < 0.01)
  const [blue, dark] = ["#0072B2", "#12181E"].map(pixelOf)
  assert.equal(readable(blue, pixelOf("#FFFFFF"), 4.5), blue)
  assert.ok(contrast(readable(blue, dark, 4.5), dark) >= 4.5 && contrast(blue, dark) < 4.5)
  const scale = ["#000000", "#0000FF", "#FF0000"].map(pixelOf)
  assert.deepEqual([ramp(scale, -1), ramp(scale, 0.5), ramp(scale, 2)], [scale[0], scale[1], blend(scale[1], scale[2], 256)])
})
