/** Writing with mouse, finger and pen. */

import { PAPER } from "./ink.js";

const PALM_MS = 3000; // for this long after a pen was seen, touches are the palm holding it

/**
 * Write into `ink` what a pointer draws on `canvas`, with a pen of `penWidth()` paper units. A pen overrides
 * touch, which is then the palm, and two fingers zoom instead of drawing.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("./ink.js").Ink} ink
 * @param {() => number} penWidth
 */
export function writeByPointer(canvas, ink, penWidth) {
  let writer = /** @type {PointerEvent | null} the pointer that began the current stroke */ (null);
  let penSeenAt = -Infinity;
  const touches = new Set(); // their ids, while on the paper

  canvas.addEventListener("pointerdown", (event) => {
    rememberPen(event);
    if (event.pointerType === "touch") touches.add(event.pointerId);
    if (event.button !== 0) return;
    if (writer?.pointerType === "touch") stop(true); // it was a palm, or the first of two fingers
    if (writer || isPalm(event) || touches.size > 1) return;
    writer = event;
    canvas.setPointerCapture(event.pointerId);
    ink.begin(pointOf(event, canvas, penWidth()), event.timeStamp);
  });
  canvas.addEventListener("pointermove", (event) => {
    rememberPen(event);
    if (event.pointerId !== writer?.pointerId) return;
    ink.extend(
      coalescedMoves(event).map((move) => pointOf(move, canvas, penWidth())),
      event.timeStamp,
    );
  });
  for (const type of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(type, (/** @type {PointerEvent} */ event) => {
      touches.delete(event.pointerId);
      if (event.pointerId === writer?.pointerId) stop(type === "pointercancel");
    });
  }

  function rememberPen(event) {
    if (event.pointerType === "pen") penSeenAt = event.timeStamp;
  }

  function isPalm(event) {
    return event.pointerType === "touch" && event.timeStamp - penSeenAt < PALM_MS;
  }

  function stop(isAbandoned) {
    writer = null;
    if (isAbandoned) ink.abandon();
    else ink.end();
  }
}

/** Where an event is on the paper, in paper units. @returns {{x: number, y: number}} */
export function placeOnPaper(event, canvas) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return {
    x: ((event.clientX - left) * PAPER.width) / width,
    y: ((event.clientY - top) * PAPER.height) / height,
  };
}

/** Browsers coalesce moves into at most one event per frame. */
function coalescedMoves(event) {
  const moves = event.getCoalescedEvents?.() ?? [];
  return moves.length ? moves : [event];
}

function pointOf(event, canvas, width) {
  // Fingers and mice report a meaningless constant pressure.
  const pressure = event.pointerType === "pen" && event.pressure > 0 ? 0.4 + 1.2 * event.pressure : 1;
  return { ...placeOnPaper(event, canvas), width: width * pressure };
}
