/** Arrays as pictures: larger values have stronger colours, negative ones another colour. */

/**
 * @param {HTMLCanvasElement} canvas as large as the picture
 * @param {ArrayLike<number>} values canvas.width x canvas.height of them
 * @param {number} [max] the value shown in full colour; the largest by default
 * @param {"--ink" | "--positive"} [colour] of the style sheet, as #rrggbb
 */
export function paint(canvas, values, max = largest(values), colour = "--positive") {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const [positive, negative] = [rgbOf(colour), rgbOf("--negative")];
  for (let index = 0; index < values.length; index++) {
    const share = Math.min(1, Math.abs(values[index]) / (max || 1));
    image.data.set([...(values[index] < 0 ? negative : positive), Math.round(255 * share)], 4 * index);
  }
  context.putImageData(image, 0, 0);
}

/** The largest absolute value. @param {ArrayLike<number>} values */
export function largest(values) {
  let max = 0;
  for (let index = 0; index < values.length; index++) max = Math.max(max, Math.abs(values[index]));
  return max;
}

/** @param {number} width @param {number} height */
export function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function rgbOf(colour) {
  const value = getComputedStyle(document.documentElement).getPropertyValue(colour).trim();
  const long = value.length === 4 ? value.replace(/[0-9a-f]/gi, "$&$&") : value;
  return [1, 3, 5].map((at) => Number.parseInt(long.slice(at, at + 2), 16));
}
