import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

// What corrections need of a browser: elements that take children and listeners, and the service.
const element = () => ({ append() {}, addEventListener() {}, querySelector: element });
globalThis.matchMedia = () => element();
globalThis.document = { createElement: element };
let requests = 0;
globalThis.fetch = mock.fn(async () => {
  requests += 1;
  return Response.json({ kept: true, id: `7/${requests}` });
});

const { Corrections } = await import("../../../src/tenfold/serve/page/corrections.js");

const PICTURE = new Blob(["a picture"]);

/** A digit read as `value`, whose image is of one `level`, a fifth of the paper wide at `x`. */
function digit(value, { x = 0, level = 100 } = {}) {
  return {
    value,
    line: 0,
    digit: 0,
    image: new Uint8Array(784).fill(level),
    place: { x, y: 0, width: 0.2, height: 0.5 },
    corrected: null,
  };
}

let messages;
let undo;
let corrections;

beforeEach(() => {
  messages = [];
  const notify = (text, offered) => {
    messages.push(text);
    undo = offered;
  };
  corrections = new Corrections(element(), (error) => messages.push(error.message), notify);
  requests = 0;
  globalThis.fetch.mock.resetCalls();
});

test("a correction survives a new reading of the same ink", async () => {
  await corrections.take(digit(1), 7, PICTURE);
  const again = digit(1, { x: 0.01, level: 105 });
  corrections.apply([again]);
  assert.equal(again.corrected, 7);
});

test("other ink, or the same ink elsewhere, is not corrected", async () => {
  await corrections.take(digit(1), 7, PICTURE);
  const others = [digit(1, { x: 0.5 }), digit(1, { level: 200 })];
  corrections.apply(others);
  assert.deepEqual(others.map(({ corrected }) => corrected), [null, null]);
});

test("the last of two corrections of a digit wins", async () => {
  const read = digit(1);
  await corrections.take(read, 7, PICTURE);
  await corrections.take(read, 4, PICTURE);
  corrections.apply([read]);
  assert.equal(read.corrected, 4);
});

test("forgotten corrections are not applied", async () => {
  const read = digit(1);
  await corrections.take(read, 7, PICTURE);
  corrections.forget();
  corrections.apply([read]);
  assert.equal(read.corrected, null);
});

test("a correction is sent with its label and the digit's place", async () => {
  corrections.areStored = true;
  await corrections.take({ ...digit(1), line: 2, digit: 3 }, 7, PICTURE);
  const [{ arguments: [address, request] }] = globalThis.fetch.mock.calls;
  assert.deepEqual(Object.fromEntries(new URLSearchParams(address.split("?")[1])), { label: "7", line: "2", digit: "3" });
  assert.equal(request.method, "POST");
  assert.equal(request.body, PICTURE);
});

test("an undone correction is deleted from the service and forgotten", async () => {
  const read = digit(1);
  await corrections.take(read, 7, PICTURE);
  await undo();
  corrections.apply([read]);
  const [address, request] = globalThis.fetch.mock.calls[1].arguments;
  assert.deepEqual([address, request.method], ["v1/corrections/7/1", "DELETE"]);
  assert.equal(read.corrected, null);
  assert.deepEqual([messages.at(-1), undo], ["Correction undone.", undefined]);
});

test("correcting a digit again deletes the previous correction", async () => {
  await corrections.take(digit(1), 7, PICTURE);
  await corrections.take(digit(1), 4, PICTURE);
  const calls = globalThis.fetch.mock.calls.map(({ arguments: [address, { method }] }) => `${method} ${address}`);
  assert.deepEqual(calls.slice(1).map((call) => call.split("?")[0]), ["POST v1/corrections", "DELETE v1/corrections/7/1"]);
});

test("nothing is sent to a service that does not store corrections", async () => {
  corrections.areStored = false;
  await corrections.take(digit(1), 7, PICTURE);
  assert.equal(globalThis.fetch.mock.callCount(), 0);
  assert.match(messages[0], /--keep/);
});
