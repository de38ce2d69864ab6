import assert from "node:assert/strict";
import { test } from "node:test";

import { Ink } from "../../../src/tenfold/browser/modules/ink.js";
import { fitted } from "../../../src/tenfold/browser/modules/pen-width.js";

/** Ink with an upright stroke of each height, written with a pen of 18. */
function inkOf(...heights) {
  const ink = new Ink();
  for (const height of heights) {
    ink.begin({ x: 0, y: 0, width: 18 }, 0);
    ink.extend([{ x: 0, y: height, width: 18 }], 0);
    ink.end();
  }
  return ink;
}

const widths = (strokes) => strokes.map(([{ width }]) => width);

test("large digits keep the width of the pen", () => {
  const ink = inkOf(200, 240);
  assert.equal(fitted(ink), ink.strokes);
});

test("small digits get a pen a fifth as wide as they are high", () => {
  assert.deepEqual(widths(fitted(inkOf(50, 50, 45))), [10, 10, 10]);
});

test("a dot next to large digits changes nothing", () => {
  assert.deepEqual(widths(fitted(inkOf(200, 2, 2, 2))), [18, 18, 18, 18]);
});

test("the stroke being written does not count", () => {
  const ink = inkOf(200);
  ink.begin({ x: 300, y: 0, width: 18 }, 0);
  assert.deepEqual(widths(fitted(ink)), [18, 18]);
});
