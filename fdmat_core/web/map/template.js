// The markup of the map, and the list of its keys.

import { SLIDER } from "../slider.js"

/** @type {[string, string][]} */
export const KEYS = [
  ["← →", "1% of the slider (shift: 5%)"], ["[ ]", "previous, next measured size"], ["Home End", "keep all, keep least"],
  ["1 – 9", "method"], ["L", "lasso (or hold shift and drag)"], ["N", "names"],
  ["R", "record this view as a step of a story"], ["Esc", "clear lasso and pinned card"],
  ["+ − 0", "zoom in, out, show all"], ["?", "this list"],
]

const LASSO = `<ellipse cx="12" cy="9" rx="8.5" ry="5.5"/><path d="M6 13c-2 1-2 3.5 0 3.5s2.5 2-.5 4"/>`
const NAMES = `<path d="M4 6h16M12 6v13M9 19h6"/>`
const FIT = `<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>`
const RECORD = `<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3.5" fill="currentColor"/>`
const LINK = `<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-6l-1.5 1.5M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 6l1.5-1.5"/>`

export const TEMPLATE = /* html */ `
  <p class="count"><b class="kept"></b> <span class="pruned"></span></p>
  ${SLIDER}
  <div class="stage">
    <canvas class="points" role="img" tabindex="0"></canvas>
    <svg class="over" aria-hidden="true">
      <path class="lasso"></path><circle class="ring focus" r="11"></circle><circle class="ring hover" r="11"></circle>
    </svg>
    <div class="names" aria-hidden="true"></div>
    <div class="bar modes" role="radiogroup" aria-label="Colour by"></div>
    <div class="bar actions">
      <button class="act-lasso" aria-pressed="false" title="Lasso (L), Esc clears"><svg viewBox="0 0 24 24">${LASSO}</svg>Lasso</button>
      <button class="act-names" title="Names on the map (N)"><svg viewBox="0 0 24 24">${NAMES}</svg>Names</button>
      <button class="act-fit" title="Show all (0)"><svg viewBox="0 0 24 24">${FIT}</svg>Fit</button>
      <button class="act-record" title="Record this view as a step of a story (R)"><svg viewBox="0 0 24 24">${RECORD}</svg>Record</button>
      <button class="act-link" title="Copy the link to this view"><svg viewBox="0 0 24 24">${LINK}</svg>Link</button>
      <button class="act-keys" aria-expanded="false" title="Keys (?)">?</button>
    </div>
    <p class="note"></p>
    <button class="outside" title="Show all items, however far out (0 brings this view back)" hidden></button>
    <aside class="card" hidden><img alt=""><div><b></b><p class="words"></p><ul></ul></div></aside>
    <p class="notice" role="status" hidden></p>
    <dl class="keys" hidden></dl>
  </div>
  <footer class="legend"></footer>`
