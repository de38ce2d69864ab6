/** Wires the page's components together. */

import { fetchModel } from "./api.js";
import { Cards } from "./cards.js";
import { Comparison } from "./compare.js";
import { Connection } from "./connection.js";
import { Corrections } from "./corrections.js";
import { writeExample } from "./example.js";
import { showFacts } from "./facts.js";
import { IgnoredInk } from "./ignored-ink.js";
import { Ink, PAPER } from "./ink.js";
import { writeByKeyboard } from "./keyboard-pen.js";
import { LayersPanel } from "./layers.js";
import { LiveReading, NOTHING } from "./live-reading.js";
import { NothingFound } from "./nothing-found.js";
import { Overlay } from "./overlay.js";
import { placeOnPaper, writeByPointer } from "./pen.js";
import { receiveChoices, receiveDrops, receivePastes } from "./pictures.js";
import { ReadingText } from "./reading.js";
import { listenToKeys } from "./shortcuts.js";
import { inkSource, pictureSource, rotated } from "./sources.js";
import { storeDrawing } from "./stored-drawing.js";
import { TableSheet } from "./table.js";

/** An element of index.html, of any type. @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);
const [frame, paper, picture, width] = [byId("frame"), byId("paper"), byId("picture"), byId("pen-width")];

const ink = new Ink();
const onPaper = inkSource(ink);
const liveReading = new LiveReading(onPaper);
const connection = new Connection(byId("banner"));
const text = new ReadingText(byId("reading"), byId("spoken"));
const cards = new Cards(byId("cards"));
const overlay = new Overlay(byId("overlay"));
const layers = new LayersPanel(byId("inside"), handleError);
const comparison = new Comparison(byId("compare"), handleError);
const table = new TableSheet(byId("table-section"), byId("cell-mark"));
const nothingFound = new NothingFound(byId("nothing-found"), () => corrections.openForWhole(shown.picture));
const corrections = new Corrections(byId("correction"), handleError, (words, undo) => note(words, false, undo));

/** What is shown. @type {import("./live-reading.js").Read & {selected: number}} */
const shown = { ...NOTHING, selected: -1 };
let model = null;
let isNoteError = false;

// Writing

const penWidth = () => Number(width.value);
const ignoredInk = new IgnoredInk(paper, ink, byId("ignored"));
writeByPointer(paper, ink, penWidth);
writeByKeyboard(paper, byId("cursor"), ink, penWidth, (words) => text.announce(words));
width.addEventListener("input", showPenWidth);
window.addEventListener("resize", showPenWidth);
ink.addEventListener("change", () => {
  if (ink.isEmpty) corrections.forget();
  showTools();
  if (!isNoteError) note("");
  if (ink.isEmpty || !connection.isLost) liveReading.refresh();
});
byId("example").addEventListener("click", () => {
  paper.focus();
  writeExample(ink);
});
byId("undo-button").addEventListener("click", () => ink.undo());
byId("redo-button").addEventListener("click", () => ink.redo());
byId("clear-button").addEventListener("click", () => ink.clear());
listenToKeys({
  undo: () => isPicture() || ink.undo(),
  redo: () => isPicture() || ink.redo(),
  clear: () => (isPicture() ? showPaper() : ink.clear()),
});

// Pictures

receiveDrops(openPicture);
receivePastes(openPicture);
receiveChoices(byId("open-button"), byId("file"), openPicture);
receiveChoices(byId("camera-button"), byId("photo"), openPicture);
byId("back-button").addEventListener("click", showPaper);

/** The picture that is read. @type {import("./sources.js").Source} */
let shownSource = onPaper;
/** The file it was made from. @type {{file: File, quarterTurns: number}} */
let opened;

async function openPicture(file) {
  opened = { file, quarterTurns: 0 };
  await readPicture(file);
}

async function readPicture(file) {
  const source = await pictureSource(file, picture);
  shownSource = source;
  corrections.forget();
  document.body.classList.add("with-picture");
  picture.hidden = source.size === null;
  byId("unseen").hidden = source.size !== null;
  byId("turn-button").hidden = source.size === null;
  frame.style.setProperty("--ratio", String(source.size ? source.size.width / source.size.height : 4 / 3));
  note("");
  table.close();
  liveReading.switchTo(source);
}

