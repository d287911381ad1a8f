// Elements: making them, finding them, and whose a key press is.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [text]
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, text = "", properties = {}) {
  const element = document.createElement(tag)
  element.textContent = text
  return Object.assign(element, properties)
}

/**
 * The section that a picture lives in, at the end of an element or shadow root.
 * @param {HTMLElement | ShadowRoot} host
 * @param {string} className
 * @param {string} ariaLabel
 * @param {string} template
 */
export function sectionIn(host, className, ariaLabel, template) {
  const root = make("section", "", { className, ariaLabel, innerHTML: template })
  host.append(root)
  return root
}

/**
 * The element that a selector names; that it is there is up to the template.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 */
export function find(root, selector) {
  const found = root.querySelector(selector)
  if (!found) throw new Error(`the template has no ${selector}`)
  return /** @type {Kind} */ (found)
}

/**
 * The list of keys that "?" opens.
 * @param {HTMLElement} list
 * @param {[string, string][]} keys
 */
export function listKeys(list, keys) {
  list.replaceChildren(...keys.flatMap(([key, what]) => [make("dt", key), make("dd", what)]))
}

/**
 * Open or close the list of keys.
 * @param {{ keys: HTMLElement, help: HTMLElement }} elements
 * @param {boolean} [open]
 */
export function showKeys({ keys, help }, open = keys.hidden === true) {
  keys.hidden = !open
  help.ariaExpanded = String(open)
}

/**
 * Whether a key press is a chord: it belongs to the browser or the system.
 * @param {KeyboardEvent} event
 */
export const isChord = (event) => event.ctrlKey || event.metaKey || event.altKey

/**
 * Whether a key press belongs to a field or a dialog. A slider is none: its letters are the page's.
 * @param {KeyboardEvent} event
 */
export function isTyped(event) {
  const target = event.composedPath()[0]
  const field = "input:not([type=range]), textarea, select, [contenteditable], [role=dialog]"
  return event.defaultPrevented || (target instanceof Element && !!target.closest(field))
}

/**
 * Whether a key press belongs to somebody else: to a field, a dialog, a menu of the page that is open, the browser.
 * @param {KeyboardEvent} event
 */
export const isTaken = (event) =>
  isChord(event) || isTyped(event) || document.querySelector('[data-testid="stPopoverBody"]') !== null

/**
 * Dress a shadow root, or the document, in style sheets that lie beside a module.
 * @param {Document | ShadowRoot} root
 * @param {string[]} addresses
 */
export async function adoptStyles(root, addresses) {
  root.adoptedStyleSheets = await Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address)
    if (!answer.ok) throw new Error(`no style at ${address}`)
    return new CSSStyleSheet().replace(await answer.text())
  }))
}
