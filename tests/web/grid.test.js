import assert from "node:assert/strict"
import { test } from "node:test"

import { effectOf } from "../../fdmat_core/web/grid/effect.js"
import { above, countsOf, rangeOf, usual, wordsAt } from "../../fdmat_core/web/grid/histogram.js"
import { byColumn } from "../../fdmat_core/web/grid/columns.js"
import { wordsOf } from "../../fdmat_core/web/grid/views.js"
import { reversed, rowsBy } from "../../fdmat_core/web/grid/scores.js"
import { partsOf } from "../../fdmat_core/web/grid/share.js"
import { rowsBeside } from "../../fdmat_core/web/grid/beside.js"
import { sample } from "../../fdmat_core/web/grid/bulk.js"
import { placesIn } from "../../fdmat_core/web/grid/cells.js"
import { classesOf, filterWords, pairName, pairNamed, sift } from "../../fdmat_core/web/grid/filters.js"
import { classRows, soughtWords } from "../../fdmat_core/web/grid/search.js"
import { savable, wordsOn } from "../../fdmat_core/web/grid/sets.js"
import { gridItemsOf, injected } from "../../fdmat_core/web/grid/state.js"
import { orderAt, ranksOf } from "../../fdmat_core/web/items.js"
import { read } from "./written.js"

const ITEMS = gridItemsOf(read(`
truth = Truth(np.array([0, 1, 1, 1, 0, 0]), np.array([0, 0, 1, 0, 0, 0], bool), np.array([0, 0, 0, 0, 1, 0], bool))
given = grid.Items(
    ids=np.array([-30, 10, 101, 2**40, 50, 60]),
    labels=np.array([0, 1, 0, 1, 1, 0]),
    preferred=np.array([1, 1, 0, 0, 1, 0]),
    issue=np.array([2, 2, 0, 1, 0, 0]),
    worst=np.array([3, 1, 0, 2, 4, 5]), classes=("cat", "dog"), issues=(Issue.MISLABELLED, Issue.OUTLIER, Issue.NONE),
    suspected=np.array([0, 0, 1, 1, 1, 1], bool), truth=truth)
where = grid.Addresses("run", evidence="evidence/run/", decisions="decisions/run")
sent = grid.pack(given, nested([5, 4, 2, 0, 1, 3]), where, fractions=[0.5])`))
const RANK = ranksOf(orderAt(ITEMS, 0))
const DECIDED = new Map([[3, "drop"]])

const leave = (filters, { k = 1, only = null } = {}) =>
  sift({ items: ITEMS, rank: RANK, k, only, filters, stateOf: (row) => DECIDED.get(row) ?? "open" })

test("what leaves is listed worst first", () => {
  assert.deepEqual([...leave({}).list], [3, 1, 0, 2, 4])
  assert.deepEqual([...leave({}, { k: 4 }).list], [3, 1])
  assert.deepEqual([...leave({}, { k: 6 }).list], [])
})

test("each filter narrows the list, and none hides what its own other choices would leave", () => {
  const found = leave({ issue: "outlier" })
  assert.deepEqual([...found.list], [1, 0])
  assert.deepEqual([...found.issues], [1, 2, 2])
  assert.deepEqual([...found.labels], [1, 1])
  assert.deepEqual([...found.states], [["open", 2]])
  assert.equal(found.here, 5)
})

test("two filters count what would be left without one of them", () => {
  const found = leave({ issue: "outlier", label: "dog" })
  assert.deepEqual([...found.list], [1])
  assert.deepEqual([...found.issues], [1, 1, 1])
  assert.deepEqual([...found.labels], [1, 1])
  assert.deepEqual([...found.pairs], [[3, 1]])
})

test("decisions, pairs and numbers of items filter too", () => {
  assert.deepEqual([...leave({ decision: "drop" }).list], [3])
  assert.deepEqual([...leave({ pair: "cat>dog" }).list], [0])
  assert.deepEqual([...leave({ item: "10" }).list], [3, 1, 2].filter((row) => String(ITEMS.ids[row]).startsWith("10")))
  assert.deepEqual([...leave({ item: "-3" }).list], [0])
  assert.deepEqual([...leave({ item: "1099511627776" }).list], [3])
})

test("only the rows of a lasso are shown, if there is one", () => {
  const found = leave({}, { only: Uint8Array.of(1, 0, 0, 1, 0, 1) })
  assert.deepEqual([[...found.list], found.here], [[3, 0], 2])
})

