// The keys of a talk.

import { isChord } from "../elements.js"

/** @typedef {"next" | "back" | "first" | "last" | "more" | "less" | "sweep" | "compare" | "full" | "keys" | "leave"} Act */

/** @type {[string, string][]} */
export const KEYS = [
  ["→ ←", "next, previous step"], ["Home End", "first, last step"], ["[ ]", "keep more, keep less: the measured sizes"],
  ["1 – 9", "method"], ["Space", "sweep the share kept to the least and back; again stops"], ["+ − 0", "zoom in, out, show all"],
  ["N", "names"], ["C", "compare with another method; again comes back"], ["F", "full screen"], ["?", "this list"], ["Esc", "leave"],
]

/** @type {Record<string, Act>} */
const ACTS = {
  arrowright: "next", arrowdown: "next", pagedown: "next", enter: "next",
  arrowleft: "back", arrowup: "back", pageup: "back", backspace: "back",
  home: "first", end: "last", "[": "more", "]": "less", " ": "sweep", c: "compare", f: "full", "?": "keys", escape: "leave",
}
/** What is heard while another page lies on the stage and has keys of its own. */
const OVER_PAGES = ["next", "back", "compare", "full", "keys", "leave"]

/**
 * What a key press does in a talk: an act, the number of a method, or null.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} event
 * @param {boolean} [framed] whether it was pressed in another page on the stage
 * @returns {Act | number | null}
 */
export function actOf(event, framed = false) {
  const key = event.key.toLowerCase()
  if (isChord(/** @type {KeyboardEvent} */ (event))) return null
  if (/^[1-9]$/.test(key)) return framed ? null : Number(key)
  const act = Object.hasOwn(ACTS, key) ? ACTS[key] : null
  return framed && act && !OVER_PAGES.includes(act) ? null : act
}
