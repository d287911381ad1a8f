// A panel over the list: a button opens it, Escape closes it, its form saves something under a name.

import { make } from "../elements.js"

/** @typedef {import("./state.js").GridState} GridState */

/**
 * @typedef {object} Panel the elements of one
 * @property {HTMLElement} button that opens and closes it
 * @property {HTMLElement} panel
 * @property {HTMLElement} form
 * @property {HTMLInputElement} named the field of the name
 * @property {HTMLElement} trouble what went wrong
 */

const SILENT = "the server does not answer; try again"
/** @type {Promise<any>} the answer to the last question */
let last = Promise.resolve()

/**
 * @param {Panel} panel
 * @param {(open?: boolean) => void} open opens or closes it; turns it if left out
 * @param {() => void} save
 */
export function listenPanel({ button, panel, form, named, trouble }, open, save) {
  button.addEventListener("click", () => open())
  form.addEventListener("submit", (event) => { event.preventDefault(); save() })
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    open(false)
    event.stopPropagation()
  })
  named.addEventListener("input", () => tell(trouble, ""))
}

/**
 * Open a panel, for its content to be filled in, or close it, so that the list has the focus again.
 * @param {GridState} grid
 * @param {Panel} panel
 * @param {boolean} open
 */
export function showPanel({ elements: { cells } }, { button, panel, trouble }, open) {
  panel.hidden = !open
  button.ariaExpanded = String(open)
  if (open) tell(trouble, "")
  else cells.focus({ preventScroll: true })
}

/** @param {HTMLElement} element @param {string} trouble "" for none */
export function tell(element, trouble) {
  element.textContent = trouble
  element.hidden = !trouble
}

/**
 * What the server says, asked one thing at a time: the answer that comes last is the newest.
 * @param {string} address
 * @param {object} [wish] to be written
 * @returns {Promise<any>} its answer, or an `error`
 */
export function ask(address, wish) {
  const facts = wish ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) } : {}
  last = last.then(() => fetch(address, facts)).then((got) => got.json()).catch(() => ({ error: SILENT }))
  return last
}

/**
 * A button that deletes something when it is pressed twice.
 * @param {string} ariaLabel
 * @param {() => void} remove
 */
export function remover(ariaLabel, remove) {
  const button = make("button", "Delete", { className: "away", ariaLabel })
  button.addEventListener("blur", () => { button.textContent = "Delete" })
  button.addEventListener("click", () => {
    if (button.textContent === "Delete") { button.textContent = "Really?"; return }
    remove()
  })
  return button
}
