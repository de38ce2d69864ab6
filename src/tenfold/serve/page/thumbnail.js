/** Small grey pictures as the networks see them. */

/**
 * Paint bytes on `canvas`, which is as large as they are: 0 is see-through and 255 the canvas's text colour, so
 * that they suit both colour schemes.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} levels canvas.width x canvas.height of them
 */
export function paintLevels(canvas, levels) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const [red, green, blue] = colourOf(canvas);
  levels.forEach((level, index) => image.data.set([red, green, blue, level], 4 * index));
  context.putImageData(image, 0, 0);
}

function colourOf(element) {
  return getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
}
