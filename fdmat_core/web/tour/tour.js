// A tour over the page as it is: some places one after another, each lit up with a sentence beside it.
// It begins by itself at the first visit of a browser, which remembers that it has been; Esc or a button ends it.

import { clamp } from "../text.js"

/** @typedef {{ title: string, text: string, at: string[] }} Stop `at` selects places; the first that is there is lit up */
/** @typedef {{ stops: Stop[], word: string }} Options the word of the link that is "0" where there is no tour */

const SEEN = "fdmat-tour" // what the browser remembers
const AROUND = 8 // pixels around what is lit up
const GAP = 14 // between that and the card
const WIDTH = 380

/**
 * An element by a selector, on the page or inside a picture on it.
 * @param {string} selector
 */
export function placeOn(selector) {
  const hosts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].map((host) => host.shadowRoot)
  for (const root of [document, ...hosts]) {
    const found = root?.querySelector(selector)
    if (found instanceof HTMLElement && found.offsetWidth) return found
  }
  return null
}

/**
 * Where the card stands beside what is lit up, inside the window: below, right, left or above it, else in it.
 * @param {{ left: number, top: number, width: number, height: number }} lit
 * @param {{ width: number, height: number }} card
 * @param {{ width: number, height: number }} window
 */
export function besides(lit, card, window) {
  const x = clamp(lit.left + lit.width / 2 - card.width / 2, GAP, window.width - card.width - GAP)
  const y = clamp(lit.top, GAP, window.height - card.height - GAP)
  const below = lit.top + lit.height + GAP, above = lit.top - GAP - card.height
  const right = lit.left + lit.width + GAP, left = lit.left - GAP - card.width
  if (below + card.height + GAP <= window.height) return { x, y: below }
  if (right + card.width + GAP <= window.width) return { x: right, y }
  if (left >= GAP) return { x: left, y }
  if (above >= GAP) return { x, y: above }
  return { x, y: clamp(lit.top + lit.height - card.height - GAP, GAP, window.height - card.height - GAP) }
}

/**
 * Whether this browser has seen the tour, or the link is without or shows a view, or a talk was told on this page.
 * @param {string} word
 */
function isOver(word) {
  const link = new URLSearchParams(FIRST)
  if (link.get(word) === "0" || link.has("kept") || document.documentElement.dataset.fdmatTold) return true
  try { return localStorage.getItem(SEEN) === "1" } catch { return true }
}

/**
 * The words of the link by which this document was opened: by now the page has written what it shows into its address.
 * One with a share kept was made to show a view.
 */
const FIRST = new URL(performance.getEntriesByType("navigation")[0]?.name ?? location.href).search

/** Remember that it has been. */
function remember() {
  try { localStorage.setItem(SEEN, "1") } catch { /* a browser that remembers nothing is shown it at each visit */ }
}

/**
 * Begin if it is the first visit and the first place is there; returns what ends it.
 * @param {Options} options
 * @returns {() => void}
 */
export function begin({ stops, word }) {
  if (isOver(word)) return () => {}
  const wait = setInterval(() => {
    if (!stops[0].at.some(placeOn)) return
    clearInterval(wait)
    end = walk(stops.filter(({ at }) => at.some(placeOn)))
  }, 300)
  let end = () => clearInterval(wait)
  return () => end()
}

/**
 * Show stop after stop; returns what ends it.
 * @param {Stop[]} stops
 */
export function walk(stops) {
  const dialog = document.createElement("dialog")
  dialog.className = `fdmat-tour ${matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : ""}`
  dialog.innerHTML = `<div class="lit"></div><section><p class="place"></p><h2></h2><p class="text"></p>
    <menu><button class="skip">Skip the tour</button><button class="back">Back</button><button class="next"></button></menu></section>`
  document.body.append(dialog)
  let at = 0
  const show = () => showStop(dialog, stops, at)
  const go = (/** @type {number} */ by) => { if (at + by >= stops.length) dialog.close(); else { at = Math.max(0, at + by); show() } }
  const close = new AbortController(), { signal } = close
  const press = (/** @type {string} */ name, /** @type {() => void} */ act) =>
    dialog.querySelector(`.${name}`)?.addEventListener("click", act)
  press("skip", () => dialog.close())
  press("back", () => go(-1))
  press("next", () => go(1))
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") go(1)
    if (event.key === "ArrowLeft") go(-1)
    event.stopPropagation() // the keys of the page are not meant
  })
  dialog.addEventListener("close", () => { remember(); close.abort(); dialog.remove() })
  window.addEventListener("resize", show, { signal })
  dialog.showModal()
  show()
  return () => { close.abort(); dialog.remove() }
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {Stop[]} stops
 * @param {number} at
 */
function showStop(dialog, stops, at) {
  const { title, text, at: places } = stops[at], lit = places.map(placeOn).find(Boolean)?.getBoundingClientRect()
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (dialog.querySelector(name))
  part("h2").textContent = title
  part(".text").textContent = text
  part(".place").textContent = `${at + 1} of ${stops.length}`
  part(".next").textContent = at === stops.length - 1 ? "Done" : "Next"
  part(".back").hidden = at === 0
  if (lit) {
    const card = part("section"), size = { width: WIDTH, height: card.offsetHeight }
    const around = { left: lit.left - AROUND, top: lit.top - AROUND, width: lit.width + 2 * AROUND, height: lit.height + 2 * AROUND }
    const { x, y } = besides(around, size, { width: innerWidth, height: innerHeight })
    Object.assign(card.style, { left: `${x}px`, top: `${y}px` })
    const px = Object.entries(around).map(([name, value]) => [name, `${value}px`])
    Object.assign(part(".lit").style, Object.fromEntries(px))
  }
  part(".next").focus()
}
