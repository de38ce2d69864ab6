/** Explains why no digit was found, and lets the user say which one it is. */

/** Shows its element if there was something to read, but no digit in it. */
export class NothingFound {
  #element;
  #why;
  #button;

  /** @param {HTMLElement} element @param {() => void} onCorrect called when the user wants to say which digit it is */
  constructor(element, onCorrect) {
    this.#element = element;
    this.#why = element.querySelector("p");
    this.#button = element.querySelector("button");
    this.#button.addEventListener("click", onCorrect);
  }

  /**
   * @param {import("./live-reading.js").Read} read
   * @param {boolean} isPicture a picture rather than a drawing
   * @param {boolean} canCorrect
   */
  show({ lines, picture, passedOver }, isPicture, canCorrect) {
    this.#element.hidden = !picture || lines.length > 0;
    this.#why.textContent = reasonFor(passedOver.length > 0, isPicture);
    this.#button.hidden = !canCorrect;
  }
}

function reasonFor(isInkPassedOver, isPicture) {
  if (isInkPassedOver) return "To the reader, this looks like letters, signs or a drawing.";
  if (isPicture) return "No ink stands out from the paper: it may be blank, too faint or out of focus.";
  return "It is too small to be a digit. Write larger.";
}
