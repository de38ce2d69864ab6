/** The ink as a picture to read: always dark on white. */

import { PAPER } from "./ink.js";
import { drawStroke } from "./stroke.js";

const MARGIN = 24; // paper units around the ink
const MAX_PIXELS = 90_000; // enough to read, few enough to keep up with the pen

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Area in paper units
 * @typedef {{canvas: OffscreenCanvas, area: Area, scale: number}} InkPicture the part of the paper that the canvas
 *   shows until the next one is painted, and its pixels per paper unit
 */

// In main memory, because it is read back every time. A canvas of the page would be encoded only when the browser is
// idle, which it is not while the user writes.
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });

/** @param {readonly import("./ink.js").Stroke[]} strokes at least one @returns {InkPicture} */
export function paintInk(strokes) {
  const area = areaOf(strokes);
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (area.width * area.height)));
  canvas.width = Math.ceil(area.width * scale);
  canvas.height = Math.ceil(area.height * scale);
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, -area.x * scale, -area.y * scale);
  context.beginPath();
  context.rect(0, 0, PAPER.width, PAPER.height); // ink beyond the edge is not on the paper
  context.clip();
  context.fillStyle = context.strokeStyle = "black";
  for (const stroke of strokes) drawStroke(context, stroke);
  return { canvas, area, scale };
}

/** @returns {Area} in whole units, so that the same ink falls on the same pixels when its area grows */
function areaOf(strokes) {
  const points = strokes.flat();
  const clamp = (value, max) => Math.min(max, Math.max(0, value));
  const xs = points.map(({ x }) => clamp(x, PAPER.width));
  const ys = points.map(({ y }) => clamp(y, PAPER.height));
  const margin = MARGIN + Math.max(...points.map(({ width }) => width)) / 2;
  const [x, y] = [Math.floor(Math.min(...xs) - margin), Math.floor(Math.min(...ys) - margin)];
  return { x, y, width: Math.ceil(Math.max(...xs) + margin - x), height: Math.ceil(Math.max(...ys) + margin - y) };
}
