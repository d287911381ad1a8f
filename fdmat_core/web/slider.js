// The slider of the pruning ratio: a log scale of the share kept, with ticks at the computed ratios. Its page defines
// what follows it: `resort`, `count` and `ask` at every move, `describe` at rest.

const REST = 150 // ms without a move before Python hears

const placeOf = (view, fraction) => fraction <= 0 ? 1 : clamp(Math.log(fraction) / Math.log(view.least), 0, 1)
const fractionAt = (view, place) => view.least ** place

function listenSlider(view) {
  const { slider } = view.el
  slider.addEventListener("input", () => { view.moving = true; slide(view, magnet(view, +slider.value)) })
  slider.addEventListener("change", () => rest(view))
  slider.addEventListener("keydown", (event) => { if (slideByKey(view, event)) event.preventDefault() })
}

/** Six thousandths around a computed ratio count as that ratio. */
function magnet(view, place) {
  const near = view.blob.fractions.map((fraction) => placeOf(view, fraction)).find((at) => Math.abs(at - place) < 0.006)
  return near ?? place
}

/** Put the slider at a place (0 keeps all, 1 the least); Python hears after a rest, or at once. */
function slide(view, place, quiet = false) {
  const { blob, el } = view
  let fraction = fractionAt(view, clamp(place, 0, 1))
  if (!blob.nested) fraction = blob.fractions[nearestSlot(blob.fractions, fraction)]
  view.ratio = Math.round((1 - fraction) * 1e6) / 1e6
  view.k = keptCount(blob.n, view.ratio)
  view.place = placeOf(view, 1 - view.ratio)
  el.slider.value = view.place
  el.root.style.setProperty("--place", view.place)
  resort(view)
  count(view)
  ask(view)
  clearTimeout(view.wait)
  view.wait = setTimeout(() => rest(view), quiet ? 0 : REST)
}

/** Tell nothing more. */
function hush(view) {
  clearTimeout(view.wait)
  clearTimeout(view.telling)
}

function rest(view) {
  clearTimeout(view.wait)
  view.moving = false
  ask(view)
  describe(view)
  document.documentElement.style.setProperty("--fdmat-place", view.place)
  if (view.sent !== view.ratio) view.state("ratio", view.sent = view.ratio)
}

/** The ranks at the current ratio: a method that is not nested has others at every computed ratio. Gives a new order. */
function rerank(view) {
  const { blob } = view, slot = blob.nested ? 0 : nearestSlot(blob.fractions, 1 - view.ratio)
  if (slot === view.slot) return null
  const order = orderAt(blob, slot), rank = new Uint32Array(blob.n)
  for (let i = 0; i < blob.n; i++) rank[order[i]] = i
  Object.assign(view, { slot, rank })
  return order
}

function nearestSlot(fractions, fraction) {
  const away = fractions.map((one) => Math.abs(Math.log(one / Math.max(fraction, 1e-9))))
  return away.indexOf(Math.min(...away))
}

function showTicks(view) {
  const { blob, el } = view
  const label = (fraction) => `${+(100 * fraction).toPrecision(2)}%`
  let last = -1
  el.ticks.replaceChildren(...[...blob.fractions].sort((a, b) => b - a).map((fraction) => {
    const at = placeOf(view, fraction), room = at - last > 0.045
    if (room) last = at
    const tick = make("i", room ? label(fraction) : "")
    tick.style.setProperty("--at", at)
    return tick
  }))
}

function slideByKey(view, event) {
  const step = event.shiftKey ? 0.05 : 0.01
  const moves = {
    ArrowRight: view.place + step, ArrowUp: view.place + step, ArrowLeft: view.place - step, ArrowDown: view.place - step,
    Home: 0, End: 1, "[": neighbour(view, -1), "]": neighbour(view, 1),
  }
  if (!Object.hasOwn(moves, event.key)) return false
  const stepped = event.key.startsWith("Arrow") && !view.blob.nested
  slide(view, stepped ? neighbour(view, moves[event.key] > view.place ? 1 : -1) : moves[event.key])
  return true
}

/** The place of the next computed ratio to the right (1) or left (-1). */
function neighbour(view, way) {
  const places = view.blob.fractions.map((fraction) => placeOf(view, fraction)).sort((a, b) => way * (a - b))
  return places.find((place) => way * (place - view.place) > 1e-4) ?? view.place
}
