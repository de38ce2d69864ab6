/** What each network answers, side by side. */

import { element, percent } from "./element.js";

/**
 * @param {HTMLElement} list with a `[data-network]` for each network
 * @param {string[]} classes
 */
export class Answers {
  #cards;

  constructor(list, classes) {
    this.#cards = [...list.children].map((card) => {
      const bars = classes.map((name) => element("li", {}, element("i"), element("span", { textContent: name })));
      card.querySelector(".bars").append(...bars);
      return { bars, predicted: card.querySelector(".predicted-class"), confidence: card.querySelector(".sure"), wrong: card.querySelector(".wrong") };
    });
    this.classes = classes;
  }

  /**
   * @param {(Float32Array | null)[]} probabilities of each network; null if there is nothing to read
   * @param {string | null} truth the true class; null if it is unknown
   */
  show(probabilities, truth) {
    this.#cards.forEach(({ bars, predicted, confidence, wrong }, network) => {
      const shares = probabilities[network];
      const best = shares && indexOfMax(shares);
      predicted.textContent = shares ? this.classes[best] : "–";
      confidence.textContent = shares ? percent(shares[best]) : "";
      wrong.hidden = !shares || truth === null || truth === this.classes[best];
      bars.forEach((bar, index) => {
        bar.style.setProperty("--share", shares ? shares[index].toFixed(4) : "0");
        bar.title = shares ? `${this.classes[index]}: ${percent(shares[index])}` : "";
        bar.classList.toggle("best", index === best);
      });
    });
  }
}

/** @param {ArrayLike<number>} values */
export function indexOfMax(values) {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index;
  return best;
}
