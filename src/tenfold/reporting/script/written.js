/** One step of a network written out: the products, their sum, and what becomes of it. */

import { element, formatted, percent } from "./element.js";
import { canvasOf, paint } from "./paint.js";
import { productsAt, productsOf, sumOf, trace, valueAt } from "./steps.js";

/**
 * @typedef {import("./steps.js").Group} Group
 * @typedef {import("./steps.js").Place} Place
 * @typedef {import("./steps.js").Product} Product
 * @typedef {import("./network.js").Values} Values
 */

const MAX_TABLES = 2; // input maps shown: those that contribute most
const MAX_PRODUCTS = 6; // shown for a unit

/** A place of a filter's map. @param {Group} group @param {Values[]} values @param {number} filter @param {Place} place */
export function writeConvolution(group, values, filter, place) {
  const { layer, start } = group;
  const places = trace(group, values, filter, place);
  const channels = productsAt(layer, values[start], filter, places[0]);
  const ranked = [...channels.entries()].sort(([, a], [, b]) => Math.abs(sumOf(b)) - Math.abs(sumOf(a)));
  const shown = ranked.slice(0, MAX_TABLES);
  const rest = ranked.slice(MAX_TABLES).reduce((sum, [, products]) => sum + sumOf(products), 0);
  const prefix = channels.length > 1 ? (channel) => `Input map ${channel + 1}: ` : () => "";
  const sums = shown.map(([channel, products]) => [channels.length > 1 ? `input map ${channel + 1}` : "sum of the products", sumOf(products)]);
  if (ranked.length > MAX_TABLES) sums.push([`the other ${ranked.length - MAX_TABLES} input maps`, rest]);
  return [
    element("p", { className: "what" }, `Filter ${filter + 1} at row ${place.row + 1}, column ${place.column + 1} of its map`),
    ...shown.map(([channel, products]) => tableOf(products, layer.shape[3], `${prefix(channel)}input × weight`)),
    account([...sums, ["bias", layer.bias[filter]]], resultsOf(group, values, filter, places)),
  ];
}

/** A unit of a dense layer. @param {Group} group @param {Values[]} values @param {number} unit @param {string} name */
export function writeUnit(group, values, unit, name) {
  const { layer, start } = group;
  const products = productsOf(layer, values[start], unit);
  const ranked = [...products].sort((a, b) => Math.abs(b.value * b.weight) - Math.abs(a.value * a.weight));
  const shown = ranked.slice(0, MAX_PRODUCTS).filter(({ value, weight }) => value * weight !== 0);
  const items = shown.map(({ name: input, value, weight }) => [`${input}: ${formatted(value)} × ${formatted(weight)}`, value * weight]);
  const rest = ranked.slice(shown.length);
  const place = { row: 0, column: 0 };
  return [
    element("p", { className: "what" }, `${name}: what counts for and against it`),
    ...pictureOf(products, values[start]),
    account(
      [...items, [`the other ${rest.length.toLocaleString("en")}`, sumOf(rest)], ["bias", layer.bias[unit]]],
      resultsOf(group, values, unit, [place, ...group.after.map(() => place)]),
    ),
  ];
}

/** The products at their positions in the image, summed over its maps. */
function pictureOf(products, { rows, columns }) {
  if (rows * columns === 1) return [];
  const sums = new Float32Array(rows * columns);
  products.forEach(({ value, weight }, input) => {
    sums[input % sums.length] += value * weight;
  });
  const canvas = canvasOf(columns, rows);
  canvas.className = "contributions";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Where in the image the sum comes from");
  paint(canvas, sums);
  return [canvas];
}

/** @param {Product[]} products @param {number} width */
function tableOf(products, width, caption) {
  const rows = Array.from({ length: products.length / width }, (_, row) => products.slice(row * width, (row + 1) * width));
  const cells = (row) => row.map(({ value, weight }) => element("td", { className: value ? "" : "none" }, `${formatted(value)} × ${formatted(weight)}`));
  return element(
    "div",
    { className: "scroll", tabIndex: 0, role: "region", ariaLabel: caption },
    element("table", { className: "products" }, element("caption", {}, caption), element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row))))),
  );
}

/** The steps after the sum: (operation, resulting value). */
function resultsOf({ after, start }, values, channel, places) {
  return after.map((layer, index) => {
    const value = valueAt(values[start + 2 + index], channel, places[index + 1]);
    return layer.kind === "softmax" ? ["softmax: its share of all classes", percent(value)] : [OPERATIONS[layer.kind](layer), formatted(value)];
  });
}

const OPERATIONS = {
  relu: () => "ReLU: negative values become zero",
  "max pooling": ({ size: [height, width] }) => `max pooling: the largest of ${height} × ${width}`,
  scale: () => "batch normalisation",
};

/** Summands, their sum, and the results of the steps that follow. */
function account(summands, results) {
  const line = (name, value, kind = "") => element("li", { className: kind }, element("span", {}, name), element("b", {}, value));
  const total = summands.reduce((sum, [, value]) => sum + value, 0);
  return element(
    "ul",
    { className: "account" },
    ...summands.map(([name, value]) => line(name, (value < 0 ? "" : "+") + formatted(value), value < 0 ? "against" : "")),
    line("total", formatted(total), "total"),
    ...results.map(([name, value]) => line(name, value)),
  );
}