test("a pair of classes has a name and comes back from it", () => {
  assert.deepEqual([0, 1, 2, 3].map((pair) => pairName(ITEMS, pair)), ["cat>cat", "cat>dog", "dog>cat", "dog>dog"])
  assert.deepEqual([0, 1, 2, 3].map((pair) => pairNamed(ITEMS, pairName(ITEMS, pair))), [0, 1, 2, 3])
})

test("names of classes may hold the sign between them", () => {
  const items = { classes: ["<=50K", ">50K", "a > b"] }, pairs = [...Array(9).keys()]
  assert.deepEqual(pairs.map((pair) => pairNamed(items, pairName(items, pair))), pairs)
  assert.equal(filterWords(items, "pair", "<=50K>>50K"), "<=50K → >50K")
  assert.equal(filterWords(items, "label", ">50K"), ">50K")
  assert.deepEqual(classesOf(items, "cat>dog"), [-1, -1])
})

test("what was injected is said in words", () => {
  assert.deepEqual([0, 2, 4].map((row) => injected(ITEMS, row)), ["", "injected: was dog", "injected: content changed"])
})

test("an item is found by its text where the server said which rows hold it, and else by its number", () => {
  const sought = (found) => sift({ items: ITEMS, rank: RANK, k: 1, only: null, filters: { item: "10" }, found, stateOf: () => "open" })
  assert.deepEqual([...sought(null).list], [3, 1, 2])
  assert.deepEqual([...sought(new Uint8Array([1, 0, 0, 0, 1, 1])).list], [0, 4])
})

test("exact numbers are those alone, and names that are known give the same rows", () => {
  assert.deepEqual([...leave({ item: "=10" }).list], [1])
  assert.deepEqual([...leave({ item: "=10, -30" }).list], [1, 0])
  const names = Array.from(ITEMS.ids, String)
  const sought = (item) => [...sift({ items: ITEMS, rank: RANK, k: 1, only: null, names, filters: { item }, stateOf: () => "open" }).list]
  assert.deepEqual([sought("10"), sought("=101,50")], [[3, 1, 2], [2, 4]])
})

test("the kept that pass every filter are counted, too, where one is on", () => {
  assert.deepEqual([leave({ label: "dog" }, { k: 3 }).kept, leave({ label: "dog", item: "5" }, { k: 3 }).kept], [1, 1])
  assert.equal(leave({}, { k: 3 }).kept, 0)
})

test("a word is looked for in the names of classes, and label: changes nothing about that", () => {
  const found = ["DO", "label:dog", "cat", "o"].map((text) => [...classRows(ITEMS, text)].join(""))
  assert.deepEqual(found, ["010110", "010110", "101001", "010110"])
  assert.deepEqual([...classRows({ ...ITEMS, classes: ["unlabelled"], labels: new Uint8Array(6) }, "un")], [0, 0, 0, 0, 0, 0])
})

test("a set narrows the list once its rows are known", () => {
  const sieve = { items: ITEMS, rank: RANK, k: 1, only: null, filters: { set: "mine", label: "dog" }, stateOf: () => "open" }
  const found = (inSet) => [...sift({ ...sieve, inSet }).list]
  assert.deepEqual([found(null), found(Uint8Array.of(1, 1, 0, 0, 1, 1))], [[3, 1, 4], [1, 4]])
})

test("what can be saved are the marked, the listed and the kept, as they are now", () => {
  const chips = { children: [{ textContent: "six  ✕" }, { textContent: "“fox”  ✕" }] }
  const grid = { marked: new Set([4]), sifted: { list: Uint32Array.of(3, 1) }, elements: { chips }, rank: RANK, slider: { k: 3 },
    items: { ...ITEMS, method: "fdmat(lam%3D3.0)" } }
  const told = savable(grid).map(({ rows, count, origin }) => [[...rows], count, origin])
  assert.deepEqual(told, [
    [[4], 1, "marked by hand"], [[3, 1], 2, "removed by fdmat(lam=3.0) at 50%, six, “fox”"],
    [[2, 4, 5], 3, "kept by fdmat(lam=3.0) at 50%"],
  ])
  assert.deepEqual(savable({ ...grid, marked: new Set(), slider: { k: 0 } }).map(({ count }) => count), [2])
})

