import assert from "node:assert/strict"
import { test } from "node:test"

import { fitting, keptAt, magnet, placeOf, rounded, tickBeside } from "../../fdmat_core/web/slider.js"
import { percent } from "../../fdmat_core/web/text.js"

const SCALE = { n: 1000, sizes: [0.01, 0.1, 1], least: 0.001, nested: true }
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`)

test("the scale is logarithmic in the share kept", () => {
  near(placeOf(1, 0.001), 0)
  near(placeOf(0.1, 0.001), 1 / 3)
  near(placeOf(0.001, 0.001), 1)
  near(placeOf(0, 0.001), 1)
  near(placeOf(0.00001, 0.001), 1)
  near(keptAt(2 / 3, 0.001), 0.01)
  near(keptAt(-1, 0.001), 1)
  near(keptAt(3, 0.001), 0.001)
})

test("a share comes back from its place", () => {
  for (const kept of [1, 0.7, 0.05, 0.0123, 0.001]) assert.equal(rounded(keptAt(placeOf(kept, 0.001), 0.001)), kept)
})

test("close to a tick counts as the tick", () => {
  near(magnet(SCALE, 1 / 3 + 0.005), 1 / 3)
  near(magnet(SCALE, 1 / 3 + 0.007), 1 / 3 + 0.007)
})

test("the next tick lies on the way, and at the end there is none", () => {
  near(tickBeside({ scale: SCALE, place: 0 }, 1), 1 / 3)
  near(tickBeside({ scale: SCALE, place: 0.5 }, -1), 1 / 3)
  near(tickBeside({ scale: SCALE, place: 0.9 }, 1), 0.9)
})

test("ticks say their size where their words have room, the first and the last always", () => {
  const widths = [30, 24, 24, 24, 30]
  assert.deepEqual(fitting([0, 33, 66, 99, 132], widths), [true, true, true, true, true])
  assert.deepEqual(fitting([0, 32, 66, 99, 132], widths), [true, false, true, true, true])
  assert.deepEqual(fitting([0, 40, 68, 100, 132], widths), [true, true, false, false, true])
  assert.deepEqual(fitting([0, 5, 9, 12, 15], widths), [true, false, false, false, true])
  assert.deepEqual(fitting([7], [30]), [true])
})

test("some is never none, and not all is never all", () => {
  assert.deepEqual([0, 1 / 60000, 0.004, 0.05, 0.996, 0.99999, 1].map(percent),
    ["0.0%", "0.002%", "0.40%", "5.0%", "99.60%", "99.999%", "100.0%"])
})
