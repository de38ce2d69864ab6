/** How wide the pen of what was written is: a pen that suits large digits makes blots of small ones. */

const WIDEST = 0.2; // of the usual stroke's longer side
const DOT = 0.25; // of the longest stroke: what is shorter says nothing of the digits' size

/**
 * The strokes of `ink`, with a finer pen where they are small for theirs. The one that is being written does not
 * count: nobody knows yet how large it gets.
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
