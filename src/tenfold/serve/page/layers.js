/** The feature maps of each convolution of the network for one digit, one of them enlarged. */

import { fetchLayers } from "./api.js";
import { EnlargedMap } from "./enlarged-map.js";
import { newestOnly } from "./newest.js";
import { paintLevels } from "./thumbnail.js";

const GAP = 1; // pixels of a layer between its maps
const MIN_LEVEL = 22; // of a map where its filter does not respond, so that its size is visible
const ORDINALS = ["First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth"];
const EXPLANATIONS = {
  first: "Each filter looks at a few pixels at a time and responds to edges and strokes of one direction.",
  middle: "Each filter looks at the maps of the previous layer and responds to bends, ends and crossings.",
  last: "Each filter sees most of the digit and responds to parts of it, such as loops, which decide which digit it is.",
};

/** Shows the layers of a digit while its panel is open; a closed panel sends no requests. */
export class LayersPanel {
  #panel;
  #layers;
  #seen;
  #caption;
  #onError;
  /** @type {import("./digit.js").Digit | null} */
  #digit = null;
  #enlarged;
  /** The map that is enlarged. */
  #chosen = { layer: 0, map: 0 };
  /** @type {import("./api.js").Layer[]} */
  #shown = [];
  #fetchNewest = newestOnly(() => this.#fetch());

