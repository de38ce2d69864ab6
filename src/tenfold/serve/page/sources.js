/**
 * What can be read: the ink on the paper, or a picture.
 *
 * @typedef {object} Source
 * @property {boolean} isEmpty
 * @property {number} changedAt in milliseconds, on the clock of `performance.now()`
 * @property {() => Promise<Shot>} capture the current state
 *
 * @typedef {object} Shot
 * @property {Blob} picture
 * @property {readonly import("./ink.js").Stroke[]} strokes that it shows; empty if it is not of the paper
 * @property {(box: import("./api.js").Box) => import("./digit.js").Place | null} place where a box of the picture
 *   is in the frame
 */

import { PAPER } from "./ink.js";
import { paintInk } from "./ink-picture.js";
import { fitted } from "./pen-width.js";

/** @param {import("./ink.js").Ink} ink @returns {Source} */
export function inkSource(ink) {
  return {
    get isEmpty() {
      return ink.isEmpty;
    },
    get changedAt() {
      return ink.changedAt;
    },
    async capture() {
      const { strokes } = ink;
      const { canvas, area, scale } = paintInk(fitted(ink));
      return {
        picture: await canvas.convertToBlob({ type: "image/png" }),
        strokes,
        place: (box) => fractionsOfPaper(box, area, scale),
      };
    },
  };
}

/**
 * Show `file` in `element`. Some browsers cannot show what the service can read: such a picture has no size.
 *
 * @param {File} file
 * @param {HTMLImageElement} element
 * @returns {Promise<Source & {size: {width: number, height: number} | null}>}
 */
export async function pictureSource(file, element) {
  const changedAt = performance.now();
  const size = await load(file, element);
  const place = (box) => size && inFractions(box, size.width, size.height);
  return { isEmpty: false, changedAt, size, capture: async () => ({ picture: file, strokes: [], place }) };
}

/**
 * `file` rotated clockwise by `quarterTurns` quarter turns.
 *
 * @param {File} file that this browser can show
 * @param {number} quarterTurns 0 to 3
 * @returns {Promise<File>}
 */
export async function rotated(file, quarterTurns) {
  if (quarterTurns === 0) return file;
  const bitmap = await createImageBitmap(file);
  const [width, height] = quarterTurns % 2 ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.translate(width / 2, height / 2);
  context.rotate((quarterTurns * Math.PI) / 2);
  context.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
  const type = file.type === "image/jpeg" ? file.type : "image/png";
  return new File([await canvas.convertToBlob({ type, quality: 0.95 })], file.name, { type });
}

async function load(file, element) {
  URL.revokeObjectURL(element.src);
  element.src = URL.createObjectURL(file);
  try {
    await element.decode();
  } catch {
    return null;
  }
  return { width: element.naturalWidth, height: element.naturalHeight };
}

function fractionsOfPaper({ x, y, width, height }, area, scale) {
  const box = { x: area.x + x / scale, y: area.y + y / scale, width: width / scale, height: height / scale };
  return inFractions(box, PAPER.width, PAPER.height);
}

function inFractions({ x, y, width, height }, frameWidth, frameHeight) {
  return { x: x / frameWidth, y: y / frameHeight, width: width / frameWidth, height: height / frameHeight };
}
