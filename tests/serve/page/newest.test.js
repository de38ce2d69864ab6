import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { newestOnly } from "../../../src/tenfold/serve/page/newest.js";

/** Work that notes what it sees when it begins, and ends when it is let go. */
function slowWork() {
  const seen = [];
  const held = [];
  const state = { newest: 0 };
  const work = () => {
    seen.push(state.newest);
    return new Promise((resolve, reject) => held.push({ resolve, reject }));
  };
  return { work, seen, held, state };
}

test("however often it is called meanwhile, it runs once more, on the newest state", async () => {
  const { work, seen, held, state } = slowWork();
  const run = newestOnly(work);
  for (state.newest = 1; state.newest <= 5; state.newest++) run();
  assert.deepEqual(seen, [1]);
  held[0].resolve();
  await pause(0);
  assert.deepEqual(seen, [1, 6]);
  held[1].resolve();
  await pause(0);
  assert.deepEqual(seen, [1, 6]);
});

test("work that fails does not stop what comes after it", async () => {
  const { work, seen, held } = slowWork();
  const run = newestOnly(work);
  const first = run();
  held[0].reject(new Error("gone"));
  await assert.rejects(first, /gone/);
  run();
  assert.equal(seen.length, 2);
});
