/** What each convolution of the network finds in one digit: its feature maps. */

import { fetchLayers } from "./api.js";
import { newestOnly } from "./newest.js";
import { paintLevels } from "./thumbnail.js";

const GAP = 1; // pixels of a layer between its maps
const FAINTEST = 22; // level of a map where it finds nothing: one sees how large it is
const ORDINALS = ["First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth"];

/** Shows the layers of a digit while its panel is open: nobody is asked for what nobody sees. */
export class LayersPanel {
  #panel;
  #layers;
  #seen;
  #caption;
  #takesError;
  /** @type {import("./digit.js").Digit | null} */
  #digit = null;
  #fetchNewest = newestOnly(() => this.#fetch());

  /** @param {HTMLDetailsElement} panel @param {(error: Error) => void} takesError */
  constructor(panel, takesError) {
    this.#panel = panel;
    this.#takesError = takesError;
    this.#layers = panel.querySelector("#layers");
    this.#seen = panel.querySelector("#seen");
    this.#caption = panel.querySelector("#seen-caption");
    panel.addEventListener("toggle", () => this.show(this.#digit));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.show(this.#digit));
  }

  /** @param {import("./digit.js").Digit | null} digit */
  show(digit) {
    this.#digit = digit;
    if (!this.#panel.open) return;
    this.#panel.classList.toggle("empty", digit === null);
    this.#caption.textContent = digit ? "28 × 28 pixels: all that the network sees" : "Write a digit to look inside.";
    this.#seen.setAttribute("aria-label", digit ? `The digit ${digit.value} as the network sees it` : "No digit yet");
    paintLevels(this.#seen, digit?.image ?? new Uint8Array(28 * 28));
    if (digit) this.#fetchNewest();
    else this.#layers.replaceChildren();
  }

  async #fetch() {
    if (!this.#digit) return;
    try {
      const layers = await fetchLayers(this.#digit.image);
      if (this.#digit) this.#paint(layers);
    } catch (error) {
      this.#takesError(error);
    }
  }

  /** @param {import("./api.js").Layer[]} layers */
  #paint(layers) {
    if (this.#layers.children.length !== layers.length) {
      this.#layers.replaceChildren(...layers.map(figureOf));
    }
    layers.forEach((layer, index) => {
      const canvas = this.#layers.children[index].querySelector("canvas");
      paintLevels(canvas, sideBySide(layer, columnsOf(canvas)), "--accent");
    });
  }
}

/** @param {import("./api.js").Layer} layer */
function figureOf(layer, index) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const canvas = document.createElement("canvas");
  const columns = columnsFor(layer.maps);
  const size = `${layer.maps} maps of ${layer.height} × ${layer.width}`;
  canvas.dataset.columns = String(columns);
  canvas.width = columns * (layer.width + GAP) - GAP;
  canvas.height = Math.ceil(layer.maps / columns) * (layer.height + GAP) - GAP;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${ORDINALS[index]} convolution: ${size}`);
  caption.append(strong(`${ORDINALS[index]} convolution`), ` ${size}`);
  figure.append(caption, canvas);
  return figure;
}

function strong(text) {
  const element = document.createElement("b");
  element.textContent = text;
  return element;
}

/** As many as make whole rows, and these wide. */
function columnsFor(maps) {
  return (maps > 64 ? [16, 12] : [12, 8, 10]).find((columns) => maps % columns === 0) ?? Math.min(maps, 12);
}

function columnsOf(canvas) {
  return Number(canvas.dataset.columns);
}

/** The bytes of all maps of a layer in one picture. @param {import("./api.js").Layer} layer @returns {Uint8Array} */
function sideBySide({ maps, height, width, levels }, columns) {
  const bytes = atob(levels);
  const across = columns * (width + GAP) - GAP;
  const picture = new Uint8Array(across * (Math.ceil(maps / columns) * (height + GAP) - GAP));
  for (let at = 0; at < bytes.length; at++) {
    const map = Math.floor(at / (height * width));
    const row = Math.floor(at / width) % height;
    const top = Math.floor(map / columns) * (height + GAP) + row;
    const left = (map % columns) * (width + GAP) + (at % width);
    picture[top * across + left] = FAINTEST + bytes.charCodeAt(at) * (1 - FAINTEST / 255);
  }
  return picture;
}
