// Small pieces that our components share.

const clamp = (value, low, high) => Math.max(low, Math.min(high, value))
const percent = (share) => `${(100 * share).toFixed(share > 0 && Math.min(share, 1 - share) < 0.01 && share < 1 ? 2 : 1)}%`
const whole = (number) => number.toLocaleString("en-US")

function make(tag, text = "", facts = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, facts)
}

function hex(colour) {
  const [r, g, b] = colour.match(/[\d.]+/g).map(Number)
  return "#" + [r, g, b].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")
}

/** Whether a key belongs to somebody else: to a field, a dialog, the browser. */
function isTaken(event) {
  const typing = event.composedPath()[0].closest?.("input:not(.ratio), textarea, select, [contenteditable], [role=dialog]")
  return typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented
}
