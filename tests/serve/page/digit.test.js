import assert from "node:assert/strict";
import { test } from "node:test";

import { digitOf, noDigit, percent, secondBest, textOf } from "../../../src/tenfold/serve/page/digit.js";

/** A digit that is a 7 with 0.6, a 1 with 0.3 and no digit with 0.1, changed by `facts`. */
function digit(facts = {}) {
  const probabilities = [0, 0.3, 0, 0, 0, 0, 0, 0.6, 0, 0];
  return { value: 7, confidence: 0.6, accepted: true, probabilities, corrected: null, ...facts };
}

test("a digit shows its correction, or its value, or a question mark if uncertain", () => {
  assert.equal(textOf(digit()), "7");
  assert.equal(textOf(digit({ accepted: false })), "?");
  assert.equal(textOf(digit({ accepted: false, corrected: 0 })), "0");
});

test("the probability of no digit is 1 minus the sum of the ten probabilities", () => {
  assert.ok(Math.abs(noDigit(digit().probabilities) - 0.1) < 1e-9);
  assert.equal(noDigit([0.5, 0.5000001]), 0);
});

test("the second-best answer is another digit or no digit", () => {
  assert.deepEqual(secondBest(digit()), { value: 1, share: 0.3 });
  const alone = digit({ probabilities: [0, 0.1, 0, 0, 0, 0, 0, 0.5, 0, 0] });
  assert.equal(secondBest(alone).value, null);
});

test("a share is never rounded to certainty", () => {
  assert.equal(percent(0), "<\u00a00.1\u00a0%");
  assert.equal(percent(0.0004), "<\u00a00.1\u00a0%");
  assert.equal(percent(0.0006), "0.1\u00a0%");
  assert.equal(percent(0.1234), "12.3\u00a0%");
  assert.equal(percent(0.9996), ">\u00a099.9\u00a0%");
  assert.equal(percent(1), ">\u00a099.9\u00a0%");
});

test("the image of a digit has the bytes the service sent", () => {
  const levels = Uint8Array.from({ length: 784 }, (_, index) => index % 256);
  const box = { x: 1, y: 2, width: 3, height: 4 };
  const read = { ...digit(), box, image: Buffer.from(levels).toString("base64") };
  const made = digitOf(read, 2, 5, ({ x, y, width, height }) => ({ x: x / 10, y: y / 10, width, height }));
  assert.deepEqual(made.image, levels);
  assert.deepEqual(made.place, { x: 0.1, y: 0.2, width: 3, height: 4 });
  assert.deepEqual([made.line, made.digit, made.corrected], [2, 5, null]);
});
