// Decisions: on screen at once, on the server's disk a moment later, one after the other, until all are there.

import { idOf } from "../items.js"
import { whole } from "../text.js"
import { choose, showBadge } from "./cells.js"
import { recount, refresh, showTally } from "./filter_panel.js"
import { decisionOn, rowOf, stale } from "./state.js"

/** @typedef {import("./state.js").GridState} GridState */
/** @typedef {import("./state.js").Decision} Decision */
/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("./state.js").Wish} Wish */
/** @typedef {{ error?: string, item?: string | null, count?: number, decision?: string, label?: string }} Answer */

const AGAIN = 1500, LISTEN = 4000 // ms before the next attempt; between looks at what others decided
const TOO_LARGE = 413 // status of HTTP
const UNSENT = "fdmat.unsent.", AUTHOR = "fdmat.author", SESSION = "fdmat.session"

export const author = () => localStorage.getItem(AUTHOR) ?? ""

/** @param {string} name that decisions are signed with from now on */
export const sign = (name) => localStorage.setItem(AUTHOR, name.trim())

/** What only this tab calls itself, also after a reload: undo takes back what this tab decided. */
function session() {
  const known = sessionStorage.getItem(SESSION)
  if (known) return known
  const name = unique()
  sessionStorage.setItem(SESSION, name)
  return name
}

/** A name that nothing else has. */
const unique = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (one) => one.toString(36)).join("")

/**
 * The class that R gives: the one chosen, else the plan's preferred if it differs from the label.
 * @param {GridState} grid
 * @param {number} row
 */
export function targetOf({ items, target }, row) {
  return target || (items.preferred[row] !== items.labels[row] ? items.classes[items.preferred[row]] : "")
}

/**
 * Decide on the chosen item, and go to the next.
 * @param {GridState} grid
 * @param {string} decision "" takes off the one it has
 */
export function decide(grid, decision) {
  const { items, row } = grid
  if (row < 0) return
  const label = decision === "relabel" ? targetOf(grid, row) : "", item = idOf(items, row)
  if (decision === "relabel" && !label) { chooseClass(grid); return } // there is no menu where there are no labels
  if (!decision && !decisionOn(grid, row)?.decision) return
  put(grid, item, { decision, label, author: author() || "me" })
  post(grid, { item, decision, label })
  choose(grid, grid.at + 1)
}

/** Go to the menu of classes to relabel to. @param {GridState} grid */
export function chooseClass(grid) {
  /** @type {HTMLElement | null} */ (grid.elements.card.querySelector("select.target"))?.focus()
}

/** Take this tab's last decision back; the server knows which it was. @param {GridState} grid */
export const undo = (grid) => post(grid, { undo: true })

/**
 * @param {GridState} grid
 * @param {string} item
 * @param {Decision} decision
 */
function put(grid, item, decision) {
  if (decision.decision) grid.decided.set(item, decision)
  else grid.decided.delete(item)
  const row = rowOf(grid, item)
  showBadge(grid, row)
  if (row === grid.row) stale(grid, "card")
  recount(grid)
}

/**
 * Each message has an id, by which the server takes it once, however often it is sent.
 * @param {GridState} grid
 * @param {Wish} wish
 */
export function post(grid, wish) {
  grid.note = ""
  grid.outbox.push({ author: author() || "me", session: session(), id: unique(), ...wish })
  keepUnsent(grid)
  if (grid.outbox.length === 1) send(grid)
  showTally(grid)
}

/**
 * Send what waits, the oldest first, until nothing does. What is not sent when another run is shown goes on by itself.
 * @param {GridState} grid
 */
async function send(grid) {
  const { outbox, items } = grid, isHere = () => grid.outbox === outbox
  while (outbox.length) {
    const answer = await delivered({ items }, outbox[0])
    if (!isHere() && grid.items.key === items.key) return // these items are shown again: they send what is left
    if (!answer) {
      if (isHere()) { grid.trouble = "the server does not answer; trying again"; showTally(grid) }
      await new Promise((next) => setTimeout(next, AGAIN))
      if (grid.removed.signal.aborted) return
      continue
    }
    const message = outbox.shift()
    keepUnsent({ outbox, items })
    if (!isHere()) continue
    grid.trouble = answer.error ?? ""
    if (message?.undo) await undone(grid, answer)
    else if (answer.error) await learnAnew(grid)
    showTally(grid)
  }
}

