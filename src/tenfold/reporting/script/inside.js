/** Look inside a network: the maps and units of every layer, with one step of each written out. */

import { indexOfMax } from "./answers.js";
import { element, formatted } from "./element.js";
import { canvasOf, largest, paint } from "./paint.js";
import { groupsOf } from "./steps.js";
import { writeConvolution, writeUnit } from "./written.js";

/**
 * @typedef {import("./steps.js").Group} Group
 * @typedef {import("./network.js").Values} Values
 * @typedef {{group: Group, buttons: HTMLButtonElement[], written: HTMLElement, size: HTMLElement,
 *   chosen: {unit: number, place: import("./steps.js").Place | null} | null}} Figure of a group; `chosen` by the user
 */

const EXPLANATION =
  "Each layer multiplies its inputs by its weights and adds up the products. Blue counts for a result, orange against it. " +
  "Click a map, a place in a map, or a unit to see its sum; at first the strongest is shown.";

export class Inside {
  #element;
  #labels;
  #classes;
  /** @type {Figure[]} */
  #figures = [];
  /** @type {Values[] | null} */
  #values = null;
  /** The index of the open network. @type {number | null} */
  network = null;

  /** @param {HTMLElement} place @param {string[]} labels of the networks @param {string[]} classes */
  constructor(place, labels, classes) {
    this.#element = place;
    this.#labels = labels;
    this.#classes = classes;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  /** @param {number | null} network its index; null closes */
  open(network) {
    this.network = network;
    this.#figures = [];
    this.#element.hidden = network === null;
    this.#element.replaceChildren();
  }

  /** @param {import("./network.js").Network[]} networks @param {import("./network.js").Answer[] | null} answers */
  show(networks, answers) {
    if (this.network === null) return;
    this.#values = answers?.[this.network].values ?? null;
    if (this.#figures.length === 0) this.#build(networks[this.network].layers);
    this.#paint();
  }

  #build(layers) {
    this.#figures = groupsOf(layers).map((group) => this.#figureOf(group));
    this.#element.append(
      element("h3", {}, `Inside ${this.#labels[this.network]}`),
      element("p", {}, EXPLANATION),
      ...this.#figures.map(({ group, buttons, written, size }) =>
        element(
          "section",
          { className: group.layer.kind },
          element("h4", {}, group.title, " ", size),
          element("div", { className: "units" }, ...buttons),
          written,
        ),
      ),
    );
  }

  /** @param {Group} group @returns {Figure} */
  #figureOf(group) {
    const count = group.layer.kind === "convolution" ? group.layer.shape[0] : group.layer.shape[1];
    const buttons = Array.from({ length: count }, () => element("button", { type: "button" }));
    const figure = { group, buttons, written: element("div", { className: "written" }), size: element("small"), chosen: null };
    buttons.forEach((button, unit) => {
      button.addEventListener("click", (event) => {
        figure.chosen = { unit, place: placeOf(event, button.querySelector(".map")) };
        this.#paint();
      });
    });
    return figure;
  }

  #paint() {
    this.#element.classList.toggle("empty", !this.#values);
    for (const figure of this.#values ? this.#figures : []) {
      if (figure.group.layer.kind === "convolution") this.#paintMaps(figure);
      else this.#paintUnits(figure);
    }
  }

  /** @param {Figure} figure */
  #paintMaps({ group, buttons, written, size, chosen }) {
    const { layer, start, after } = group;
    const values = this.#values[start + 1 + after.length];
    const { data, channels, rows, columns } = values;
    const maps = buttons.map((_, channel) => data.subarray(channel * rows * columns, (channel + 1) * rows * columns));
    const max = largest(data);
    const unit = chosen?.unit ?? indexOfMax(maps.map(largest));
    const best = indexOfMax(maps[unit]);
    const place = chosen?.place ?? { row: Math.floor(best / columns), column: best % columns };
    size.textContent = `${channels} filters of ${layer.shape[2]} × ${layer.shape[3]}, ${channels} maps of ${rows} × ${columns}`;
    buttons.forEach((button, channel) => {
      if (!button.firstChild) button.append(...canvasesOf(layer, rows, columns));
      paint(button.querySelector(".map"), maps[channel], max);
      const kernel = /** @type {HTMLCanvasElement} */ (button.querySelector(".kernel"));
      if (kernel) paint(kernel, layer.weights.filter((_, index) => index % channels === channel));
      button.setAttribute("aria-pressed", String(channel === unit));
      button.setAttribute("aria-label", `Map ${channel + 1}, at most ${formatted(largest(maps[channel]))}`);
    });
    written.replaceChildren(...writeConvolution(group, this.#values, unit, place));
  }

  /** @param {Figure} figure */
  #paintUnits({ group, buttons, written, size, chosen }) {
    const { start, after, layer } = group;
    const { data } = this.#values[start + 1 + after.length];
    const isAnswer = after.at(-1)?.kind === "softmax";
    const unit = chosen?.unit ?? indexOfMax(data);
    const max = largest(data);
    const name = (index) => (isAnswer ? this.#classes[index] : `Unit ${index + 1}`);
    size.textContent = isAnswer ? `${data.length} classes` : `${data.length} units, each connected to ${layer.shape[0].toLocaleString("en")} inputs`;
    buttons.forEach((button, index) => {
      button.style.setProperty("--share", (Math.abs(data[index]) / (max || 1)).toFixed(3));
      if (isAnswer) button.textContent = name(index);
      button.setAttribute("aria-pressed", String(index === unit));
      button.setAttribute("aria-label", `${name(index)}: ${formatted(data[index])}`);
    });
    written.replaceChildren(...writeUnit(group, this.#values, unit, name(unit)));
  }
}

/** The clicked place in a map; null for clicks by keyboard, or outside. @returns {import("./steps.js").Place | null} */
function placeOf({ clientX, clientY, detail }, map) {
  if (!map || detail === 0) return null;
  const { left, top, width, height } = map.getBoundingClientRect();
  const [column, row] = [Math.floor(((clientX - left) / width) * map.width), Math.floor(((clientY - top) / height) * map.height)];
  return row < 0 || column < 0 || row >= map.height || column >= map.width ? null : { row, column };
}

/** A map and, if it has a single channel, its filter: filters of several channels have no single picture. */
function canvasesOf({ shape }, rows, columns) {
  const map = canvasOf(columns, rows);
  map.className = "map";
  if (shape[1] > 1) return [map];
  const kernel = canvasOf(shape[3], shape[2]);
  kernel.className = "kernel";
  return [kernel, map];
}
