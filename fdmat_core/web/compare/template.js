// The markup of the comparison, and the list of its keys.

import { CARD, FIT, HELP, KEYS as OF_MAP, LASSO, LINK, MODES, NAMES, PICTURE } from "../map/template.js"
import { SLIDER } from "../slider.js"

/** @type {[string, string][]} */
export const KEYS = [
  ...OF_MAP.filter(([key]) => !["1 – 9", "?"].includes(key)),
  ["1 – 9", "method of B"], ["X", "swap A and B"], ["R", "rings on or off"], ["?", "this list"],
]

const RINGS = /* html */ `
  <button class="act-rings" aria-pressed="true" title="Ring what only one of the two keeps (R)"><i class="ringed"></i>Rings</button>`

/**
 * @param {string} letter
 * @param {string} controls
 */
const pane = (letter, controls) => /* html */ `
  <section class="pane" aria-label="Side ${letter}">
    <h3><i class="letter">${letter}</i><b class="title"></b><span class="own"></span><em class="only"></em></h3>
    <div class="stage">${PICTURE}${controls}${CARD}</div>
  </section>`

export const TEMPLATE = /* html */ `
  <p class="count"><b class="kept"></b> <span class="pruned"></span><span class="agree"></span></p>
  ${SLIDER}
  <div class="panes">
    ${pane("A", `${MODES}<p class="note"></p>`)}
    ${pane("B", `<div class="bar actions">${RINGS}${LASSO}${NAMES}${FIT}${LINK}${HELP}</div><dl class="keys" hidden></dl>`)}
  </div>
  <footer class="legend"></footer>`
