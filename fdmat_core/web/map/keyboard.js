// The keys of the map. They are heard on the whole page, except where somebody types.

import { isTaken, showKeys } from "../elements.js"
import { slideByKey } from "../slider.js"
import { arm, clear, fit, nameAll, zoom } from "./pointer.js"
import { record } from "./view.js"

/** @typedef {import("./state.js").MapState} MapState */

/**
 * @param {MapState} map
 * @param {Record<string, () => void>} [more] what other keys do
 */
export function listenKeys(map, more = {}) {
  document.addEventListener("keydown", (event) => {
    if (isTaken(event)) return
    const shadow = map.root.getRootNode(), host = shadow instanceof ShadowRoot ? shadow.host : map.root
    const free = event.target === document.body || event.target === host // no other element takes the arrows
    const card = event.target instanceof HTMLElement && "item" in event.target.dataset ? event.target : null
    if (card && (event.key === "Enter" || event.key === " ")) card.click()
    else if (!press(map, event.key, more) && !(free && slideByKey(map.slider, event))) return
    event.preventDefault()
  }, { signal: map.removed.signal })
}

/**
 * @param {MapState} map
 * @param {string} key
 * @param {Record<string, () => void>} more
 * @returns {boolean} whether the key does something here
 */
function press(map, key, more) {
  /** @type {Record<string, () => void>} */
  const acts = {
    n: () => nameAll(map, !map.named), r: () => record(map),
    l: () => arm(map, !map.lasso.armed), escape: () => clear(map), "?": () => showKeys(map.elements),
    0: () => fit(map), "+": () => zoom(map, 1.5), "=": () => zoom(map, 1.5), "-": () => zoom(map, 1 / 1.5), ...more,
  }
  for (const number of "123456789") acts[number] = () => map.events.method?.(Number(number))
  const name = key.toLowerCase()
  if (!Object.hasOwn(acts, name)) return false
  acts[name]()
  return true
}
