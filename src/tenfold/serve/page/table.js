/** The table in a picture as a sheet to correct, save and copy. */

import { readTable } from "./api.js";
import { toCsv, toTabs } from "./cell-texts.js";
import { percent } from "./digit.js";

export class TableSheet {
  #section;
  #marker;
  #table;
  #state;
  /** Its picture, or the one being read. @type {import("./sources.js").Source | null} */
  #source = null;

  /** @param {HTMLElement} section @param {HTMLElement} marker lies over the cell that has the focus */
  constructor(section, marker) {
    this.#section = section;
    this.#marker = marker;
    this.#table = section.querySelector("table");
    this.#state = section.querySelector("#table-state");
    section.querySelector("#save-table").addEventListener("click", () => save(toCsv(this.#texts())));
    section.querySelector("#copy-table").addEventListener("click", () => this.#copy());
    section.addEventListener("focusout", () => (marker.hidden = true));
    this.#table.addEventListener("keydown", (event) => this.#handleKey(event));
    this.#table.addEventListener("input", (event) => this.#confirm(event.target));
  }

  /** Read the table in a picture, and focus the first uncertain cell. @param {import("./sources.js").Source} source */
  async open(source) {
    this.#source = source;
    const { picture, place } = await source.capture();
    const rows = await readTable(picture);
    if (source !== this.#source) return; // another picture was opened
    this.#table.replaceChildren(...rows.map((cells, row) => this.#row(cells, row, place)));
    this.#section.hidden = false;
    this.#count();
    (this.#doubtful()[0] ?? this.#table.querySelector("input"))?.focus();
    this.#section.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.#source = null;
    this.#section.hidden = this.#marker.hidden = true;
  }

  #row(cells, row, place) {
    const element = document.createElement("tr");
    element.append(...cells.map((cell, column) => this.#cell(cell, row, column, place)));
    return element;
  }

  #cell({ guess, accepted, confidence, box }, row, column, place) {
    const element = document.createElement("td");
    const input = document.createElement("input");
    input.value = guess;
    input.size = Math.max(3, guess.length);
    input.inputMode = "decimal";
    input.autocomplete = "off";
    input.classList.toggle("doubtful", !accepted);
    const doubt = accepted ? "" : `, not sure: ${percent(confidence)}`;
    input.setAttribute("aria-label", `Row ${row + 1}, column ${column + 1}${doubt}`);
    if (!accepted) input.title = `${percent(confidence)} confident`;
    input.addEventListener("focus", () => this.#show(box && place(box)));
    element.append(input);
    return element;
  }

  /** Lay the marker over a place of the picture. @param {import("./digit.js").Place | null} place */
  #show(place) {
    this.#marker.hidden = !place;
    for (const [name, fraction] of Object.entries(place ?? {})) {
      this.#marker.style.setProperty(`--${name}`, fraction.toFixed(5));
    }
  }

  /** While there are uncertain cells, Tab goes from one to the next. Enter confirms a cell. */
  #handleKey(event) {
    const doubtful = this.#doubtful();
    if (event.key === "Enter") this.#confirm(event.target);
    const isForward = event.key === "Enter" || (event.key === "Tab" && !event.shiftKey);
    const next = doubtful.find((input) => input.compareDocumentPosition(event.target) & Node.DOCUMENT_POSITION_PRECEDING);
    if (!isForward || !next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next.focus();
    next.select();
  }

  #confirm(input) {
    input.classList.remove("doubtful");
    this.#count();
  }

  #count() {
    const n = this.#doubtful().length;
    this.#state.textContent = [...this.#table.rows].length === 0 ? "No digits found." : sentence(n);
  }

  /** @returns {HTMLInputElement[]} */
  #doubtful() {
    return [...this.#table.querySelectorAll("input")].filter((input) => input.classList.contains("doubtful"));
  }

  #texts() {
    return [...this.#table.rows].map((row) => [...row.querySelectorAll("input")].map(({ value }) => value));
  }

  async #copy() {
    await navigator.clipboard.writeText(toTabs(this.#texts()));
    this.#state.textContent = "Copied: paste it into a spreadsheet.";
  }
}

function sentence(n) {
  if (n === 0) return "Every cell is certain or corrected.";
  return `${n === 1 ? "One cell is" : `${n} cells are`} in doubt: Tab goes to the next one, Enter confirms it.`;
}

function save(text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "table.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
