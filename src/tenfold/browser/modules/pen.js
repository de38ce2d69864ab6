/** Mouse, finger and pen on the paper. */

import { PAPER } from "./ink.js";

/**
 * Write into `ink` what a pointer draws on `canvas`, with a pen of `penWidth()` paper units.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("./ink.js").Ink} ink
 * @param {() => number} penWidth
 */
export function writeByPointer(canvas, ink, penWidth) {
  let writing = /** @type {number | null} the pointer that writes; a second finger does not */ (null);

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || writing !== null) return;
    writing = event.pointerId;
    canvas.setPointerCapture(writing);
    ink.begin(pointOf(event, canvas, penWidth()), event.timeStamp);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== writing) return;
    ink.extend(
      movesOf(event).map((move) => pointOf(move, canvas, penWidth())),
      event.timeStamp,
    );
  });
  canvas.addEventListener("pointerup", (event) => {
    if (event.pointerId === writing) writing = null;
  });
  canvas.addEventListener("pointercancel", (event) => {
    if (event.pointerId !== writing) return;
    writing = null;
    ink.abandon();
  });
}

/** Where an event is on the paper, in paper units. @returns {{x: number, y: number}} */
export function placeOnPaper(event, canvas) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return {
    x: ((event.clientX - left) * PAPER.width) / width,
    y: ((event.clientY - top) * PAPER.height) / height,
  };
}

/** A browser hands over several moves at once, at most one event a frame. */
function movesOf(event) {
  const moves = event.getCoalescedEvents?.() ?? [];
  return moves.length ? moves : [event];
}

function pointOf(event, canvas, width) {
  // Fingers and mice press with a constant that means nothing.
  const pressed = event.pointerType === "pen" && event.pressure > 0 ? 0.4 + 1.2 * event.pressure : 1;
  return { ...placeOnPaper(event, canvas), width: width * pressed };
}
