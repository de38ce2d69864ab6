/** Small images of what the networks see. */

const darkScheme = matchMedia("(prefers-color-scheme: dark)");
/** Cached colours of the style sheet: looking them up every time would slow down the pen. */
const cachedColours = /** @type {Map<string, number[]>} */ (new Map());
darkScheme.addEventListener("change", () => cachedColours.clear());

/**
 * Paint bytes on `canvas`, which has their size: 0 is transparent and 255 the colour, for both colour schemes.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} levels canvas.width x canvas.height of them
 * @param {"--ink" | "--accent"} colour of the style sheet, as #rrggbb
 */
export function paintLevels(canvas, levels, colour = "--ink") {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const [red, green, blue] = rgbOf(colour);
  for (let index = 0; index < levels.length; index++) {
    image.data.set([red, green, blue, levels[index]], 4 * index);
  }
  context.putImageData(image, 0, 0);
}

function rgbOf(colour) {
  if (!cachedColours.has(colour)) {
    const value = getComputedStyle(document.documentElement).getPropertyValue(colour).trim();
    cachedColours.set(colour, [1, 3, 5].map((at) => Number.parseInt(value.slice(at, at + 2), 16)));
  }
  return cachedColours.get(colour);
}
