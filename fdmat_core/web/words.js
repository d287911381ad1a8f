// What stands for an item that has no picture: its text or its fields, asked for in batches while it is on screen.

/** @typedef {{ short: string, full: string }} Words of an item */
/** @typedef {(words: Words) => void} Take */

const PAUSE = 20 // ms in which items are gathered for one question
const BATCH = 100 // items a question, so that its address stays short
const TYPING = 60 // ms without another letter before the server is asked for a text

/**
 * Asks the server at one address.
 * @typedef {object} Asker
 * @property {string} address before `?items=`
 * @property {Map<string, Words>} known by item id
 * @property {Map<string, Take[]>} waiting who waits for an item that is not asked for yet
 * @property {ReturnType<typeof setTimeout> | undefined} timer
 */

/** What is known stays while the page does, whatever method is shown. @type {Map<string, Asker>} */
const askers = new Map()

/**
 * Hand the words of an item over: at once if they are known, else when the server has answered.
 * @param {string} address
 * @param {string} id
 * @param {Take} take
 */
export function askWords(address, id, take) {
  const asker = askers.get(address) ?? { address, known: new Map(), waiting: new Map(), timer: undefined }
  askers.set(address, asker)
  const known = asker.known.get(id)
  if (known) { take(known); return }
  asker.waiting.set(id, [...asker.waiting.get(id) ?? [], take])
  asker.timer ??= setTimeout(() => send(asker), PAUSE)
}

/** Ask for all that wait, the latest first: they are on screen. @param {Asker} asker */
function send(asker) {
  const waiting = [...asker.waiting].reverse()
  Object.assign(asker, { waiting: new Map(), timer: undefined })
  for (let start = 0; start < waiting.length; start += BATCH) fetchWords(asker, new Map(waiting.slice(start, start + BATCH)))
}

/**
 * @param {Asker} asker
 * @param {Map<string, Take[]>} wanted
 */
async function fetchWords({ address, known }, wanted) {
  const answer = await fetch(`${address}?items=${[...wanted.keys()].join(",")}`).then((one) => one.json(), () => ({}))
  for (const [id, words] of Object.entries(answer.items ?? {})) {
    known.set(id, words)
    for (const take of wanted.get(id) ?? []) take(words)
  }
}

/**
 * Put the words of an item into an element as text, never as markup; all of them show under the pointer.
 * @param {string} address
 * @param {string} id
 * @param {HTMLElement} element
 */
export function showWords(address, id, element) {
  askWords(address, id, ({ short, full }) => { element.textContent = short; element.title = full })
}

/**
 * The rows whose words hold a text, as base64 of one bit per row; "" if the server does not say.
 * @param {string} address
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function searchWords(address, text) {
  const answer = await fetch(`${address}?text=${encodeURIComponent(text)}`).then((one) => one.json(), () => ({}))
  return answer.rows ?? ""
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing

/**
 * What `searchWords` says once nobody types on; a text that is typed over is never asked for, and its promise stays open.
 * @param {string} address
 * @param {string} text
 * @returns {Promise<string>}
 */
export function searchTyped(address, text) {
  clearTimeout(typing)
  return new Promise((take) => { typing = setTimeout(() => searchWords(address, text).then(take), TYPING) })
}
