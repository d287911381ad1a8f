// The keys of a talk, the way between its steps, the place of the tour's card, and the words of a view.

import assert from "node:assert/strict"
import { test } from "node:test"

import { actOf } from "../../fdmat_core/web/present/keys.js"
import { jumpsFrom, placeAfter, sweepFrom } from "../../fdmat_core/web/present/walk.js"

globalThis.location ??= { href: "http://here/" }
const { besides } = await import("../../fdmat_core/web/tour/tour.js")

const press = (key, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more })

test("keys act, whatever the case; numbers are methods", () => {
  const acts = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back", Home: "first", End: "last", "[": "more",
    "]": "less", " ": "sweep", c: "compare", C: "compare", F: "full", "?": "keys", Escape: "leave", 3: 3, 9: 9 }
  for (const [key, act] of Object.entries(acts)) assert.equal(actOf(press(key)), act, key)
  for (const key of ["0", "x", "Tab", "toString", "constructor"]) assert.equal(actOf(press(key)), null, key)
})

test("chords belong to the browser", () => {
  for (const chord of ["ctrlKey", "metaKey", "altKey"]) assert.equal(actOf(press("f", { [chord]: true })), null)
})

test("over another page only the talk's own keys are heard", () => {
  assert.equal(actOf(press("ArrowRight"), true), "next")
  assert.equal(actOf(press("Escape"), true), "leave")
  for (const key of ["1", " ", "[", "Home"]) assert.equal(actOf(press(key), true), null, key)
})

test("the thumb passes its legs in order and ends at the last", () => {
  const legs = [{ to: 1, ms: 100 }, { to: 1, ms: 50 }, { to: 0.5, ms: 100 }]
  assert.deepEqual(placeAfter(0.2, legs, 0), { place: 0.2, over: false })
  assert.ok(Math.abs(placeAfter(0.2, legs, 50).place - 0.6) < 1e-9)
  assert.deepEqual(placeAfter(0.2, legs, 120), { place: 1, over: false })
  assert.ok(Math.abs(placeAfter(0.2, legs, 200).place - 0.75) < 1e-9)
  assert.deepEqual(placeAfter(0.2, legs, 250), { place: 0.5, over: true })
  assert.deepEqual(placeAfter(0.2, [{ to: 0.7, ms: 0 }], 0), { place: 0.7, over: true })
})

test("a sweep goes to the least and back, from the least to all and back, slowly", () => {
  assert.deepEqual(sweepFrom(0.4).map(({ to }) => to), [1, 1, 0.4])
  assert.deepEqual(sweepFrom(1).map(({ to }) => to), [0, 0, 1])
  assert.ok(sweepFrom(0.5)[0].ms > 4000)
})

test("where motion is unwelcome a sweep jumps from size to size and back", () => {
  assert.deepEqual(jumpsFrom(0.4, [1, 0, 0.7, 0.4, 0.2]).map(({ to }) => to), [0.7, 1, 0.7, 0.4])
  assert.deepEqual(jumpsFrom(1, [1, 0, 0.5]).map(({ to }) => to), [0.5, 0, 0.5, 1])
})

test("the card of the tour stands beside what is lit up, inside the window", () => {
  const card = { width: 380, height: 200 }, view = { width: 1280, height: 720 }
  assert.deepEqual(besides({ left: 100, top: 50, width: 200, height: 40 }, card, view), { x: 14, y: 104 })
  assert.deepEqual(besides({ left: 1000, top: 500, width: 270, height: 210 }, card, view), { x: 606, y: 500 })
  assert.deepEqual(besides({ left: 10, top: 10, width: 700, height: 700 }, card, view), { x: 724, y: 14 })
  assert.deepEqual(besides({ left: 0, top: 0, width: 1280, height: 720 }, card, view), { x: 450, y: 506 })
})
