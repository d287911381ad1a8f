// Payloads as Python writes them: `PYTHON` names the interpreter, if it is not `python`.
import { execFileSync } from "node:child_process"

import { readPayload } from "../../fdmat_core/web/payload.js"

const HEAD = `
import sys
import numpy as np
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.types import Issue, Truth
from fdmat_core.web import columns, grid, payload, points


def nested(order):
    return Rankings.nested_in(np.arange(len(order)), Ranking(np.asarray(order)))


`

/** The bytes that some lines of Python leave in `sent`. */
export function written(lines) {
  const code = `${HEAD}${lines}\nsys.stdout.buffer.write(sent)`
  const root = new URL("../..", import.meta.url).pathname
  const bytes = execFileSync(process.env.PYTHON ?? "python", ["-c", code], { cwd: root, maxBuffer: 1e8 })
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}

/** The payload that some lines of Python leave in `sent`. */
export const read = (lines) => readPayload(written(lines))
