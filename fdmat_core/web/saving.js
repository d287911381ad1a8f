// Files that a page hands over, and pictures of them that are sharper than the screen.

import { make } from "./elements.js"

/** What no XML may hold: control signs, which a name may have by mistake. */
const CONTROL = /[^\t\n\r\x20-\uFFFF]/g

/** Pixels of a picture for one of the page. */
export const SHARP = 2

/**
 * Hand a file over, as if a link to it had been pressed.
 * @param {Blob} content
 * @param {string} name
 */
export function save(content, name) {
  const link = make("a", "", { href: URL.createObjectURL(content), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** Text as it may stand in an SVG. @param {string} text */
export const xml = (text) => text.replace(CONTROL, "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/**
 * A canvas as a PNG.
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
export function pngOf(canvas) {
  return new Promise((done, fail) => canvas.toBlob((blob) => blob ? done(blob) : fail(new Error("no picture")), "image/png"))
}

/**
 * An SVG as a PNG of SHARP times its size.
 * @param {string} text
 */
export async function drawn(text) {
  const image = new Image()
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }))
  await image.decode()
  const canvas = make("canvas", "", { width: SHARP * image.naturalWidth, height: SHARP * image.naturalHeight })
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height)
  URL.revokeObjectURL(image.src)
  return pngOf(canvas)
}
