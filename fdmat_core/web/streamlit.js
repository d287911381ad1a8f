// Fits a picture to Streamlit's components (v2): the component gets an address, its events become state and triggers.

import { adoptStyles } from "./elements.js"
import { fetchPayload } from "./payload.js"

/** @typedef {import("./payload.js").Payload} Payload */

/**
 * A picture on the page, as `mount` returns it.
 * @typedef {object} Picture
 * @property {(payload: Payload) => void} show draw another payload; what a person has set stays if its items are the same
 * @property {(options: Record<string, any>) => void} set take other options
 * @property {() => void} dress take the colours of the page anew
 * @property {() => any} view how a person has set it, for `options.view` of a later mount
 * @property {() => void} remove
 */

/**
 * A module with a picture.
 * @typedef {object} Module
 * @property {(host: ShadowRoot | HTMLElement, payload: Payload, events: Record<string, (value: any) => void>,
 *   options: Record<string, any>) => Picture} mount
 * @property {string[]} STYLES addresses of its style sheets
 * @property {(host: ShadowRoot | HTMLElement, part: Part, options: Record<string, any>) => Arrival | null} [arrive] show a payload
 *   that is on its way; null if it is not worth while
 */

/** @typedef {{ more: (part: Part) => void, remove: () => void }} Arrival */
/** @typedef {import("./payload.js").Part} Part */

/**
 * @typedef {object} Args what Streamlit calls a component with
 * @property {Record<string, any> & { payload: string }} data
 * @property {ShadowRoot} parentElement
 * @property {(name: string, value: any) => void} setStateValue
 * @property {(name: string, value: any) => void} setTriggerValue
 */

/**
 * @typedef {object} Place what is known about a place on the page between two calls
 * @property {Args} args of the last call: the only ones that Streamlit still listens to
 * @property {string} address of the payload shown, or on its way
 * @property {AbortController} [loading]
 * @property {Promise<void>} [dressed]
 * @property {Picture} [picture]
 */

/**
 * The default export of a component's script.
 * @param {Module} module
 * @param {{ state: string[], trigger: string[] }} names of the events that Python hears of
 */
export function component({ mount, arrive, STYLES }, names) {
  /** @type {any} */
  let left // how the last picture looked when it left the page; Streamlit may put it elsewhere and come back
  /** @type {Place | undefined} */
  let latest // where the last picture was put; Streamlit may put the next before it takes this one away
  const styles = ["tokens.css", "streamlit.css"].map((name) => new URL(name, import.meta.url).href).concat(STYLES)

  /** @param {Args} args */
  return (args) => {
    const host = /** @type {ShadowRoot & { fdmat?: Place }} */ (args.parentElement)
    const place = host.fdmat ??= { args, address: "" }
    place.args = args
    place.dressed ??= adoptStyles(host, styles)
    if (place.address !== args.data.payload) load(place)
    else place.picture?.set(args.data)
    place.picture?.dress() // called again also when only the theme has changed
    return () => setTimeout(() => { if (!host.isConnected) leave(place) }, 0)
  }

  /** @param {Place} place */
  async function load(place) {
    const { data, parentElement: host } = place.args
    place.address = data.payload
    place.loading?.abort()
    const { signal } = place.loading = new AbortController()
    host.querySelector("[role=alert]")?.remove()
    const meanwhile = place.picture || !arrive ? null : showing(host, data, arrive, place.dressed)
    try {
      const address = new URL(data.payload, document.baseURI).href
      const [payload] = await Promise.all([fetchPayload(address, signal, meanwhile?.more), place.dressed])
      meanwhile?.remove()
      if (signal.aborted) return
      const { data: options } = place.args
      if (place.picture) { place.picture.set(options); place.picture.show(payload) }
      else place.picture = mount(host, payload, eventsOf(place, names), { ...options, view: latest?.picture?.view() ?? left })
      latest = place
    } catch (error) {
      meanwhile?.remove()
      if (signal.aborted) return
      place.address = "" // the next call tries again
      host.append(Object.assign(document.createElement("p"), { role: "alert", textContent: `Nothing to show: ${error}` }))
    }
  }

  /** @param {Place} place */
  function leave(place) {
    place.loading?.abort()
    left = place.picture?.view() ?? left
    place.picture?.remove()
    place.picture = undefined
    place.address = ""
  }
}

/**
 * Shows what is on its way, as soon as the host is dressed.
 * @param {ShadowRoot} host
 * @param {Record<string, any>} options
 * @param {NonNullable<Module["arrive"]>} arrive
 * @param {Promise<void> | undefined} dressed
 * @returns {Arrival}
 */
function showing(host, options, arrive, dressed) {
  let ready = false, begun = false
  /** @type {Arrival | null} */
  let arrival = null
  dressed?.then(() => { ready = true }, () => {})
  const more = (/** @type {Part} */ part) => {
    if (!ready) return
    if (begun) arrival?.more(part)
    else { begun = true; arrival = arrive(host, part, options) }
  }
  return { more, remove: () => { begun = true; arrival?.remove(); arrival = null } }
}

/**
 * @param {Place} place
 * @param {{ state: string[], trigger: string[] }} names
 */
function eventsOf(place, { state, trigger }) {
  /** @type {Record<string, (value: any) => void>} */
  const events = { moved: moveLines }
  for (const name of state) events[name] = (value) => place.args.setStateValue(name, value)
  for (const name of trigger) events[name] = (value) => place.args.setTriggerValue(name, value)
  return events
}

/**
 * Lines over the page's charts follow the slider without the page being sent: see `toolbar.line`.
 * @param {{ place: number, resting: boolean }} slider
 */
function moveLines({ place, resting }) {
  /** @type {Iterable<HTMLElement>} */
  const lines = resting ? [document.documentElement] : document.querySelectorAll(".st-key-curves")
  for (const line of lines) line.style.setProperty("--fdmat-place", String(place))
}
