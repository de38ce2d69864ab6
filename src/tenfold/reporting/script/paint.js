/** Numbers as pictures: larger ones have stronger colours, negative ones another colour. */

/**
 * @param {HTMLCanvasElement} canvas as large as the picture
 * @param {ArrayLike<number>} values canvas.width x canvas.height of them
 * @param {number} [most] the value with the full colour; by default the largest
 * @param {"--ink" | "--positive"} [colour] of the style sheet, as #rrggbb
 */
export function paint(canvas, values, most = largest(values), colour = "--positive") {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const [above, below] = [partsOf(colour), partsOf("--negative")];
  for (let index = 0; index < values.length; index++) {
    const share = Math.min(1, Math.abs(values[index]) / (most || 1));
    image.data.set([...(values[index] < 0 ? below : above), Math.round(255 * share)], 4 * index);
  }
  context.putImageData(image, 0, 0);
}

/** The largest absolute value. @param {ArrayLike<number>} values */
export function largest(values) {
  let most = 0;
  for (let index = 0; index < values.length; index++) most = Math.max(most, Math.abs(values[index]));
  return most;
}

/** @param {number} width @param {number} height */
export function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function partsOf(colour) {
  const written = getComputedStyle(document.documentElement).getPropertyValue(colour).trim();
  const long = written.length === 4 ? written.replace(/[0-9a-f]/gi, "$&$&") : written;
  return [1, 3, 5].map((at) => Number.parseInt(long.slice(at, at + 2), 16));
}