test("a set says how many it holds, how many of them another has, and where they came from", () => {
  const one = { name: "mine", count: 1200, origin: "marked by hand", shared: 7 }
  assert.equal(wordsOn(one), "1,200 items, marked by hand")
  assert.equal(wordsOn(one, "theirs"), "1,200 items, 7 of them in theirs, marked by hand")
  assert.equal(wordsOn({ name: "x", count: 1, origin: "x" }, "theirs"), "1 item")
})

test("the marked stand side by side in the order of the list, six at most; else the chosen one", () => {
  const sifted = { list: Uint32Array.of(9, 8, 7, 6, 5, 4, 3) }
  assert.deepEqual(rowsBeside({ sifted, marked: new Set([3, 8, 1]), row: 5 }), [8, 3])
  assert.deepEqual(rowsBeside({ sifted, marked: new Set([3, 4, 5, 6, 7, 8, 9]), row: 5 }), [9, 8, 7, 6, 5, 4])
  assert.deepEqual([rowsBeside({ sifted, marked: new Set(), row: 5 }), rowsBeside({ sifted, marked: new Set(), row: -1 })], [[5], []])
})

test("a chip says what is looked for", () => {
  assert.deepEqual(["12", "=12, 15", "a fox"].map(soughtWords), ["number 12…", "number 12, 15", "“a fox”"])
})

test("until the server has said which rows hold a text, it hides none", () => {
  assert.deepEqual([...leave({ item: "fox" }).list], [3, 1, 0, 2, 4])
  assert.deepEqual([...leave({ item: "-" }).list], [0])
})

test("decisions move the selection and the cleaned list at once", () => {
  const told = (decided, k = 3) => effectOf(ITEMS, RANK, k, decided)
  assert.deepEqual(told([]), { kept: 3, putIn: 0, takenOut: 0, cleaned: 2, relabelled: 0 })
  // by rank: rows 5, 4, 2 are kept, 0, 1, 3 leave; 0 and 1 alone are not suspected
  assert.deepEqual(told([[3, "relabel"]]), { kept: 3, putIn: 1, takenOut: 0, cleaned: 3, relabelled: 1 })
  assert.deepEqual(told([[5, "drop"], [0, "drop"]]), { kept: 3, putIn: 0, takenOut: 1, cleaned: 1, relabelled: 0 })
  assert.deepEqual(told([[0, "keep"], [1, "keep"], [3, "keep"], [5, "keep"]]).kept, 4)
  assert.deepEqual(told([[5, "drop"]], 6).kept, 5)
  assert.deepEqual(told([[-1, "keep"], [2, "unsure"]]), told([]))
})

const SCORE = { values: Float32Array.of(0.5, 0.9, NaN, 0.1, 0.9, 0.7) }
SCORE.rows = rowsBy(SCORE.values, ITEMS.worst)

test("a score sorts highest first, equal ones worst first, and what has none comes last", () => {
  assert.deepEqual([...SCORE.rows], [1, 4, 5, 0, 3, 2])
  const sorted = sift({ items: ITEMS, rank: RANK, k: 1, only: null, filters: {}, stateOf: () => "open", order: SCORE })
  assert.deepEqual([...sorted.list], [1, 4, 0, 3, 2])
})

test("a threshold says how many of the list lie above, and of these the precision and the recall", () => {
  const isBad = (row) => [1, 5, 0].includes(row)
  const counted = countsOf(SCORE, Uint32Array.of(3, 1, 0, 4), isBad, new Set([4, 2]))
  assert.deepEqual([...counted.rows], [1, 4, 0, 3])
  assert.deepEqual([...counted.bad], [0, 1, 1, 2, 2])
  assert.deepEqual([...counted.open], [0, 1, 1, 2, 3])
  assert.deepEqual([2, 0.9, 0.6, 0.5, 0].map((at) => above(counted.scores, Math.fround(at))), [0, 2, 2, 3, 4])
  assert.deepEqual(wordsAt(counted, 3, "injected"), ["3 of 4", "precision 66.7%, recall 66.7% of 3 injected"])
  assert.deepEqual(wordsAt(counted, 0, "injected"), ["0 of 4", "precision none, recall 0.0% of 3 injected"])
  assert.deepEqual(wordsAt(counted, 2, "suspected"), ["2 of 4", "1 of them suspected by FDMat"])
})

