import assert from "node:assert/strict"
import { mock, test } from "node:test"

import { askWords, searchTyped, searchWords } from "../../fdmat_core/web/words.js"

/** Answer questions as the server does, and note them down. */
function serve() {
  const asked = []
  globalThis.fetch = async (address) => {
    asked.push(address)
    const ids = (address.split("?items=")[1] ?? "").split(",")
    const items = Object.fromEntries(ids.map((id) => [id, { short: `short ${id}`, full: `full ${id}` }]))
    return { json: async () => address.includes("?text=") ? { rows: "gA==" } : { items } }
  }
  return asked
}

const words = (address, id) => new Promise((take) => { askWords(address, id, take) })

test("items on screen are asked for together, and each once", async () => {
  const asked = serve()
  const [one, two] = await Promise.all([words("words/a", "1"), words("words/a", "-7")])
  assert.deepEqual([one.short, two.full], ["short 1", "full -7"])
  assert.equal(asked.length, 1)
  assert.equal((await words("words/a", "1")).short, "short 1")
  assert.equal(asked.length, 1)
})

test("another run's items are others", async () => {
  const asked = serve()
  await words("words/b", "1")
  assert.deepEqual(asked, ["words/b?items=1"])
})

test("many items take several questions", async () => {
  const asked = serve()
  await Promise.all(Array.from({ length: 250 }, (_, i) => words("words/c", String(i))))
  assert.equal(asked.length, 3)
})

test("what is looked for is sent as it is written", async () => {
  const asked = serve()
  assert.equal(await searchWords("words/d", "a&b c"), "gA==")
  assert.deepEqual(asked, ["words/d?text=a%26b%20c"])
})

test("a text is asked for when nobody types on, and only the last", async () => {
  const asked = serve()
  mock.timers.enable({ apis: ["setTimeout"] })
  try {
    searchTyped("words/e", "f")
    mock.timers.tick(59)
    searchTyped("words/e", "fo")
    mock.timers.tick(59)
    const found = searchTyped("words/e", "fox")
    mock.timers.tick(59)
    assert.deepEqual(asked, [])
    mock.timers.tick(1)
    assert.equal(await found, "gA==")
    assert.deepEqual(asked, ["words/e?text=fox"])
    mock.timers.tick(1000)
    assert.equal(asked.length, 1)
  } finally {
    mock.timers.reset()
  }
})
