/** Corrections: entered by the user, sent to the service, and remembered while the digit is visible. */

import { correct, correctWhole, deleteCorrection } from "./api.js";
import { percent } from "./digit.js";
import { paintLevels } from "./thumbnail.js";

const SAME_PLACE = 0.7; // minimum intersection over union of two boxes
const NOT_CORRECTED = { corrected: null, kept: null };
const SAME_IMAGE = 20; // maximum mean difference of two images' levels

/** Dispatches "change" when a digit has been corrected, or a correction undone. */
export class Corrections extends EventTarget {
  /** Whether the service stores corrections; null until known. @type {boolean | null} */
  areStored = null;
  #dialog;
  #keys;
  #image;
  #undoButton;
  #onError;
  #notify;
  /** `digit` is null if the whole picture is one digit. @type {{digit: import("./digit.js").Digit | null, picture: Blob} | null} */
  #subject = null;
  /** @type {import("./digit.js").Digit[]} */
  #remembered = [];

  /**
   * @param {HTMLDialogElement} dialog
   * @param {(error: Error) => void} onError
   * @param {(text: string, undo?: () => void) => void} notify
   */
  constructor(dialog, onError, notify) {
    super();
    this.#dialog = dialog;
    this.#onError = onError;
    this.#notify = notify;
    this.#image = dialog.querySelector("canvas");
    this.#keys = Array.from({ length: 10 }, (_, label) => this.#key(label));
    dialog.querySelector("#correction-keys").append(...this.#keys);
    dialog.querySelector("#correction-close").addEventListener("click", () => dialog.close());
    this.#undoButton = dialog.querySelector("#correction-undo");
    this.#undoButton.addEventListener("click", () => {
      dialog.close();
      this.#undo(this.#subject.digit);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // outside of it
    dialog.addEventListener("keydown", (event) => /^\d$/.test(event.key) && this.#answer(Number(event.key)));
  }

  /** Ask which digit it is. @param {import("./digit.js").Digit} digit @param {Blob} picture in which it was read */
  openFor(digit, picture) {
    this.#keys.forEach((key, label) => {
      key.lastElementChild.textContent = percent(digit.probabilities[label]);
      key.classList.toggle("best", label === digit.value);
    });
    this.#open(digit, picture);
    paintLevels(this.#image, digit.image);
    this.#keys[digit.value].focus();
  }

  /** Ask which digit a picture shows in which none was found. @param {Blob} picture */
  openForWhole(picture) {
    for (const key of this.#keys) {
      key.lastElementChild.textContent = "";
      key.classList.remove("best");
    }
    this.#open(null, picture);
  }

  #open(digit, picture) {
    this.#subject = { digit, picture };
    this.#image.hidden = !digit;
    this.#undoButton.hidden = (digit?.corrected ?? null) === null;
    this.#dialog.querySelector("#correction-fate").textContent = this.#consequence();
    this.#dialog.showModal();
  }

  /** Accept `label` as the right value. @param {import("./digit.js").Digit} digit @param {Blob} picture in which it was read */
  async take(digit, label, picture) {
    const previous = this.#remembered.find((other) => isSame(other, digit))?.kept ?? null;
    this.#forget(digit);
    Object.assign(digit, { corrected: label, kept: null });
    this.#remembered.push(digit);
    this.dispatchEvent(new Event("change"));
    if (this.areStored === false) {
      this.#notify(`Noted on this page only. To save corrections, start the service with --keep DIR.`, () => this.#undo(digit));
      return;
    }
    try {
      digit.kept = (await correct(picture, label, digit)).id;
      if (previous && previous !== digit.kept) await deleteCorrection(previous);
      this.#notify(`Saved as ${label}. Thank you.`, () => this.#undo(digit));
    } catch (error) {
      this.#onError(error);
    }
  }

  async #sendWhole(label, picture) {
    try {
      const { id } = await correctWhole(picture, label);
      this.#notify(`Saved as ${label}. Thank you.`, () => this.#delete(id));
    } catch (error) {
      this.#onError(error);
    }
  }

  #undo(digit) {
    return this.#delete(digit.kept, () => {
      this.#forget(digit);
      this.dispatchEvent(new Event("change"));
    });
  }

  /** @param {string | null} id null if the service stored nothing */
  async #delete(id, onDeleted = () => {}) {
    try {
      if (id) await deleteCorrection(id);
    } catch (error) {
      this.#onError(error);
      return;
    }
    onDeleted();
    this.#notify("Correction undone.");
  }

  /** Apply remembered corrections to a new reading of the same ink. @param {import("./digit.js").Digit[]} digits */
  apply(digits) {
    for (const digit of digits) {
      const { corrected, kept } = this.#remembered.find((other) => isSame(other, digit)) ?? NOT_CORRECTED;
      Object.assign(digit, { corrected, kept });
    }
  }

  forget() {
    this.#remembered = [];
  }

  #forget(digit) {
    this.#remembered = this.#remembered.filter((other) => !isSame(other, digit));
  }

  #key(label) {
    const key = document.createElement("button");
    const share = document.createElement("small");
    key.type = "button";
    key.append(String(label), share);
    key.addEventListener("click", () => this.#answer(label));
    return key;
  }

  #answer(label) {
    this.#dialog.close();
    const { digit, picture } = this.#subject;
    if (digit) this.take(digit, label, picture);
    else this.#sendWhole(label, picture);
  }

  #consequence() {
    if (this.areStored === false) return "This service does not save corrections; start it with --keep DIR to do so.";
    return "The service saves the picture of this digit with your answer, to be used for training.";
  }
}

function isSame(a, b) {
  return a === b || (overlap(a.place, b.place) > SAME_PLACE && difference(a.image, b.image) < SAME_IMAGE);
}

/** @returns {number} intersection over union; 0 if a place is unknown */
function overlap(a, b) {
  if (!a || !b) return 0;
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}

function difference(a, b) {
  return a.reduce((sum, level, index) => sum + Math.abs(level - b[index]), 0) / a.length;
}
