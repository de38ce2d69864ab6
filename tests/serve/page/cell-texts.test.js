import assert from "node:assert/strict";
import { test } from "node:test";

import { toCsv, toTabs } from "../../../src/tenfold/serve/page/cell-texts.js";

test("texts with commas or quotation marks are quoted", () => {
  assert.equal(toCsv([["1", "12,50"], ['a "b"', ""]]), '1,"12,50"\n"a ""b""",\n');
  assert.equal(toCsv([]), "");
});

test("pasted texts become one cell each, whatever they contain", () => {
  assert.equal(toTabs([["1", "2\t3"], ["", "4\n5"]]), "1\t2 3\n\t4 5");
});
