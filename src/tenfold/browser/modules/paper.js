/** The paper on the screen: shows the ink at the screen's resolution. */

import { PAPER } from "./ink.js";
import { fitted } from "./pen-width.js";
import { drawStroke } from "./stroke.js";

const FAINT_ALPHA = 0.3;

/**
 * Keep `canvas` showing `ink`.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("./ink.js").Ink} ink
 * @param {(stroke: import("./ink.js").Stroke) => boolean} isFaint
 * @returns {() => void} redraws, for when other strokes have become faint
 */
export function showInk(canvas, ink, isFaint = () => false) {
  const context = canvas.getContext("2d");

  function draw() {
    context.clearRect(0, 0, PAPER.width, PAPER.height);
    for (const [index, stroke] of fitted(ink).entries()) {
      context.globalAlpha = isFaint(ink.strokes[index]) ? FAINT_ALPHA : 1;
      drawStroke(context, stroke);
    }
  }

  function updateColour() {
    context.fillStyle = context.strokeStyle = getComputedStyle(canvas).color;
    draw();
  }

  function resize() {
    canvas.width = Math.round(canvas.clientWidth * window.devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * window.devicePixelRatio);
    context.setTransform(canvas.width / PAPER.width, 0, 0, canvas.height / PAPER.height, 0, 0);
    updateColour();
  }

  new ResizeObserver(resize).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", updateColour);
  ink.addEventListener("change", draw);
  return draw;
}
