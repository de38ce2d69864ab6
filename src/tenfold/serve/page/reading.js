/** The reading, in large letters and for screen readers. */

import { percent, secondBest, signOf } from "./digit.js";

const SAY_AFTER_MS = 600; // without a change: nobody wants to hear what lies between

export class ReadingText {
  #element;
  #spoken;
  #timer = 0;

  /** @param {HTMLElement} element @param {HTMLElement} spoken a live region */
  constructor(element, spoken) {
    this.#element = element;
    this.#spoken = spoken;
  }

  /** @param {import("./reading-along.js").Line[]} lines @param {string} otherwise the text if nothing is read */
  show(lines, otherwise) {
    this.#element.replaceChildren(...(lines.length ? lines.map(lineOf) : [placeholder(otherwise)]));
    this.#element.style.setProperty("--longest", String(Math.max(3, ...lines.map(({ written }) => written.length))));
    this.#element.style.setProperty("--lines", String(Math.max(1, lines.length)));
    this.#sayLater(lines.length ? sentence(lines) : otherwise);
  }

  /** Announce the reading to screen readers. */
  say(text) {
    clearTimeout(this.#timer);
    this.#spoken.textContent = text;
  }

  #sayLater(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#spoken.textContent = text), SAY_AFTER_MS);
  }
}

function lineOf(line) {
  const element = document.createElement("p");
  element.append(...marksOf(line).map((mark) => (typeof mark === "string" ? mark : letter(mark))));
  return element;
}

/** The digits of a line, with its signs and wide gaps between them. @returns {(import("./digit.js").Digit | string)[]} */
function marksOf({ digits, written }) {
  let next = 0;
  return [...written].map((character) => (/[\d?]/.test(character) ? digits[next++] : character));
}

function letter(digit) {
  const sign = signOf(digit);
  const element = document.createElement("span");
  element.textContent = sign;
  element.classList.toggle("unsure", sign === "?");
  element.classList.toggle("corrected", digit.corrected !== null);
  return element;
}

function placeholder(text) {
  const element = document.createElement("p");
  element.className = "nothing";
  element.textContent = text;
  return element;
}

function sentence(lines) {
  const said = (mark) => (typeof mark === "string" ? mark : signOf(mark));
  const read = lines.map((line) => marksOf(line).map(said).filter((sign) => sign !== " ").join(" ")).join(", next line ");
  const unsure = lines.flatMap(({ digits }) => digits).filter((digit) => signOf(digit) === "?");
  return [`Read: ${read}.`, ...unsure.map(perhaps)].join(" ");
}

function perhaps(digit) {
  const { value } = secondBest(digit);
  return `Not sure: perhaps ${digit.value}, ${percent(digit.confidence)}, or ${value ?? "no digit"}.`;
}
