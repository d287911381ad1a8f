import assert from "node:assert/strict"
import { test } from "node:test"

import { component } from "../../fdmat_core/web/streamlit.js"
import { written } from "./written.js"

const PAYLOAD = written("sent = payload.pack({}, {})")

/** What a page gives a component, as far as it is asked: styles, payloads, hosts. */
function page() {
  globalThis.document = { baseURI: "http://page/" }
  globalThis.CSSStyleSheet = class { async replace() { return this } }
  globalThis.fetch = async () => new Response(PAYLOAD)
}

const newHost = () => ({ isConnected: true, querySelector: () => null, append: (what) => { throw new Error(what.textContent) } })

/** A picture that remembers only what a person set. */
const picture = (mounted) => ({
  STYLES: [],
  mount: (_host, _payload, _events, { view }) => {
    const one = { set: view, view: () => one.set }
    mounted.push(one)
    return { show() {}, set() {}, dress() {}, remove() {}, view: one.view }
  },
})

const rest = () => new Promise((done) => { setTimeout(done, 20) })

for (const first of ["taken away", "put elsewhere"])
  test(`what a person set is there again if the picture is first ${first}`, async () => {
    page()
    const mounted = [], draw = component(picture(mounted), { state: [], trigger: [] })
    const [old, other] = [newHost(), newHost()], call = (host) => draw({ data: { payload: "p" }, parentElement: host })
    const gone = call(old)
    await rest()
    mounted[0].set = "by class"
    const leave = async () => { old.isConnected = false; gone(); await rest() }
    if (first === "taken away") await leave()
    call(other)
    await rest()
    if (first === "put elsewhere") await leave()
    assert.deepEqual(mounted.map((one) => one.set), ["by class", "by class"])
  })
