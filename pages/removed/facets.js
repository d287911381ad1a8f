// What narrows the list: issues, decisions, a class, a pair of labels, an item's number; each with what it would leave.

const STATES = ["open", "keep", "drop", "relabel", "unsure"]
const SQUARE = 14 // up to this many classes the pairs are a matrix, beyond it a list
const MOST_PAIRS = 12

function setFilter(view, name, value) {
  view.filters = { ...view.filters, [name]: value }
  refresh(view)
  clearTimeout(view.telling)
  view.telling = setTimeout(() => tellFilters(view), REST)
}

function tellFilters(view) {
  clearTimeout(view.telling)
  view.telling = null
  view.state("filters", view.filters)
}

/** Choosing what is chosen already takes it off. */
function toggle(view, name, value) {
  setFilter(view, name, view.filters[name] === value ? "" : value)
}

function clearFilters(view) {
  view.el.find.value = ""
  view.filters = {}
  refresh(view)
  tellFilters(view)
}

/** Sift anew and draw all that depends on it; the chosen item stays chosen if it is still there. */
function refresh(view) {
  Object.assign(view, sift(view))
  const place = view.list.indexOf(view.row)
  if (place < 0) view.el.frame.scrollTop = 0
  showFacets(view)
  choose(view, Math.max(0, place))
}

function showFacets(view) {
  const { el, blob, filters, issues, labels } = view
  const total = issues.reduce((sum, count) => sum + count, 0)
  el.issues.replaceChildren(
    option(view, "issue", "", "all that leaves", total),
    ...blob.issues.map((issue, i) => option(view, "issue", issue, issue, issues[i])))
  showStates(view)
  const chosen = blob.classes.map((name, c) => make("option", `${name} (${whole(labels[c])})`, { value: name }))
  el.labels.replaceChildren(make("option", "all classes", { value: "" }), ...chosen)
  el.labels.value = filters.label ?? ""
  el.pairs.replaceChildren(...blob.classes.length <= SQUARE ? matrix(view) : pairList(view))
  showChips(view)
  tell(view)
}

function showStates(view) {
  const { el, states } = view
  el.states.replaceChildren(...STATES.map((state) => {
    const button = option(view, "decision", state, state, states.get(state) ?? 0)
    if (SIGNS[state]) button.prepend(make("i", SIGNS[state], { className: `sign ${state}` }))
    return button
  }))
}

function option(view, name, value, words, count) {
  const button = make("button", "", { role: "radio", ariaChecked: (view.filters[name] ?? "") === value })
  button.append(make("span", words), make("em", whole(count)))
  button.dataset.value = value
  button.disabled = !count && button.ariaChecked !== "true"
  button.addEventListener("click", () => toggle(view, name, value))
  return button
}

/** Given against preferred: a square per pair, darker for more; the diagonal, where both agree, stays pale. */
function matrix(view) {
  const { blob: { classes }, pairs, filters } = view, c = classes.length
  const most = Math.max(1, ...[...pairs].filter(([pair]) => pair % (c + 1)).map(([, count]) => count))
  const grid = make("div", "", { className: "matrix" })
  grid.style.setProperty("--c", c)
  grid.append(make("span"),
    ...classes.map((name) => make("span", name, { className: "column", title: name })))
  for (let given = 0; given < c; given++) {
    grid.append(make("span", classes[given], { className: "line", title: classes[given] }))
    for (let other = 0; other < c; other++) grid.append(square(view, given * c + other, most, filters.pair))
  }
  return [heading("Label pairs: given ↓, preferred →"), grid]
}

function square(view, pair, most, chosen) {
  const { blob, pairs } = view, count = pairs.get(pair) ?? 0, name = pairName(blob, pair), [given, other] = name.split(">")
  const button = make("button", "", { ariaPressed: chosen === name, disabled: !count && chosen !== name })
  const same = given === other, share = same ? 0.12 * !!count : count && 0.2 + 0.8 * Math.min(1, count / most)
  button.title = button.ariaLabel = `${whole(count)} labelled ${given}, ${same ? "and the plan agrees" : `the plan prefers ${other}`}`
  button.style.setProperty("--share", share)
  button.dataset.pair = name
  if (same) button.className = "same"
  button.addEventListener("click", () => toggle(view, "pair", name))
  return button
}

function pairList(view) {
  const { blob, pairs } = view, c = blob.classes.length
  const off = [...pairs].filter(([pair]) => pair % (c + 1)).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST_PAIRS)
  const list = off.map(([pair, count]) => {
    const name = pairName(blob, pair)
    const button = option(view, "pair", name, name.replace(">", " → "), count)
    button.dataset.pair = name
    return button
  })
  return [heading(`Label pairs${off.length === MOST_PAIRS ? `, the ${MOST_PAIRS} most frequent` : ""}`), ...list]
}

const heading = (words) => make("h3", words)

/** The filters that are on, each with a cross to take it off. */
function showChips(view) {
  const { el, filters, only, blob, here } = view, chips = []
  const chip = (words, off) => {
    const button = make("button", `${words}  ✕`, { title: "Take this filter off" })
    button.addEventListener("click", off)
    chips.push(button)
  }
  if (only) chip(`from the map: ${whole(only.reduce((sum, one) => sum + one, 0))}, of them removed ${whole(here)}`, () => dropOnly(view))
  for (const name of ["issue", "label", "pair", "decision"])
    if (filters[name]) chip(filters[name].replace(">", " → "), () => toggle(view, name, filters[name]))
  el.chips.replaceChildren(...chips)
  el.map.disabled = !view.list.length
}

function dropOnly(view) {
  view.only = null
  view.trigger("only", "none")
  refresh(view)
}

/** "12 decided of 567", and whether anything still waits to be saved. */
function tell(view) {
  const { list, el, outbox, trouble } = view
  let decided = 0
  for (const row of list) decided += stateOf(view, row) !== "open"
  const waiting = outbox.length > 1 || trouble ? ` · ${outbox.length} not saved yet${trouble && `: ${trouble}`}` : ""
  el.told.textContent = `${whole(decided)} decided of ${whole(list.length)}${waiting}`
  el.told.classList.toggle("trouble", !!trouble)
}
