// Numbers as the screen says them.

/** @param {number} share */
export function percent(share) {
  const least = Math.min(share, 1 - share), fine = share > 0 && share < 1 && least < 0.01
  const digits = fine ? Math.min(9, Math.max(2, Math.ceil(-Math.log10(100 * least) - 1e-9))) : 1 // so that some is never none
  return `${(100 * share).toFixed(digits)}%`
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
