/** One request at a time, and always for what is there now. */

/**
 * A function that has `work` done: at once, or as soon as the work in progress ends. However often it is called
 * meanwhile, the work is done once more, so it should look at the newest state itself.
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
