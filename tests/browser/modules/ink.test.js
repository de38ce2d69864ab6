import assert from "node:assert/strict";
import { test } from "node:test";

import { Ink } from "../../../src/tenfold/browser/modules/ink.js";

const at = (x, y = 0) => ({ x, y, width: 18 });

/** Ink with a stroke for each of `starts`, each two points long. */
function inkWith(...starts) {
  const ink = new Ink();
  for (const start of starts) {
    ink.begin(at(start), start);
    ink.extend([at(start + 5)], start + 1);
  }
  return ink;
}

test("a stroke has the points of the pen, from where it was put down", () => {
  assert.deepEqual(inkWith(10).strokes, [[at(10), at(15)]]);
});

test("points too close to the previous one are left out", () => {
  const ink = inkWith(10);
  ink.extend([at(15.5), at(15.9)], 3);
  assert.deepEqual(ink.strokes, [[at(10), at(15), at(15.9)]]);
});

test("undo and redo go through the strokes one by one", () => {
  const ink = inkWith(10, 20);
  ink.undo();
  assert.deepEqual(ink.strokes, inkWith(10).strokes);
  ink.undo();
  assert.ok(ink.isEmpty && !ink.canUndo && ink.canRedo);
  ink.redo();
  ink.redo();
  assert.deepEqual(ink.strokes, inkWith(10, 20).strokes);
  assert.ok(!ink.canRedo);
});

test("a new stroke clears the redo stack", () => {
  const ink = inkWith(10, 20);
  ink.undo();
  ink.begin(at(30), 30);
  assert.ok(!ink.canRedo);
  assert.equal(ink.strokes.length, 2);
});

test("clearing can be undone", () => {
  const ink = inkWith(10, 20);
  ink.clear();
  assert.ok(ink.isEmpty);
  ink.undo();
  assert.equal(ink.strokes.length, 2);
});

test("an abandoned stroke leaves no trace and cannot be redone", () => {
  const ink = inkWith(10);
  ink.begin(at(50), 50);
  ink.abandon();
  assert.deepEqual(ink.strokes, inkWith(10).strokes);
  assert.ok(!ink.canRedo);
});

test("extending an undone stroke does nothing", () => {
  const ink = inkWith(10);
  ink.undo();
  ink.extend([at(99)], 99);
  assert.ok(ink.isEmpty);
});

test("extending after the pen was lifted does nothing", () => {
  const ink = inkWith(10);
  ink.end();
  ink.extend([at(99)], 99);
  assert.ok(!ink.isGrowing);
  assert.deepEqual(ink.strokes, [[at(10), at(15)]]);
});

test("every change dispatches an event and stores the time of the pen", () => {
  const ink = new Ink();
  const times = [];
  ink.addEventListener("change", () => times.push(ink.changedAt));
  ink.begin(at(1), 100);
  ink.extend([at(9)], 110);
  ink.undo();
  assert.deepEqual(times.slice(0, 2), [100, 110]);
  assert.equal(times.length, 3);
});
