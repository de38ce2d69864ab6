/** The ways a picture comes to the page: dropped, pasted, chosen or photographed. */

/** @param {(file: File) => void} take */
export function receiveDrops(take) {
  let depth = 0; // of the elements that are entered but not left
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
    if (file) take(file);
  });
}

/** @param {(file: File) => void} take */
export function receivePastes(take) {
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
    if (file) take(file);
  });
}

/** @param {HTMLButtonElement} button opens `input` @param {HTMLInputElement} input @param {(file: File) => void} take */
export function receiveChoices(button, input, take) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) take(file);
    input.value = ""; // the same file may be chosen again
  });
}
