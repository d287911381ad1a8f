// The map as a picture to take along: PNG twice as sharp as the page, or SVG, with a title and its legend.

import { find, make } from "../elements.js"
import { pngOf, save, SHARP, xml } from "../saving.js"
import { percent, whole } from "../text.js"
import { lettered, namesInSvg, paintNames } from "./lettering.js"
import { radii, screenOf } from "./paint.js"

/** @typedef {import("./state.js").MapState} MapState */

const MOST_CIRCLES = 20_000 // more points become an image inside the SVG
const PAD = 16, TITLE = 58, LEGEND = 34, LINE = 22, GAP = 22

/**
 * Offer the picture in both forms, by the buttons of the map.
 * @param {MapState} map
 */
export function listenPicture(map) {
  find(map.root, ".act-png").addEventListener("click", async () => save(await pngOf(canvasOf(map)), `${nameOf(map)}.png`))
  find(map.root, ".act-svg").addEventListener("click", () => save(new Blob([svgOf(map)], { type: "image/svg+xml" }), `${nameOf(map)}.svg`))
}

/**
 * What the file is called: data, method, share kept.
 * @param {MapState} map
 */
export function nameOf({ points, slider: { k } }) {
  return `${points.file}_${Number((100 * k / points.n).toPrecision(3))}pct_map`
}

/**
 * The picture as it stands, drawn anew at twice the pixels.
 * @param {MapState} map
 */
export function canvasOf(map) {
  const { width, height } = sizeOf(map), canvas = make("canvas", "", { width: SHARP * width, height: SHARP * height })
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  pen.scale(SHARP, SHARP)
  pen.fillStyle = groundOf(map)
  pen.fillRect(0, 0, width, height)
  pen.drawImage(stageOf(map), 0, TITLE, map.stage.width, map.stage.height)
  paintNames(pen, lettered(map), dressOf(map))
  pen.textBaseline = "alphabetic"
  for (const { text, x, y, size, colour, bold } of wordsOf(map)) {
    pen.font = `${bold ? 650 : 400} ${size}px ${fontOf(map)}`
    pen.fillStyle = colour
    pen.fillText(text, x, y)
  }
  for (const { x, y, colours, wide } of swatchesOf(map)) {
    const fill = pen.createLinearGradient(x, 0, x + wide, 0)
    colours.forEach((colour, i) => fill.addColorStop(i / Math.max(1, colours.length - 1), colour))
    pen.fillStyle = fill
    pen.beginPath()
    pen.roundRect(x, y, wide, 12, colours.length > 1 ? 3 : 6)
    pen.fill()
  }
  return canvas
}

/**
 * The picture as the text of an SVG: circles, or where there are too many points or other marks an image.
 * @param {MapState} map
 */
