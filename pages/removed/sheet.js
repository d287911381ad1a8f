// The bytes that fdmat_core/view/triage.py packs, and the list of items that filters leave of them.

const KINDS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f4: Float32Array }

function readSheet(bytes) {
  const raw = bytes.slice().buffer // a copy, because typed views need aligned offsets
  const head = new DataView(raw)
  if (head.getUint32(0, true) !== 0x49525446 || head.getUint16(4, true) !== 1)
    throw new Error("the wall's data are of another version; reload the page")
  const told = head.getUint32(12, true)
  const sheet = { n: head.getUint32(8, true), ...JSON.parse(new TextDecoder().decode(new Uint8Array(raw, 16, told))) }
  let at = 16 + told
  for (const [name, kind, length] of sheet.columns) {
    sheet[name] = new KINDS[kind](raw, at, length)
    at += Math.ceil(sheet[name].byteLength / 4) * 4
  }
  return sheet
}

const stateOf = (view, row) => view.decided.get(view.blob.ids[row])?.decision || "open"
const pairOf = (blob, row) => blob.labels[row] * blob.classes.length + blob.preferred[row]

/** One test per filter; each answers for a row. A filter that is off has none. */
function tests(view) {
  const { blob, filters } = view, found = {}
  if (filters.issue) { const issue = blob.issues.indexOf(filters.issue); found.issue = (row) => blob.issue[row] === issue }
  if (filters.label) { const label = blob.classes.indexOf(filters.label); found.label = (row) => blob.labels[row] === label }
  if (filters.pair) { const pair = pairNamed(blob, filters.pair); found.pair = (row) => pairOf(blob, row) === pair }
  if (filters.decision) found.decision = (row) => stateOf(view, row) === filters.decision
  if (filters.item) found.item = (row) => String(blob.ids[row]).startsWith(filters.item)
  return found
}

/** A pair of classes is written "given>preferred" in the link. */
const pairName = ({ classes }, pair) => `${classes[pair / classes.length | 0]}>${classes[pair % classes.length]}`
const pairNamed = ({ classes }, name) => {
  const [given, preferred] = name.split(">").map((one) => classes.indexOf(one))
  return given * classes.length + preferred
}

/**
 * The rows that leave and pass every filter, worst first; and per facet what each of its choices would leave, counted
 * under all the other filters.
 */
function sift(view) {
  const { blob, rank, k, only } = view, found = tests(view), names = Object.keys(found)
  const list = new Uint32Array(Math.max(0, blob.n - k)), issues = new Uint32Array(blob.issues.length)
  const labels = new Uint32Array(blob.classes.length), states = new Map(), pairs = new Map()
  let length = 0, here = 0
  const more = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const row of blob.worst) {
    if (rank[row] < k || only && !only[row]) continue
    here++
    let missed = ""
    for (const name of names) if (!found[name](row)) { if (missed) { missed = "two"; break } missed = name }
    if (!missed) list[length++] = row
    if (!missed || missed === "issue") issues[blob.issue[row]]++
    if (!missed || missed === "label") labels[blob.labels[row]]++
    if (!missed || missed === "decision") more(states, stateOf(view, row))
    if (!missed || missed === "pair") more(pairs, pairOf(blob, row))
  }
  return { list: list.subarray(0, length), here, issues, labels, states, pairs }
}

/** What was injected into a row, in words. */
function injected(blob, row) {
  if (blob.flags[row] & MISLABELLED) return `injected: was ${blob.classes[blob.real[row]]}`
  return blob.flags[row] & OUTLIER ? "injected: an outlier" : ""
}
