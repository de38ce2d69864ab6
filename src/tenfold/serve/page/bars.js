/** Eleven probabilities as bars: of 0 to 9, and of "no digit". */

import { noDigit } from "./digit.js";

const SIGNS = [..."0123456789", "×"];

export class Bars {
  /** The element for the page; its content must also be given in words next to it. */
  element = document.createElement("span");
  #columns = SIGNS.map(column);

  constructor() {
    this.element.className = "bars";
    this.element.setAttribute("aria-hidden", "true");
    this.element.append(...this.#columns);
  }

  /** @param {number[]} probabilities of 0 to 9 @param {number} best the digit to highlight */
  show(probabilities, best) {
    [...probabilities, noDigit(probabilities)].forEach((share, index) => {
      this.#columns[index].style.setProperty("--share", share.toFixed(4));
      this.#columns[index].classList.toggle("best", index === best);
    });
  }
}

function column(sign) {
  const element = document.createElement("span");
  const bar = document.createElement("i");
  element.append(bar, sign);
  return element;
}
