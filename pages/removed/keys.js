// The keys of the wall. They are heard before the page's own, and never while somebody types.

const KEYS = [
  ["K D U", "keep, drop, unsure; then the next item"], ["R", "relabel to the class shown (shift: choose one)"],
  ["Z", "take your last decision back"], ["N P, ← →", "next, previous item"], ["↑ ↓", "a row up, down"],
  ["[ ]", "previous, next computed ratio"], ["1 – 9", "method"], ["/", "find an item by its number"], ["Esc", "clear the filters"], ["?", "this list"],
]

function listenKeys(view) {
  window.addEventListener("keydown", (event) => {
    if (isTaken(event)) return
    const slider = event.composedPath()[0] === view.el.slider
    if (slider && (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End")) return
    if (!press(view, event)) return
    event.preventDefault()
    event.stopPropagation() // the page's own keys would run it again
  }, { capture: true, signal: view.gone.signal })
}

function press(view, event) {
  const step = (by) => () => choose(view, view.at + by)
  const acts = {
    k: () => decide(view, "keep"), d: () => decide(view, "drop"), u: () => decide(view, "unsure"),
    r: () => event.shiftKey ? view.el.card.querySelector("select.target")?.focus() : decide(view, "relabel"),
    z: () => undo(view), n: step(1), p: step(-1), arrowright: step(1), arrowleft: step(-1),
    arrowdown: step(view.across), arrowup: step(-view.across),
    "[": () => slideByKey(view, event), "]": () => slideByKey(view, event),
    "/": () => view.el.find.focus(), escape: () => escape(view), "?": () => showKeys(view, view.el.keys.hidden),
  }
  for (const place of "123456789") acts[place] = () => view.trigger("method", +place)
  const act = Object.hasOwn(acts, event.key.toLowerCase()) && acts[event.key.toLowerCase()]
  if (act) act()
  return !!act
}

function escape(view) {
  if (!view.el.keys.hidden) showKeys(view, false)
  else clearFilters(view)
}

function showKeys(view, open) {
  view.el.keys.hidden = !open
  view.el.help.ariaExpanded = open
}
