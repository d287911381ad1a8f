// How many items of each class are kept: counted on from where the cut was.

/** @typedef {{ order: Uint32Array, k: number, stay: Uint32Array, all: Uint32Array }} Tally of the first k of an order */

/**
 * How many items each class has, and how many of them are among the first k.
 * @param {Tally | null} before
 * @param {{ classes: string[], labels: ArrayLike<number> }} points
 * @param {Uint32Array} order rows best first
 * @param {number} k
 * @returns {Tally}
 */
export function tallyOf(before, { classes, labels }, order, k) {
  const tally = before?.order === order ? before : begun(labels, classes.length, order), { stay } = tally
  for (let i = tally.k; i < k; i++) stay[labels[order[i]]]++
  for (let i = k; i < tally.k; i++) stay[labels[order[i]]]--
  tally.k = k
  return tally
}

/**
 * @param {ArrayLike<number>} labels
 * @param {number} classes
 * @param {Uint32Array} order
 * @returns {Tally}
 */
function begun(labels, classes, order) {
  const all = new Uint32Array(classes)
  for (let row = 0; row < labels.length; row++) all[labels[row]]++
  return { order, k: 0, stay: new Uint32Array(classes), all }
}