test("the threshold begins where as many lie above as are suspected, on the suspicion of labels without the outliers", () => {
  const items = { ...ITEMS, suspected: Uint8Array.of(0, 1, 0, 1, 0, 1), scores: [{ name: "detector FDMat" }, { name: "LOF" }] }
  const [ours, other] = items.scores.map(({ name }) => ({ ...SCORE, name }))
  assert.equal(usual(items, other), Math.fround(0.7)) // three
  assert.equal(usual(items, ours), Math.fround(0.9)) // one of them, the other two are no mistakes of labels
  assert.equal(usual({ ...items, classes: ["all"] }, ours), Math.fround(0.7))
  for (const score of [ours, other]) assert.ok(usual({ ...items, suspected: new Uint8Array(6) }, score) > Math.fround(0.9))
  assert.ok(usual({ ...items, suspected: Uint8Array.of(0, 1, 0, 0, 0, 0) }, ours) > Math.fround(0.9))
})

test("the range of a score passes over what is not finite", () => {
  assert.deepEqual(rangeOf(Float32Array.of(2, Infinity, NaN, -1)), [-1, 2])
  assert.deepEqual(rangeOf(Float32Array.of(3, 3)), [3, 4])
})

test("a drag marks the cells that its rectangle touches, and not those it only comes near", () => {
  const grid = { layout: { across: 3, side: 100, pitch: 150 }, sifted: { list: new Uint32Array(8) } }
  const box = (left, top, width, height) => placesIn(grid, { left, top, width, height })
  assert.deepEqual(box(20, 20, 5, 5), [0])
  assert.deepEqual(box(20, 20, 200, 5), [0, 1]) // the second ends at 216
  assert.deepEqual(box(109, 20, 5, 200), []) // between two columns
  assert.deepEqual(box(120, 170, 900, 900), [4, 5, 7])
})

test("ten of many are evenly spaced over them", () => {
  assert.deepEqual(sample([5, 6, 7], 10), [5, 6, 7])
  assert.deepEqual(sample(Array.from({ length: 61 }, (_, i) => i), 10), [0, 6, 12, 18, 24, 30, 36, 42, 48, 54])
})

test("items are dealt out by their numbers, evenly, whatever their order", () => {
  const ids = BigInt64Array.from({ length: 9000 }, (_, i) => BigInt(i)), parts = partsOf(ids, 3)
  const counts = [0, 1, 2].map((part) => parts.filter((one) => one === part).length)
  assert.ok(counts.every((count) => Math.abs(count - 3000) < 150), String(counts))
  assert.deepEqual([...partsOf(ids.slice().reverse(), 3)], [...parts].reverse())
  assert.notDeepEqual([...partsOf(ids, 2)], [...parts])
  assert.deepEqual([...partsOf(BigInt64Array.of(0n, 1n, 2n, -30n, 2n ** 40n), 4)], [0, 3, 2, 1, 3])
})

test("only the rows of a part are listed", () => {
  const mine = Uint8Array.of(1, 0, 0, 1, 0, 1)
  const found = sift({ items: ITEMS, rank: RANK, k: 1, only: null, mine, filters: {}, stateOf: () => "open" })
  assert.deepEqual([[...found.list], found.here], [[3, 0], 2])
})

test("a table is sorted by any column, either way, and what is alike stays worst first", () => {
  const grid = { items: ITEMS, rank: RANK, decided: new Map([["10", { decision: "drop", label: "", author: "" }]]), names: null }
  const rows = (name) => [...byColumn(grid, name).rows]
  assert.deepEqual(rows("column number"), [0, 1, 4, 5, 2, 3])
  assert.deepEqual(rows("column -number"), [3, 2, 5, 4, 1, 0])
  assert.deepEqual(rows("column class"), [0, 2, 5, 3, 1, 4])
  assert.deepEqual(rows("column rank"), [5, 4, 2, 0, 1, 3])
  assert.deepEqual(rows("column reason").map((row) => ITEMS.issue[row]), [...ITEMS.issue].sort())
  assert.equal(rows("column decision")[0], 1)
  assert.equal(byColumn(grid, "column colour"), null)
  assert.deepEqual(["column rank", "column -rank", "rank random"].map((name) => reversed(name)),
    [{ column: "rank", down: false }, { column: "rank", down: true }, { column: "", down: false }])
})

test("a view says its filters, its text and its order", () => {
  const words = { issue: "outlier", pair: "cat>dog", item: "12", set: "", order: "column -rank" }
  assert.equal(wordsOf(ITEMS, words), "outlier, cat → dog, “12”, by rank")
  assert.equal(wordsOf(ITEMS, {}), "")
})
