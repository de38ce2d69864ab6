/**
 * The service, as functions.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box in pixels of the picture
 * @typedef {{value: number, confidence: number, accepted: boolean, printed: boolean, box: Box,
 *   probabilities: number[], image: string}} ReadDigit `image` is base64 of 28 x 28 bytes, ink 255
 * @typedef {{written: string, digits: ReadDigit[], signs: {box: Box}[]}} ReadLine
 * @typedef {{lines: ReadLine[], passed_over: Box[]}} Explanation
 * @typedef {{text: string, guess: string, confidence: number, accepted: boolean, box: Box | null}} ReadCell
 * @typedef {{maps: number, height: number, width: number, levels: string}} Layer `levels` is base64 of
 *   maps x height x width bytes
 * @typedef {{figures?: {mnist_test_accuracy?: number}, service: {version: string, keeps_corrections: boolean}}} Model
 * @typedef {{name: string, recipe: string, seed: number, parameters: number, test_accuracy: number}} Run
 */

const TIMEOUT_MS = 60_000;
const IMAGES = { "Content-Type": "application/octet-stream" };

/** The service does not respond. */
export class Unreachable extends Error {}

/** The service refuses a request. */
export class Refused extends Error {
  /** @param {number} status @param {string} message @param {number} retryAfterS 0 if retrying is useless */
  constructor(status, message, retryAfterS) {
    super(message);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

/** @param {Blob} picture @returns {Promise<Explanation>} */
export const explain = (picture) => request("v1/explain", { method: "POST", body: picture });

/** The rows of the table in a picture. @param {Blob} picture @returns {Promise<ReadCell[][]>} */
export const readTable = async (picture) => (await request("v1/table", { method: "POST", body: picture })).rows;

/** @param {Uint8Array} image 28 x 28 @returns {Promise<Layer[]>} */
export const fetchLayers = async (image) =>
  (await request("v1/layers", { method: "POST", body: image, headers: IMAGES })).layers;

/** @returns {Promise<Run[]>} */
export const fetchRuns = async () => (await request("v1/runs")).runs;

/** A run's probabilities for 28 x 28 images. @param {string} name @param {Uint8Array<ArrayBuffer>[]} images @returns {Promise<number[][]>} */
export const predictWithRun = async (name, images) =>
  (
    await request(`v1/runs/${encodeURIComponent(name)}`, {
      method: "POST",
      body: new Blob(images),
      headers: IMAGES,
    })
  ).probabilities;

/** The service's network and limits. @returns {Promise<Model>} */
export const fetchModel = () => request("v1/model");

/**
 * Report that a digit of `picture` is a `label`.
 *
 * @param {Blob} picture
 * @param {number} label
 * @param {{line: number, digit: number}} place of the digit in the reading
 */
export const correct = (picture, label, { line, digit }) =>
  request(`v1/corrections?label=${label}&line=${line}&digit=${digit}`, { method: "POST", body: picture });

/** Report that the whole `picture`, in which no digit was found, is a `label`. @param {Blob} picture @param {number} label */
export const correctWhole = (picture, label) => request(`v1/corrections?label=${label}&whole=true`, { method: "POST", body: picture });

/** Delete a correction. @param {string} id that `correct` resolved to */
export const deleteCorrection = (id) => request(`v1/corrections/${id}`, { method: "DELETE" });

/** Resolves when the service is ready, rejects while it is not. */
export const checkReady = () => request("health/ready");

async function request(path, options = {}) {
  let response;
  let content;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    content = await response.json();
  } catch (error) {
    if (!response || response.ok) throw new Unreachable(String(error));
  }
  if (response.ok) return content;
  const message = content?.error ?? `the service answered ${response.status}`;
  throw new Refused(response.status, message, Number(response.headers.get("Retry-After") ?? 0));
}
