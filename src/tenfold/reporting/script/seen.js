/** The 28 x 28 pixels that the networks see: a digit that can be moved, rotated, made noisy and permuted. */

import { paint } from "./paint.js";

const SIDE = 28;
const MIDDLE = (SIDE - 1) / 2;
const REACH = 20; // pixels that it can be moved from where it was
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Dispatches "change" whenever the networks see something else. */
export class Seen extends EventTarget {
  #canvas;
  #order;
  #controls;
  #digit = new Float32Array(SIDE * SIDE);
  #moved = { x: 0, y: 0 };
  #noise = Float32Array.from({ length: SIDE * SIDE }, bell);
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
      if (!(event.key in WAYS)) return;
      event.preventDefault();
      this.#move(this.#moved.x + WAYS[event.key][0], this.#moved.y + WAYS[event.key][1]);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  get isBlank() {
    return this.#digit.every((level) => level === 0);
  }

  /** @param {ArrayLike<number>} levels 28 x 28, 0 paper to 255 ink */
  take(levels) {
    this.#digit = Float32Array.from(levels, (level) => level / 255);
    this.#show();
  }

  /** Undo all changes to the digit. */
  restore() {
    const { turn, noise, permute } = this.#controls;
    turn.value = noise.value = "0";
    permute.checked = false;
    this.#move(0, 0);
  }

  #move(x, y) {
    this.#moved = { x: Math.max(-REACH, Math.min(REACH, x)), y: Math.max(-REACH, Math.min(REACH, y)) };
    this.#show();
  }

  #listenToPointer() {
    let from = /** @type {{id: number, x: number, y: number} | null} */ (null);
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || from) return;
      canvas.setPointerCapture(event.pointerId);
      const pixel = canvas.clientWidth / SIDE;
      from = { id: event.pointerId, x: event.clientX - this.#moved.x * pixel, y: event.clientY - this.#moved.y * pixel };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== from?.id) return;
      const pixel = canvas.clientWidth / SIDE;
      this.#move(Math.round((event.clientX - from.x) / pixel), Math.round((event.clientY - from.y) / pixel));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (/** @type {PointerEvent} */ event) => {
        if (event.pointerId === from?.id) from = null;
      });
    }
  }

  #show() {
    const { turn, noise, permute, restore } = this.#controls;
    const placed = transformed(this.#digit, Number(turn.value), this.#moved);
    const level = Number(noise.value) / 255;
    const noisy = level ? placed.map((value, index) => Math.min(1, Math.max(0, value + level * this.#noise[index]))) : placed;
    this.image = permute.checked ? noisy.map((_, index) => noisy[this.#order[index]]) : noisy;
    const touched = this.#moved.x || this.#moved.y || Number(turn.value) || level || permute.checked;
    restore.disabled = !touched;
    this.#paint();
    this.dispatchEvent(new Event("change"));
  }

  #paint() {
    paint(this.#canvas, this.image, 1, "--ink");
  }
}

/** The digit rotated counter-clockwise about the centre, with bilinear interpolation, then moved. */
function transformed(digit, degrees, { x: right, y: down }) {
  if (!(degrees || right || down)) return digit;
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return digit.map((_, index) => {
    const x = (index % SIDE) - right - MIDDLE;
    const y = Math.floor(index / SIDE) - down - MIDDLE;
    return between(digit, MIDDLE + cosine * x - sine * y, MIDDLE + sine * x + cosine * y);
  });
}

function between(digit, x, y) {
  const [left, top] = [Math.floor(x + 1e-9), Math.floor(y + 1e-9)];
  const at = (column, row) => (column < 0 || column >= SIDE || row < 0 || row >= SIDE ? 0 : digit[row * SIDE + column]);
  const along = (row) => (1 - (x - left)) * at(left, row) + (x - left) * at(left + 1, row);
  return (1 - (y - top)) * along(top) + (y - top) * along(top + 1);
}

/** Normally distributed. */
function bell() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
