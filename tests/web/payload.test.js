import assert from "node:assert/strict"
import { test } from "node:test"

import { idOf, itemsOf, rowOf } from "../../fdmat_core/web/items.js"
import { readPayload, rowsOfText, textOfRows } from "../../fdmat_core/web/payload.js"
import { read, written } from "./written.js"

test("columns of every type are read as Python wrote them", () => {
  const { columns, facts } = read(`
sent = payload.pack({
    "u1": np.array([1, 255], "u1"), "u2": np.array([65535], "u2"), "u4": np.array([2**32 - 1, 3], "u4"),
    "i4": np.array([-7], "i4"), "i8": np.array([-(2**63), 2**53 + 1]), "f4": np.array([[0.5], [-1.5]], "f4"),
    "f8": np.array([1e300]), "bool": np.array([True, False, True]), "none": np.array([], "f4"),
}, {"classes": ["Hündin", "猫"], "n": 2})`)
  assert.deepEqual(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, [...column]])), {
    u1: [1, 255], u2: [65535], u4: [4294967295, 3], i4: [-7], i8: [-9223372036854775808n, 9007199254740993n],
    f4: [0.5, -1.5], f8: [1e300], bool: [1, 0, 1], none: [],
  })
  assert.ok(columns.i8 instanceof BigInt64Array && columns.u2 instanceof Uint16Array)
  assert.deepEqual(facts, { classes: ["Hündin", "猫"], n: 2 })
})

test("bytes of another kind or version are refused", () => {
  const bytes = written("sent = payload.pack({}, {})")
  new DataView(bytes).setUint32(4, 2, true)
  assert.throws(() => readPayload(bytes), /another version; reload/)
  assert.throws(() => readPayload(new ArrayBuffer(40)), /another version; reload/)
})

test("ids survive whole: negative, beyond 32 bits, beyond what a number holds", () => {
  const items = itemsOf(read(`
ids = np.array([-5, 2**32 + 7, 2**53 + 1, 2**53, 7])
given = points.Points(np.zeros((5, 2)), np.zeros(5, int), ids, ("a",), "k")
sent = points.pack(given, nested(range(5)), points.Words(), fractions=[1])`))
  const ids = [0, 1, 2, 3, 4].map((row) => idOf(items, row))
  assert.deepEqual(ids, ["-5", "4294967303", "9007199254740993", "9007199254740992", "7"])
  assert.deepEqual(ids.map((id) => rowOf(items, id)), [0, 1, 2, 3, 4])
  assert.deepEqual(["8", "", "x", "4294967295", "7.0"].map((id) => rowOf(items, id)), [-1, -1, -1, -1, -1])
})

test("flag bits and sizes come from the header", () => {
  const items = itemsOf(read(`
given = points.Points(np.zeros((3, 2)), np.zeros(3, int), np.arange(3), ("a",), "k", np.array([0, 2, 5]))
sent = points.pack(given, nested([2, 0, 1]), points.Words(), fractions=[1, 0.0005])`))
  assert.equal(items.flags[1] & items.bits.mislabelled, items.bits.mislabelled)
  assert.ok(items.flags[2] & items.bits.suspected && items.flags[2] & items.bits.outlier)
  assert.deepEqual([items.sizes, items.least, items.nested, items.key], [[0.0005, 1], 0.0005, true, "k"])
})

test("rows as text are what Python reads, and the other way round", () => {
  const rows = [0, 7, 8, 12]
  assert.equal(textOfRows(rows, 13), Buffer.from(written("sent = payload.bits_of(np.array([0, 7, 8, 12]), 13).encode()")).toString())
  assert.deepEqual([...rowsOfText(textOfRows(rows, 13), 13)], [1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1])
  assert.equal(rowsOfText("", 13), null)
})
