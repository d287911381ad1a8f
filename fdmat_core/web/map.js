// The map: a slider that the picture follows at once, and a hand that pans, zooms, points and lassos.
// Python hears the ratio at rest, a lasso when it closes and the number key of a method; it never answers back here.

const BARS = 40, NOTE = 26 // pixels that the controls take at the top of the plane, and the note at its foot
const SMOOTH = 300_000 // points drawn while something moves
const MODES = { kept: "Kept", class: "Class", score: "Score", noise: "Noise", density: "Density" }
const KEYS = [
  ["← →", "1% of the slider (shift: 5%)"], ["[ ]", "previous, next computed ratio"], ["Home End", "keep all, keep least"],
  ["1 – 9", "method"], ["L", "lasso (or hold shift and drag)"], ["Esc", "clear lasso and pinned card"],
  ["+ − 0", "zoom in, out, show all"], ["?", "this list"],
]

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const view = parentElement.fdmat ??= mount(parentElement)
  Object.assign(view, { state: setStateValue, trigger: setTriggerValue })
  if (view.bytes !== data) receive(view, data)
  restyle(view) // also called again when only the theme has changed
  return () => { hush(view); view.gone.abort() }
}

function mount(host) {
  const find = (name) => host.querySelector(name)
  const el = {
    root: find(".fdmat"), kept: find(".count .kept"), pruned: find(".count .pruned"), slider: find(".ratio"),
    ticks: find(".ticks"), stage: find(".stage"), canvas: find(".plane"), path: find(".lasso"), modes: find(".modes"),
    focus: find(".ring.focus"), hover: find(".ring.hover"), card: find(".card"), said: find(".said"),
    keys: find(".keys"), legend: find(".legend"), note: find(".note"), lasso: find(".act-lasso"),
    fit: find(".act-fit"), help: find(".act-keys"), link: find(".act-link"),
  }
  const view = { host, el, gone: new AbortController(), mode: "kept", only: -1, polygon: [], caught: [], focus: -1, hover: -1 }
  el.keys.replaceChildren(...KEYS.flatMap(([key, what]) => [make("dt", key), make("dd", what)]))
  listenSlider(view)
  listenPlane(view)
  listenKeys(view)
  const watch = new ResizeObserver(() => resize(view))
  watch.observe(el.stage)
  view.gone.signal.addEventListener("abort", () => watch.disconnect())
  return view
}

// ---- data ------------------------------------------------------------------------------------------------------

/** Take new bytes; with the same points (only another method) camera, slider and lasso stay. */
function receive(view, bytes) {
  const blob = readBlob(bytes), known = view.blob?.key === blob.key
  view.ratio ??= view.sent = blob.start // later the slider is the hand's alone
  Object.assign(view, { bytes, blob, slot: -1, clip: blob.score && clipOf(blob.score) })
  view.least = Math.min(0.001, ...blob.fractions.filter((fraction) => fraction > 0))
  view.ringed = rowsNamed(blob.ringed, blob.n)
  view.chosen = blob.n > SMOOTH ? thinned(blob, SMOOTH) : null
  if (!known) {
    Object.assign(view, { box: bounds(blob.xy), polygon: [], caught: [], focus: -1, hover: -1 })
    view.grid = gridOf(blob, view.box)
    fit(view)
  }
  showModes(view)
  showTicks(view)
  resort(view)
  slide(view, placeOf(view, 1 - view.ratio), known)
  view.el.note.textContent = `${blob.map}. Map distances are not Wasserstein distances.`
}

/** The order of the rows at the current ratio, laid out for drawing. */
function resort(view) {
  const { blob } = view, order = rerank(view)
  if (!order) return
  view.layers = { full: layerOf(blob, order), thin: view.chosen && layerOf(blob, order, view.chosen) }
  view.el.root.classList.toggle("steps", !blob.nested)
}

function count(view) {
  const { k, blob: { n }, el } = view
  el.kept.textContent = `kept ${whole(k)} of ${whole(n)} (${percent(k / n)})`
  el.pruned.textContent = `· pruned ${whole(n - k)} (${percent(1 - k / n)})`
  el.slider.ariaValueText = `${percent(k / n)} kept, ${whole(k)} of ${whole(n)} items`
  for (const line of document.querySelectorAll(".st-key-curves")) line.style.setProperty("--fdmat-place", view.place)
}

