/** The paper on the screen: shows the ink as sharp as the screen is. */

import { PAPER } from "./ink.js";
import { drawStroke } from "./stroke.js";

/** Keep `canvas` showing `ink`. @param {HTMLCanvasElement} canvas @param {import("./ink.js").Ink} ink */
export function showInk(canvas, ink) {
  const context = canvas.getContext("2d");
  let shown = { strokes: /** @type {readonly import("./ink.js").Stroke[]} */ ([]), points: 0 };

  function drawAll() {
    context.clearRect(0, 0, PAPER.width, PAPER.height);
    for (const stroke of ink.strokes) drawStroke(context, stroke);
    remember();
  }

  /** While a stroke grows, only what is new of it is drawn. */
  function drawNew() {
    if (ink.strokes !== shown.strokes) return drawAll();
    const stroke = ink.strokes.at(-1);
    if (stroke) drawStroke(context, stroke, shown.points);
    remember();
  }

  function remember() {
    shown = { strokes: ink.strokes, points: ink.strokes.at(-1)?.length ?? 0 };
  }

  function fit() {
    const scale = window.devicePixelRatio;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    context.setTransform(canvas.width / PAPER.width, 0, 0, canvas.height / PAPER.height, 0, 0);
    takeColour();
  }

  function takeColour() {
    context.fillStyle = context.strokeStyle = getComputedStyle(canvas).color;
    drawAll();
  }

  new ResizeObserver(fit).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", takeColour);
  ink.addEventListener("change", drawNew);
}
