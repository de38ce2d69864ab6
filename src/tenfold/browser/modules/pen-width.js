/** Adapt the pen's width: a pen for large digits would turn small ones into blots. */

const MAX_WIDTH = 0.2; // of the median stroke's longer side
const DOT = 0.25; // of the longest stroke: shorter ones say nothing about the size of the digits

/**
 * The strokes of `ink`, with a finer pen if they are too small for the one used. The stroke being written does not count: its
 * final size is unknown.
 *
 * @param {import("./ink.js").Ink} ink
 * @returns {readonly import("./ink.js").Stroke[]}
 */
export function fitted(ink) {
  const sides = (ink.isPenDown ? ink.strokes.slice(0, -1) : ink.strokes).map(longerSide);
  const digits = sides.filter((side) => side > DOT * Math.max(...sides)).sort((a, b) => a - b);
  if (digits.length === 0) return ink.strokes;
  const max = MAX_WIDTH * digits[digits.length >> 1];
  const factor = Math.min(1, max / Math.max(...ink.strokes.flat().map(({ width }) => width)));
  if (factor === 1) return ink.strokes;
  return ink.strokes.map((stroke) => stroke.map((point) => ({ ...point, width: point.width * factor })));
}

function longerSide(stroke) {
  const extent = (values) => Math.max(...values) - Math.min(...values);
  return Math.max(extent(stroke.map(({ x }) => x)), extent(stroke.map(({ y }) => y)));
}
