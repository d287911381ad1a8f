// The state of a mounted map: everything that can change, in one place. Other modules take it as `map`.

import { find } from "../elements.js"
import { tallyOf } from "./tally.js"

/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./camera.js").Stage} Stage */
/** @typedef {import("./colours.js").Colours} Colours */
/** @typedef {import("./colours.js").Look} Look */
/** @typedef {import("./paint.js").Screen} Screen */
/** @typedef {import("./layer.js").Layer} Layer */
/** @typedef {import("../slider.js").Slider} Slider */

/**
 * What a map says to whoever shows it; all may be left out.
 * @typedef {object} Events
 * @property {(kept: number) => void} [kept] the slider rests at another share kept
 * @property {(slider: { place: number, resting: boolean }) => void} [moved] the slider is at a place, 0 keeps all, 1 the least
 * @property {(rows: string) => void} [lasso] the rows that a lasso caught, as text; "" if it was cleared
 * @property {(number: number) => void} [method] a number key was pressed
 * @property {(words: import("./view.js").Words & { of: string }) => void} [view] how it is seen has changed and is at rest
 * @property {(step: Record<string, string>) => void} [record] this view is to be a step of a story
 */

/**
 * What a map is given besides its payload; all may be left out.
 * @typedef {object} Options
 * @property {number} [kept] the share kept to start from; afterwards the slider is the person's
 * @property {string} [ringed] rows to ring, as text
 * @property {string} [pending] the projection whose coordinates are on their way
 * @property {View | undefined} [view] how a person had set a map of these items before
 * @property {import("./view.js").Words} [words] how the link has it; `view` is newer if it was heard so before
 * @property {string} [of] what `words` are about, said again with the event `view`
 * @property {Record<string, string>} [link] the word of the link for a part of a view that is called otherwise
 */

/**
 * How a person has set a map: what outlives its elements.
 * @typedef {object} View
 * @property {string} key of the items
 * @property {string[]} heard what others knew of it
 * @property {Look} look
 * @property {{ x: number, y: number, zoom: number } | null} camera middle as shares of the box; null shows all
 * @property {Lasso} lasso
 * @property {boolean} named
 * @property {number} focus
 */

/** @typedef {{ armed: boolean, outline: number[], rows: number[] }} Lasso outline: x, y, x, y, ... in data coordinates */

/** @typedef {{ move: (spot: [number, number]) => void, end: (spot: [number, number]) => void, pointer?: number }} Gesture */

/**
 * Points on their way from other coordinates.
 * @typedef {object} Glide
 * @property {Float32Array} from
 * @property {number} began
 * @property {number} share of the way, eased
 */

/**
 * What was painted last.
 * @typedef {object} Drawn
 * @property {Screen | null} screen whose buffer is on the canvas
 * @property {boolean} over whether that buffer holds more than a crowd
 * @property {number} count points
 * @property {{ layer: Layer, camera: Camera, screen: Screen, seen: import("./layer.js").Seen } | null} each
 *   where points drawn by themselves lie, and for what that was found
 */

/** @typedef {ReturnType<typeof elementsOf>} Elements */

/**
 * @typedef {object} MapState
 * @property {HTMLElement} root
 * @property {Elements} elements
 * @property {Events} events
 * @property {Options} options
 * @property {AbortController} removed aborts when the map is removed
 * @property {Points} points
 * @property {Slider} slider
 * @property {number} sent the share kept that others heard last
 * @property {number} slot which order of the points holds now, see `items.slotAt`; -1 for none yet
 * @property {Uint32Array} rank place of every row in that order
 * @property {number} k how many rows that order keeps now
 * @property {Layer} layer that order, ready to draw
 * @property {import("./tally.js").Tally | null} tally how many of each class are kept, as far as it was counted
 * @property {MapState} [beside] the other side of a comparison, whose counts stand beside these
 * @property {Uint8Array | null} ringed rows that a person picked elsewhere
 * @property {Uint8Array | null} outlined rows that have an outline while they are kept
 * @property {Stage} stage
 * @property {Screen | null} screen null until the stage has a size
 * @property {Camera | null} camera likewise
 * @property {Look} look
 * @property {Colours} colours
 * @property {import("./field.js").Field | null} field what the coverage layer has counted
 * @property {boolean} named whether the map shows names
 * @property {Lasso} lasso
 * @property {number} hover row under the pointer, or -1
 * @property {boolean} led whether an element elsewhere on the page set `hover`
 * @property {number} focus row of the pinned card, or -1
 * @property {Gesture | null} gesture
 * @property {boolean} moving whether the camera is in motion
 * @property {Glide | null} glide
 * @property {{ from: Camera, to: Camera, began: number } | null} flight of the camera
 * @property {string} notice what the status line shows for a moment
 * @property {Drawn} drawn
 * @property {(now: number) => void} draw paints one frame
 * @property {() => void} mark lays rings and card over the points, without painting them anew
 * @property {number | null} frame the request for the next frame
 * @property {number} frames drawn so far
 * @property {number} ms that the last took
 * @property {ReturnType<typeof setTimeout> | undefined} still ends a zoom
 */

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} [part] of the root that holds the stage, where there are several
 */
export function elementsOf(root, part = root) {
  return {
    kept: find(root, ".count .kept"), pruned: find(root, ".count .pruned"), stage: find(part, ".stage"),
    canvas: /** @type {HTMLCanvasElement} */ (find(part, "canvas")), modes: find(root, ".modes"),
    outline: /** @type {SVGPathElement} */ (part.querySelector("path.lasso")),
    rings: {
      focus: /** @type {SVGElement} */ (part.querySelector(".ring.focus")),
      hover: /** @type {SVGElement} */ (part.querySelector(".ring.hover")),
    },
    card: find(part, ".card"), notice: find(part, ".notice"), keys: find(root, ".keys"), legend: find(root, ".legend"),
    actions: find(root, ".actions"), note: find(root, ".note"), lasso: find(root, ".act-lasso"), fit: find(root, ".act-fit"),
    help: find(root, ".act-keys"), link: find(root, ".act-link"),
    record: /** @type {HTMLElement | null} */ (root.querySelector(".act-record")),
    name: find(root, ".act-names"), names: find(part, ".names"),
    outside: find(part, ".outside"),
  }
}

/** Draw with the next frame. @param {MapState} map */
export function ask(map) {
  map.frame ??= requestAnimationFrame((now) => {
    map.frame = null
    if (!map.removed.signal.aborted) map.draw(now)
  })
}

/**
 * How many items each class has, and how many of them are kept now.
 * @param {MapState} map
 */
export function countClasses(map) {
  return map.tally = tallyOf(map.tally, map.points, map.layer.row, map.k)
}

/** Whether something moves, so that fewer points are drawn. @param {MapState} map */
export const isMoving = (map) => map.moving || map.slider.moving || !!map.flight

/** Whether a row is kept now. @param {MapState} map @param {number} row */
export const isKept = (map, row) => map.rank[row] < map.k
