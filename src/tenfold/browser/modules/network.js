/**
 * Networks that classify 28 x 28 pixels, computed in the browser.
 *
 * @typedef {object} PackedLayer as written by tenfold.reporting.networks
 * @property {"convolution" | "max pooling" | "scale" | "dense" | "relu" | "softmax"} kind
 * @property {number[]} [shape] of the weights: filters, channels, rows and columns; inputs and units; or channels
 * @property {string} [weights] float16 or float32 in base64, distinguished by their length
 * @property {string} [bias] float32 in base64
 * @property {[number, number]} [size] of a pool
 * @property {[number, number]} [strides]
 * @property {[number, number, number, number]} [pads] top, left, bottom, right
 *
 * @typedef {object} Layer
 * @property {PackedLayer["kind"]} kind
 * @property {number[]} shape
 * @property {Float32Array} weights in the order of the shape, but with a convolution's filters last
 * @property {Float32Array} bias
 * @property {[number, number]} size
 * @property {[number, number]} strides
 * @property {[number, number, number, number]} pads
 *
 * @typedef {{data: Float32Array<ArrayBuffer>, channels: number, rows: number, columns: number}} Values by channel, row and column;
 *   a vector has one row and one column
 *
 * @typedef {{probabilities: Float32Array, values: Values[]}} Answer the classes' probabilities; each layer's input and
 *   the last one's output
 */

const SIDE = 28;

/** A sequence of layers; its answer is the mean over shifted copies of the image. */
export class Network {
  /** @param {{layers: PackedLayer[], moves: [number, number, number][]}} packed moves: pixels down, pixels right, and how often */
  constructor({ layers, moves }) {
    this.layers = layers.map(unpack);
    this.moves = moves;
  }

  /** @param {ArrayLike<number>} image 28 x 28, 0 paper to 1 ink @returns {Answer} */
  answer(image) {
    const runs = this.moves.map(([down, right]) => this.#run(shifted(image, down, right)));
    const total = this.moves.reduce((sum, [, , times]) => sum + times, 0);
    const probabilities = runs[0].at(-1).data.map((_, index) =>
      runs.reduce((sum, values, run) => sum + (this.moves[run][2] / total) * values.at(-1).data[index], 0),
    );
    return { probabilities, values: runs[0] };
  }

  /** @returns {Values[]} */
  #run(image) {
    const values = [{ data: Float32Array.from(image), channels: 1, rows: SIDE, columns: SIDE }];
    for (const layer of this.layers) values.push(COMPUTE[layer.kind](values.at(-1), layer));
    return values;
  }
}

/** @type {Record<PackedLayer["kind"], (values: Values, layer: Layer) => Values>} */
const COMPUTE = { convolution: convolve, "max pooling": pool, scale, dense, relu, softmax };

/** @param {Values} values @param {Layer} layer @returns {Values} */
function convolve(values, { weights, bias, shape: [filters, channels, height, width], strides: [down, right], pads }) {
  const { data, rows: paddedRows, columns: paddedColumns } = padded(values, pads);
  const rows = Math.floor((paddedRows - height) / down) + 1;
  const columns = Math.floor((paddedColumns - width) / right) + 1;
  const area = rows * columns;
  const result = new Float32Array(filters * area);
  const sums = new Float32Array(filters); // at one place
  const taps = Int32Array.from({ length: channels * height * width }, (_, tap) => {
    const channel = Math.floor(tap / (height * width));
    return (channel * paddedRows + (Math.floor(tap / width) % height)) * paddedColumns + (tap % width);
  });
  const nonzero = new Float32Array(taps.length + 3); // the nonzero values at one place, and where their weights start
  const starts = new Int32Array(taps.length + 3);
  for (let place = 0; place < area; place++) {
    sums.set(bias);
    const corner = Math.floor(place / columns) * down * paddedColumns + (place % columns) * right;
    let count = 0;
    for (let tap = 0; tap < taps.length; tap++) {
      const value = data[corner + taps[tap]];
      if (value === 0) continue; // paper, or set to zero by ReLU
      nonzero[count] = value;
      starts[count++] = tap * filters;
    }
    nonzero.fill(0, count);
    // Four at a time, so that the sums are read and written only once for all four.
    for (let next = 0; next < count; next += 4) {
      const [a, b, c, d] = [nonzero[next], nonzero[next + 1], nonzero[next + 2], nonzero[next + 3]];
      const [i, j, k, l] = [starts[next], starts[next + 1], starts[next + 2], starts[next + 3]];
      for (let filter = 0; filter < filters; filter++) {
        sums[filter] +=
          a * weights[i + filter] + b * weights[j + filter] + c * weights[k + filter] + d * weights[l + filter];
      }
    }
    for (let filter = 0; filter < filters; filter++) result[filter * area + place] = sums[filter];
  }
  return { data: result, channels: filters, rows, columns };
}

