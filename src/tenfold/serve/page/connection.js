/** Shows when the service is unreachable, and detects when it is back. */

import { checkReady, Refused, Unreachable } from "./api.js";

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 8000;
const UNREACHABLE =
  "The service is not responding. Keep writing: your drawing is kept, and will be read when the service is back.";
const UNAUTHORIZED =
  "The service asks for its token: open the address it printed when it started. Your drawing is kept here.";

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

  /** Handle an error that concerns the whole service. @returns {boolean} whether it is one */
  handles(error) {
    if (error instanceof Unreachable) this.#wait(UNREACHABLE, () => this.#untilReady());
    else if (error instanceof Refused && error.status === 401) this.#wait(UNAUTHORIZED, () => this.#untilAwake());
    else return false;
    return true;
  }

  async #wait(text, recovered) {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#banner.textContent = text;
    this.#banner.hidden = false;
    await recovered();
    this.#isLost = false;
    this.#banner.hidden = true;
    this.dispatchEvent(new Event("back"));
  }

  async #untilReady() {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, pause)), this.#untilAwake()]);
      if (await isReady()) return;
    }
  }

  #untilAwake() {
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
