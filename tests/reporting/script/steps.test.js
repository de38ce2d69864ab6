import assert from "node:assert/strict";
import { test } from "node:test";

import { groupsOf, productsAt, productsOf, sumOf, trace } from "../../../src/tenfold/reporting/script/steps.js";

const CONVOLUTION = {
  kind: "convolution",
  shape: [2, 1, 2, 2],
  weights: Float32Array.from([1, 10, 2, 20, 3, 30, 4, 40]), // the two filters interleaved
  bias: Float32Array.from([0, 0]),
  strides: [1, 1],
  pads: [0, 0, 0, 0],
};
const POOL = { kind: "max pooling", size: [2, 2], strides: [2, 2] };
const LAYERS = [CONVOLUTION, { kind: "relu" }, POOL, { kind: "dense", shape: [2, 10] }, { kind: "softmax" }];
const IMAGE = { data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8]), channels: 1, rows: 3, columns: 3 };

test("layers without weights belong to the one before", () => {
  const groups = groupsOf(LAYERS);
  assert.deepEqual(groups.map(({ title, after }) => [title, after.map(({ kind }) => kind)]), [
    ["First convolution", ["relu", "max pooling"]],
    ["Answer", ["softmax"]],
  ]);
});

test("a filter multiplies the values at its place by its weights", () => {
  const [products] = productsAt(CONVOLUTION, IMAGE, 1, { row: 1, column: 0 });
  assert.deepEqual(products.map(({ value, weight }) => [value, weight]), [[3, 10], [4, 20], [6, 30], [7, 40]]);
  assert.equal(sumOf(products), 570);
});

test("values beyond the edge are zero", () => {
  const [products] = productsAt({ ...CONVOLUTION, pads: [1, 1, 0, 0] }, IMAGE, 0, { row: 0, column: 0 });
  assert.deepEqual(products.map(({ value }) => value), [0, 0, 0, 0]);
});

test("max pooling is traced back to its largest input", () => {
  const [group] = groupsOf(LAYERS);
  const map = { data: Float32Array.from([0, 1, 0, 2]), channels: 1, rows: 2, columns: 2 };
  const places = trace(group, [IMAGE, map, map, { ...map, rows: 1, columns: 1 }], 0, { row: 0, column: 0 });
  assert.deepEqual(places, [{ row: 1, column: 1 }, { row: 1, column: 1 }, { row: 0, column: 0 }]);
});

test("the inputs of a unit are named by unit, or by map, row and column", () => {
  const layer = { shape: [4, 1], weights: Float32Array.from([1, 2, 3, 4]) };
  const names = (channels, rows, columns) =>
    productsOf(layer, { data: new Float32Array(4), channels, rows, columns }, 0).map(({ name }) => name);
  assert.equal(names(1, 2, 2)[2], "pixel in row 2, column 1");
  assert.equal(names(2, 1, 2)[2], "map 2, row 1, column 1");
  assert.equal(names(4, 1, 1)[2], "unit 3");
});
