/** Has what is there read, as soon as it changes. */

import { explain, Refused } from "./api.js";
import { digitOf } from "./digit.js";
import { newestOnly } from "./newest.js";

/**
 * Dispatches "read" with {lines, picture} as its detail, "waiting" with whether an answer is awaited, and
 * "trouble" with the error where there is none.
 */
export class ReadingAlong extends EventTarget {
  /** @type {import("./sources.js").Source} */
  #source;
  #readNewest = newestOnly(() => this.#read());

  /** @param {import("./sources.js").Source} source */
  constructor(source) {
    super();
    this.#source = source;
  }

  /** Read something else from now on. @param {import("./sources.js").Source} source */
  turnTo(source) {
    this.#source = source;
    this.#tell("read", { lines: [], picture: null });
    this.again();
  }

  /** Read what is there now. */
  again() {
    if (this.#source.isEmpty) this.#tell("read", { lines: [], picture: null });
    else this.#readNewest();
  }

  async #read() {
    const source = this.#source;
    if (source.isEmpty) return;
    const { changedAt } = source;
    this.#tell("waiting", true);
    try {
      const { picture, place } = await source.take();
      const { lines } = await explain(picture);
      if (source !== this.#source || source.isEmpty) return; // it has come too late
      this.#tell("read", { lines: digitsOf(lines, place), picture });
      measureDelay(changedAt);
    } catch (error) {
      this.#tell("trouble", error);
      if (error instanceof Refused && error.retryAfterS) setTimeout(() => this.again(), 1000 * error.retryAfterS);
    } finally {
      this.#tell("waiting", false);
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function digitsOf(lines, place) {
  return lines.map(({ digits }, line) => digits.map((read, digit) => digitOf(read, line, digit, place)));
}

/** For the browser's performance tools: from the pen's movement to the frame that shows its reading. */
function measureDelay(start) {
  requestAnimationFrame(() => {
    performance.clearMeasures("reading");
    performance.measure("reading", { start });
  });
}
