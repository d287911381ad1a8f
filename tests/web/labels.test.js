import assert from "node:assert/strict"
import { test } from "node:test"

import { levelOf, placed } from "../../fdmat_core/web/map/labels.js"
import { exemplarsOf, peaksOf } from "../../fdmat_core/web/map/peaks.js"

const STAGE = { width: 800, height: 600 }
const apart = (one, other, { width, height }) => Math.abs(one[0] - other[0]) >= width || Math.abs(one[1] - other[1]) >= height

test("no two names overlap and none leaves the stage, however many want one place", () => {
  const size = { width: 90, height: 24 }
  let seed = 7
  const random = () => (seed = seed * 16807 % 2147483647) / 2147483647
  const wishes = Array.from({ length: 60 }, () => ({ x: 300 + 200 * random(), y: 200 + 150 * random(), ...size }))
  const places = placed(wishes, STAGE).filter((place) => place)
  assert.ok(places.length > 10 && places.length < 60)
  places.forEach((one, i) => places.slice(0, i).forEach((other) => assert.ok(apart(one, other, size), `${one} on ${other}`)))
  for (const [x, y] of places) assert.ok(x >= 45 && x <= 755 && y >= 12 && y <= 588)
})

test("the first name gets its wish, the next steps aside, and what lies off the stage has none", () => {
  const size = { width: 90, height: 24 }, [one, two, off] = placed(
    [{ x: 400, y: 300, ...size }, { x: 402, y: 300, ...size }, { x: -5, y: 300, ...size }], STAGE)
  assert.deepEqual(one, [400, 300])
  assert.ok(two && apart(one, two, size))
  assert.equal(off, null)
})

test("what floats over the map is not covered", () => {
  const wish = { x: 100, y: 20, width: 80, height: 20 }
  const [place] = placed([wish], STAGE, [{ x: 120, y: 25, width: 240, height: 40 }])
  assert.ok(place === null || place[1] >= 45 + 10)
})

test("names come in three levels", () => assert.deepEqual([1, 1.7, 5].map(levelOf), [0, 1, 2]))

const blob = (x, y, n) => Array.from({ length: n }, (_, i) => [x + (i % 5) / 50, y + (i % 7) / 70]).flat()

test("a class is named where it lies most densely, and at its other places nearer by", () => {
  const xy = Float32Array.from([...blob(1, 1, 300), ...blob(8, 8, 150), ...blob(8, 1, 200), 0, 0, 10, 10])
  const labels = Uint8Array.from({ length: xy.length / 2 }, (_, i) => Number(i >= 450 && i < 650))
  const points = { xy, labels, n: labels.length, classes: ["ant", "bee"], box: { left: 0, low: 0, width: 10, height: 10 } }
  const { first, every } = peaksOf(points), near = (peak, x, y) => Math.hypot(peak.x - x, peak.y - y) < 0.4
  assert.deepEqual(first.map(({ name }) => name), ["ant", "bee"])
  assert.ok(near(first[0], 1, 1) && near(first[1], 8, 1), JSON.stringify(first))
  assert.equal(every.length, 3)
  assert.ok(every.some((peak) => peak.name === "ant" && near(peak, 8, 8)))
  assert.deepEqual(peaksOf({ ...points, classes: ["unlabelled"] }), { first: [], every: [] })
})

test("an exemplar lies where its item does, and none is flagged", () => {
  const points = { xy: Float32Array.of(0, 0, 3, 4), labels: [0, 1], classes: ["ant", "bee"], flags: [1, 0] }
  const found = exemplarsOf({ ...points, clusters: { medoids: Uint32Array.of(1, 0), sizes: Uint32Array.of(9, 7) } })
  assert.deepEqual(found, [{ name: "bee", x: 3, y: 4, count: 9, row: 1 }])
})
