// A talk: the steps of a story on one slide. Between steps on the map it walks; other pages lie on the slide as they are.

import { find, listKeys } from "../elements.js"
import { nearestSize } from "../items.js"
import * as canvas from "../map/canvas.js"
import { wordsOf } from "../map/view.js"
import { isDark } from "../page.js"
import { fetchPayload } from "../payload.js"
import { rounded, slideTo, tickBeside } from "../slider.js"
import { clamp } from "../text.js"
import { actOf, KEYS } from "./keys.js"
import { TEMPLATE } from "./template.js"
import { sweep, walkTo } from "./walk.js"

/** @typedef {import("../map/view.js").Words} Words */
/** @typedef {import("../payload.js").Payload} Payload */

/**
 * Pixels of another page that lie side by side on a slide, however large the screen: what is read from far is larger.
 * @type {Record<string, number>}
 */
const PAGE = { any: 1760, compare: 1360, curves: 1120 }
const LONG = 260 // letters from which on a caption is set smaller

/**
 * @typedef {object} Step
 * @property {string} page "map", or the page that lies on the slide
 * @property {string} run
 * @property {string} method
 * @property {number} kept
 * @property {Words} view
 * @property {string} caption
 * @property {string} missing why it cannot be shown; "" if it can
 * @property {string} source the address of another page
 */

/** @typedef {{ name: string, title: string, address: string, verdicts: [number, string][] }} Method verdicts by share kept */
/** @typedef {{ title: string, methods: Method[] }} Run */
/** @typedef {{ name: string, steps: Step[], runs: Record<string, Run>, at: number, word: string, compare: string }} Story */
/** @typedef {{ leave?: (view: Record<string, any>) => void }} Events */

/**
 * @typedef {object} Talk
 * @property {HTMLElement} root
 * @property {Story} story
 * @property {Events} events
 * @property {number} at which step is shown
 * @property {string} run of the map that is shown
 * @property {Method | null} method likewise
 * @property {ReturnType<typeof canvas.mount> | null} picture
 * @property {Map<string, Promise<Payload>>} payloads by address
 * @property {() => void} stop stops what moves
 * @property {boolean} sweeping
 * @property {boolean} comparing whether the Compare page lies over the step
 * @property {AbortController} removed
 */

/**
 * @param {HTMLElement | ShadowRoot} host
 * @param {Story} story
 * @param {Events} [events]
 */
export function mount(host, story, events = {}) {
  const root = document.createElement("section")
  root.className = "fdmat-talk"
  root.ariaLabel = `Talk: ${story.name}`
  root.innerHTML = TEMPLATE
  host.append(root)
  document.documentElement.dataset.fdmatTold = "1" // who has told a talk needs no tour afterwards
  /** @type {Talk} */
  const talk = {
    root, story, events, at: -1, run: "", method: null, picture: null, payloads: new Map(), stop: () => {}, sweeping: false,
    comparing: false, removed: new AbortController(),
  }
  dress(talk)
  listKeys(find(root, ".talk-slide > .keys"), KEYS)
  listen(talk)
  go(talk, story.at)
  return {
    state: talk,
    dress: () => dress(talk),
    remove: () => { talk.stop(); talk.picture?.remove(); talk.removed.abort(); root.remove() },
  }
}

/** Take the colours of the page. @param {Talk} talk */
function dress({ root, picture }) {
  root.classList.toggle("dark", isDark(root))
  picture?.dress()
}

/** Before anybody else: the keys of a talk are its own. @param {Talk} talk */
function listen(talk) {
  const { signal } = talk.removed, frame = /** @type {HTMLIFrameElement} */ (find(talk.root, "iframe"))
  document.addEventListener("keydown", (event) => press(talk, event), { signal, capture: true })
  const watch = new ResizeObserver(() => fit(talk))
  watch.observe(find(talk.root, "main"))
  signal.addEventListener("abort", () => watch.disconnect())
  frame.addEventListener("load", () => {
    frame.contentDocument?.addEventListener("keydown", (event) => {
      const { tagName = "" } = /** @type {HTMLElement} */ (event.composedPath()[0] ?? {})
      if (!/^(INPUT|TEXTAREA|SELECT)$/.test(tagName)) press(talk, event, true)
    }, { capture: true })
  })
}

/** Let another page fill the slide. @param {Talk} talk */
function fit({ root, story, at, comparing }) {
  const main = find(root, "main"), page = comparing ? "compare" : story.steps[at]?.page
  main.style.setProperty("--scale", String(main.clientWidth / (PAGE[page] ?? PAGE.any)))
}

