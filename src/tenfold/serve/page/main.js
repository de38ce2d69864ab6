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
import { keepDrawing } from "./kept-drawing.js";
import { writeByKeyboard } from "./keyboard-pen.js";
import { LayersPanel } from "./layers.js";
import { NothingFound } from "./nothing-found.js";
import { Overlay } from "./overlay.js";
import { placeOnPaper, writeByPointer } from "./pen.js";
import { receiveChoices, receiveDrops, receivePastes } from "./pictures.js";
import { ReadingText } from "./reading.js";
import { NOTHING, ReadingAlong } from "./reading-along.js";
import { listenToKeys } from "./shortcuts.js";
import { inkSource, pictureSource, turned } from "./sources.js";
import { TableSheet } from "./table.js";

/** An element of index.html, of whatever kind it is there. @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);
const [frame, paper, picture, width] = [at("frame"), at("paper"), at("picture"), at("pen-width")];

const ink = new Ink();
const onPaper = inkSource(ink);
const along = new ReadingAlong(onPaper);
const connection = new Connection(at("banner"));
const text = new ReadingText(at("reading"), at("spoken"));
const cards = new Cards(at("cards"));
const overlay = new Overlay(at("overlay"));
const layers = new LayersPanel(at("inside"), takeError);
const comparison = new Comparison(at("compare"), takeError);
const table = new TableSheet(at("table-section"), at("cell-mark"));
const nothingFound = new NothingFound(at("nothing-found"), () => corrections.askWhole(shown.picture));
const corrections = new Corrections(at("correction"), takeError, (words, undo) => note(words, false, undo));

/** What is shown. @type {import("./reading-along.js").Read & {selected: number}} */
const shown = { ...NOTHING, selected: -1 };
let model = null;
let isTroubled = false;

// Writing

const penWidth = () => Number(width.value);
const ignoredInk = new IgnoredInk(paper, ink, at("ignored"));
writeByPointer(paper, ink, penWidth);
writeByKeyboard(paper, at("cursor"), ink, penWidth, (words) => text.say(words));
width.addEventListener("input", showPenWidth);
window.addEventListener("resize", showPenWidth);
ink.addEventListener("change", () => {
  if (ink.isEmpty) corrections.forget();
  showTools();
  if (!isTroubled) note("");
  if (ink.isEmpty || !connection.isLost) along.again();
});
at("example").addEventListener("click", () => {
  paper.focus();
  writeExample(ink);
});
at("undo-button").addEventListener("click", () => ink.undo());
at("redo-button").addEventListener("click", () => ink.redo());
at("clear-button").addEventListener("click", () => ink.clear());
listenToKeys({
  undo: () => isPicture() || ink.undo(),
  redo: () => isPicture() || ink.redo(),
  clear: () => (isPicture() ? turnToPaper() : ink.clear()),
});

// Pictures

receiveDrops(turnToPicture);
receivePastes(turnToPicture);
receiveChoices(at("open-button"), at("file"), turnToPicture);
receiveChoices(at("camera-button"), at("photo"), turnToPicture);
at("back-button").addEventListener("click", turnToPaper);

/** The picture that is read. @type {import("./sources.js").Source} */
let shownSource = onPaper;
/** The file that it was made of. @type {{file: File, quarters: number}} */
let opened;

async function turnToPicture(file) {
  opened = { file, quarters: 0 };
  await readPicture(file);
}

async function readPicture(file) {
  const source = await pictureSource(file, picture);
  shownSource = source;
  corrections.forget();
  document.body.classList.add("with-picture");
  picture.hidden = source.size === null;
  at("unseen").hidden = source.size !== null;
  at("turn-button").hidden = source.size === null;
  frame.style.setProperty("--ratio", String(source.size ? source.size.width / source.size.height : 4 / 3));
  note("");
  table.close();
  along.turnTo(source);
}

at("turn-button").addEventListener("click", async () => {
  opened.quarters = (opened.quarters + 1) % 4;
  await readPicture(await turned(opened.file, opened.quarters));
});

at("table-button").addEventListener("click", async () => {
  try {
    await table.open(shownSource);
  } catch (error) {
    takeError(error);
  }
});

function turnToPaper() {
  corrections.forget();
  document.body.classList.remove("with-picture");
  picture.hidden = at("unseen").hidden = true;
  frame.style.setProperty("--ratio", String(PAPER.width / PAPER.height));
  table.close();
  note("");
  along.turnTo(onPaper);
  paper.focus();
}

function isPicture() {
  return document.body.classList.contains("with-picture");
}

// Reading

along.addEventListener("read", (/** @type {CustomEvent} */ { detail }) => {
  Object.assign(shown, detail);
  if (detail.picture && isTroubled) note("");
  show();
});
along.addEventListener("waiting", (/** @type {CustomEvent} */ { detail: isWaiting }) => {
  at("answer").setAttribute("aria-busy", isWaiting);
  if (isWaiting && digitsShown().length === 0) text.show([], "Reading …");
});
along.addEventListener("trouble", (/** @type {CustomEvent} */ { detail }) => {
  if (shown.lines.length === 0) text.show([], "Not read");
  takeError(detail);
});
corrections.addEventListener("change", show);

function digitsShown() {
  return shown.lines.flatMap(({ digits }) => digits);
}

function show() {
  const digits = digitsShown();
  corrections.apply(digits); // it may have been read once more since somebody was asked
  text.show(shown.lines, shown.picture ? "No digit found" : isPicture() ? "Reading …" : "Nothing written yet");
  nothingFound.show(shown, isPicture(), corrections.keeps);
  cards.show(digits);
  overlay.show(digits, isPicture() ? shown.passedOver : []);
  const isInk = !isPicture() && digits.length > 0;
  ignoredInk.show(isInk ? shown.ignored : NOTHING.ignored, isPicture() && shown.passedOver.length > 0);
  comparison.show(digits);
  at("legend").hidden = digits.length === 0;
  select(Math.min(shown.selected, digits.length - 1));
}

/** The digit that the page is about, pointed at or focused. @param {number} index -1 for the newest */
function select(index) {
  const digits = digitsShown();
  shown.selected = index;
  cards.select(index);
  overlay.select(index);
  layers.show(digits.at(index) ?? null);
}

for (const digits of [cards, overlay]) {
  digits.addEventListener("select", (/** @type {CustomEvent} */ { detail }) => select(detail));
  digits.addEventListener("choose", (/** @type {CustomEvent} */ { detail }) => corrections.ask(digitsShown()[detail], shown.picture));
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
  text.say("The service is back.");
  along.again();
  if (!model) meetService();
});

async function meetService() {
  try {
    model = await fetchModel();
  } catch (error) {
    takeError(error);
    return;
  }
  corrections.keeps = model.service.keeps_corrections;
  show();
  showFacts(at("facts"), model);
  await comparison.open();
}

function takeError(error) {
  if (!connection.takes(error)) note(error.message, true);
}

/** Errors stay until something is read, other messages until more is written; until then they offer undo. */
function note(words, trouble = false, undo = null) {
  isTroubled = trouble;
  at("note").textContent = words;
  at("take-back").hidden = !undo;
  at("take-back").onclick = undo;
}

// Tools

function showTools() {
  at("undo-button").disabled = !ink.canUndo;
  at("redo-button").disabled = !ink.canRedo;
  at("clear-button").disabled = ink.isEmpty;
  at("invitation").hidden = !ink.isEmpty;
}

function showPenWidth() {
  width.parentElement.style.setProperty("--width", `${(penWidth() * paper.clientWidth) / PAPER.width}px`);
}

showTools();
showPenWidth();
show();
keepDrawing(ink);
meetService();
