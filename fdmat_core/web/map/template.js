// The markup of the map, and the list of its keys.

import { SLIDER } from "../slider.js"

/** @type {[string, string][]} */
export const KEYS = [
  ["← →", "1% of the slider (shift: 5%)"], ["[ ]", "previous, next measured size"], ["Home End", "keep all, keep least"],
  ["1 – 9", "method"], ["L", "lasso (or hold shift and drag)"], ["N", "names"],
  ["R", "record this view as a step of a story"], ["Esc", "clear lasso and pinned card"],
  ["+ − 0", "zoom in, out, show all"], ["?", "this list"],
]

const LASSO_ICON = `<ellipse cx="12" cy="9" rx="8.5" ry="5.5"/><path d="M6 13c-2 1-2 3.5 0 3.5s2.5 2-.5 4"/>`
const NAMES_ICON = `<path d="M4 6h16M12 6v13M9 19h6"/>`
const FIT_ICON = `<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>`
const RECORD_ICON = `<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3.5" fill="currentColor"/>`
const LINK_ICON = `<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-6l-1.5 1.5M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 6l1.5-1.5"/>`

/** The canvas, and what moves over its points. */
export const PICTURE = /* html */ `
    <canvas class="points" role="img" tabindex="0"></canvas>
    <svg class="over" aria-hidden="true">
      <path class="lasso"></path><circle class="ring focus" r="11"></circle><circle class="ring hover" r="11"></circle>
    </svg>
    <div class="names" aria-hidden="true"></div>`
export const MODES = `<div class="bar modes" role="radiogroup" aria-label="Colour by"></div>`
export const LASSO = /* html */ `
  <button class="act-lasso" aria-pressed="false" title="Lasso (L), Esc clears"><svg viewBox="0 0 24 24">${LASSO_ICON}</svg>Lasso</button>`
export const NAMES = /* html */ `
  <button class="act-names" title="Names on the map (N)"><svg viewBox="0 0 24 24">${NAMES_ICON}</svg>Names</button>`
export const FIT = `<button class="act-fit" title="Show all (0)"><svg viewBox="0 0 24 24">${FIT_ICON}</svg>Fit</button>`
const RECORD = /* html */ `
  <button class="act-record" title="Record this view as a step of a story (R)"><svg viewBox="0 0 24 24">${RECORD_ICON}</svg>Record</button>`
export const LINK = /* html */ `
  <button class="act-link" title="Copy the link to this view"><svg viewBox="0 0 24 24">${LINK_ICON}</svg>Link</button>`
const SAVE = /* html */ `
  <button class="act-png" title="Save this picture: PNG, twice as sharp as the screen">PNG</button>
  <button class="act-svg" title="Save this picture: SVG">SVG</button>`
export const HELP = `<button class="act-keys" aria-expanded="false" title="Keys (?)">?</button>`
/** What asks for far points, the card of an item, and the status line. */
export const CARD = /* html */ `
    <button class="outside" title="Show all items, however far out (0 brings this view back)" hidden></button>
    <aside class="card" hidden><img alt=""><div><b></b><p class="words"></p><ul></ul></div></aside>
    <p class="notice" role="status" hidden></p>`

export const TEMPLATE = /* html */ `
  <p class="count"><b class="kept"></b> <span class="pruned"></span></p>
  ${SLIDER}
  <div class="stage">
    ${PICTURE}
    ${MODES}
    <div class="bar actions">${LASSO}${NAMES}${FIT}${RECORD}${LINK}${SAVE}${HELP}</div>
    <p class="note"></p>
    ${CARD}
    <dl class="keys" hidden></dl>
  </div>
  <footer class="legend"></footer>`
