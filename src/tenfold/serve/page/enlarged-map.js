/** One feature map, enlarged over the digit, with an interpretation. */

import { paintLevels } from "./thumbnail.js";

const ROWS = ["top", "middle", "bottom"];
const COLUMNS = ["left", "middle", "right"];

export class EnlargedMap {
  #figure;
  #digit;
  #map;
  #caption;

  /** @param {HTMLElement} figure with a canvas for the digit, one for the map, and a caption */
  constructor(figure) {
    this.#figure = figure;
    [this.#digit, this.#map] = figure.querySelectorAll("canvas");
    this.#caption = figure.querySelector("figcaption");
  }

  hide() {
    this.#figure.hidden = true;
  }

  /**
   * @param {Uint8Array} image of the digit
   * @param {import("./api.js").Layer} layer
   * @param {Uint8Array} levels of the map, 255 the strongest of its layer
   * @param {number} number of the map, from 1
   * @param {string} title of the layer
   */
  show(image, { maps, width, height }, levels, number, title) {
    this.#figure.hidden = false;
    paintLevels(this.#digit, image);
    Object.assign(this.#map, { width, height });
    paintLevels(this.#map, levels, "--accent");
    const max = Math.max(...levels);
    const heading = document.createElement("b");
    heading.textContent = `${title}, map ${number} of ${maps}`;
    this.#caption.replaceChildren(heading, ` ${interpretation(levels, max, width, height)}`);
  }
}

function interpretation(levels, max, width, height) {
  if (max === 0) return "This filter does not respond to the digit.";
  const at = levels.indexOf(max);
  const row = ROWS[Math.floor((3 * Math.floor(at / width)) / height)];
  const column = COLUMNS[Math.floor((3 * (at % width)) / width)];
  const place = row === column ? "in the middle" : `at the ${[row, column].filter((word) => word !== "middle").join(" ")}`;
  const share = max === 255 ? "no filter of this layer responds more strongly" : `${Math.round((100 * max) / 255)} % of the layer’s strongest response`;
  return `The colour shows where this filter responds: most strongly ${place}, ${share}.`;
}