  /** @param {HTMLDetailsElement} panel @param {(error: Error) => void} onError */
  constructor(panel, onError) {
    this.#panel = panel;
    this.#onError = onError;
    this.#layers = panel.querySelector("#layers");
    this.#seen = panel.querySelector("#seen");
    this.#caption = panel.querySelector("#seen-caption");
    this.#enlarged = new EnlargedMap(panel.querySelector("#enlarged"));
    panel.addEventListener("toggle", () => this.show(this.#digit));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.show(this.#digit));
  }

  /** @param {import("./digit.js").Digit | null} digit */
  show(digit) {
    this.#digit = digit;
    if (!this.#panel.open) return;
    this.#panel.classList.toggle("empty", digit === null);
    this.#caption.textContent = digit ? "28 × 28 pixels: everything the network sees" : "Write a digit to look inside.";
    this.#seen.setAttribute("aria-label", digit ? `The digit ${digit.value} as the network sees it` : "No digit yet");
    paintLevels(this.#seen, digit?.image ?? new Uint8Array(28 * 28));
    if (digit) this.#fetchNewest();
    else this.#clear();
  }

  #clear() {
    this.#shown = [];
    this.#layers.replaceChildren();
    this.#enlarged.hide();
  }

  async #fetch() {
    if (!this.#digit) return;
    try {
      const layers = await fetchLayers(this.#digit.image);
      if (this.#digit) this.#paint(layers);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** @param {import("./api.js").Layer[]} layers */
  #paint(layers) {
    if (this.#layers.children.length !== layers.length) {
      this.#layers.replaceChildren(...layers.map((layer, index) => this.#figureOf(layer, index, layers.length)));
    }
    this.#shown = layers;
    layers.forEach((layer, index) => {
      const canvas = this.#layers.children[index].querySelector("canvas");
      paintLevels(canvas, sideBySide(layer, columnsFor(layer.maps)), "--accent");
    });
    this.#choose(this.#chosen.layer, this.#chosen.map);
  }

  /** @param {import("./api.js").Layer} layer */
  #figureOf(layer, index, count) {
    const figure = figureOf(layer, index, count);
    const button = figure.querySelector("button");
    button.addEventListener("click", (event) => {
      // A click by keyboard has no position: it enlarges the first map.
      this.#choose(index, event.detail ? mapAt(event, button, layer) : 0);
    });
    button.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columnsFor(layer.maps), ArrowDown: columnsFor(layer.maps) };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const from = this.#chosen.layer === index ? this.#chosen.map : 0;
      this.#choose(index, Math.min(layer.maps - 1, Math.max(0, from + steps[event.key])));
    });
    return figure;
  }

  /** Enlarge a map. @param {number} layer @param {number} map */
  #choose(layer, map) {
    this.#chosen = { layer, map };
    for (const [index, figure] of [...this.#layers.children].entries()) {
      frameMap(figure.querySelector("i"), index === layer, map, this.#shown[index]);
    }
    this.#enlarged.show(this.#digit.image, this.#shown[layer], levelsOf(this.#shown[layer], map), map + 1, titleOf(layer));
  }
}

function titleOf(layer) {
  return `${ORDINALS[layer]} convolution`;
}

/** @param {import("./api.js").Layer} layer @param {number} count of all layers */
function figureOf(layer, index, count) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const button = document.createElement("button");
  const canvas = document.createElement("canvas");
  const columns = columnsFor(layer.maps);
  const size = `${layer.maps} maps of ${layer.height} × ${layer.width}`;
  canvas.width = columns * (layer.width + GAP) - GAP;
  canvas.height = rowsFor(layer.maps) * (layer.height + GAP) - GAP;
  button.type = "button";
  button.className = "maps";
  button.setAttribute("aria-label", `${titleOf(index)}: ${size}. Arrow keys enlarge one map after the other.`);
  button.append(canvas, document.createElement("i"));
  const explanation = EXPLANATIONS[index === 0 ? "first" : index === count - 1 ? "last" : "middle"];
  caption.append(strong(titleOf(index)), ` ${size}. ${explanation}`);
  figure.append(caption, button);
  return figure;
}

/** The map under the pointer. @param {MouseEvent} event @param {HTMLElement} button @param {import("./api.js").Layer} layer */
function mapAt({ clientX, clientY }, button, { maps }) {
  const { left, top, width, height } = button.getBoundingClientRect();
  const cellOf = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
  const column = cellOf((clientX - left) / width, columnsFor(maps));
  const row = cellOf((clientY - top) / height, rowsFor(maps));
  return Math.min(maps - 1, row * columnsFor(maps) + column);
}

/** Frame the map that is enlarged. @param {HTMLElement} frame @param {boolean} isHere @param {number} map */
function frameMap(frame, isHere, map, { maps }) {
  const [columns, rows] = [columnsFor(maps), rowsFor(maps)];
  frame.hidden = !isHere;
  frame.style.left = `${(100 * (map % columns)) / columns}%`;
  frame.style.top = `${(100 * Math.floor(map / columns)) / rows}%`;
  frame.style.width = `${100 / columns}%`;
  frame.style.height = `${100 / rows}%`;
}

/** The bytes of one map. @param {import("./api.js").Layer} layer @returns {Uint8Array} */
function levelsOf({ height, width, levels }, map) {
  const bytes = atob(levels);
  return Uint8Array.from({ length: height * width }, (_, at) => bytes.charCodeAt(map * height * width + at));
}

function strong(text) {
  const element = document.createElement("b");
  element.textContent = text;
  return element;
}

/** The number of columns: as many as fill all rows, if possible. */
function columnsFor(maps) {
  return (maps > 64 ? [16, 12] : [12, 8, 10]).find((columns) => maps % columns === 0) ?? Math.min(maps, 12);
}

function rowsFor(maps) {
  return Math.ceil(maps / columnsFor(maps));
}

/** The bytes of all maps of a layer in one picture. @param {import("./api.js").Layer} layer @returns {Uint8Array} */
function sideBySide({ maps, height, width, levels }, columns) {
  const bytes = atob(levels);
  const totalWidth = columns * (width + GAP) - GAP;
  const picture = new Uint8Array(totalWidth * (rowsFor(maps) * (height + GAP) - GAP));
  for (let at = 0; at < bytes.length; at++) {
    const map = Math.floor(at / (height * width));
    const row = Math.floor(at / width) % height;
    const top = Math.floor(map / columns) * (height + GAP) + row;
    const left = (map % columns) * (width + GAP) + (at % width);
    picture[top * totalWidth + left] = MIN_LEVEL + bytes.charCodeAt(at) * (1 - MIN_LEVEL / 255);
  }
  return picture;
}
