/** Assembles the part of the page in which the study's networks answer. */

import { Answers } from "./answers.js";
import { Ink } from "./ink.js";
import { paintInk } from "./ink-picture.js";
import { Inside } from "./inside.js";
import { writeByKeyboard } from "./keyboard-pen.js";
import { Network } from "./network.js";
import { normalize } from "./normalize.js";
import { showInk } from "./paper.js";
import { writeByPointer } from "./pen.js";
import { fitted } from "./pen-width.js";
import { Seen } from "./seen.js";

const PEN_WIDTH = 42; // paper units: two pixels and a half of a digit that fills the paper
const SIDE = 28;

/** An element of the page, of whatever kind it is there. @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);

const { classes, order, networks: packed } = JSON.parse(at("networks").textContent);
const networks = packed.map((each) => new Network(each));
at("try").hidden = false;
for (const link of document.querySelectorAll("[data-live]")) /** @type {HTMLElement} */ (link).hidden = false;

const ink = new Ink();
const controls = { turn: at("turn"), noise: at("noise"), permute: at("permute"), restore: at("restore") };
const seen = new Seen(at("seen"), controls, order);
const answers = new Answers(at("answers"), classes);
const inside = new Inside(at("inside"), packed.map(({ label }) => label), classes);
const picks = [...at("picks").querySelectorAll("button")];
let waiting = false;
let truth = /** @type {string | null} the class of the test image that is shown */ (null);

const paper = at("paper");
showInk(paper, ink);
writeByPointer(paper, ink, () => PEN_WIDTH);
writeByKeyboard(paper, at("cursor"), ink, () => PEN_WIDTH, (words) => say(words));
ink.addEventListener("change", () => {
  at("undo").disabled = !ink.canUndo;
  at("clear").disabled = ink.isEmpty;
  at("invitation").hidden = !ink.isEmpty;
  pressOnly(null);
  // The digit is read once per frame, however many points the pen has reported.
  if (!waiting) requestAnimationFrame(readInk);
  waiting = true;
});
at("undo").addEventListener("click", () => ink.undo());
at("clear").addEventListener("click", () => ink.clear());

for (const pick of picks) {
  pick.addEventListener("click", async () => {
    pressOnly(pick);
    seen.take(await levelsOf(pick.querySelector("img")));
  });
}

seen.addEventListener("change", () => answer());
at("answers").addEventListener("click", (/** @type {any} */ { target }) => {
  const button = target.closest("button");
  if (button) look(Number(button.closest("[data-network]").dataset.network));
});

function readInk() {
  waiting = false;
  if (ink.isEmpty) return seen.take(new Uint8Array(SIDE * SIDE));
  const { canvas } = paintInk(fitted(ink));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const levels = Float32Array.from({ length: canvas.width * canvas.height }, (_, pixel) => 1 - data[4 * pixel] / 255);
  seen.take(normalize(levels, canvas.width, canvas.height));
}

function answer() {
  const given = seen.isBlank ? null : networks.map((network) => network.answer(seen.image));
  answers.show(networks.map((_, index) => given?.[index].probabilities ?? null), truth);
  inside.show(networks, given);
}

/** Open or close the inside of a network. @param {number} index */
function look(index) {
  const opened = inside.network === index ? null : index;
  inside.open(opened);
  for (const card of at("answers").children) {
    card.querySelector("button").setAttribute("aria-expanded", String(Number(card.dataset.network) === opened));
  }
  answer();
  if (opened !== null) at("inside").scrollIntoView({ block: "nearest" });
}

/** @param {HTMLButtonElement | null} chosen the test image that is shown; null for ink */
function pressOnly(chosen) {
  for (const pick of picks) pick.setAttribute("aria-pressed", String(pick === chosen));
  truth = chosen?.dataset.true ?? null;
  at("picked").textContent = chosen ? `${chosen.title}, labelled ${truth}` : "";
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

function say(words) {
  at("spoken").textContent = words;
}

// Show an example at the start, as people want to see what happens before they write.
picks[0]?.click();
