/**
 * A network's layers in groups: a layer with weights, and the layers without weights that follow it.
 *
 * @typedef {import("./network.js").Layer} Layer
 * @typedef {import("./network.js").Values} Values
 * @typedef {object} Group
 * @property {Layer} layer the one with weights
 * @property {Layer[]} after the layers that follow
 * @property {number} start index of its layer, and of the layer's input among an answer's values
 * @property {string} title
 *
 * @typedef {{row: number, column: number}} Place
 * @typedef {{name: string, value: number, weight: number}} Product of an input with its weight
 */

const ORDINALS = ["First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth"];

/** @param {Layer[]} layers @returns {Group[]} */
export function groupsOf(layers) {
  const starts = layers.flatMap(({ kind }, index) => (kind === "convolution" || kind === "dense" ? [index] : []));
  const counts = { convolution: 0, dense: 0 };
  return starts.map((start, group) => {
    const layer = layers[start];
    const isLast = group === starts.length - 1;
    const kind = layer.kind === "convolution" ? "convolution" : "dense layer";
    const ordinal = ORDINALS[counts[layer.kind]++] ?? "Next";
    return {
      layer,
      after: layers.slice(start + 1, starts[group + 1]),
      start,
      title: isLast ? "Answer" : `${ordinal} ${kind}`,
    };
  });
}

/** The input place that each step of a group used for its result at `place`: max pooling keeps one of several.
 * @param {Group} group @param {Values[]} values @param {number} channel @param {Place} place
 * @returns {Place[]} of the layer with weights first */
export function trace({ after, start }, values, channel, place) {
  const places = [place];
  for (let index = after.length - 1; index >= 0; index--) {
    if (after[index].kind === "max pooling") places.unshift(argmaxIn(after[index], values[start + 1 + index], channel, places[0]));
    else places.unshift(places[0]);
  }
  return places;
}

function argmaxIn({ size: [height, width], strides: [down, right] }, values, channel, { row, column }) {
  const best = { row: row * down, column: column * right };
  for (let y = row * down; y < row * down + height; y++) {
    for (let x = column * right; x < column * right + width; x++) {
      if (valueAt(values, channel, { row: y, column: x }) > valueAt(values, channel, best)) {
        Object.assign(best, { row: y, column: x });
      }
    }
  }
  return best;
}

/** @param {Values} values @param {number} channel @param {Place} place @returns {number} 0 outside */
export function valueAt({ data, rows, columns }, channel, { row, column }) {
  if (row < 0 || row >= rows || column < 0 || column >= columns) return 0;
  return data[(channel * rows + row) * columns + column];
}

/** A filter's products at a place, a list per channel, row by row.
 * @param {Layer} layer @param {Values} values @param {number} filter @param {Place} place @returns {Product[][]} */
export function productsAt({ weights, shape: [filters, channels, height, width], strides, pads }, values, filter, { row, column }) {
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: height * width }, (_, tap) => {
      const at = { row: row * strides[0] - pads[0] + Math.floor(tap / width), column: column * strides[1] - pads[1] + (tap % width) };
      return {
        name: `map ${channel + 1}, row ${at.row + 1}, column ${at.column + 1}`,
        value: valueAt(values, channel, at),
        weight: weights[(channel * height * width + tap) * filters + filter],
      };
    }),
  );
}

/** A unit's products. @param {Layer} layer @param {Values} values @param {number} unit @returns {Product[]} */
export function productsOf({ weights, shape: [, units] }, values, unit) {
  return Array.from(values.data, (value, input) => ({
    name: nameOf(input, values),
    value,
    weight: weights[input * units + unit],
  }));
}

function nameOf(input, { channels, rows, columns }) {
  if (rows * columns === 1) return `unit ${input + 1}`;
  const place = `row ${(Math.floor(input / columns) % rows) + 1}, column ${(input % columns) + 1}`;
  return channels === 1 ? `pixel in ${place}` : `map ${Math.floor(input / (rows * columns)) + 1}, ${place}`;
}

/** @param {Product[]} products */
export function sumOf(products) {
  return products.reduce((sum, { value, weight }) => sum + value * weight, 0);
}
