/** Compare two trained runs with the reader. */

import { fetchRuns, predictWithRun } from "./api.js";
import { percent } from "./digit.js";
import { newestOnly } from "./newest.js";
import { paintLevels } from "./thumbnail.js";

/** Shows its section if the service has runs. */
export class Comparison {
  #section;
  #table;
  #summary;
  #onError;
  /** @type {import("./api.js").Run[]} */
  #runs = [];
  /** @type {Contestant[]} */
  #contestants = [];
  /** @type {import("./digit.js").Digit[]} */
  #digits = [];
  #predictNewest = newestOnly(() => this.#predict());

  /** @param {HTMLElement} section @param {(error: Error) => void} onError */
  constructor(section, onError) {
    this.#section = section;
    this.#onError = onError;
    this.#table = section.querySelector("table");
    this.#summary = section.querySelector("#agreement");
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#showDigits());
  }

  /** Fetch the list of runs. */
  async open() {
    try {
      this.#runs = await fetchRuns();
    } catch (error) {
      this.#onError(error);
      return;
    }
    if (this.#runs.length === 0) return;
    this.#contestants = firstPair(this.#runs).map((run, index) => new Contestant(this.#runs, run, index));
    for (const { select } of this.#contestants) select.addEventListener("change", () => this.#predictNewest());
    this.#section.hidden = false;
    this.#showDigits();
    this.#predictNewest();
  }

  /** @param {import("./digit.js").Digit[]} digits */
  show(digits) {
    this.#digits = digits;
    if (this.#contestants.length) this.#predictNewest();
  }

  async #predict() {
    const digits = this.#digits;
    const images = digits.map(({ image }) => image);
    try {
      const answers = await Promise.all(
        this.#contestants.map(({ run }) => (images.length ? predictWithRun(run.name, images) : [])),
      );
      for (const [index, contestant] of this.#contestants.entries()) contestant.answers = answers[index];
      this.#showDigits(digits);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** @param {import("./digit.js").Digit[]} digits the digits the answers belong to */
  #showDigits(digits = this.#digits) {
    if (this.#section.hidden) return;
    const rows = this.#contestants.map((contestant) => contestant.row(digits));
    keepingFocus(() => this.#table.replaceChildren(pictures(digits), readersRow(digits), ...rows));
    paintPictures(this.#table, digits);
    this.#summary.textContent = summary(digits, this.#contestants);
  }
}

/** A run in the comparison, which the user can replace by another. */
class Contestant {
  select = document.createElement("select");
  /** @type {number[][]} ten probabilities of each digit */
  answers = [];
  #runs;
  #head = document.createElement("th");
  #facts = document.createElement("small");

  constructor(runs, chosen, index) {
    this.#runs = runs;
    this.select.setAttribute("aria-label", `${index === 0 ? "First" : "Second"} network to compare`);
    this.select.append(...runs.map(({ name }) => new Option(name, name, false, name === chosen.name)));
    this.#head.scope = "row";
    this.#head.append(this.select, this.#facts);
  }

  get run() {
    return this.#runs.find(({ name }) => name === this.select.value);
  }

  values() {
    return this.answers.map((shares) => shares.indexOf(Math.max(...shares)));
  }

  row(digits) {
    const { parameters, test_accuracy: accuracy } = this.run;
    const accuracyText = `${(100 * accuracy).toFixed(2)} % of its test images`;
    this.#facts.textContent = `${accuracyText} · ${parameters.toLocaleString("en")} parameters`;
    const row = document.createElement("tr");
    const cells = this.values().map((value, index) =>
      cell(String(value), this.answers[index][value], digits[index] && value !== truth(digits[index])),
    );
    row.append(this.#head, ...cells);
    return row;
  }
}

/** A fully connected and a convolutional network, because these differ most. */
function firstPair(runs) {
  const dense = runs.find(({ recipe }) => recipe.startsWith("mlp")) ?? runs[0];
  const convolutional = runs.find(({ recipe }) => recipe.startsWith("cnn") && recipe !== dense.recipe);
  const other = convolutional ?? runs.find((run) => run !== dense);
  return other ? [dense, other] : [dense];
}

function pictures(digits) {
  const row = document.createElement("tr");
  row.append(document.createElement("td"), ...digits.map(pictureCell));
  return row;
}

function pictureCell(_, index) {
  const head = document.createElement("th");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 28;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Digit ${index + 1}`);
  head.scope = "col";
  head.append(canvas);
  return head;
}

function paintPictures(table, digits) {
  for (const [index, canvas] of table.querySelectorAll("canvas").entries()) paintLevels(canvas, digits[index].image);
}

function readersRow(digits) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  const facts = document.createElement("small");
  head.scope = "row";
  facts.textContent = "reads whole numbers, and marks digits it is unsure of";
  head.append("The reader", facts);
  const cells = digits.map((digit) =>
    cell(digit.accepted ? String(digit.value) : "?", digit.confidence, digit.value !== truth(digit)),
  );
  row.append(head, ...cells);
  return row;
}

/** The reference for the answers: the user's correction if there is one, otherwise the reader's answer. */
function truth({ value, corrected }) {
  return corrected ?? value;
}

function cell(text, share, differs) {
  const element = document.createElement("td");
  const confidence = document.createElement("small");
  confidence.textContent = percent(share);
  element.className = differs ? "differs" : "";
  element.style.setProperty("--share", share.toFixed(4));
  element.append(text, confidence);
  if (differs) element.append(visuallyHidden("differs"));
  return element;
}

function visuallyHidden(text) {
  const element = document.createElement("span");
  element.className = "only-spoken";
  element.textContent = text;
  return element;
}

function summary(digits, contestants) {
  if (digits.length === 0) return "Write something, and all of them answer.";
  const values = contestants.map((contestant) => contestant.values());
  const disputed = digits.filter((digit, index) =>
    [digit.value, ...values.map((answers) => answers[index])].some((value) => value !== truth(digit)),
  );
  const all = digits.length === 1 ? "the digit" : `all ${digits.length} digits`;
  return disputed.length === 0 ? `They agree on ${all}.` : `They differ on ${disputed.length} of ${digits.length}.`;
}

/** Make a change without losing the keyboard focus. */
function keepingFocus(change) {
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  change();
  if (focused !== document.activeElement) focused.focus();
}
