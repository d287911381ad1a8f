// The markup of the grid, and the list of its keys.

import { SLIDER } from "../slider.js"

/** @type {[string, string][]} */
export const KEYS = [
  ["K D U", "keep, drop, unsure; then the next item"], ["R", "relabel to the class shown (shift: choose one)"],
  ["C", "clear the decision"], ["L", "sort by likeness to this item; a picture of yours can be dropped"],
  ["Shift + arrows, click", "mark a range; dragging marks, too"], ["Ctrl A", "mark all of the list"],
  ["V", "the marked items large, side by side"],
  ["Z", "take your last decision back, on one or on many"],
  ["N P, ← →", "next, previous item"], ["↑ ↓", "a line up, down"],
  ["[ ]", "previous, next measured size"], ["1 – 9", "method"], ["/", "find items: by number, by a word, field:word"],
  ["Esc", "unmark, then clear the filters"],
  ["T", "pictures or a table"], ["+ −", "larger, smaller pictures"], ["W", "saved views: filters, order and set"],
  ["S", "named sets: show one alone, save what is marked, listed or kept"],
  ["?", "this list"],
]

export const TEMPLATE = /* html */ `
  <header class="top">
    <p class="count"><b class="removed"></b> <span class="kept"></span></p>
    ${SLIDER}
  </header>
  <nav class="filters" aria-label="Filters">
    <div class="issues" role="radiogroup" aria-label="Issue"></div>
    <div class="states" role="radiogroup" aria-label="Decision"></div>
    <label class="choice">Class <select class="labels"></select></label>
    <div class="pairs"></div>
    <label class="choice" title="The name that stands beside your decisions">Signed
      <input class="author" maxlength="60" placeholder="me" autocomplete="off"></label>
    <div class="choice share" title="Several reviewers: each takes another part, and the items are dealt out by their numbers">Part
      <input class="part" type="number" min="1" value="1" aria-label="My part of the items"> of
      <input class="parts" type="number" min="1" max="99" value="1" aria-label="How many reviewers share the items"></div>
  </nav>
  <div class="middle">
    <div class="tools">
      <p class="tally" role="status"></p>
      <input type="search" class="find" autocomplete="off" spellcheck="false">
      <button class="act-sets" aria-expanded="false" title="Named sets of items (S)">Sets</button>
      <button class="act-views" aria-expanded="false" title="Saved views: filters, order and set under a name (W)">Views</button>
      <button class="act-map" title="Ring these items on the map">Show on map</button>
      <button class="act-keys" aria-expanded="false" title="Keys (?)">?</button>
    </div>
    <div class="tools narrowed" role="group" aria-label="Filters that are on" hidden>
      <div class="chips"></div>
      <p class="counts"></p>
    </div>
    <div class="tools more">
      <p class="effect" role="status"></p>
      <div class="offers"></div>
      <label class="order-by" title="What comes first in the list">Order <select class="order"></select></label>
      <label class="order-by" title="Pictures in three sizes, or a table (T; + and − for the size)">Show
        <select class="shape"><option value="small">small</option><option value="medium">medium</option>
          <option value="large">large</option><option value="table">table</option></select></label>
      <button class="act-score" aria-expanded="false" title="The score over the list, with a threshold">Threshold</button>
      <label class="act-blind" title="Hide what was injected: on this page nothing says which items are really wrong">
        <input type="checkbox" class="blind"> Blind</label>
    </div>
    <div class="histogram" hidden>
      <div class="plot" title="Each bar is as tall as the square root of its count">
        <svg class="below" viewBox="0 0 90 1" preserveAspectRatio="none" aria-hidden="true"><path class="all"/><path class="bad"/></svg>
        <svg class="over" viewBox="0 0 90 1" preserveAspectRatio="none" aria-hidden="true"><path class="all"/><path class="bad"/></svg>
        <input type="range" class="threshold" step="any">
      </div>
      <p class="words"></p>
      <button class="mark-all" title="Marks those that are open. Look at ten of them; R gives each the class preferred, D drops"></button>
    </div>
    <div class="frame">
      <div class="heads" role="group" aria-label="Sort the table by" hidden></div>
      <div class="cells" role="listbox" aria-multiselectable="true" tabindex="0" aria-label="Removed items, worst first"></div>
      <p class="none" hidden></p>
    </div>
    <dl class="keys" hidden></dl>
    <div class="sets" role="group" aria-label="Named sets of items" hidden>
      <div class="listed"></div>
      <form class="saved">
        <select class="what" aria-label="What to save"></select>
        <input class="named" maxlength="60" aria-label="Name of the set" autocomplete="off">
        <button class="act-all">Save</button>
      </form>
      <p class="wrong trouble" role="alert" hidden></p>
    </div>
    <div class="sets seen" role="group" aria-label="Saved views" hidden>
      <div class="recalled"></div>
      <form class="saved keep-view">
        <input class="named viewed" maxlength="60" aria-label="Name of the view" autocomplete="off">
        <button class="act-all">Save this view</button>
      </form>
      <p class="unsaved trouble" role="alert" hidden></p>
    </div>
  </div>
  <aside class="card" aria-label="The chosen item"></aside>
  <div class="beside" role="group" aria-label="Marked items side by side" hidden></div>`
