// Decisions: on screen at once, on the server's disk a moment later, one after the other, until all are there.

const AGAIN = 1500, LISTEN = 4000 // ms before the next attempt; between looks at what others decided
const KEPT_UNSENT = "fdmat.unsent.", SIGNED = "fdmat.author", SESSION = "fdmat.session"

const authorOf = () => localStorage.getItem(SIGNED) || "me"

/** What only this tab calls itself, also after a reload: undo takes back what this tab decided. */
function sessionOf() {
  if (!sessionStorage.getItem(SESSION))
    sessionStorage.setItem(SESSION, Array.from(crypto.getRandomValues(new Uint32Array(4)), (one) => one.toString(36)).join(""))
  return sessionStorage.getItem(SESSION)
}

function decide(view, decision) {
  const { blob, row } = view
  if (row < 0) return
  const label = decision === "relabel" ? targetOf(view, row) : ""
  if (decision === "relabel" && !label) { view.el.card.querySelector("select.target").focus(); return }
  const item = blob.ids[row]
  put(view, item, { decision, label, author: authorOf() })
  post(view, { item, decision, label })
  choose(view, view.at + 1)
}

/** Take this tab's last decision back; the server knows which it was. */
function undo(view) {
  post(view, { undo: true })
}

function put(view, item, said) {
  if (said.decision) view.decided.set(item, said)
  else view.decided.delete(item)
  const row = view.rowOf(item), cell = view.cells.get(row)
  if (cell) showBadge(view, cell, row)
  if (row === view.row) showCard(view)
  recount(view)
}

/** The counts of decisions, without sifting: what was just decided stays in the list until a filter changes. */
function recount(view) {
  view.states = sift(view).states
  showStates(view)
  tell(view)
}

function post(view, said) {
  view.outbox.push({ author: authorOf(), session: sessionOf(), ...said })
  keepUnsent(view)
  if (view.outbox.length === 1) send(view)
  tell(view)
}

async function send(view) {
  while (view.outbox.length) {
    const headers = { "Content-Type": "application/json" }
    const facts = { method: "POST", headers, body: JSON.stringify(view.outbox[0]) }
    const [answer, refused] = await fetch(view.blob.decisions, facts).then(async (got) => [await got.json(), got.status < 500 && !got.ok],
      () => [null, false]).catch(() => [null, false])
    if (!answer || answer.error && !refused) {
      view.trouble = "the server does not answer; trying again"
      tell(view)
      await new Promise((next) => setTimeout(next, AGAIN))
      if (view.gone.signal.aborted) return
      continue
    }
    const said = view.outbox.shift()
    view.trouble = answer.error ?? ""
    keepUnsent(view)
    if (said.undo) undone(view, answer)
    tell(view)
  }
}

function undone(view, { item, decision, label }) {
  if (item === null || item === undefined) { view.trouble = "nothing left to take back"; return }
  put(view, item, { decision, label, author: "" })
  const place = view.list.indexOf(view.rowOf(item))
  if (place >= 0) choose(view, place)
}

/** What the server has not confirmed survives a reload of the page. */
function keepUnsent(view) {
  const name = KEPT_UNSENT + view.blob.key
  if (view.outbox.length) sessionStorage.setItem(name, JSON.stringify(view.outbox))
  else sessionStorage.removeItem(name)
}

function sendUnsent(view) {
  view.outbox = JSON.parse(sessionStorage.getItem(KEPT_UNSENT + view.blob.key) ?? "[]")
  if (view.outbox.length) send(view)
}

/** Hear what was decided since, here or in another session. */
async function listen(view) {
  const address = `${view.blob.decisions}?after=${view.last}`
  const answer = await fetch(address).then((got) => got.json()).catch(() => null)
  if (!answer?.changes || !view.blob.decisions || !address.startsWith(view.blob.decisions)) return
  view.last = answer.last
  const mine = new Set(view.outbox.map(({ item }) => item))
  const news = answer.changes.filter(([item, decision, label]) => {
    const now = view.decided.get(item)
    return !mine.has(item) && ((now?.decision ?? "") !== decision || (now?.label ?? "") !== label)
  })
  for (const [item, decision, label, author] of news)
    if (decision) view.decided.set(item, { decision, label, author })
    else view.decided.delete(item)
  if (news.length) hearNews(view, news.map(([item]) => view.rowOf(item)))
}

function hearNews(view, rows) {
  for (const row of rows) if (view.cells.has(row)) showBadge(view, view.cells.get(row), row)
  if (rows.includes(view.row)) showCard(view)
  view.filters.decision ? refresh(view) : recount(view)
}