function describe(view) {
  const { blob, k, rank, el } = view, kept = new Float64Array(blob.classes.length), all = new Float64Array(kept.length)
  for (let row = 0; row < blob.n; row++) { all[blob.labels[row]]++; if (rank[row] < k) kept[blob.labels[row]]++ }
  const shares = blob.classes.map((name, c) => [name, kept[c] / all[c]]).filter(([, share]) => share >= 0)
  shares.sort((a, b) => a[1] - b[1])
  const [least, most] = [shares[0], shares.at(-1)].map(([name, share]) => `${name} (${percent(share)})`)
  el.canvas.ariaLabel = `${blob.map} map of ${whole(blob.n)} items. ${el.kept.textContent} ${el.pruned.textContent}. `
    + `Method ${blob.method}. Kept least of ${least}, most of ${most}.`
}

// ---- drawing ---------------------------------------------------------------------------------------------------

function ask(view) {
  view.frame ??= requestAnimationFrame(() => { view.frame = null; if (view.screen) draw(view) })
}

function draw(view) {
  const began = performance.now(), { blob, screen, camera, look } = view
  const thin = view.moving ? view.layers.thin : null, layer = thin ?? view.layers.full
  if (layer.tinted !== look) { tint(layer, blob, look); layer.tinted = look }
  if (layer.seen !== camera || layer.on !== screen) { project(layer, screen, camera); layer.seen = camera; layer.on = screen }
  screen.buffer.fill(look.ground)
  const cut = cutOf(layer, view.k), size = radii(screen, camera, view.grid.inked, layer.n, cut)
  if (look.mode === "density") view.top = paintDensity(screen, layer, cut, look, size.fit(8, layer.n))
  else paintPoints(screen, layer, cut, size, look)
  if (look.mode === "noise") paintFlags(screen, layer, cut, blob, look, size.fit)
  if (view.ringed) paintRinged(screen, layer, view.ringed, look)
  screen.pen.putImageData(screen.image, -EDGE, -EDGE)
  view.ms = performance.now() - began
  view.frames = (view.frames ?? 0) + 1
  overlay(view)
  if (look.mode === "density") showLegend(view)
  say(view, thin ? `drawing ${whole(layer.n)} of ${whole(blob.n)} points while it moves` : view.told || lassoWords(view))
}

function resize(view) {
  const { canvas, stage } = view.el, width = stage.clientWidth, height = stage.clientHeight
  if (!width || !height) return
  const ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (width * height)))
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const image = new ImageData(canvas.width + 2 * EDGE, canvas.height + 2 * EDGE)
  view.screen = { image, buffer: new Uint32Array(image.data.buffer), width: image.width, height: image.height, ratio,
    pen: canvas.getContext("2d", { alpha: false }) }
  if (!view.camera?.touched) fit(view)
  ask(view)
}

/** Colours from the theme of the page; the data colours stay the same on light and dark. */
function restyle(view) {
  const probe = getComputedStyle(view.el.root), ground = hex(probe.backgroundColor)
  const dark = parseInt(ground.slice(1, 3), 16) < 128
  view.el.root.classList.toggle("dark", dark)
  view.look = { mode: view.mode, only: view.only, clip: view.clip, ground: ink(ground),
    pruned: ink(dark ? "#5A5A5A" : "#C4C4C4"), outline: dark ? "#FFFFFF" : "#000000" }
  showLegend(view)
  ask(view)
}

function fit(view) {
  const { stage } = view.el, { box } = view
  if (!box || !stage.clientWidth) return
  const scale = Math.min((stage.clientWidth - 36) / box.width, (stage.clientHeight - BARS - NOTE - 20) / box.height)
  view.fitScale = scale
  const middle = box.low + box.height / 2 + (BARS - NOTE) / 2 / scale // between what floats above and below
  view.camera = { x: box.left + box.width / 2, y: middle, scale, zoom: 1, touched: false }
  ask(view)
}

const toStage = ({ camera, el: { stage } }, x, y) =>
  [stage.clientWidth / 2 + (x - camera.x) * camera.scale, stage.clientHeight / 2 - (y - camera.y) * camera.scale]
