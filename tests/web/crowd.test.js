// A crowd: what is repainted as things change equals what is painted anew, pixel for pixel, and what stamping paints.

import assert from "node:assert/strict"
import { test } from "node:test"

import { panned, shownBy, zoomed } from "../../fdmat_core/web/map/camera.js"
import { tint } from "../../fdmat_core/web/map/colours.js"
import { crowdOn, paintCrowd } from "../../fdmat_core/web/map/crowd.js"
import { EDGE, FEW, layerOf, placeIn, ranksIn, seen, viewportOf } from "../../fdmat_core/web/map/layer.js"
import { paintPoints } from "../../fdmat_core/web/map/paint.js"
import { bounds } from "../../fdmat_core/web/map/points.js"
import { cellsOf, tilesIn } from "../../fdmat_core/web/map/tiles.js"
import { drawn } from "./random.js"

const N = FEW + 20_000, STAGE = { width: 160, height: 120 }
const COLOURS = {
  ground: 1, kept: 2, pruned: 3, other: 4, classes: [10, 11, 12].map((red) => 0xff000000 + 20 * red), scale: [0xff000000, 0xffffffff],
}
const DOTS = { pruned: 1, kept: 1 }

function cloud(random) {
  const xy = Float32Array.from({ length: 2 * N }, () => random() + random() + random())
  const order = Uint32Array.from({ length: N }, (_, i) => i)
  for (let i = N - 1; i > 0; i--) { const j = Math.floor(random() * (i + 1)); [order[i], order[j]] = [order[j], order[i]] }
  const box = bounds(xy), cells = cellsOf(xy, box), labels = Uint8Array.from({ length: N }, () => Math.floor(3 * random()))
  const score = Float32Array.from({ length: N }, random), clip = { low: 0, high: 1 }
  return { points: { xy, box, cells, labels, score, clip, classes: ["a", "b", "c"] }, layer: layerOf(xy, order, { box, cells }) }
}

const screen = () => {
  const width = STAGE.width + 2 * EDGE, height = STAGE.height + 2 * EDGE
  return { width, height, ratio: 1, buffer: new Uint32Array(width * height), crowd: null }
}

/** What to paint; of a tile at most so many pruned points. */
function wishOf({ points, layer }, on, camera, k, look, most = Infinity) {
  tint(layer, points, COLOURS, look)
  const part = shownBy({ ...camera, scale: camera.scale * 0.97 }, STAGE), runs = tilesIn(points, part)
  const viewport = viewportOf(on, camera), { tiled, tint: tinted } = layer
  return { layer, tiled, camera, viewport, runs, most, k, tint: tinted, ground: COLOURS.ground }
}

/** The part of a buffer that is shown. */
function shown({ width, height }, buffer) {
  const lines = []
  for (let y = EDGE; y < height - EDGE; y++) lines.push(buffer.subarray(y * width + EDGE, (y + 1) * width - EDGE))
  return Buffer.concat(lines.map((line) => Buffer.from(line.slice().buffer)))
}

/** All points stamped one by one, the worst first. */
function stamped(on, { layer }, wish) {
  const fresh = { ...screen(), ratio: on.ratio }
  paintPoints(fresh, layer, seen(layer, wish.viewport, null), wish.k, DOTS, COLOURS)
  return shown(fresh, fresh.buffer)
}

/** Change the slider, the camera or the colours at random. */
function changed(random, { points }, state) {
  const act = Math.floor(random() * 10), { camera } = state
  if (act < 6) return { ...state, k: Math.floor(N * (act < 2 ? random() : 0.001 ** random())) }
  if (act === 6) return { ...state, camera: panned(camera, 60 * random() - 30, 60 * random() - 30) }
  if (act === 7) return { ...state, camera: zoomed(camera, 0.5 + random(), [80, 60], STAGE, points.box) }
  if (act === 8) return { ...state, look: { mode: ["kept", "class", "score"][Math.floor(3 * random())], only: -1 } }
  return { ...state, look: { mode: "class", only: Math.floor(4 * random()) - 1 } }
}

