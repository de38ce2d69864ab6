/** The paper on the screen: shows the ink as sharp as the screen is. */

import { PAPER } from "./ink.js";
import { drawStroke } from "./stroke.js";

/** Keep `canvas` showing `ink`. @param {HTMLCanvasElement} canvas @param {import("./ink.js").Ink} ink */
export function showInk(canvas, ink) {
  const context = canvas.getContext("2d");

  function draw() {
    context.clearRect(0, 0, PAPER.width, PAPER.height);
    for (const stroke of ink.strokes) drawStroke(context, stroke);
  }

  function takeColour() {
    context.fillStyle = context.strokeStyle = getComputedStyle(canvas).color;
    draw();
  }

  function fit() {
    canvas.width = Math.round(canvas.clientWidth * window.devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * window.devicePixelRatio);
    context.setTransform(canvas.width / PAPER.width, 0, 0, canvas.height / PAPER.height, 0, 0);
    takeColour();
  }

  new ResizeObserver(fit).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", takeColour);
  ink.addEventListener("change", draw);
}