const toData = ({ camera, el: { stage } }, x, y) =>
  [camera.x + (x - stage.clientWidth / 2) / camera.scale, camera.y - (y - stage.clientHeight / 2) / camera.scale]

// ---- overlay: rings, lasso, card ---------------------------------------------------------------------------------

function overlay(view) {
  const { el, blob, polygon } = view
  for (const name of ["hover", "focus"]) {
    const row = view[name]
    el[name].style.display = row < 0 ? "none" : ""
    if (row >= 0) {
      const [x, y] = toStage(view, blob.xy[2 * row], blob.xy[2 * row + 1])
      el[name].setAttribute("transform", `translate(${x} ${y})`)
    }
  }
  let line = ""
  for (let i = 0; i < polygon.length; i += 2) line += `${i ? "L" : "M"}${toStage(view, polygon[i], polygon[i + 1]).map(Math.round)}`
  el.path.setAttribute("d", line && line + "Z")
  placeCard(view)
}

function placeCard(view) {
  const { el: { card, stage }, blob } = view, row = view.hover >= 0 ? view.hover : view.focus
  card.hidden = row < 0
  if (row < 0) return
  if (card.row !== row || card.k !== view.k) fillCard(view, card, row)
  const [x, y] = toStage(view, blob.xy[2 * row], blob.xy[2 * row + 1]), { offsetWidth: w, offsetHeight: h } = card
  const left = x + 20 + w < stage.clientWidth ? x + 20 : x - 20 - w
  card.style.transform = `translate(${Math.round(clamp(left, 4, stage.clientWidth - w - 4))}px,`
    + `${Math.round(clamp(y - h / 2, 4, stage.clientHeight - h - 4))}px)`
}

function fillCard(view, card, row) {
  const { blob } = view, [image, text] = card.children, id = blob.ids[row]
  if (card.row !== row) {
    image.hidden = !blob.thumbs
    image.removeAttribute("src")
    clearTimeout(view.lazy)
    view.lazy = setTimeout(() => { if (blob.thumbs) image.src = blob.thumbs + id }, 60) // a passing hand asks for nothing
  }
  Object.assign(card, { row, k: view.k })
  text.querySelector("b").textContent = blob.classes[blob.labels[row]]
  text.querySelector("ul").replaceChildren(...facts(view, row).map((fact) => make("li", fact)))
}

/** What is known about a row, a sentence each. */
function facts(view, row) {
  const { blob, rank, k } = view, name = blob.classes[blob.labels[row]], said = [`item ${blob.ids[row]}`]
  if (blob.nested) {
    said.push(`${rank[row] < k ? "kept" : "pruned"}: rank ${whole(rank[row] + 1)} of ${whole(blob.n)}`)
    said.push(`${rank[row] < k ? "leaves" : "left"} when more than ${percent(1 - (rank[row] + 1) / blob.n)} is pruned`)
  } else said.push(rank[row] < k ? "kept at this ratio" : "pruned at this ratio")
  if (blob.score) said.push(`${blob.scored} ${+blob.score[row].toPrecision(3)}: higher than ${above(blob, row)}% of ${name}`)
  if (blob.own) said.push(witness(blob, row, name))
  if (blob.flags[row] & MISLABELLED) said.push("its label was changed (injected)")
  if (blob.flags[row] & OUTLIER) said.push("an outlier (injected)")
  if (blob.flags[row] & SUSPECTED) said.push("suspected noise")
  return said
}

function witness({ own, preferred, classes, labels }, row, name) {
  const stays = `${Math.round(100 * own[row])}% of its mass stays in ${name}`
  return preferred[row] === labels[row] ? stays : `only ${stays}, most goes to ${classes[preferred[row]]}`
}

function above({ score, labels }, row) {
  let peers = 0, lower = 0
  for (let i = 0; i < score.length; i++) if (labels[i] === labels[row]) { peers++; if (score[i] < score[row]) lower++ }
  return Math.floor(100 * lower / Math.max(1, peers - 1))
}

function lassoWords({ caught, rank, k }) {
  if (!caught.length) return ""
  let kept = 0
  for (const row of caught) if (rank[row] < k) kept++
  return `lasso: ${whole(caught.length)} items, ${whole(kept)} kept`
}

function say(view, text) {
  if (view.el.said.textContent !== text) view.el.said.textContent = text
  view.el.said.hidden = !text
}
