/** The ways a picture comes to the page: dropped, pasted, chosen or photographed. */

/** @param {(file: File) => void} onFile */
export function receiveDrops(onFile) {
  let depth = 0; // number of elements entered but not left
  const mark = () => document.body.classList.toggle("dropping", depth > 0);
  const isFile = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragenter", (event) => {
    if (isFile(event)) depth += 1;
    mark();
  });
  document.addEventListener("dragleave", (event) => {
    if (isFile(event)) depth -= 1;
    mark();
  });
  document.addEventListener("dragover", (event) => isFile(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    depth = 0;
    mark();
    if (!isFile(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  });
}

/** @param {(file: File) => void} onFile */
export function receivePastes(onFile) {
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
    if (file) onFile(file);
  });
}

/** @param {HTMLButtonElement} button opens `input` @param {HTMLInputElement} input @param {(file: File) => void} onFile */
export function receiveChoices(button, input, onFile) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) onFile(file);
    input.value = ""; // the same file may be chosen again
  });
}
