// The wall of items: only what is on screen exists, whatever the length of the list.

const GAP = 8, LINES = 46 // pixels between cells; below the picture, for two lines of words
const AHEAD = 1 // rows of cells drawn beyond the screen
const SIGNS = { keep: "K", drop: "D", relabel: "R", unsure: "U" }

function measureWall(view) {
  const { frame } = view.el, width = frame.clientWidth - 2 * GAP
  if (width <= 0) return
  const least = frame.clientWidth > 900 ? 128 : 104
  view.across = Math.max(1, Math.floor((width + GAP) / (least + GAP)))
  view.side = Math.floor((width - GAP * (view.across - 1)) / view.across)
  view.pitch = view.side + LINES + GAP
  view.el.cells.style.setProperty("--side", `${view.side}px`)
  clearWall(view)
}

function clearWall(view) {
  view.el.cells.replaceChildren()
  view.cells = new Map()
}

/** Draw the cells that are on screen, keep those that were, and drop the others. */
function drawWall(view) {
  const { el: { frame, cells, none }, list, across, pitch } = view
  if (!across) return
  cells.style.height = `${Math.ceil(list.length / across) * pitch + GAP}px`
  const first = Math.max(0, Math.floor(frame.scrollTop / pitch) - AHEAD) * across
  const end = Math.min(list.length, (Math.ceil((frame.scrollTop + frame.clientHeight) / pitch) + AHEAD) * across)
  const wanted = new Map()
  for (let place = first; place < end; place++) wanted.set(list[place], place)
  for (const [row, cell] of view.cells) if (!wanted.has(row)) { cell.remove(); view.cells.delete(row) }
  for (const [row, place] of wanted) {
    const cell = view.cells.get(row) ?? addCell(view, row)
    if (cell.place !== place) putCell(view, cell, place)
    cell.ariaSelected = cell.place === view.at
  }
  none.hidden = list.length > 0
  if (!list.length) none.textContent = emptyWords(view)
}

function emptyWords({ blob, k, here, only }) {
  if (k >= blob.n) return "At this ratio nothing leaves. Move the slider to the right."
  if (only && !here) return "None of the lasso's items leaves at this ratio."
  return "No removed item fits these filters. Esc clears them."
}

function addCell(view, row) {
  const { blob } = view, cell = make("figure", "", { role: "option" }), truth = injected(blob, row)
  const given = blob.classes[blob.labels[row]], preferred = blob.classes[blob.preferred[row]]
  cell.dataset.row = row
  cell.title = `item ${blob.ids[row]}: labelled ${given}, the plan prefers ${preferred}${truth && `; ${truth}`}`
  cell.classList.toggle("noise", !!truth)
  const badge = make("i", "", { className: "badge" })
  cell.append(pictureOf(blob, row, cell.title), badge, make("b", given), make("span", preferred === given ? " " : `→ ${preferred}`))
  cell.addEventListener("click", () => choose(view, cell.place))
  view.cells.set(row, cell)
  view.el.cells.append(cell)
  showBadge(view, cell, row)
  return cell
}

/** The picture of a row, or its first fields if it has none. */
function pictureOf(blob, row, words) {
  if (blob.thumbs) return make("img", "", { src: blob.thumbs + blob.ids[row], alt: words, decoding: "async" })
  const box = make("div", "", { className: "fields" }), wide = blob.fields ? blob.fields.length / blob.n : 0
  box.append(make("strong", String(blob.ids[row])))
  for (let j = 0; j < wide; j++) box.append(make("em", String(+blob.fields[row * wide + j].toPrecision(3))))
  return box
}

function putCell(view, cell, place) {
  const x = GAP + (place % view.across) * (view.side + GAP), y = GAP + Math.floor(place / view.across) * view.pitch
  cell.place = place
  cell.style.transform = `translate(${x}px,${y}px)`
}

function showBadge(view, cell, row) {
  const said = view.decided.get(view.blob.ids[row]), badge = cell.querySelector(".badge")
  badge.hidden = !said?.decision
  badge.textContent = SIGNS[said?.decision] ?? ""
  badge.title = said?.decision ? wordsOf(said) : ""
  cell.dataset.decision = said?.decision ?? ""
}

const wordsOf = ({ decision, label, author }) => `${decision}${label ? ` ${label}` : ""}${author ? `, by ${author}` : ""}`

/** Choose an item by its place in the list, and bring it on screen. */
function choose(view, place) {
  const { list, el: { frame }, across, pitch } = view
  view.at = clamp(place, 0, Math.max(0, list.length - 1))
  view.row = list.length ? list[view.at] : -1
  const top = Math.floor(view.at / across) * pitch, low = top + pitch + GAP - frame.clientHeight
  if (frame.scrollTop > top) frame.scrollTop = top
  if (frame.scrollTop < low) frame.scrollTop = low
  ask(view)
  showCard(view)
}
