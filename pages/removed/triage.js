// The wall of what was removed: a slider, filters, the items worst first, and a card to decide on each by a key.
// Python hears the ratio and the filters at rest; evidence and decisions go to the server by themselves.

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const view = parentElement.triage ??= mount(parentElement)
  Object.assign(view, { state: setStateValue, trigger: setTriggerValue })
  if (view.bytes !== data) receive(view, data)
  restyle(view) // also called again when only the theme has changed
  return () => { clearInterval(view.listening); hush(view); view.gone.abort() }
}

function mount(host) {
  const find = (name) => host.querySelector(name)
  const el = {
    root: find(".triage"), goes: find(".count .gone"), stays: find(".count .stays"), slider: find(".ratio"),
    ticks: find(".ticks"), issues: find(".issues"), states: find(".states"), labels: find(".labels"),
    pairs: find(".pairs"), told: find(".told"), chips: find(".chips"), find: find(".find"), map: find(".act-map"),
    help: find(".act-keys"), frame: find(".frame"), cells: find(".cells"), none: find(".none"), keys: find(".keys"),
    card: find(".card"), author: find(".author"),
  }
  const view = { host, el, gone: new AbortController(), decided: new Map(), cells: new Map(), known: new Map(),
    asked: new Set(), outbox: [], trouble: "", last: 0, filters: {}, list: new Uint32Array(0), at: 0, row: -1, drawn: 0 }
  el.keys.replaceChildren(...KEYS.flatMap(([key, what]) => [make("dt", key), make("dd", what)]))
  listenSlider(view)
  listenKeys(view)
  listenTools(view)
  const watch = new ResizeObserver(() => { measureWall(view); if (view.blob) choose(view, view.at) })
  watch.observe(el.frame)
  view.gone.signal.addEventListener("abort", () => watch.disconnect())
  return view
}

function listenTools(view) {
  const { el } = view
  el.frame.addEventListener("scroll", () => ask(view), { passive: true })
  el.labels.addEventListener("change", () => setFilter(view, "label", el.labels.value))
  el.find.addEventListener("input", () => setFilter(view, "item", el.find.value.replace(/\D/g, "")))
  el.find.addEventListener("keydown", (event) => { if (["Enter", "Escape"].includes(event.key)) el.find.blur() })
  el.author.value = localStorage.getItem(SIGNED) ?? ""
  el.author.addEventListener("change", () => localStorage.setItem(SIGNED, el.author.value.trim()))
  el.map.addEventListener("click", () => leave(view))
  el.help.addEventListener("click", () => showKeys(view, el.keys.hidden))
}

/** To the map, with all that leaves ringed. What waits to be told is told before: later it would reach another page. */
function leave(view) {
  if (view.telling) tellFilters(view)
  if (view.moving) rest(view)
  view.trigger("ringed", packRows(view.list, view.blob.n))
}

/** Take new bytes; of the same run (only another method) filters, item and slider stay. */
function receive(view, bytes) {
  const blob = readSheet(bytes), known = view.blob?.key === blob.key
  view.ratio ??= view.sent = blob.start // later the slider is the hand's alone
  Object.assign(view, { bytes, blob, slot: -1, only: rowsNamed(blob.only, blob.n) })
  view.least = Math.min(0.001, ...blob.fractions.filter((fraction) => fraction > 0))
  if (!known) open(view)
  showTicks(view)
  resort(view)
  slide(view, placeOf(view, 1 - view.ratio), known)
}

/** Another run than before, or the first: nothing of the last one stays. */
function open(view) {
  const { blob } = view, rows = new Map()
  blob.ids.forEach((id, row) => rows.set(id, row))
  Object.assign(view, { filters: { ...blob.filters }, decided: new Map(), last: 0, at: 0, row: -1, rowOf: (id) => rows.get(id) ?? -1 })
  view.el.find.value = blob.filters.item ?? ""
  view.known.clear()
  measureWall(view)
  sendUnsent(view)
  clearInterval(view.listening)
  view.listening = setInterval(() => { if (!document.hidden) listen(view) }, LISTEN)
  listen(view)
}

/** The wall needs no more of an order than the ranks. */
const resort = (view) => rerank(view)

function count(view) {
  const { k, blob: { n }, el } = view
  el.goes.textContent = `removed ${whole(n - k)} of ${whole(n)}`
  el.stays.textContent = `${percent(1 - k / n)} · kept ${whole(k)}`
  el.slider.ariaValueText = `${percent(k / n)} kept, ${whole(n - k)} of ${whole(n)} items removed`
  view.stale = true
}

/** At rest the card is told anew: who is kept, and so who is near, may have changed. */
const describe = (view) => showCard(view)

function ask(view) {
  view.frame ??= requestAnimationFrame(() => { view.frame = null; draw(view) })
}

function draw(view) {
  if (view.stale) { view.stale = false; refresh(view) }
  drawWall(view)
  view.drawn++
}

function restyle(view) {
  const ground = hex(getComputedStyle(view.el.root).backgroundColor)
  view.el.root.classList.toggle("dark", parseInt(ground.slice(1, 3), 16) < 128)
}
