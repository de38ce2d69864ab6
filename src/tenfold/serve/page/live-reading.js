/** Reads the ink or picture whenever it changes. */

import { explain, Refused } from "./api.js";
import { digitOf } from "./digit.js";
import { ignoredStrokes } from "./ignored-ink.js";
import { newestOnly } from "./newest.js";

/**
 * @typedef {{digits: import("./digit.js").Digit[], written: string}} Line its digits, and its text with signs
 * @typedef {object} Read
 * @property {Line[]} lines
 * @property {Blob | null} picture that was read, null if there was none
 * @property {(import("./digit.js").Place | null)[]} passedOver places of text without digits
 * @property {Set<import("./ink.js").Stroke>} ignored strokes that are not part of a digit or sign
 */

/** @type {Read} */
export const NOTHING = Object.freeze({ lines: [], picture: null, passedOver: [], ignored: new Set() });

/**
 * Dispatches "read" with a `Read` as its detail, "waiting" with whether an answer is awaited, and "failure" with the
 * error if there is no answer.
 */
export class LiveReading extends EventTarget {
  /** @type {import("./sources.js").Source} */
  #source;
  #readNewest = newestOnly(() => this.#read());

  /** @param {import("./sources.js").Source} source */
  constructor(source) {
    super();
    this.#source = source;
  }

  /** Read something else from now on. @param {import("./sources.js").Source} source */
  switchTo(source) {
    this.#source = source;
    this.#dispatch("read", NOTHING);
    this.refresh();
  }

  /** Read what is there now. */
  refresh() {
    if (this.#source.isEmpty) this.#dispatch("read", NOTHING);
    else this.#readNewest();
  }

  async #read() {
    const source = this.#source;
    if (source.isEmpty) return;
    const { changedAt } = source;
    this.#dispatch("waiting", true);
    try {
      const { picture, strokes, place } = await source.capture();
      const { lines, passed_over } = await explain(picture);
      if (source !== this.#source || source.isEmpty) return; // the answer came too late
      const read = lines.flatMap(({ digits, signs }) => [...digits, ...signs]);
      this.#dispatch("read", {
        lines: lines.map(({ digits, written }, line) => ({
          digits: digits.map((each, digit) => digitOf(each, line, digit, place)),
          written,
        })),
        picture,
        passedOver: passed_over.map(place),
        ignored: ignoredStrokes(strokes, read.map(({ box }) => place(box))),
      });
      measureDelay(changedAt);
    } catch (error) {
      this.#dispatch("failure", error);
      if (error instanceof Refused && error.retryAfterS) setTimeout(() => this.refresh(), 1000 * error.retryAfterS);
    } finally {
      this.#dispatch("waiting", false);
    }
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** For the browser's performance tools: the time from the pen's movement to the frame that shows its reading. */
function measureDelay(start) {
  requestAnimationFrame(() => {
    performance.clearMeasures("reading");
    performance.measure("reading", { start });
  });
}
