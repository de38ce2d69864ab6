/** The reading, in large letters and for screen readers. */

import { percent, secondBest, textOf } from "./digit.js";

const ANNOUNCE_DELAY_MS = 600; // without a change, so that intermediate readings are not announced

export class ReadingText {
  #element;
  #spoken;
  #timer = 0;

  /** @param {HTMLElement} element @param {HTMLElement} spoken a live region */
  constructor(element, spoken) {
    this.#element = element;
    this.#spoken = spoken;
  }

  /** @param {import("./live-reading.js").Line[]} lines @param {string} otherwise the text if nothing is read */
  show(lines, otherwise) {
    this.#element.replaceChildren(...(lines.length ? lines.map(lineOf) : [placeholder(otherwise)]));
    this.#element.style.setProperty("--longest", String(Math.max(3, ...lines.map(({ written }) => written.length))));
    this.#element.style.setProperty("--lines", String(Math.max(1, lines.length)));
    this.#announceLater(lines.length ? sentence(lines) : otherwise);
  }

  /** Announce the reading to screen readers. */
  announce(text) {
    clearTimeout(this.#timer);
    this.#spoken.textContent = text;
  }

  #announceLater(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#spoken.textContent = text), ANNOUNCE_DELAY_MS);
  }
}

function lineOf(line) {
  const element = document.createElement("p");
  element.append(...marksOf(line).map((mark) => (typeof mark === "string" ? mark : digitElement(mark))));
  return element;
}

/** The digits of a line, with its signs and wide gaps between them. @returns {(import("./digit.js").Digit | string)[]} */
function marksOf({ digits, written }) {
  let next = 0;
  return [...written].map((character) => (/[\d?]/.test(character) ? digits[next++] : character));
}

function digitElement(digit) {
  const sign = textOf(digit);
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
  const spoken = (mark) => (typeof mark === "string" ? mark : textOf(mark));
  const read = lines.map((line) => marksOf(line).map(spoken).filter((sign) => sign !== " ").join(" ")).join(", next line ");
  const unsure = lines.flatMap(({ digits }) => digits).filter((digit) => textOf(digit) === "?");
  return [`Read: ${read}.`, ...unsure.map(perhaps)].join(" ");
}

function perhaps(digit) {
  const { value } = secondBest(digit);
  return `Not sure: perhaps ${digit.value}, ${percent(digit.confidence)}, or ${value ?? "no digit"}.`;
}