byId("turn-button").addEventListener("click", async () => {
  opened.quarterTurns = (opened.quarterTurns + 1) % 4;
  await readPicture(await rotated(opened.file, opened.quarterTurns));
});

byId("table-button").addEventListener("click", async () => {
  try {
    await table.open(shownSource);
  } catch (error) {
    handleError(error);
  }
});

function showPaper() {
  corrections.forget();
  document.body.classList.remove("with-picture");
  picture.hidden = byId("unseen").hidden = true;
  frame.style.setProperty("--ratio", String(PAPER.width / PAPER.height));
  table.close();
  note("");
  liveReading.switchTo(onPaper);
  paper.focus();
}

function isPicture() {
  return document.body.classList.contains("with-picture");
}

// Reading

liveReading.addEventListener("read", (/** @type {CustomEvent} */ { detail }) => {
  Object.assign(shown, detail);
  if (detail.picture && isNoteError) note("");
  show();
});
liveReading.addEventListener("waiting", (/** @type {CustomEvent} */ { detail: isWaiting }) => {
  byId("answer").setAttribute("aria-busy", isWaiting);
  if (isWaiting && digitsShown().length === 0) text.show([], "Reading …");
});
liveReading.addEventListener("failure", (/** @type {CustomEvent} */ { detail }) => {
  if (shown.lines.length === 0) text.show([], "Not read");
  handleError(detail);
});
corrections.addEventListener("change", show);

function digitsShown() {
  return shown.lines.flatMap(({ digits }) => digits);
}

function show() {
  const digits = digitsShown();
  corrections.apply(digits); // it may have been read again while the user was asked
  text.show(shown.lines, shown.picture ? "No digit found" : isPicture() ? "Reading …" : "Nothing written yet");
  nothingFound.show(shown, isPicture(), corrections.areStored);
  cards.show(digits);
  overlay.show(digits, isPicture() ? shown.passedOver : []);
  const isInk = !isPicture() && digits.length > 0;
  ignoredInk.show(isInk ? shown.ignored : NOTHING.ignored, isPicture() && shown.passedOver.length > 0);
  comparison.show(digits);
  byId("legend").hidden = digits.length === 0;
  select(Math.min(shown.selected, digits.length - 1));
}

/** Select the digit that the page shows in detail. @param {number} index -1 for the newest */
function select(index) {
  const digits = digitsShown();
  shown.selected = index;
  cards.select(index);
  overlay.select(index);
  layers.show(digits.at(index) ?? null);
}

for (const digits of [cards, overlay]) {
  digits.addEventListener("select", (/** @type {CustomEvent} */ { detail }) => select(detail));
  digits.addEventListener("choose", (/** @type {CustomEvent} */ { detail }) => corrections.openFor(digitsShown()[detail], shown.picture));
}
cards.addEventListener("correct", (/** @type {CustomEvent} */ { detail: { index, label } }) =>
  corrections.take(digitsShown()[index], label, shown.picture),
);
paper.addEventListener("pointermove", (event) => {
  const { x, y } = placeOnPaper(event, paper);
  const index = overlay.indexAt({ x: x / PAPER.width, y: y / PAPER.height });
  if (index >= 0 && index !== shown.selected) select(index);
});

// The service

connection.addEventListener("back", () => {
  text.announce("The service is back.");
  liveReading.refresh();
  if (!model) loadModel();
});

async function loadModel() {
  try {
    model = await fetchModel();
  } catch (error) {
    handleError(error);
    return;
  }
  corrections.areStored = model.service.keeps_corrections;
  show();
  showFacts(byId("facts"), model);
  await comparison.open();
}

function handleError(error) {
  if (!connection.handles(error)) note(error.message, true);
}

/** Errors stay until something is read, other messages, which may offer undo, until more is written. */
function note(text, isError = false, undo = null) {
  isNoteError = isError;
  byId("note").textContent = text;
  byId("take-back").hidden = !undo;
  byId("take-back").onclick = undo;
}

// Tools

function showTools() {
  byId("undo-button").disabled = !ink.canUndo;
  byId("redo-button").disabled = !ink.canRedo;
  byId("clear-button").disabled = ink.isEmpty;
  byId("invitation").hidden = !ink.isEmpty;
}

function showPenWidth() {
  width.parentElement.style.setProperty("--width", `${(penWidth() * paper.clientWidth) / PAPER.width}px`);
}

showTools();
showPenWidth();
show();
storeDrawing(ink);
loadModel();