/**
 * @param {Talk} talk
 * @param {KeyboardEvent} event
 * @param {boolean} [framed]
 */
function press(talk, event, framed = false) {
  const act = actOf(event, framed)
  if (act === null) return
  event.preventDefault()
  event.stopPropagation()
  if (typeof act === "number") changeMethod(talk, act)
  else ACTS[act](talk)
}

/** @type {Record<import("./keys.js").Act, (talk: Talk) => void>} */
const ACTS = {
  next: (talk) => go(talk, talk.at + 1),
  back: (talk) => go(talk, talk.at - 1),
  first: (talk) => go(talk, 0),
  last: (talk) => go(talk, talk.story.steps.length - 1),
  more: (talk) => stepShare(talk, -1),
  less: (talk) => stepShare(talk, 1),
  sweep: toggleSweep,
  compare: toggleCompare,
  full: () => { document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.() },
  keys: ({ root }) => { const list = find(root, ".talk-slide > .keys"); list.hidden = !list.hidden },
  leave,
}

/**
 * Show a step. Coming back from Compare shows the present one again.
 * @param {Talk} talk
 * @param {number} to
 */
export async function go(talk, to) {
  const { story, root } = talk, at = clamp(to, 0, story.steps.length - 1), step = story.steps[at]
  if (at === talk.at && !talk.comparing) return
  halt(talk)
  Object.assign(talk, { at, comparing: false })
  fit(talk)
  tell(talk, step)
  showPart(root, step.missing ? "missing" : step.page === "map" ? "map" : "page")
  if (step.missing) find(root, ".missing").textContent = step.missing
  else if (step.page !== "map") showPage(root, step.source)
  else await showMap(talk, step, at)
  if (step.page === "map" && talk.at === at && !talk.comparing) loadNext(talk)
}

/** Load the page of the next step, so that it is there when the speaker comes to it. @param {Talk} talk */
function loadNext({ root, story, at, removed }) {
  const next = story.steps[at + 1]
  if (next && next.page !== "map" && !next.missing && !removed.signal.aborted) showPage(root, next.source)
}

/**
 * What stands around the picture.
 * @param {Talk} talk
 * @param {Step} step
 */
function tell({ root, story, at }, step) {
  const run = story.runs[step.run], url = new URL(location.href)
  find(root, ".about").textContent = [story.name, run?.title].filter(Boolean).join(" · ")
  find(root, ".place").textContent = `${at + 1} / ${story.steps.length}`
  say(root, step.caption)
  find(root, ".verdict").textContent = ""
  find(root, ".method").textContent = run?.methods.find(({ name }) => name === step.method)?.title ?? ""
  url.searchParams.set(story.word, String(at + 1))
  History.prototype.replaceState.call(history, history.state, "", url)
}

/**
 * @param {HTMLElement} root
 * @param {string} caption
 */
function say(root, caption) {
  const place = find(root, ".caption")
  place.textContent = caption
  place.classList.toggle("long", caption.length > LONG)
}

/**
 * @param {HTMLElement} root
 * @param {"map" | "page" | "missing"} part
 */
function showPart(root, part) {
  find(root, ".talk-slide").dataset.part = part
  for (const name of ["map", "page", "missing"]) find(root, `main > .${name}`).hidden = name !== part
}

/**
 * @param {HTMLElement} root
 * @param {string} source
 */
function showPage(root, source) {
  const frame = /** @type {HTMLIFrameElement} */ (find(root, "iframe")), address = new URL(source, document.baseURI).href
  if (frame.src !== address) frame.src = address
}

/**
 * @param {Talk} talk
 * @param {Step} step
 * @param {number} at
 */
async function showMap(talk, step, at) {
  const method = talk.story.runs[step.run].methods.find(({ name }) => name === step.method)
  if (!method) return
  try {
    const payload = await payloadOf(talk, method.address)
    if (talk.at !== at || talk.comparing || talk.removed.signal.aborted) return
    show(talk, step.run, method, payload, step)
    talk.stop = walkTo(mapOf(talk), step.view, step.kept)
  } catch (error) {
    find(talk.root, ".missing").textContent = `Nothing to show: ${error}`
    showPart(talk.root, "missing")
  }
}

/**
 * @param {Talk} talk
 * @param {string} run
 * @param {Method} method
 * @param {Payload} payload
 * @param {{ kept?: number, view?: Words }} start
 */
