// The page that a picture lies on: its colours.

/**
 * A colour of the page as the number that a little-endian RGBA buffer holds.
 * @param {string} colour "#RRGGBB" or "rgb(r, g, b)"
 */
export function pixelOf(colour) {
  const [r, g, b] = colour.trim().startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(colour.trim().slice(at, at + 2), 16))
    : (colour.match(/[\d.]+/g) ?? ["0", "0", "0"]).map(Number)
  return (0xff000000 | Math.round(b) << 16 | Math.round(g) << 8 | Math.round(r)) >>> 0
}

/**
 * Whether an element lies on a dark ground.
 * @param {Element} root
 */
export const isDark = (root) => (pixelOf(getComputedStyle(root).backgroundColor) & 0xff) < 128
