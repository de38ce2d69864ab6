/** Writing with the keyboard. */

import { PAPER } from "./ink.js";

const STEP = 14; // paper units
const SMALL_STEP = 4;
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * While `canvas` is focused, arrow keys move a pen over it and the space bar puts it down and lifts it. Two arrows
 * at once move it diagonally.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} cursor shows where the pen is
 * @param {import("./ink.js").Ink} ink
 * @param {() => number} penWidth
 * @param {(text: string) => void} announce to screen readers
 */
export function writeByKeyboard(canvas, cursor, ink, penWidth, announce) {
  const pen = { x: PAPER.width / 2, y: PAPER.height / 4, isDown: false };
  const held = new Set();

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in DIRECTIONS) {
      event.preventDefault();
      held.add(event.key);
      move(event.shiftKey ? SMALL_STEP : STEP, event.timeStamp);
    } else if (event.key === " " && !event.repeat) {
      event.preventDefault();
      setDown(!pen.isDown, event.timeStamp);
    } else if (event.key === "Escape") {
      setDown(false, event.timeStamp);
    }
  });
  canvas.addEventListener("keyup", (event) => held.delete(event.key));
  canvas.addEventListener("blur", () => {
    held.clear();
    pen.isDown = false;
    ink.end();
    cursor.hidden = true;
  });

  function move(step, time) {
    for (const key of held) {
      pen.x = Math.min(PAPER.width, Math.max(0, pen.x + step * DIRECTIONS[key][0]));
      pen.y = Math.min(PAPER.height, Math.max(0, pen.y + step * DIRECTIONS[key][1]));
    }
    if (pen.isDown) ink.extend([point()], time);
    show();
  }

  function setDown(isDown, time) {
    if (isDown === pen.isDown) return;
    pen.isDown = isDown;
    if (isDown) ink.begin(point(), time);
    else ink.end();
    announce(isDown ? "Pen down" : "Pen up");
    show();
  }

  function show() {
    cursor.hidden = false;
    cursor.classList.toggle("down", pen.isDown);
    cursor.style.setProperty("--x", String(pen.x / PAPER.width));
    cursor.style.setProperty("--y", String(pen.y / PAPER.height));
  }

  function point() {
    return { x: pen.x, y: pen.y, width: penWidth() };
  }
}
