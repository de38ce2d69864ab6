/** Strokes on the paper that are not part of a digit or sign are shown faint. */

import { PAPER } from "./ink.js";
import { showInk } from "./paper.js";

const DELAY_MS = 700; // without a change: the pen may be in the middle of a digit
const MARGIN = 8; // paper units around a place, for rounding
const MIN_SHARE = 0.25; // of a stroke's points inside such places; otherwise it is ignored
const FAINT = "Faint strokes were ignored: the reader does not take them for digits.";
const HATCHED = "Hatched parts were ignored: the reader found no numbers there.";

/** Shows the ink, and which strokes were ignored. */
export class IgnoredInk {
  #ink;
  #explanation;
  #draw;
  #timer = 0;
  #isHatched = false;
  /** @type {Set<import("./ink.js").Stroke>} */
  #faint = new Set();

  /** @param {HTMLCanvasElement} paper @param {import("./ink.js").Ink} ink @param {HTMLElement} explanation of what is faint */
  constructor(paper, ink, explanation) {
    this.#ink = ink;
    this.#explanation = explanation;
    this.#draw = showInk(paper, ink, (stroke) => this.#faint.has(stroke));
    ink.addEventListener("change", () => clearTimeout(this.#timer));
  }

  /**
   * @param {Set<import("./ink.js").Stroke>} ignored empty if nothing was read
   * @param {boolean} isHatched whether there is a picture instead, whose ignored parts are hatched
   */
  show(ignored, isHatched) {
    clearTimeout(this.#timer);
    this.#isHatched = isHatched;
    this.#fade(new Set([...this.#faint].filter((stroke) => ignored.has(stroke))));
    if (!this.#ink.isPenDown) this.#timer = setTimeout(() => this.#fade(ignored), DELAY_MS);
  }

  #fade(strokes) {
    this.#explanation.textContent = this.#isHatched ? HATCHED : strokes.size ? FAINT : "";
    if (strokes.size + this.#faint.size === 0) return;
    this.#faint = strokes;
    this.#draw();
  }
}

/**
 * @param {readonly import("./ink.js").Stroke[]} strokes
 * @param {import("./digit.js").Place[]} places of the digits and signs that were read
 * @returns {Set<import("./ink.js").Stroke>}
 */
export function ignoredStrokes(strokes, places) {
  const boxes = places.map(({ x, y, width, height }) => ({
    left: x * PAPER.width - MARGIN,
    top: y * PAPER.height - MARGIN,
    right: (x + width) * PAPER.width + MARGIN,
    bottom: (y + height) * PAPER.height + MARGIN,
  }));
  const isRead = ({ x, y }) =>
    boxes.some(({ left, top, right, bottom }) => x >= left && x <= right && y >= top && y <= bottom);
  return new Set(strokes.filter((stroke) => stroke.filter(isRead).length < MIN_SHARE * stroke.length));
}
