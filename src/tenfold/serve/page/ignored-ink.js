/** Strokes on the paper that are not part of a digit or sign are shown faint. */

import { PAPER } from "./ink.js";
import { showInk } from "./paper.js";

const AFTER_MS = 700; // without a change: half a digit is none yet
const SLACK = 8; // paper units around a place, for rounding
const LEAST = 0.25; // of a stroke's points that lie in such places, else it is ignored
const FAINT = "Faint strokes were ignored: to the reader they are no digits.";
const HATCHED = "Hatched parts were ignored: to the reader they hold no numbers.";

/** Shows the ink, and which strokes were ignored. */
export class IgnoredInk {
  #ink;
  #words;
  #draw;
  #timer = 0;
  #isHatched = false;
  /** @type {Set<import("./ink.js").Stroke>} */
  #faint = new Set();

  /** @param {HTMLCanvasElement} paper @param {import("./ink.js").Ink} ink @param {HTMLElement} words says so */
  constructor(paper, ink, words) {
    this.#ink = ink;
    this.#words = words;
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
    if (!this.#ink.isGrowing) this.#timer = setTimeout(() => this.#fade(ignored), AFTER_MS);
  }

  #fade(strokes) {
    this.#words.textContent = this.#isHatched ? HATCHED : strokes.size ? FAINT : "";
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
    left: x * PAPER.width - SLACK,
    top: y * PAPER.height - SLACK,
    right: (x + width) * PAPER.width + SLACK,
    bottom: (y + height) * PAPER.height + SLACK,
  }));
  const isRead = ({ x, y }) =>
    boxes.some(({ left, top, right, bottom }) => x >= left && x <= right && y >= top && y <= bottom);
  return new Set(strokes.filter((stroke) => stroke.filter(isRead).length < LEAST * stroke.length));
}
