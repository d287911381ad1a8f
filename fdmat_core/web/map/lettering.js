// Names in a picture to take along, as they stand on the screen: with a rim of the ground, and exemplars with their pictures.

import { make } from "../elements.js"
import { SHARP, xml } from "../saving.js"

/** @typedef {import("./state.js").MapState} MapState */

/** @typedef {{ x: number, y: number, width: number, height: number }} Box from the stage's upper left corner, in pixels */
/**
 * A name that is shown, as the page shows it.
 * @typedef {object} Lettered
 * @property {string} text
 * @property {Box} at of the text
 * @property {number} size of its letters in pixels
 * @property {number} opacity
 * @property {{ box: Box, colour: string } | null} ground under a name with a picture
 * @property {{ element: HTMLImageElement, box: Box } | null} image
 */

const RIM = 5, WEIGHT = 650 // pixels of the rim around letters, and how bold they are
const ROUND = 8, EDGE = 0.25 // corners under a picture in pixels, and the opacity of their line

/**
 * The names that the map shows now.
 * @param {MapState} map
 * @returns {Lettered[]}
 */
export function lettered({ elements: { names, stage } }) {
  if (names.hidden) return []
  const figures = /** @type {HTMLElement[]} */ ([...names.children]), origin = stage.getBoundingClientRect()
  return figures.filter(({ hidden }) => !hidden).map((figure) => {
    const { fontSize, opacity, backgroundColor } = getComputedStyle(figure), range = document.createRange()
    const image = figure.querySelector("img"), letters = figure.lastChild
    range.selectNodeContents(letters ?? figure)
    return {
      text: figure.textContent?.trim() ?? "", at: boxIn(origin, range), size: parseFloat(fontSize), opacity: Number(opacity),
      ground: image && { box: boxIn(origin, figure), colour: backgroundColor },
      image: image?.complete && image.naturalWidth ? { element: image, box: boxIn(origin, image) } : null,
    }
  })
}

/**
 * @param {DOMRect} origin
 * @param {Element | Range} element
 * @returns {Box}
 */
function boxIn({ left, top }, element) {
  const { left: x, top: y, width, height } = element.getBoundingClientRect()
  return { x: x - left, y: y - top, width, height }
}

/**
 * Draw names on a canvas whose pen is scaled to pixels of the page.
 * @param {CanvasRenderingContext2D} pen
 * @param {Lettered[]} names
 * @param {{ top: number, font: string, ink: string, ground: string }} dress
 */
export function paintNames(pen, names, { top, font, ink, ground: around }) {
  pen.save()
  Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: RIM, imageSmoothingEnabled: false })
  for (const { text, at, size, opacity, ground, image } of names) {
    Object.assign(pen, { globalAlpha: opacity, font: `${WEIGHT} ${size}px ${font}`, strokeStyle: around })
    if (ground) {
      pen.fillStyle = ground.colour
      pen.beginPath()
      pen.roundRect(ground.box.x, top + ground.box.y, ground.box.width, ground.box.height, ROUND)
      pen.fill()
      Object.assign(pen, { lineWidth: 1, strokeStyle: ink, globalAlpha: EDGE * opacity })
      pen.stroke()
      Object.assign(pen, { lineWidth: RIM, globalAlpha: opacity })
    }
    if (image) pen.drawImage(image.element, image.box.x, top + image.box.y, image.box.width, image.box.height)
    const x = at.x + at.width / 2, y = top + at.y + at.height / 2
    if (!ground) pen.strokeText(text, x, y)
    pen.fillStyle = ink
    pen.fillText(text, x, y)
  }
  pen.restore()
}

/**
 * Names as elements of an SVG.
 * @param {Lettered[]} names
 * @param {{ top: number, ink: string, ground: string }} dress
 */
export function namesInSvg(names, { top, ink, ground: around }) {
  return names.map(({ text, at, size, opacity, ground, image }) => {
    const line = `stroke="${ink}" stroke-opacity="${EDGE}"`
    const box = ground && `<rect ${placeOf(ground.box, top)} rx="${ROUND}" fill="${ground.colour}" ${line}/>`
    const picture = image && `<image ${placeOf(image.box, top)} href="${addressOf(image.element)}" image-rendering="pixelated"/>`
    const rim = ground ? "" : ` stroke="${around}" stroke-width="${RIM}" stroke-linejoin="round" paint-order="stroke"`
    const letters = `<text x="${round(at.x + at.width / 2)}" y="${round(top + at.y + at.height / 2)}" font-size="${size}" `
      + `font-weight="${WEIGHT}" text-anchor="middle" dominant-baseline="central" fill="${ink}"${rim}>${xml(text)}</text>`
    return `<g class="name" opacity="${opacity}">${box ?? ""}${picture ?? ""}${letters}</g>`
  }).join("")
}

/** @param {number} value */
const round = (value) => value.toFixed(1)

/**
 * @param {Box} box
 * @param {number} top
 */
const placeOf = ({ x, y, width, height }, top) =>
  `x="${round(x)}" y="${round(top + y)}" width="${round(width)}" height="${round(height)}"`

/** A picture as an address that holds it, so that the file asks for nothing. @param {HTMLImageElement} image */
function addressOf(image) {
  const { naturalWidth, naturalHeight } = image, share = Math.min(1, SHARP * 64 / Math.max(naturalWidth, naturalHeight))
  const canvas = make("canvas", "", { width: Math.ceil(share * naturalWidth), height: Math.ceil(share * naturalHeight) })
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL("image/png")
}
