/** Keeps the drawing across reloads: it is stored in this tab only. */

const KEY = "tenfold drawing 1"; // with the version of its format

/** Restore the drawing from before a reload, and store it for the next. @param {import("./ink.js").Ink} ink */
export function storeDrawing(ink) {
  const drawing = load();
  if (drawing) ink.restore(drawing);
  window.addEventListener("pagehide", () => save(ink.strokes));
  document.addEventListener("visibilitychange", () => save(ink.strokes)); // phones close pages without further events
}

/** @returns {import("./ink.js").Stroke[] | null} */
function load() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // storage is switched off
  }
}

/** @param {readonly import("./ink.js").Stroke[]} strokes */
function save(strokes) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(strokes, rounded));
  } catch {
    // Storage is switched off, or full: the drawing is lost after a reload.
  }
}

function rounded(_, value) {
  return typeof value === "number" ? Math.round(100 * value) / 100 : value;
}
