/** How a stroke looks: on the paper, and in the picture that is sent. */

/**
 * Draw `stroke` from its point number `from` on, in paper units. A curve leads through the middles between the
 * points, so that a slow machine's few points make no corners.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./ink.js").Stroke} stroke
 */
export function drawStroke(context, stroke, from = 0) {
  context.lineCap = context.lineJoin = "round";
  if (from === 0) drawDot(context, stroke[0]);
  for (let index = Math.max(1, from); index < stroke.length; index++) drawPiece(context, stroke, index);
}

function drawDot(context, { x, y, width }) {
  context.beginPath();
  context.arc(x, y, width / 2, 0, 2 * Math.PI);
  context.fill();
}

function drawPiece(context, stroke, index) {
  const [before, here] = [stroke[index - 1], stroke[index]];
  const start = index === 1 ? before : middle(stroke[index - 2], before);
  const bend = middle(before, here);
  context.lineWidth = here.width;
  context.beginPath();
  context.moveTo(start.x, start.y);
  context.quadraticCurveTo(before.x, before.y, bend.x, bend.y);
  context.lineTo(here.x, here.y); // so that the ink reaches the pen; the next piece rounds it
  context.stroke();
}

function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
