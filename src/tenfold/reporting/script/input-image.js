/** The 28 x 28 pixels given to the networks: a digit that can be moved, rotated, made noisy and permuted. */

import { paint } from "./paint.js";

const SIDE = 28;
const CENTRE = (SIDE - 1) / 2;
const MAX_SHIFT = 20; // pixels
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Dispatches "change" whenever the image changes. */
export class InputImage extends EventTarget {
  #canvas;
  #order;
  #controls;
  #digit = new Float32Array(SIDE * SIDE);
  #shift = { x: 0, y: 0 };
  #noise = Float32Array.from({ length: SIDE * SIDE }, gaussian);
  /** 0 paper to 1 ink. */
  image = new Float32Array(SIDE * SIDE);

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{turn: HTMLInputElement, noise: HTMLInputElement, permute: HTMLInputElement, restore: HTMLButtonElement}} controls
   * @param {number[]} order of the pixels when they are permuted
   */
  constructor(canvas, controls, order) {
    super();
    this.#canvas = canvas;
    this.#controls = controls;
    this.#order = order;
    for (const control of [controls.turn, controls.noise, controls.permute]) {
      control.addEventListener("input", () => this.#show());
    }
    controls.restore.addEventListener("click", () => this.restore());
    this.#listenToPointer();
    canvas.addEventListener("keydown", (event) => {
      if (!(event.key in DIRECTIONS)) return;
      event.preventDefault();
      this.#moveTo(this.#shift.x + DIRECTIONS[event.key][0], this.#shift.y + DIRECTIONS[event.key][1]);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  get isBlank() {
    return this.#digit.every((level) => level === 0);
  }

  /** @param {ArrayLike<number>} levels 28 x 28, 0 paper to 255 ink */
  setDigit(levels) {
    this.#digit = Float32Array.from(levels, (level) => level / 255);
    this.#show();
  }

  /** Undo all changes to the digit. */
  restore() {
    const { turn, noise, permute } = this.#controls;
    turn.value = noise.value = "0";
    permute.checked = false;
    this.#moveTo(0, 0);
  }

  #moveTo(x, y) {
    this.#shift = { x: Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, x)), y: Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, y)) };
    this.#show();
  }

  #listenToPointer() {
    let drag = /** @type {{id: number, x: number, y: number} | null} */ (null);
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || drag) return;
      canvas.setPointerCapture(event.pointerId);
      const pixel = canvas.clientWidth / SIDE;
      drag = { id: event.pointerId, x: event.clientX - this.#shift.x * pixel, y: event.clientY - this.#shift.y * pixel };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== drag?.id) return;
      const pixel = canvas.clientWidth / SIDE;
      this.#moveTo(Math.round((event.clientX - drag.x) / pixel), Math.round((event.clientY - drag.y) / pixel));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (/** @type {PointerEvent} */ event) => {
        if (event.pointerId === drag?.id) drag = null;
      });
    }
  }

  #show() {
    const { turn, noise, permute, restore } = this.#controls;
    const transformed = transform(this.#digit, Number(turn.value), this.#shift);
    const level = Number(noise.value) / 255;
    const noisy = level ? transformed.map((value, index) => Math.min(1, Math.max(0, value + level * this.#noise[index]))) : transformed;
    this.image = permute.checked ? noisy.map((_, index) => noisy[this.#order[index]]) : noisy;
    const isChanged = this.#shift.x || this.#shift.y || Number(turn.value) || level || permute.checked;
    restore.disabled = !isChanged;
    this.#paint();
    this.dispatchEvent(new Event("change"));
  }

  #paint() {
    paint(this.#canvas, this.image, 1, "--ink");
  }
}

/** The digit rotated counter-clockwise about the centre, with bilinear interpolation, then moved. */
function transform(digit, degrees, { x: right, y: down }) {
  if (!(degrees || right || down)) return digit;
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return digit.map((_, index) => {
    const x = (index % SIDE) - right - CENTRE;
    const y = Math.floor(index / SIDE) - down - CENTRE;
    return bilinear(digit, CENTRE + cosine * x - sine * y, CENTRE + sine * x + cosine * y);
  });
}

function bilinear(digit, x, y) {
  const [left, top] = [Math.floor(x + 1e-9), Math.floor(y + 1e-9)];
  const at = (column, row) => (column < 0 || column >= SIDE || row < 0 || row >= SIDE ? 0 : digit[row * SIDE + column]);
  const inRow = (row) => (1 - (x - left)) * at(left, row) + (x - left) * at(left + 1, row);
  return (1 - (y - top)) * inRow(top) + (y - top) * inRow(top + 1);
}

/** A sample of the standard normal distribution. */
function gaussian() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
