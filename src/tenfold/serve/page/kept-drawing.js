/** The drawing survives a reload: it is stored in this tab, and nowhere else. */

const NAME = "tenfold drawing 1"; // of its form, too

/** Restore the drawing from before a reload, and store it for the next. @param {import("./ink.js").Ink} ink */
export function keepDrawing(ink) {
  const drawing = load();
  if (drawing) ink.restore(drawing);
  window.addEventListener("pagehide", () => save(ink.strokes));
  document.addEventListener("visibilitychange", () => save(ink.strokes)); // telephones end pages without a word
}

/** @returns {import("./ink.js").Stroke[] | null} */
function load() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME));
  } catch {
    return null; // storage is switched off
  }
}

/** @param {readonly import("./ink.js").Stroke[]} strokes */
function save(strokes) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(strokes, rounded));
  } catch {
    // Storage is switched off, or full: the drawing is lost after a reload.
  }
}

function rounded(_, value) {
  return typeof value === "number" ? Math.round(100 * value) / 100 : value;
}
