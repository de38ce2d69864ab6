/** Draw strokes: on the paper, and in the picture that is sent. */

/**
 * Draw `stroke`, in paper units. A curve passes through the midpoints between points, so that few points, as on a
 * slow machine, make no corners. While the pen's width is constant, the stroke is a single path: several would show seams.
 *
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {import("./ink.js").Stroke} stroke
 */
export function drawStroke(context, stroke) {
  context.lineCap = context.lineJoin = "round";
  if (stroke.length === 1) return drawDot(context, stroke[0]);
  beginPath(context, stroke[0], stroke[0].width);
  for (let index = 1; index < stroke.length; index++) {
    const [previous, point] = [stroke[index - 1], stroke[index]];
    if (point.width !== previous.width) {
      context.stroke();
      beginPath(context, index === 1 ? previous : midpointOf(stroke[index - 2], previous), point.width);
    }
    const midpoint = midpointOf(previous, point);
    context.quadraticCurveTo(previous.x, previous.y, midpoint.x, midpoint.y);
  }
  context.lineTo(stroke.at(-1).x, stroke.at(-1).y);
  context.stroke();
}

function drawDot(context, { x, y, width }) {
  context.beginPath();
  context.arc(x, y, width / 2, 0, 2 * Math.PI);
  context.fill();
}

function beginPath(context, { x, y }, width) {
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, y);
}

function midpointOf(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
