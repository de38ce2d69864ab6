/**
 * A digit on the page.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Place in fractions of the frame, 0 to 1
 * @typedef {object} Digit
 * @property {number} value the most likely digit
 * @property {number} confidence
 * @property {boolean} accepted false if the digit is uncertain
 * @property {boolean} printed true if it is probably print
 * @property {number[]} probabilities of 0 to 9; the remainder to 1 is "no digit"
 * @property {Uint8Array<ArrayBuffer>} image what the network saw: 28 x 28, ink 255
 * @property {Place | null} place null if the picture's size is unknown
 * @property {number} line of the reading, from 0
 * @property {number} digit of the line, from 0
 * @property {number | null} corrected the user's correction
 * @property {string | null} kept the stored correction's id
 */

/**
 * @param {import("./api.js").ReadDigit} read
 * @param {(box: import("./api.js").Box) => Place | null} place
 * @returns {Digit}
 */
export function digitOf(read, line, digit, place) {
  const image = Uint8Array.from(atob(read.image), (character) => character.charCodeAt(0));
  return { ...read, image, place: place(read.box), line, digit, corrected: null, kept: null };
}

/** The digit's text in the reading. @param {Digit} digit @returns {string} */
export function textOf({ value, accepted, corrected }) {
  if (corrected !== null) return String(corrected);
  return accepted ? String(value) : "?";
}

/** The second-best answer: a digit, or null for "no digit". @param {Digit} digit */
export function secondBest({ value, probabilities }) {
  const others = [...probabilities.entries()].filter(([other]) => other !== value);
  const [second, share] = others.reduce((best, other) => (other[1] > best[1] ? other : best));
  const none = noDigit(probabilities);
  return none > share ? { value: null, share: none } : { value: second, share };
}

/** The probability that it is not a digit. @param {number[]} probabilities @returns {number} */
export function noDigit(probabilities) {
  return Math.max(0, 1 - probabilities.reduce((sum, share) => sum + share, 0));
}

/** A percentage, never 0 or 100 %, but < 0.1 or > 99.9 %. @param {number} share */
export function percent(share) {
  if (share < 0.0005) return "< 0.1 %";
  return share >= 0.9995 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`;
}
