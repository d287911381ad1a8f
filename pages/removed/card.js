// The card of the chosen item: what the server knows about it arrives by itself, and that of the next one in advance.

const PASSING = 40 // ms that an item must be looked at before its evidence is asked for

function showCard(view) {
  const { el: { card }, blob, row } = view
  if (row < 0) { card.replaceChildren(); return }
  if (view.moving && view.shown === row) return // the evidence follows when the slider rests
  if (view.shown !== row) { view.target = ""; view.shown = row }
  const known = view.known.get(askFor(view, row))
  card.replaceChildren(headOf(view, row), deciding(view, row), ...known ? evidence(view, known) : [waiting(view)])
  card.scrollTop = 0
  clearTimeout(view.looking)
  view.looking = setTimeout(() => known ? lookAhead(view) : look(view, row), known ? 0 : PASSING)
}

async function look(view, row) {
  await fetchEvidence(view, row)
  if (view.row === row && !view.gone.signal.aborted) showCard(view)
}

function lookAhead(view) {
  if (view.at + 1 < view.list.length) fetchEvidence(view, view.list[view.at + 1])
}

const askFor = ({ blob, ratio }, row) => `${blob.evidence}${blob.ids[row]}?method=${blob.method}&ratio=${ratio}`

async function fetchEvidence(view, row) {
  const address = askFor(view, row)
  if (view.known.has(address) || view.asked.has(address)) return
  view.asked.add(address)
  const answer = await fetch(address).then((got) => got.json()).catch(() => ({ error: "the server does not answer" }))
  view.asked.delete(address)
  if (view.known.size > 500) view.known.clear()
  view.known.set(address, answer)
  if (answer.error) setTimeout(() => view.known.delete(address), 3000)
}

function waiting() {
  return make("p", "Looking at the evidence …", { className: "quiet" })
}

function headOf(view, row) {
  const { blob } = view, head = make("div", "", { className: "head" }), words = make("div")
  const given = blob.classes[blob.labels[row]], preferred = blob.classes[blob.preferred[row]], truth = injected(blob, row)
  words.append(make("small", `item ${blob.ids[row]} · ${blob.issues[blob.issue[row]]}`))
  words.append(line("given", given), line("preferred", preferred))
  if (truth) words.append(make("p", truth, { className: "truth" }))
  const picture = pictureOf(blob, row, `item ${blob.ids[row]}`)
  picture.classList.add("large")
  if (truth) picture.classList.add("noise")
  head.append(picture, words)
  return head
}

function line(what, name) {
  const p = make("p", "", { className: what })
  p.append(make("span", what), make("b", name))
  return p
}

// ---- deciding ----------------------------------------------------------------------------------------------------

function deciding(view, row) {
  const { blob } = view, said = view.decided.get(blob.ids[row]), box = make("div", "", { className: "deciding" })
  const target = targetOf(view, row)
  const words = { keep: "Keep", drop: "Drop", relabel: target ? `Relabel ${target}` : "Relabel …", unsure: "Unsure" }
  for (const [decision, text] of Object.entries(words)) {
    const button = make("button", "", { className: decision, ariaPressed: said?.decision === decision })
    button.append(make("kbd", SIGNS[decision]), make("span", text))
    button.addEventListener("click", () => decide(view, decision))
    box.append(button)
  }
  box.append(classChoice(view, row, target))
  if (said?.decision) box.append(make("p", `decided: ${wordsOf(said)}`, { className: "said" }))
  return box
}

/** The class that R gives: the one chosen, else the plan's preferred if it differs from the label. */
function targetOf(view, row) {
  const { blob, target } = view, preferred = blob.preferred[row]
  return target || (preferred !== blob.labels[row] ? blob.classes[preferred] : "")
}

function classChoice(view, row, target) {
  const { blob } = view, others = blob.classes.filter((_, c) => c !== blob.labels[row])
  const select = make("select", "", { className: "target", ariaLabel: "Class to relabel to" })
  select.append(make("option", "to another class …", { value: "" }), ...others.map((name) => make("option", name, { value: name })))
  select.value = view.target || ""
  select.addEventListener("change", () => { view.target = select.value; rewordRelabel(view, row) })
  select.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && select.value) decide(view, "relabel")
    if (event.key === "Enter" || event.key === "Escape") { select.blur(); event.preventDefault() }
    event.stopPropagation()
  })
  return select
}

function rewordRelabel(view, row) {
  const target = targetOf(view, row)
  view.el.card.querySelector("button.relabel span").textContent = target ? `Relabel ${target}` : "Relabel …"
}

// ---- evidence ----------------------------------------------------------------------------------------------------

function evidence(view, known) {
  if (known.error) return [make("p", known.error, { className: "trouble" })]
  const parts = [make("p", known.sentence, { className: "sentence" }), heading("Where its mass goes"), bars(view, known)]
  if (known.fields.length) parts.push(heading("Its fields"), table(known.fields.map(([name, value]) => [name, String(value)])))
  parts.push(heading("Nearest kept"), neighbours(view, known))
  parts.push(heading("Rank under each method"), ranks(view, known))
  return parts
}

/** The plan's row: a bar per class, as long as the share of the item's mass that goes there. */
function bars(view, { bars }) {
  const { blob, row } = view, chart = make("div", "", { className: "bars", role: "img" })
  const shown = bars.map(([name, share]) => `${name} ${percent(share)}`)
  chart.ariaLabel = `Share of the item's mass by class: ${shown.join(", ")}`
  for (const [name, share] of bars) {
    const bar = make("i")
    bar.style.setProperty("--share", share)
    if (name === blob.classes[blob.labels[row]]) bar.className = "own"
    chart.append(make("span", name, { title: name }), bar, make("em", share >= 0.0005 ? percent(share) : "0%"))
  }
  return chart
}

function neighbours(view, { near }) {
  const { blob } = view, box = make("div", "", { className: "near" })
  for (const one of near) {
    const cell = make("figure", "", { title: `item ${one.item}: ${one.label}, at distance ${one.distance}` })
    cell.append(blob.thumbs ? make("img", "", { src: blob.thumbs + one.item, alt: cell.title }) : make("strong", String(one.item)))
    cell.append(make("figcaption", one.label))
    box.append(cell)
  }
  if (!near.length) box.append(make("p", "Nothing is kept at this ratio.", { className: "quiet" }))
  return box
}

const ranks = (view, { ranks }) => table(ranks.map(({ method, place, kept }) =>
  [method, `${place ? whole(place) : ""} ${kept ? "kept" : "removed"}`, kept ? "stays" : "goes"]))

function table(lines) {
  const list = make("dl", "", { className: "facts" })
  for (const [name, value, look] of lines) list.append(make("dt", name), make("dd", value, { className: look ?? "" }))
  return list
}
