// The grid of removed items: a slider, filters, the items worst first, and a card to decide on each by a key.

import { listKeys, sectionIn, showKeys } from "../elements.js"
import { orderAt, ranksOf, slotAt } from "../items.js"
import { isDark } from "../page.js"
import { rowsOfText, textOfRows } from "../payload.js"
import { createSlider, rounded, setScale, settle } from "../slider.js"
import { percent, whole } from "../text.js"
import { drawBeside } from "./beside.js"
import { showCard } from "./card.js"
import { choose, drawCells, layOut } from "./cells.js"
import { isBlind, listenBlind, offerBlind } from "./blind.js"
import { author, sign, startListening } from "./decisions.js"
import { refresh, sendFilters, setFilter } from "./filter_panel.js"
import { choosePicture, listenDrops } from "./dropped.js"
import { listenHistogram, showHistogram } from "./histogram.js"
import { listenKeys } from "./keyboard.js"
import { listenMarks } from "./marks.js"
import { showOffers } from "./offers.js"
import { ASK, listOrders, sortAgain, sortBy } from "./scores.js"
import { offerSearch, search } from "./search.js"
import { learnSets, listenSets } from "./sets.js"
import { listenShape, shapeNow } from "./shape.js"
import { dealOut, listenShare } from "./share.js"
import { elementsOf, gridItemsOf, stale } from "./state.js"
import { KEYS, TEMPLATE } from "./template.js"
import { listenViews } from "./views.js"

/** @typedef {import("../payload.js").Payload} Payload */
/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./state.js").GridItems} GridItems */
/** @typedef {import("./state.js").Events} Events */
/** @typedef {import("./state.js").Options} Options */

export const STYLES = ["../slider.css", "grid.css", "card.css"].map((name) => new URL(name, import.meta.url).href)

/**
 * Show a grid in an empty element or shadow root that is dressed in tokens.css and STYLES.
 * @param {HTMLElement | ShadowRoot} host
 * @param {Payload} payload of `grid.pack`
 * @param {Events} [events]
 * @param {Options} [options]
 */
export function mount(host, payload, events = {}, options = {}) {
  const root = sectionIn(host, "fdmat-grid", "What was removed", TEMPLATE)
  const grid = stateOf(root, gridItemsOf(payload), events, options)
  listKeys(grid.elements.keys, KEYS)
  listenKeys(grid)
  listenMarks(grid)
  listenHistogram(grid)
  listenBlind(grid)
  listenShare(grid)
  listenSets(grid)
  listenViews(grid)
  listenShape(grid)
  listenDrops(grid)
  listenTools(grid)
  const watch = new ResizeObserver(() => { layOut(grid); choose(grid, grid.at) })
  watch.observe(grid.elements.frame)
  grid.removed.signal.addEventListener("abort", () => watch.disconnect())
  dress(grid)
  begin(grid)
  receive(grid, options.kept)
  return {
    state: grid,
    show: (/** @type {Payload} */ next) => show(grid, gridItemsOf(next)),
    set: (/** @type {Options} */ next) => set(grid, next),
    dress: () => dress(grid),
    view: () => undefined, // filters and share kept are others' to remember
    remove: () => remove(grid),
  }
}

/**
 * @param {HTMLElement} root
 * @param {GridItems} items
 * @param {Events} events
 * @param {Options} options
 * @returns {GridState}
 */
function stateOf(root, items, events, options) {
  const slider = createSlider(root, { move: () => slid(grid), rest: () => rested(grid) }), none = new Uint32Array(0)
  /** @type {GridState} */
  const grid = {
    root, elements: elementsOf(root), events, options, removed: new AbortController(), items, rows: null, names: null, slider,
    sent: rounded(options.kept ?? 1), slot: -1, rank: none, only: rowsOfText(options.only, items.n), filters: { ...options.filters },
    found: null, mine: null, sets: [], inSet: null,
    sifted: { list: none, here: 0, kept: 0, issues: none, labels: none, states: new Map(), pairs: new Map() },
    at: 0, row: -1, anchor: 0, marked: new Set(), note: "", blind: isBlind(),
    scores: new Map(), order: null, score: null, threshold: null, counted: null, cells: new Map(),
    shape: shapeNow(), layout: { across: 0, side: 0, pitch: 0 },
    decided: new Map(), outbox: [], last: 0, trouble: "", known: new Map(), asked: new Set(), shown: -1, target: "",
    stale: { list: true, card: true }, draw: () => draw(grid), frame: null, drawn: 0, timers: {},
  }
  return grid
}

