/** Normalize a digit like MNIST's, by the rules explained in tenfold.imaging.normalize. */

const SIDE = 28;
const BOX = 20; // pixels of the longer side of the ink
const CENTRE = 14; // the pixel of the centre of mass

/**
 * @param {ArrayLike<number>} ink `width` x `height`, 0 paper to 1 ink; its longer side must exceed 20 pixels
 * @returns {Uint8Array} 28 x 28, 0 paper to 255 ink; blank for blank
 */
export function normalize(ink, width, height) {
  const image = new Uint8Array(SIDE * SIDE);
  const box = boxOf(ink, width, height);
  if (!box) return image;
  const factor = BOX / Math.max(box.width, box.height);
  const columns = Math.max(1, Math.round(box.width * factor));
  const rows = Math.max(1, Math.round(box.height * factor));
  const glyph = shrink(ink, width, box, columns, rows).map((level) => Math.round(255 * Math.min(1, level)));
  const left = corner(glyph, columns, (index) => index % columns);
  const top = corner(glyph, rows, (index) => Math.floor(index / columns));
  for (let row = 0; row < rows; row++) {
    image.set(glyph.subarray(row * columns, (row + 1) * columns), (top + row) * SIDE + left);
  }
  return image;
}

/** The bounding box of the ink; null if there is none. */
function boxOf(ink, width, height) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let index = 0; index < width * height; index++) {
    if (ink[index] <= 0) continue;
    const [x, y] = [index % width, Math.floor(index / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The mean of the area that becomes each pixel: first along the rows, then along the columns. @returns {Float32Array} */
function shrink(ink, width, box, columns, rows) {
  const resized = new Float32Array(columns * box.height);
  for (let y = 0; y < box.height; y++) {
    for (let column = 0; column < columns; column++) {
      const at = (x) => ink[(box.top + y) * width + box.left + x];
      resized[y * columns + column] = mean(at, column, box.width / columns);
    }
  }
  return Float32Array.from({ length: columns * rows }, (_, index) =>
    mean((y) => resized[y * columns + (index % columns)], Math.floor(index / columns), box.height / rows),
  );
}

/** The mean of `at` from `index * step` to `(index + 1) * step`, with fractional weights at the ends. */
function mean(at, index, step) {
  const [start, end] = [index * step, (index + 1) * step];
  let sum = 0;
  for (let x = Math.floor(start); x < end - 1e-9; x++) sum += (Math.min(end, x + 1) - Math.max(start, x)) * at(x);
  return sum / step;
}

/** The glyph's offset along an axis of `length` that puts its centre of mass nearest to the centre. */
function corner(glyph, length, at) {
  let [mass, moment] = [0, 0];
  glyph.forEach((level, index) => {
    mass += level;
    moment += level * at(index);
  });
  const nearest = Math.ceil(CENTRE - 0.5 - moment / Math.max(mass, 1));
  return Math.min(Math.max(nearest, 0), SIDE - length);
}