/** The values with zeros around every channel. @param {Values} values @returns {Values} */
function padded(values, [top, left, bottom, right]) {
  if (!(top || left || bottom || right)) return values;
  const { data, channels, rows, columns } = values;
  const paddedRows = rows + top + bottom;
  const paddedColumns = columns + left + right;
  const result = new Float32Array(channels * paddedRows * paddedColumns);
  for (let line = 0; line < channels * rows; line++) {
    const channel = Math.floor(line / rows);
    const to = (channel * paddedRows + top + (line % rows)) * paddedColumns + left;
    result.set(data.subarray(line * columns, (line + 1) * columns), to);
  }
  return { data: result, channels, rows: paddedRows, columns: paddedColumns };
}

/** @param {Values} values @param {Layer} layer @returns {Values} */
function pool({ data, channels, rows: fromRows, columns: fromColumns }, { size: [height, width], strides: [down, right] }) {
  const rows = Math.floor((fromRows - height) / down) + 1;
  const columns = Math.floor((fromColumns - width) / right) + 1;
  const result = new Float32Array(channels * rows * columns);
  for (let to = 0; to < result.length; to++) {
    const channel = Math.floor(to / (rows * columns));
    const row = (Math.floor(to / columns) % rows) * down;
    const column = (to % columns) * right;
    let max = -Infinity;
    for (let y = row; y < row + height; y++) {
      for (let x = column; x < column + width; x++) {
        max = Math.max(max, data[(channel * fromRows + y) * fromColumns + x]);
      }
    }
    result[to] = max;
  }
  return { data: result, channels, rows, columns };
}

/** @param {Values} values @param {Layer} layer @returns {Values} */
function scale(values, { weights, bias }) {
  const area = values.rows * values.columns;
  const data = values.data.map((value, index) => {
    const channel = Math.floor(index / area);
    return value * weights[channel] + bias[channel];
  });
  return { ...values, data };
}

/** @param {Values} values @param {Layer} layer @returns {Values} */
function dense({ data }, { weights, bias, shape: [inputs, units] }) {
  const result = bias.slice();
  for (let input = 0; input < inputs; input++) {
    const value = data[input];
    if (value === 0) continue;
    for (let unit = 0; unit < units; unit++) result[unit] += value * weights[input * units + unit];
  }
  return { data: result, channels: units, rows: 1, columns: 1 };
}

/** @param {Values} values @returns {Values} */
function relu(values) {
  return { ...values, data: values.data.map((value) => Math.max(0, value)) };
}

/** @param {Values} values @returns {Values} */
function softmax(values) {
  const max = values.data.reduce((a, b) => Math.max(a, b));
  const exponentials = values.data.map((value) => Math.exp(value - max));
  const sum = exponentials.reduce((a, b) => a + b);
  return { ...values, data: exponentials.map((value) => value / sum) };
}

/** The image shifted by whole pixels. @param {ArrayLike<number>} image @returns {ArrayLike<number>} */
function shifted(image, down, right) {
  if (!(down || right)) return image;
  return Float32Array.from(image, (_, index) => {
    const row = Math.floor(index / SIDE) - down;
    const column = (index % SIDE) - right;
    return row < 0 || row >= SIDE || column < 0 || column >= SIDE ? 0 : image[row * SIDE + column];
  });
}

/** @param {PackedLayer} packed @returns {Layer} */
function unpack({ kind, shape = [], weights = "", bias = "", size = [1, 1], strides = [1, 1], pads = [0, 0, 0, 0] }) {
  const count = shape.reduce((a, b) => a * b, 1);
  const ordered = kind === "convolution" ? filtersLast(numbersOf(weights, count), shape[0]) : numbersOf(weights, count);
  return { kind, shape, weights: ordered, bias: numbersOf(bias, 0), size, strides, pads };
}

/** Reorder so that one value's factors for all filters are adjacent. @param {Float32Array} weights */
function filtersLast(weights, filters) {
  const taps = weights.length / filters;
  return weights.map((_, index) => weights[(index % filters) * taps + Math.floor(index / filters)]);
}

/** The numbers in base64: float16 if there are two bytes for each of `count`, otherwise float32. @returns {Float32Array} */
function numbersOf(text, count) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (bytes.length !== 2 * count) return new Float32Array(bytes.buffer);
  return Float32Array.from(new Uint16Array(bytes.buffer), fromFloat16);
}

/** A float16 from its bits: a sign, five of the exponent, ten of the fraction. Infinity and NaN do not occur here. */
function fromFloat16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
}
