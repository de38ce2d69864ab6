/** Wires up the part of the report in which the study's networks answer. */

import { Answers } from "./answers.js";
import { Ink } from "./ink.js";
import { paintInk } from "./ink-picture.js";
import { InputImage } from "./input-image.js";
import { Inside } from "./inside.js";
import { writeByKeyboard } from "./keyboard-pen.js";
import { Network } from "./network.js";
import { normalize } from "./normalize.js";
import { showInk } from "./paper.js";
import { writeByPointer } from "./pen.js";
import { fitted } from "./pen-width.js";

const PEN_WIDTH = 42; // paper units: 2.5 pixels of a digit that fills the paper
const SIDE = 28;

/** An element of the page, of any type. @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

const { classes, order, networks: packed } = JSON.parse(byId("networks").textContent);
const networks = packed.map((each) => new Network(each));
byId("try").hidden = false;
for (const link of document.querySelectorAll("[data-live]")) /** @type {HTMLElement} */ (link).hidden = false;

const ink = new Ink();
const controls = { turn: byId("turn"), noise: byId("noise"), permute: byId("permute"), restore: byId("restore") };
const input = new InputImage(byId("seen"), controls, order);
const answers = new Answers(byId("answers"), classes);
const inside = new Inside(byId("inside"), packed.map(({ label }) => label), classes);
const picks = [...byId("picks").querySelectorAll("button")];
let isScheduled = false;
let truth = /** @type {string | null} the label of the test image shown */ (null);

const paper = byId("paper");
showInk(paper, ink);
writeByPointer(paper, ink, () => PEN_WIDTH);
writeByKeyboard(paper, byId("cursor"), ink, () => PEN_WIDTH, announce);
ink.addEventListener("change", () => {
  byId("undo").disabled = !ink.canUndo;
  byId("clear").disabled = ink.isEmpty;
  byId("invitation").hidden = !ink.isEmpty;
  markPick(null);
  // The digit is read once per frame, however many points the pen reports.
  if (!isScheduled) requestAnimationFrame(readInk);
  isScheduled = true;
});
byId("undo").addEventListener("click", () => ink.undo());
byId("clear").addEventListener("click", () => ink.clear());

for (const pick of picks) {
  pick.addEventListener("click", async () => {
    markPick(pick);
    input.setDigit(await levelsOf(pick.querySelector("img")));
  });
}

input.addEventListener("change", () => answer());
byId("answers").addEventListener("click", (/** @type {any} */ { target }) => {
  const button = target.closest("button");
  if (button) toggleInside(Number(button.closest("[data-network]").dataset.network));
});

function readInk() {
  isScheduled = false;
  if (ink.isEmpty) return input.setDigit(new Uint8Array(SIDE * SIDE));
  const { canvas } = paintInk(fitted(ink));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const levels = Float32Array.from({ length: canvas.width * canvas.height }, (_, pixel) => 1 - data[4 * pixel] / 255);
  input.setDigit(normalize(levels, canvas.width, canvas.height));
}

function answer() {
  const results = input.isBlank ? null : networks.map((network) => network.answer(input.image));
  answers.show(networks.map((_, index) => results?.[index].probabilities ?? null), truth);
  inside.show(networks, results);
}

/** Open or close the inside of a network. @param {number} index */
function toggleInside(index) {
  const opened = inside.network === index ? null : index;
  inside.open(opened);
  for (const card of byId("answers").children) {
    card.querySelector("button").setAttribute("aria-expanded", String(Number(card.dataset.network) === opened));
  }
  answer();
  if (opened !== null) byId("inside").scrollIntoView({ block: "nearest" });
}

/** @param {HTMLButtonElement | null} chosen the test image shown; null for ink */
function markPick(chosen) {
  for (const pick of picks) pick.setAttribute("aria-pressed", String(pick === chosen));
  truth = chosen?.dataset.true ?? null;
  byId("picked").textContent = chosen ? `${chosen.title}, labelled ${truth}` : "";
}

/** The grey levels of a digit's picture. @param {HTMLImageElement} image */
async function levelsOf(image) {
  await image.decode();
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, pixel) => data[4 * pixel + 3]);
}

function announce(words) {
  byId("spoken").textContent = words;
}

// Start with an example, so that visitors see what happens before they draw.
picks[0]?.click();
