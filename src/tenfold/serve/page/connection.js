/** Tells the user when the service is unreachable, and detects when it is back. */

import { checkReady, Gone, Refused } from "./api.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;
const GONE =
  "The service does not answer. Write on: your drawing is kept, and read as soon as the service is back.";
const UNKNOWN =
  "The service asks for its token: open the address that it printed when it was started. What you wrote is kept here.";

/** Dispatches "back" when the service answers again. */
export class Connection extends EventTarget {
  #banner;
  #isLost = false;
  /** @type {(value?: unknown) => void} */
  #wake = () => {};

  /** @param {HTMLElement} banner */
  constructor(banner) {
    super();
    this.#banner = banner;
    window.addEventListener("online", () => this.#wake());
    // A user who returns to the page may just have restarted the service, or opened its address.
    window.addEventListener("focus", () => this.#wake());
  }

  get isLost() {
    return this.#isLost;
  }

  /** Handle an error of the service as a whole. @returns {boolean} whether it is one */
  takes(error) {
    if (error instanceof Gone) this.#wait(GONE, () => this.#untilReady());
    else if (error instanceof Refused && error.status === 401) this.#wait(UNKNOWN, () => this.#untilWoken());
    else return false;
    return true;
  }

  async #wait(text, end) {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#banner.textContent = text;
    this.#banner.hidden = false;
    await end();
    this.#isLost = false;
    this.#banner.hidden = true;
    this.dispatchEvent(new Event("back"));
  }

  async #untilReady() {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, pause)), this.#untilWoken()]);
      if (await isReady()) return;
    }
  }

  #untilWoken() {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

async function isReady() {
  try {
    await checkReady();
    return true;
  } catch {
    return false;
  }
}
