// A picture from outside: dropped on the grid or chosen, it goes to the server, and the list is sorted by likeness to it.

import { make } from "../elements.js"
import { readPayload } from "../payload.js"
import { showTally } from "./filter_panel.js"
import { offerLikeness, rowsBy, sortBy } from "./scores.js"

/** @typedef {import("./state.js").GridState} GridState */

const MOST = 800_000 // bytes that are sent; a larger picture is made smaller first
const LONGEST = 1024 // pixels of its longer side then

const PICTURE = "a picture" // what the likeness is to, in the name of its score

/** Hear of pictures that are dropped anywhere on the grid. @param {GridState} grid */
export function listenDrops(grid) {
  const { root } = grid
  const carries = (/** @type {DragEvent} */ event) => grid.items.like && event.dataTransfer?.types.includes("Files")
  const over = (/** @type {boolean} */ on) => root.classList.toggle("dropping", on)
  root.addEventListener("dragover", (event) => {
    if (!carries(event)) return
    event.preventDefault()
    over(true)
  })
  root.addEventListener("dragleave", (event) => { if (!root.contains(/** @type {Node | null} */ (event.relatedTarget))) over(false) })
  root.addEventListener("drop", (event) => {
    if (!carries(event)) return
    event.preventDefault()
    over(false)
    const file = event.dataTransfer?.files[0]
    if (file) likePicture(grid, file)
  })
}

/** Let a person choose a picture. @param {GridState} grid */
export function choosePicture(grid) {
  const field = make("input", "", { type: "file", accept: "image/*" })
  field.addEventListener("change", () => { if (field.files?.[0]) likePicture(grid, field.files[0]) })
  field.click()
}

/**
 * Sort the list by how like a picture its items are, or say why that cannot be.
 * @param {GridState} grid
 * @param {File} file
 */
export async function likePicture(grid, file) {
  const { items } = grid, title = `like ${file.name}`
  say(grid, `looking at ${file.name} …`)
  try {
    const { columns } = await scored(items.like, await lightened(file))
    if (grid.items.key !== items.key) return
    const name = offerLikeness(grid, PICTURE, title), values = columns.score
    grid.scores.set(name, Promise.resolve({ name, title, values, rows: rowsBy(values, items.worst) }))
    say(grid, "")
    await sortBy(grid, name)
  } catch (error) {
    say(grid, error instanceof Error ? error.message : String(error))
  }
}

/** @param {GridState} grid @param {string} note */
function say(grid, note) {
  grid.note = note
  showTally(grid)
}

/**
 * @param {string} address
 * @param {Blob} body
 */
async function scored(address, body) {
  const got = await fetch(address, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body })
    .catch(() => { throw new Error("the server does not answer; drop the picture again") })
  if (!got.ok) throw new Error((await got.json().catch(() => ({}))).error ?? `the server answers ${got.status}`)
  return readPayload(await got.arrayBuffer())
}

/**
 * A picture in few enough bytes to be sent.
 * @param {File} file
 * @returns {Promise<Blob>}
 */
async function lightened(file) {
  if (file.size <= MOST) return file
  const image = await createImageBitmap(file).catch(() => { throw new Error(`${file.name} is no picture that this browser reads`) })
  const ratio = Math.min(1, LONGEST / Math.max(image.width, image.height))
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(image.width * ratio)), Math.max(1, Math.round(image.height * ratio)))
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })
}