test("after any moves of slider and camera and changes of colours the picture is as painted anew, and as stamped", () => {
  const random = drawn(7), data = cloud(random), on = screen(), kinds = new Set()
  let state = { k: N, camera: { x: 1.5, y: 1.5, scale: 50, zoom: 1, touched: true }, look: { mode: "kept", only: -1 } }
  for (let step = 0; step < 60; step++) {
    const wish = wishOf(data, on, state.camera, state.k, state.look), fresh = screen()
    const before = crowdOn(on).pixels.slice(), [from, to] = paintCrowd(crowdOn(on), wish)
    paintCrowd(crowdOn(fresh), wish)
    const { pixels } = crowdOn(on)
    assert.ok(Buffer.from(pixels.buffer).equals(Buffer.from(crowdOn(fresh).pixels.buffer)), `step ${step}`)
    assert.ok(shown(on, pixels).equals(stamped(on, data, wish)), `step ${step} against stamps`)
    assert.ok(pixels.every((pixel, p) => pixel === before[p] || p >= from && p < to), `step ${step}: changed outside its band`)
    kinds.add(from === 0 && to === pixels.length ? "all" : from < to ? "some" : "none")
    state = changed(random, data, state)
  }
  assert.ok(kinds.has("all") && kinds.has("some"))
})

test("a move of the cut looks only at pixels whose point changes sides", () => {
  const data = cloud(drawn(3)), on = screen(), look = { mode: "kept", only: -1 }, camera = { x: 1.5, y: 1.5, scale: 50 }
  paintCrowd(crowdOn(on), wishOf(data, on, camera, 500, look))
  const { top, pixels } = crowdOn(on)
  pixels.fill(77)
  const [from, to] = paintCrowd(crowdOn(on), wishOf(data, on, camera, 520, look))
  const moved = [...top.keys()].filter((p) => top[p] >= 500 && top[p] < 520)
  assert.ok(moved.length > 20 && from === moved[0] && to === moved[moved.length - 1] + 1)
  assert.deepEqual([...pixels.keys()].filter((p) => pixels[p] !== 77), moved)
})

/** How many points of a tile lie in the picture: the kept ones, and of the others the first so many of the tile. */
function countOn({ tiled: { first, places, ranks }, viewport, k }, tile, most) {
  let room = most, count = 0
  for (let j = 3 * first[tile]; j < 3 * first[tile + 1]; j += 3)
    if (ranks[j + 2] < k || room-- > 0) count += Number(placeIn(viewport, places[j], places[j + 1]) >= 0)
  return count
}

test("while the camera moves no kept point is left out, and pruned ones are", () => {
  const data = cloud(drawn(5)), on = screen(), look = { mode: "kept", only: -1 }
  for (const [k, scale, most] of [[3000, 50, 2], [70_000, 50, 1], [20_000, 300, 3], [0, 50, 1], [N, 50, 1]]) {
    const camera = { x: 1.5, y: 1.5, scale }, exact = screen()
    paintCrowd(crowdOn(exact), wishOf(data, exact, camera, k, look))
    const wish = wishOf(data, on, camera, k, look, most)
    paintCrowd(crowdOn(on), wish)
    const [a, b] = [exact, on].map((one) => crowdOn(one))
    a.top.forEach((rank, p) => assert.equal(b.pixels[p] === COLOURS.kept, rank < k))
    assert.ok(a.pixels.every((pixel, p) => pixel === b.pixels[p] || b.pixels[p] === COLOURS.ground))
    const many = wish.runs.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => countOn(wish, from + i, most)))
      .reduce((sum, one) => sum + one, 0)
    assert.equal(b.drawn, many)
    assert.ok(k === N ? b.drawn === a.drawn : b.drawn < a.drawn, `${b.drawn} of ${a.drawn}`)
  }
})

test("when the camera rests after a move the picture is exact again", () => {
  const data = cloud(drawn(5)), on = screen(), look = { mode: "class", only: -1 }, camera = { x: 1.5, y: 1.5, scale: 50 }
  const fresh = screen(), wish = (one, most) => wishOf(data, one, camera, 50_000, look, most)
  for (const most of [Infinity, 1, 2, Infinity]) paintCrowd(crowdOn(on), wish(on, most))
  paintCrowd(crowdOn(fresh), wish(fresh))
  assert.deepEqual(crowdOn(on).pixels, crowdOn(fresh).pixels)
})

test("the ranks of some tiles are those of every point in view", () => {
  const data = cloud(drawn(9)), { layer } = data, on = screen(), camera = { x: 1, y: 1.2, scale: 900 }
  const { viewport, runs } = wishOf(data, on, camera, 0, { mode: "kept", only: -1 }), ranks = ranksIn(layer.tiled, runs)
  const inView = [...layer.x.keys()].filter((i) => placeIn(viewport, layer.x[i], layer.y[i]) >= 0), found = new Set(ranks)
  assert.ok(inView.length > 100 && ranks.length < N / 4 && inView.every((i) => found.has(i)))
  assert.ok(ranks.every((rank, i) => !i || rank > ranks[i - 1]))
})
