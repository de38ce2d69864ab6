/** Boxes over the paper or the picture, with their readings. */

import { percent, textOf } from "./digit.js";

const DENSE = 24; // digits: with more, smaller labels keep them from hiding one another

/**
 * Dispatches "select" and "choose" with a digit's index when boxes receive the pointer, over a picture. Over the
 * paper, pointer events pass through to the pen.
 */
export class Overlay extends EventTarget {
  #container;
  /** @type {import("./digit.js").Digit[]} */
  #digits = [];

  /** @param {HTMLElement} container */
  constructor(container) {
    super();
    this.#container = container;
    container.addEventListener("pointerover", (event) => this.#dispatch("select", event));
    container.addEventListener("click", (event) => this.#dispatch("choose", event));
  }

  /** @param {import("./digit.js").Digit[]} digits @param {import("./digit.js").Place[]} passedOver shown as ignored */
  show(digits, passedOver) {
    const container = this.#container;
    this.#digits = digits;
    container.classList.toggle("dense", digits.length > DENSE);
    for (const box of container.querySelectorAll(".ignored")) box.remove();
    while (container.children.length > digits.length) container.lastElementChild.remove();
    while (container.children.length < digits.length) container.append(newBox());
    for (const [index, digit] of digits.entries()) fill(container.children[index], digit);
    container.append(...passedOver.filter(Boolean).map(ignoredBox));
  }

  /** @param {number} selected -1 for none */
  select(selected) {
    for (const [index, box] of [...this.#container.children].entries()) {
      box.classList.toggle("selected", index === selected);
    }
  }

  /** The digit at a place. @param {{x: number, y: number}} place in fractions of the frame @returns {number} or -1 */
  indexAt({ x, y }) {
    return this.#digits.findIndex(
      ({ place }) =>
        place && x >= place.x && x <= place.x + place.width && y >= place.y && y <= place.y + place.height,
    );
  }

  #dispatch(type, event) {
    const index = [...this.#container.children].indexOf(event.target.closest(".box"));
    if (index >= 0) this.dispatchEvent(new CustomEvent(type, { detail: index }));
  }
}

function newBox() {
  const box = document.createElement("div");
  const tag = document.createElement("span");
  box.className = "box";
  box.append(tag);
  return box;
}

/** @param {HTMLElement} box @param {import("./digit.js").Digit} digit */
function fill(box, digit) {
  const text = textOf(digit);
  box.hidden = digit.place === null;
  box.classList.toggle("at-edge", digit.place?.x > 0.6); // its label would leave the frame
  box.classList.toggle("unsure", text === "?");
  box.classList.toggle("printed", digit.printed);
  const confidence = document.createElement("small");
  confidence.textContent = digit.corrected === null ? percent(digit.confidence) : "";
  box.firstElementChild.replaceChildren(text, confidence);
  if (digit.place) position(box, digit.place);
}

/** @param {import("./digit.js").Place} place */
function ignoredBox(place) {
  const box = document.createElement("div");
  box.className = "box ignored";
  position(box, place);
  return box;
}

/** @param {HTMLElement} box @param {import("./digit.js").Place} place */
function position(box, place) {
  for (const [name, fraction] of Object.entries(place)) box.style.setProperty(`--${name}`, fraction.toFixed(5));
}