/** @param {GridState} grid */
function listenTools(grid) {
  const { frame, labels, find, author: name, map, help } = grid.elements
  frame.addEventListener("scroll", () => stale(grid), { passive: true })
  labels.addEventListener("change", () => setFilter(grid, "label", labels.value))
  find.addEventListener("input", () => search(grid, find.value))
  find.addEventListener("keydown", (event) => { if (["Enter", "Escape"].includes(event.key)) find.blur() })
  name.value = author()
  name.addEventListener("change", () => sign(name.value))
  grid.elements.order.addEventListener("change", () => order(grid))
  map.addEventListener("click", () => toMap(grid))
  help.addEventListener("click", () => showKeys(grid.elements))
}

/** Another order was chosen: a picture is asked for first, and until it is there the order stays. @param {GridState} grid */
function order(grid) {
  const menu = grid.elements.order
  if (menu.value !== ASK) { sortBy(grid, menu.value); return }
  menu.value = grid.order?.name ?? ""
  choosePicture(grid)
}

/** Show all of the list on the map. What waits to be sent goes first: later it would reach another page. @param {GridState} grid */
function toMap(grid) {
  sendFilters(grid)
  if (grid.slider.moving) settle(grid.slider)
  grid.events.ringed?.(textOfRows(grid.sifted.list, grid.items.n))
}

/**
 * Draw another payload. Of the same run (only another method) filters, item and slider stay.
 * @param {GridState} grid
 * @param {GridItems} items
 */
function show(grid, items) {
  const other = grid.items.key !== items.key
  grid.items = items
  if (other) {
    Object.assign(grid, { rows: null, names: null })
    Object.assign(grid, { filters: { ...grid.options.filters }, decided: new Map(), last: 0, at: 0, row: -1, shown: -1 })
    Object.assign(grid, { marked: new Set(), note: "", scores: new Map(), order: null, score: null, threshold: null, counted: null })
    Object.assign(grid, { only: rowsOfText(grid.options.only, items.n), found: null, inSet: null })
    begin(grid)
  }
  receive(grid)
}

/** These items for the first time. @param {GridState} grid */
function begin(grid) {
  offerSearch(grid)
  learnSets(grid)
  grid.known.clear()
  dealOut(grid)
  listOrders(grid)
  if (grid.filters.order) sortBy(grid, grid.filters.order, true)
  offerBlind(grid)
  layOut(grid)
  startListening(grid)
}

/**
 * Take in the present items: their order, and the ticks of the slider.
 * @param {GridState} grid
 * @param {number} [kept]
 */
function receive(grid, kept) {
  grid.slot = -1
  setScale(grid.slider, grid.items, kept)
}

/**
 * @param {GridState} grid
 * @param {Options} options
 */
function set(grid, options) {
  const other = options.only !== grid.options.only
  grid.options = options
  if (!other) return
  grid.only = rowsOfText(options.only, grid.items.n)
  stale(grid, "list")
}

/** The slider has moved. @param {GridState} grid */
function slid(grid) {
  const { items, slider, elements } = grid, slot = slotAt(items, slider.kept), { k } = slider, { n } = items
  if (slot !== grid.slot) {
    Object.assign(grid, { slot, rank: ranksOf(orderAt(items, slot)) })
    sortAgain(grid)
  }
  elements.removed.textContent = `removed ${whole(n - k)} of ${whole(n)}`
  elements.kept.textContent = `${percent(1 - k / n)} · kept ${whole(k)}`
  slider.input.ariaValueText = `${percent(k / n)} kept, ${whole(n - k)} of ${whole(n)} items removed`
  grid.events.moved?.({ place: slider.place, resting: false })
  stale(grid, "list")
}

/** At rest the card is made anew: who is kept, and so who is near, may have changed. @param {GridState} grid */
function rested(grid) {
  const { slider } = grid
  stale(grid, "card")
  grid.events.moved?.({ place: slider.place, resting: true })
  if (grid.sent !== slider.kept) grid.events.kept?.(grid.sent = slider.kept)
}

/** @param {GridState} grid */
function draw(grid) {
  if (grid.stale.list) refresh(grid)
  if (grid.stale.list || grid.stale.card) { showOffers(grid); showHistogram(grid) }
  if (grid.stale.card) { showCard(grid); drawBeside(grid) }
  grid.stale = { list: false, card: false }
  drawCells(grid)
  grid.drawn++
}

/** Colours from the page. @param {GridState} grid */
const dress = ({ root }) => { root.classList.toggle("dark", isDark(root)) }

/** @param {GridState} grid */
function remove(grid) {
  const { timers, slider } = grid
  for (const timer of [slider.timer, timers.filters, timers.looking]) clearTimeout(timer)
  clearInterval(timers.listening)
  grid.removed.abort()
  grid.root.remove()
}