function show(talk, run, method, payload, { kept, view } = {}) {
  const events = { moved: () => judge(talk) }
  if (!talk.picture) talk.picture = canvas.mount(find(talk.root, ".map"), payload, events, { kept, words: view })
  else if (talk.method !== method) talk.picture.show(payload)
  Object.assign(talk, { run, method })
  const name = find(talk.root, ".method")
  name.textContent = method.title
  name.style.setProperty("--talk-kept", mapOf(talk).root.style.getPropertyValue("--kept"))
  const step = talk.story.steps[talk.at]
  say(talk.root, method.name === step.method ? step.caption : "") // it is of the step's method
  judge(talk)
}

/** @param {Talk} talk */
const mapOf = ({ picture }) => /** @type {import("../map/state.js").MapState} */ (picture?.state)

/**
 * @param {Talk} talk
 * @param {string} address
 */
function payloadOf({ payloads, removed }, address) {
  const known = payloads.get(address) ?? fetchPayload(new URL(address, document.baseURI).href, removed.signal)
  payloads.set(address, known)
  known.catch(() => payloads.delete(address))
  return known
}

/** What the share kept costs, at the measured size nearest to it. @param {Talk} talk */
function judge({ root, method, picture, comparing }) {
  const verdicts = method?.verdicts ?? []
  if (!picture || !verdicts.length || comparing) { find(root, ".verdict").textContent = ""; return }
  const { kept } = picture.state.slider
  const [, line] = verdicts[nearestSize(verdicts.map(([size]) => size), kept)]
  find(root, ".verdict").textContent = line.replaceAll(" ± ", "\u00a0±\u00a0")
}

/** Whether the map is what is shown. @param {Talk} talk */
const onMap = (talk) => !!talk.picture && !find(talk.root, ".map").hidden

/**
 * @param {Talk} talk
 * @param {number} number from 1
 */
async function changeMethod(talk, number) {
  const method = talk.story.runs[talk.run]?.methods[number - 1]
  if (!method || !onMap(talk)) return
  const { at } = talk, payload = await payloadOf(talk, method.address)
  if (talk.at === at && onMap(talk)) show(talk, talk.run, method, payload)
}

/**
 * @param {Talk} talk
 * @param {1 | -1} way
 */
function stepShare(talk, way) {
  if (!onMap(talk)) return
  halt(talk)
  const { slider } = mapOf(talk)
  slideTo(slider, tickBeside(slider, way))
}

/** @param {Talk} talk */
function toggleSweep(talk) {
  const { sweeping } = talk
  halt(talk)
  if (sweeping || !onMap(talk)) return
  Object.assign(talk, { stop: sweep(mapOf(talk).slider), sweeping: true })
}

/** @param {Talk} talk */
function halt(talk) {
  talk.stop()
  Object.assign(talk, { stop: () => {}, sweeping: false })
}

/** @param {Talk} talk */
function toggleCompare(talk) {
  if (talk.comparing) { go(talk, talk.at); return }
  const step = talk.story.steps[talk.at], run = talk.run || step.run, methods = talk.story.runs[run]?.methods ?? []
  const a = talk.method ?? methods[0], b = [...methods].reverse().find(({ name }) => name !== a?.name)
  if (!a || !b) return
  halt(talk)
  talk.comparing = true
  fit(talk)
  const kept = String(onMap(talk) ? rounded(mapOf(talk).slider.kept) : step.kept)
  showPage(talk.root, `${talk.story.compare}&${new URLSearchParams({ run, a: a.name, b: b.name, kept })}`)
  showPart(talk.root, "page")
  find(talk.root, ".method").textContent = `${a.title} and ${b.title}`
  for (const name of [".caption", ".verdict"]) find(talk.root, name).textContent = "" // they are of the step
}

/** Close what lies open, or leave with what is seen. @param {Talk} talk */
function leave(talk) {
  const list = find(talk.root, ".talk-slide > .keys"), step = talk.story.steps[talk.at]
  if (!list.hidden) { list.hidden = true; return }
  if (talk.comparing) { go(talk, talk.at); return }
  halt(talk)
  const seen = onMap(talk) ? { run: talk.run, method: talk.method?.name, kept: rounded(mapOf(talk).slider.kept), ...wordsOf(mapOf(talk)) }
    : { run: step.run, method: step.method, kept: step.kept, ...step.view }
  talk.events.leave?.(seen)
}