/**
 * The server's answer to a message, also a refusal; null if it has to be sent again.
 * @param {Pick<GridState, "items">} grid
 * @param {Message} message
 * @returns {Promise<Answer | null>}
 */
async function delivered({ items }, message) {
  const facts = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) }
  try {
    const got = await fetch(items.decisions, facts)
    const refused = !got.ok && got.status < 500 // for good; maybe before the app has seen it, as what is too large
    const answer = await got.json().catch(() => refused ? { error: unread(got.status) } : null)
    return refused || got.ok && !answer?.error ? answer : null
  } catch {
    return null
  }
}

/** Why a message was not even read. @param {number} status of HTTP */
const unread = (status) =>
  status === TOO_LARGE ? "too many items at once; mark fewer" : `the server refused this (${status}); load the page again`

/**
 * @param {GridState} grid
 * @param {Answer} answer
 */
async function undone(grid, { error, item, count = 1, decision = "", label = "" }) {
  if (item === null || item === undefined) { grid.trouble = error ?? "nothing left to take back"; return }
  if (count > 1) {
    await listen(grid)
    grid.note = `${whole(count)} taken back`
  } else put(grid, item, { decision, label, author: "" })
  const place = grid.sifted.list.indexOf(rowOf(grid, item))
  if (place >= 0) choose(grid, place)
}

/** The server has refused a decision: what the screen says is what the log says again. @param {GridState} grid */
async function learnAnew(grid) {
  Object.assign(grid, { decided: new Map(), last: 0 })
  await listen(grid)
  for (const row of grid.cells.keys()) showBadge(grid, row)
  stale(grid, "card")
  recount(grid)
}

/** What the server has not confirmed survives a reload of the page. @param {Pick<GridState, "outbox" | "items">} grid */
function keepUnsent({ outbox, items }) {
  const name = UNSENT + items.key
  if (outbox.length) sessionStorage.setItem(name, JSON.stringify(outbox))
  else sessionStorage.removeItem(name)
}

/** Hear of the decisions on these items from now on, and send what is left of the last time. @param {GridState} grid */
export function startListening(grid) {
  grid.outbox = JSON.parse(sessionStorage.getItem(UNSENT + grid.items.key) ?? "[]")
  if (grid.outbox.length) send(grid)
  clearInterval(grid.timers.listening)
  grid.timers.listening = setInterval(() => { if (!document.hidden) listen(grid) }, LISTEN)
  listen(grid)
}

/** Hear what was decided since, here or in another session. @param {GridState} grid */
async function listen(grid) {
  const { decisions } = grid.items
  if (grid.outbox.some(({ rows }) => rows)) return // they are on the screen, and not yet in the log
  const answer = await fetch(`${decisions}?after=${grid.last}`).then((got) => got.json()).catch(() => null)
  if (!answer?.changes || decisions !== grid.items.decisions) return
  grid.last = answer.last
  const mine = new Set(grid.outbox.map(({ item }) => item))
  /** @type {[string, string, string, string][]} */
  const news = answer.changes.filter((/** @type {string[]} */ [item, decision, label]) => {
    const now = grid.decided.get(item)
    return !mine.has(item) && ((now?.decision ?? "") !== decision || (now?.label ?? "") !== label)
  })
  for (const [item, decision, label, by] of news)
    if (decision) grid.decided.set(item, { decision, label, author: by })
    else grid.decided.delete(item)
  if (news.length) hearOf(grid, news.map(([item]) => rowOf(grid, item)))
}

/**
 * @param {GridState} grid
 * @param {number[]} rows that others decided on
 */
function hearOf(grid, rows) {
  for (const row of rows) showBadge(grid, row)
  if (rows.includes(grid.row)) stale(grid, "card")
  if (grid.filters.decision) refresh(grid)
  else recount(grid)
}
