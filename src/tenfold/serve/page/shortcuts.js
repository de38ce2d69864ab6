/** Keys that work wherever the focus is. Single letters do nothing: they may come from speech input. */

/** @param {{undo: () => void, redo: () => void, clear: () => void}} actions */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const action = actionOf(event);
    if (!action || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    actions[action]();
  });
}

function actionOf(event) {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return event.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : null;
  }
  return key === "delete" ? "clear" : null;
}
