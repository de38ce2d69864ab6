/** Rows of texts for files and spreadsheets. */

/** CSV (RFC 4180). @param {string[][]} rows @returns {string} */
export function toCsv(rows) {
  return rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

/** Tab-separated cells, which spreadsheets split when pasted. @param {string[][]} rows @returns {string} */
export function toTabs(rows) {
  return rows.map((row) => row.map((text) => text.replaceAll(/[\t\n\r]/g, " ")).join("\t")).join("\n");
}

function quoted(text) {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