export function svgOf(map) {
  const { width, height } = sizeOf(map), { width: wide, height: high } = map.stage
  const marked = [map.ringed, map.outlined, map.lasso.rows].some((rows) => rows?.length)
  const circled = !marked && map.layer.n <= MOST_CIRCLES && ["kept", "class", "score"].includes(map.look.mode)
  const drawn = circled ? circles(map)
    : `<image y="${TITLE}" width="${wide}" height="${high}" href="${stageOf(map).toDataURL("image/png")}"/>`
  const words = wordsOf(map).map(({ text, x, y, size, colour, bold, wide: long }) =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${bold ? ' font-weight="650"' : ""}`
    + `${long ? ` textLength="${long.toFixed(1)}" lengthAdjust="spacingAndGlyphs"` : ""}>${xml(text)}</text>`)
  const swatches = swatchesOf(map).map(({ x, y, colours, wide: w }, i) => colours.length < 2
    ? `<circle cx="${x + 6}" cy="${y + 6}" r="6" fill="${colours[0]}"/>`
    : `<linearGradient id="scale${i}">${colours.map((colour, j) =>
      `<stop offset="${j / (colours.length - 1)}" stop-color="${colour}"/>`).join("")}</linearGradient>`
      + `<rect x="${x}" y="${y}" width="${w}" height="12" rx="3" fill="url(#scale${i})"/>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" `
    + `font-family="${xml(fontOf(map))}"><rect width="100%" height="100%" fill="${groundOf(map)}"/>`
    + `${drawn}${namesInSvg(lettered(map), dressOf(map))}${words.join("")}${swatches.join("")}</svg>\n`
}

/** @param {MapState} map */
function sizeOf(map) {
  const { width, height } = map.stage, lines = Math.max(0, ...keysOf(map).map(({ line }) => line))
  return { width: Math.round(width), height: Math.round(height) + TITLE + LEGEND + lines * LINE }
}

/** @param {MapState} map */
const groundOf = ({ root }) => getComputedStyle(root).backgroundColor

/** @param {MapState} map */
const fontOf = ({ root }) => getComputedStyle(root).fontFamily

/** How names are drawn. @param {MapState} map */
const dressOf = (map) => ({ top: TITLE, font: fontOf(map), ink: getComputedStyle(map.root).color, ground: groundOf(map) })

/**
 * The stage alone, drawn as the page draws it, on a canvas of its own.
 * @param {MapState} map
 */
function stageOf(map) {
  const { screen } = map, canvas = make("canvas")
  map.screen = screenOf(canvas, map.stage, SHARP)
  map.draw(performance.now())
  map.screen = screen
  map.draw(performance.now())
  return canvas
}

/**
 * The points as circles, the best on top.
 * @param {MapState} map
 */
function circles(map) {
  const { layer, camera, screen, stage } = map
  if (!camera || !screen) return ""
  const cut = map.slider.k, size = radii(screen, camera, map.points.cells.inked, layer.n, cut), drawn = []
  for (let i = layer.n - 1; i >= 0; i--) {
    const x = stage.width / 2 + (layer.x[i] - camera.x) * camera.scale
    const y = TITLE + stage.height / 2 - (layer.y[i] - camera.y) * camera.scale
    if (x < 0 || x > stage.width || y < TITLE || y > TITLE + stage.height) continue
    const kept = i < cut, r = (kept ? size.kept : size.pruned) / screen.ratio
    const colour = hex(kept ? layer.bright[i] : layer.faint[i])
    drawn.push(`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r.toFixed(2)}" fill="${colour}"/>`)
  }
  return `<g>${drawn.join("")}</g>`
}

/** A pixel of a little-endian RGBA buffer as a colour. @param {number} pixel */
const hex = (pixel) => `#${[0, 8, 16].map((shift) => (pixel >>> shift & 255).toString(16).padStart(2, "0")).join("")}`

/**
 * @typedef {{ text: string, x: number, y: number, size: number, colour: string, bold: boolean, wide?: number }} Word `wide`: so wide
 *   by every font
 * @typedef {{ x: number, y: number, colours: string[], wide: number }} Swatch
 */

/**
 * Title, what is kept, what the map is not, and the legend's words.
 * @param {MapState} map
 * @returns {Word[]}
 */
function wordsOf(map) {
  const { points, slider: { k }, stage, root } = map, colour = getComputedStyle(root).color
  const kept = `${points.method}: kept ${whole(k)} of ${whole(points.n)} (${percent(k / points.n)})`
  const what = [points.heading, `${points.projection}. Map distances are not Wasserstein distances`].filter(Boolean).join(" · ")
  const measured = penOf(map).measureText(what).width, wide = Math.min(measured, stage.width - 2 * PAD), size = 14 * wide / measured
  /** @type {Word[]} */
  const words = [
    { text: kept, x: PAD, y: 26, size: 19, colour, bold: true }, { text: what, x: PAD, y: 47, size, colour, bold: false, wide },
  ]
  const y = TITLE + stage.height + GAP
  return words.concat(keysOf(map).filter(({ text }) => text).map(({ text, x, line }) =>
    ({ text, x, y: y + line * LINE, size: 14, colour, bold: false })))
}

/**
 * @param {MapState} map
 * @returns {Swatch[]}
 */
function swatchesOf(map) {
  const y = TITLE + map.stage.height + GAP - 11
  return keysOf(map).filter(({ colours }) => colours.length).map(({ colours, wide, at, line }) =>
    ({ x: at, y: y + line * LINE, colours, wide }))
}

/** A pen that measures small words. @param {MapState} map */
function penOf(map) {
  const pen = /** @type {CanvasRenderingContext2D} */ (make("canvas").getContext("2d"))
  pen.font = `400 14px ${fontOf(map)}`
  return pen
}

/**
 * What stands in the legend, line by line: where its colours begin, and where its words.
 * @param {MapState} map
 */
function keysOf(map) {
  const pen = penOf(map), keys = []
  let at = PAD, line = 0
  for (const item of /** @type {Iterable<HTMLElement>} */ (map.elements.legend.children)) {
    const dot = item.matches(".key") ? item.querySelector("i") : item.matches(".scale") ? item : null
    const colours = dot ? coloursIn(dot) : [], wide = item.matches(".scale") ? 120 : 12, text = wordOf(item)
    const before = colours.length ? wide + 7 : 0
    if (at > PAD && at + before + pen.measureText(text).width > map.stage.width - PAD) { at = PAD; line += 1 }
    const x = at + before
    if (text || colours.length) keys.push({ colours, wide, at, text, x, line })
    at = x + pen.measureText(text).width + (text ? 18 : 0)
  }
  return keys
}

/** @param {HTMLElement} item */
const wordOf = (item) => item instanceof HTMLSelectElement ? item.selectedOptions[0]?.text ?? ""
  : [...item.childNodes].map(({ textContent }) => textContent?.trim()).filter(Boolean).join(" ")

/**
 * The colours of a dot or a scale of the legend, as the page shows them.
 * @param {Element} dot
 */
function coloursIn(dot) {
  const { backgroundColor, backgroundImage, borderTopColor, borderBottomColor } = getComputedStyle(dot)
  const ramp = backgroundImage.match(/(?:rgba?|color)\([^()]*\)/g)
  if (ramp) return ramp
  const seen = [backgroundColor, borderBottomColor, borderTopColor].filter((colour) => !/^rgba\(.*, 0\)$/.test(colour))
  return seen.slice(0, 1)
}
