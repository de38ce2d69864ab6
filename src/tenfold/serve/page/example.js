/** A demonstration that writes numbers. */

import { PAPER } from "./ink.js";

/** The pen's path for each digit: strokes of points in a box of width and height 1. A repeated point makes a corner. */
const PATHS = [
  [[[0.52, 0.02], [0.2, 0.12], [0.04, 0.45], [0.12, 0.85], [0.45, 1], [0.8, 0.85], [0.92, 0.45], [0.75, 0.1], [0.46, 0.02]]],
  [[[0.28, 0.26], [0.56, 0.02], [0.56, 0.02], [0.54, 0.5], [0.5, 1]]],
  [[[0.08, 0.25], [0.25, 0.04], [0.6, 0.02], [0.82, 0.22], [0.7, 0.5], [0.35, 0.78], [0.05, 0.98], [0.05, 0.98], [0.4, 0.95], [0.92, 0.97]]],
  [[[0.12, 0.1], [0.45, 0], [0.8, 0.15], [0.7, 0.4], [0.4, 0.48], [0.4, 0.48], [0.78, 0.58], [0.85, 0.82], [0.5, 1], [0.1, 0.9]]],
  [[[0.55, 0], [0.33, 0.35], [0.08, 0.66], [0.08, 0.66], [0.5, 0.64], [0.95, 0.62]], [[0.7, 0.34], [0.68, 0.7], [0.64, 1.05]]],
  [[[0.8, 0.02], [0.25, 0.04], [0.25, 0.04], [0.18, 0.42], [0.18, 0.42], [0.55, 0.36], [0.85, 0.55], [0.8, 0.85], [0.45, 1], [0.1, 0.92]]],
  [[[0.7, 0.02], [0.35, 0.25], [0.1, 0.65], [0.2, 0.93], [0.5, 1], [0.8, 0.85], [0.75, 0.6], [0.45, 0.52], [0.15, 0.7]]],
  [[[0.08, 0.06], [0.5, 0.05], [0.9, 0.04], [0.9, 0.04], [0.6, 0.45], [0.4, 1]]],
  [[[0.75, 0.14], [0.45, 0], [0.18, 0.18], [0.4, 0.43], [0.75, 0.65], [0.75, 0.9], [0.45, 1], [0.15, 0.85], [0.25, 0.6], [0.62, 0.4], [0.8, 0.2], [0.72, 0.1]]],
  [[[0.8, 0.2], [0.5, 0.02], [0.18, 0.15], [0.15, 0.4], [0.45, 0.52], [0.82, 0.25], [0.82, 0.25], [0.78, 0.6], [0.7, 1]]],
];
const NUMBERS = ["314", "2718", "1066", "905", "4827"];
const PEN_WIDTH = 18;
const SEGMENTS = 12; // of the curve between two points of a path
const POINTS_PER_FRAME = 5;

let count = 0;

/**
 * Write the next example number stroke by stroke, without animation for users who prefer reduced motion. Stops when the
 * user writes.
 *
 * @param {import("./ink.js").Ink} ink
 */
export async function writeExample(ink) {
  const number = NUMBERS[count++ % NUMBERS.length];
  const isAnimated = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const stroke of strokesOf(number)) {
    ink.begin(stroke[0], performance.now());
    const strokes = ink.strokes;
    for (let at = 1; at < stroke.length; at += POINTS_PER_FRAME) {
      if (isAnimated) await new Promise(requestAnimationFrame);
      if (ink.strokes !== strokes) return;
      ink.extend(stroke.slice(at, at + POINTS_PER_FRAME), performance.now());
    }
  }
}

/** @returns {import("./ink.js").Stroke[]} */
function strokesOf(number) {
  const pitch = (0.88 * PAPER.width) / number.length;
  const height = Math.min(0.5 * PAPER.height, 1.35 * pitch);
  const left = (PAPER.width - pitch * number.length) / 2;
  return [...number].flatMap((digit, index) =>
    PATHS[Number(digit)].map((path) =>
      curveThrough(path).map(([x, y]) => ({
        x: left + pitch * (index + 0.16 + 0.68 * x),
        y: (PAPER.height - height) / 2 + height * (y + 0.04 * Math.sin(3 * index)), // handwriting is never quite straight
        width: PEN_WIDTH,
      })),
    ),
  );
}

/** Points of a Catmull-Rom spline. @param {number[][]} path */
function curveThrough(path) {
  const at = (index) => path[Math.min(path.length - 1, Math.max(0, index))];
  const points = path.slice(1).flatMap((_, index) =>
    Array.from({ length: SEGMENTS }, (_, segment) =>
      catmullRom(at(index - 1), at(index), at(index + 1), at(index + 2), segment / SEGMENTS),
    ),
  );
  return [...points, path.at(-1)];
}

function catmullRom(a, b, c, d, t) {
  return [0, 1].map(
    (axis) =>
      b[axis] +
      (t / 2) *
        (c[axis] - a[axis] +
          t * (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis] + t * (3 * (b[axis] - c[axis]) + d[axis] - a[axis]))),
  );
}
