// What the hand does on the plane and on the keys; the colour modes and their legend.

const CLICK = 4 // a pointer that moved less than this many pixels has clicked

function listenPlane(view) {
  const { canvas, lasso, fit: all, help, link } = view.el
  canvas.addEventListener("pointerdown", (event) => grab(view, event))
  canvas.addEventListener("pointermove", (event) => view.gesture ? view.gesture.move(at(view, event)) : point(view, event))
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => release(view, at(view, event)))
  canvas.addEventListener("pointerleave", () => { view.hover = -1; ask(view) })
  canvas.addEventListener("wheel", (event) => wheel(view, event), { passive: false })
  lasso.addEventListener("click", () => arm(view, !view.armed))
  all.addEventListener("click", () => fit(view))
  help.addEventListener("click", () => showKeys(view, view.el.keys.hidden))
  link.addEventListener("click", () => copyLink(view))
}

function at(view, event) {
  const box = view.el.canvas.getBoundingClientRect()
  return [event.clientX - box.left, event.clientY - box.top]
}

function grab(view, event) {
  if (event.button) return
  view.el.canvas.setPointerCapture(event.pointerId)
  view.hover = -1
  view.gesture = (view.armed || event.shiftKey ? drawing : panning)(view, at(view, event))
}

function release(view, spot) {
  const { gesture } = view
  Object.assign(view, { gesture: null, moving: false })
  gesture?.end(spot)
  ask(view)
}

function panning(view, [x0, y0]) {
  const camera = view.camera
  const far = ([x, y]) => Math.hypot(x - x0, y - y0) >= CLICK
  const move = ([x, y]) => {
    if (!view.moving && !far([x, y])) return
    view.moving = true
    view.camera = { ...camera, x: camera.x - (x - x0) / camera.scale, y: camera.y + (y - y0) / camera.scale, touched: true }
    ask(view)
  }
  return { move, end: (spot) => { if (!far(spot)) view.focus = rowNear(view, spot) } }
}

function drawing(view, spot) {
  view.polygon = toData(view, ...spot)
  const move = (next) => { view.polygon.push(...toData(view, ...next)); ask(view) }
  return { move, end: () => closeLasso(view) }
}

function arm(view, on) {
  view.armed = on
  view.el.lasso.ariaPressed = on
  view.el.root.classList.toggle("lassoing", on)
}

/** Tell Python which rows the lasso holds; a line of less than three corners clears it. */
function closeLasso(view) {
  arm(view, false)
  if (view.polygon.length < 6) view.polygon = []
  view.caught = view.polygon.length ? rowsInside(view.blob, Float64Array.from(view.polygon)) : []
  view.trigger("lasso", view.caught.length ? packRows(view.caught, view.blob.n) : "")
  ask(view)
}

function clear(view) {
  const had = view.polygon.length
  arm(view, false)
  Object.assign(view, { polygon: [], focus: -1, hover: -1 })
  showKeys(view, false)
  if (had) closeLasso(view)
  ask(view)
}

function rowNear(view, spot) {
  const [x, y] = toData(view, ...spot), { scale } = view.camera
  return nearestRow(view.blob, view.grid, x, y, 12 / scale, (row) => view.rank[row] < view.k, 3 / scale)
}

function point(view, event) {
  const row = rowNear(view, at(view, event))
  if (row === view.hover) return
  view.hover = row
  overlay(view)
}

function wheel(view, event) {
  event.preventDefault()
  zoom(view, Math.exp(-event.deltaY / 600), at(view, event))
}

/** Zoom so that the point under the hand stays where it is. */
function zoom(view, factor, [x, y]) {
  const scale = clamp(view.camera.scale * factor, view.fitScale / 2, view.fitScale * 400), [dx, dy] = toData(view, x, y)
  const keep = view.camera.scale / scale
  view.camera = { x: dx + (view.camera.x - dx) * keep, y: dy + (view.camera.y - dy) * keep, scale,
    zoom: scale / view.fitScale, touched: true }
  view.moving = true
  clearTimeout(view.still)
  view.still = setTimeout(() => { view.moving = false; ask(view) }, REST)
  ask(view)
}

// ---- keys ------------------------------------------------------------------------------------------------------

function listenKeys(view) {
  const { signal } = view.gone
  document.addEventListener("keydown", (event) => {
    if (isTaken(event)) return
    const here = event.target === document.body || event.target === view.host.host
    if (press(view, event.key) || here && slideByKey(view, event)) event.preventDefault()
  }, { signal })
  for (const [kind, act] of [["pointerover", "hover"], ["click", "focus"]])
    document.addEventListener(kind, (event) => follow(view, event, act), { signal })
}

