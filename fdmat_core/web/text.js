// Numbers as the screen says them.

/** @param {number} share */
export function percent(share) {
  const fine = share > 0 && share < 1 && Math.min(share, 1 - share) < 0.01
  return `${(100 * share).toFixed(fine ? 2 : 1)}%`
}

const counts = new Intl.NumberFormat("en-US")

/** @param {number} count */
export const whole = (count) => counts.format(count)

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value))
