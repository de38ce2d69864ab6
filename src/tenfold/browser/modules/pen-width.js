/** Adapt the pen's width: a pen for large digits would turn small ones into blots. */

const WIDEST = 0.2; // of the usual stroke's longer side
const DOT = 0.25; // of the longest stroke: what is shorter says nothing of the digits' size

/**
 * The strokes of `ink`, with a finer pen if they are small for theirs. The stroke being written does not count: its
 * final size is unknown.
 *
 * @param {import("./ink.js").Ink} ink
 * @returns {readonly import("./ink.js").Stroke[]}
 */
export function fitted(ink) {
  const sides = (ink.isGrowing ? ink.strokes.slice(0, -1) : ink.strokes).map(longerSide);
  const digits = sides.filter((side) => side > DOT * Math.max(...sides)).sort((a, b) => a - b);
  if (digits.length === 0) return ink.strokes;
  const most = WIDEST * digits[digits.length >> 1];
  const factor = Math.min(1, most / Math.max(...ink.strokes.flat().map(({ width }) => width)));
  if (factor === 1) return ink.strokes;
  return ink.strokes.map((stroke) => stroke.map((point) => ({ ...point, width: point.width * factor })));
}

function longerSide(stroke) {
  const along = (values) => Math.max(...values) - Math.min(...values);
  return Math.max(along(stroke.map(({ x }) => x)), along(stroke.map(({ y }) => y)));
}