function press(view, key) {
  const middle = [view.el.stage.clientWidth / 2, view.el.stage.clientHeight / 2]
  const acts = {
    l: () => arm(view, !view.armed), escape: () => clear(view), "?": () => showKeys(view, view.el.keys.hidden),
    0: () => fit(view), "+": () => zoom(view, 1.5, middle), "=": () => zoom(view, 1.5, middle), "-": () => zoom(view, 1 / 1.5, middle),
  }
  for (const place of "123456789") acts[place] = () => view.trigger("method", +place)
  const act = Object.hasOwn(acts, key.toLowerCase()) && acts[key.toLowerCase()]
  if (act) act()
  return !!act
}

/** A picture elsewhere on the page that names an item (`data-item`) rings its point; a click pins its card. */
function follow(view, event, act) {
  const id = event.target.closest?.("[data-item]")?.dataset.item
  if (id === undefined) { if (act === "hover" && view.led) { view.led = false; view.hover = -1; ask(view) } return }
  view.led = act === "hover"
  view[act] = view.blob.ids.indexOf(+id)
  ask(view)
}

/** The address names run, method and ratio, so that it opens the same view elsewhere. */
async function copyLink(view) {
  const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false)
  view.told = copied ? "link copied" : `copy it from the address bar: ${location.href}`
  setTimeout(() => { view.told = ""; ask(view) }, copied ? 1500 : 6000)
  ask(view)
}

function showKeys(view, open) {
  view.el.keys.hidden = !open
  view.el.help.ariaExpanded = open
}

// ---- colour modes and legend -------------------------------------------------------------------------------------

function showModes(view) {
  const { blob } = view
  const fits = { score: !!blob.score, noise: blob.flags.some(Boolean), class: blob.classes.length > 1 }
  const modes = Object.keys(MODES).filter((mode) => fits[mode] ?? true)
  if (!modes.includes(view.mode)) view.mode = "kept"
  view.el.modes.replaceChildren(...modes.map((mode) => {
    const button = make("button", MODES[mode], { role: "radio", ariaChecked: mode === view.mode })
    button.addEventListener("click", () => { view.mode = mode; showModes(view); restyle(view) })
    return button
  }))
}

function swatch(shape, text, colour = "") {
  const item = make("span", "", { className: `key ${shape}` })
  if (colour) item.style.setProperty("--ink", colour)
  item.append(make("i"), text)
  return item
}

function scale(low, high, colours) {
  const bar = make("i", "", { className: "scale" })
  bar.style.background = `linear-gradient(90deg, ${colours})`
  return [make("span", low), bar, make("span", high)]
}

function showLegend(view) {
  const { blob, el: { legend }, clip } = view, digits = (value) => String(+value.toPrecision(2))
  const kinds = {
    kept: () => [swatch("big", "kept"), swatch("small", "pruned")],
    class: () => classKeys(view),
    score: () => [...scale(digits(clip.low), digits(clip.high), VIRIDIS), make("em", `${blob.scored}, middle 98%; pruned are paler`)],
    noise: () => [swatch("big", "kept"), swatch("small", "pruned"), ...noiseKeys(blob)],
    density: () => [...scale("0%", `${Math.round(100 * (view.top ?? 1))}%`, ["color-mix(in srgb, #0072B2 14%, var(--ground))", KEPT]), make("em", "kept share of each cell")],
  }
  legend.replaceChildren(...kinds[view.mode]())
}

function noiseKeys({ flags }) {
  const injected = flags.some((bits) => bits & (MISLABELLED | OUTLIER)), suspected = flags.some((bits) => bits & SUSPECTED)
  return [
    ...(injected ? [swatch("gone", "injected, removed"), swatch("stays", "injected, still kept")] : []),
    ...(suspected ? [swatch("left", "suspected, removed"), swatch("doubt", "suspected, still kept")] : []),
  ]
}

/** A key per class; pressing one shows that class alone. Above ten classes one class is shown at a time. */
function classKeys(view) {
  const pick = (only) => { view.only = view.only === only ? -1 : only; restyle(view) }
  const { classes } = view.blob
  if (classes.length > CLASS_COLOURS.length) return [classMenu(view, pick)]
  return classes.map((name, c) => {
    const key = make("button", "", { className: "key big", ariaPressed: view.only === c })
    key.style.setProperty("--ink", CLASS_COLOURS[c])
    key.append(make("i"), name)
    key.addEventListener("click", () => pick(c))
    return key
  })
}

function classMenu(view, pick) {
  const menu = make("select", "", { ariaLabel: "Class shown in colour" })
  menu.append(...["all classes", ...view.blob.classes].map((name, place) => make("option", name, { value: place - 1 })))
  menu.value = view.only
  menu.addEventListener("change", () => pick(+menu.value))
  return menu
}
