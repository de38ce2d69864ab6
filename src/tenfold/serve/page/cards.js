/** A card per digit: what the network saw, its answer, and the alternatives. */

import { Bars } from "./bars.js";
import { percent, secondBest, textOf } from "./digit.js";
import { paintLevels } from "./thumbnail.js";

const DIRECTIONS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * Dispatches "select" with the index of the digit under the pointer or focused, "choose" with that of one to
 * correct, and "correct" with {index, label} when the right digit was typed.
 */
export class Cards extends EventTarget {
  #container;
  /** @type {Card[]} */
  #cards = [];

  /** @param {HTMLElement} container */
  constructor(container) {
    super();
    this.#container = container;
    container.addEventListener("pointerover", (event) => this.#dispatch("select", this.#indexOf(event)));
    container.addEventListener("focusin", (event) => this.#dispatch("select", this.#indexOf(event)));
    container.addEventListener("click", (event) => this.#dispatch("choose", this.#indexOf(event)));
    container.addEventListener("keydown", (event) => this.#handleKey(event, this.#indexOf(event)));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#repaint());
  }

  /** Update the cards in place: one may have the focus or the pointer.
   * @param {import("./digit.js").Digit[]} digits */
  show(digits) {
    while (this.#cards.length > digits.length) this.#cards.pop().element.remove();
    while (this.#cards.length < digits.length) this.#cards.push(new Card());
    this.#container.append(...this.#cards.map(({ element }) => element).filter((element) => !element.parentNode));
    for (const [index, digit] of digits.entries()) this.#cards[index].show(digit, index, digits.length);
  }

  /** Mark the digit that the rest of the page shows. @param {number} index -1 for none */
  select(index) {
    for (const [at, card] of this.#cards.entries()) card.mark(at === index, at === Math.max(0, index));
  }

  focus(index) {
    this.#cards[index]?.element.focus();
  }

  #indexOf(event) {
    const element = event.target.closest(".card");
    return this.#cards.findIndex((card) => card.element === element);
  }

  #handleKey(event, index) {
    if (index < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in DIRECTIONS || event.key === "Home" || event.key === "End") {
      event.preventDefault();
      this.focus(this.#targetOf(event.key, index));
    } else if (/^\d$/.test(event.key)) {
      this.#dispatch("correct", { index, label: Number(event.key) });
    }
  }

  #targetOf(key, index) {
    const last = this.#cards.length - 1;
    if (key === "Home") return 0;
    return key === "End" ? last : Math.min(last, Math.max(0, index + DIRECTIONS[key]));
  }

  #dispatch(type, detail) {
    if (detail !== -1) this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #repaint() {
    for (const card of this.#cards) card.paint();
  }
}

class Card {
  element = document.createElement("button");
  #place = visuallyHidden();
  #sign = document.createElement("b");
  #confidence = document.createElement("span");
  #second = document.createElement("span");
  #image = document.createElement("canvas");
  #bars = new Bars();
  /** @type {Uint8Array | null} */
  #levels = null;

  constructor() {
    this.element.type = "button";
    this.element.className = "card";
    this.#confidence.className = "sure";
    this.#second.className = "second";
    this.#image.width = this.#image.height = 28;
    const hint = visuallyHidden();
    hint.textContent = ". Correct it";
    this.element.append(this.#image, this.#place, this.#sign, this.#confidence, this.#bars.element, this.#second, hint);
    this.element.title = "Wrong? Click it, or type the right digit";
  }

  show(digit, index, count) {
    const second = secondBest(digit);
    const sign = textOf(digit);
    this.#sign.textContent = sign;
    this.#confidence.textContent = digit.corrected === null ? certainty(digit) : "corrected";
    this.#second.textContent = alternatives(digit, second);
    this.#bars.show(digit.probabilities, digit.value);
    this.#levels = digit.image;
    this.element.classList.toggle("unsure", sign === "?");
    this.element.classList.toggle("corrected", digit.corrected !== null);
    this.#place.textContent = `Digit ${index + 1} of ${count}${sign === "?" ? ", not sure" : ""}: `;
    this.paint();
  }

  paint() {
    paintLevels(this.#image, this.#levels);
  }

  /** @param {boolean} reachable whether the Tab key stops here: it stops at exactly one card */
  mark(selected, reachable) {
    this.element.classList.toggle("selected", selected);
    this.element.tabIndex = reachable ? 0 : -1;
  }
}

function certainty({ confidence, printed }) {
  return printed ? `${percent(confidence)}, print` : percent(confidence);
}

function alternatives({ value, accepted, corrected }, second) {
  if (corrected !== null) return `read as ${accepted ? value : "?"}`;
  const other = `or ${second.value ?? "no digit"} (${percent(second.share)})`;
  return accepted ? other : `perhaps ${value}, ${other}`;
}

function visuallyHidden() {
  const element = document.createElement("span");
  element.className = "only-spoken";
  return element;
}
