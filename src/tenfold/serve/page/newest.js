/** One request at a time, and always for the current state. */

/**
 * A function that runs `work`: at once, or as soon as the work in progress ends. However often it is called meanwhile,
 * the work runs only once more, so it should read the current state itself.
 *
 * @param {() => Promise<void>} work
 * @returns {() => void}
 */
export function newestOnly(work) {
  let atWork = false;
  let asked = false;
  return async () => {
    asked = true;
    if (atWork) return;
    atWork = true;
    try {
      while (asked) {
        asked = false;
        await work();
      }
    } finally {
      atWork = false;
    }
  };
}
