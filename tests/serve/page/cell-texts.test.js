import assert from "node:assert/strict";
import { test } from "node:test";

import { toCsv, toTabs } from "../../../src/tenfold/serve/page/cell-texts.js";

test("what has a comma or a quotation mark is quoted", () => {
  assert.equal(toCsv([["1", "12,50"], ['a "b"', ""]]), '1,"12,50"\n"a ""b""",\n');
  assert.equal(toCsv([]), "");
});

test("a spreadsheet gets a cell for each text, whatever was typed", () => {
  assert.equal(toTabs([["1", "2\t3"], ["", "4\n5"]]), "1\t2 3\n\t4 5");
});
