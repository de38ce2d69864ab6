/** One request at a time, and always for the current state. */

/**
 * A function that runs `work`: at once, or as soon as the current run ends. However often it is called meanwhile, the work
 * runs only once more, so it should read the current state itself.
 *
 * @param {() => Promise<void>} work
 * @returns {() => void}
 */
export function newestOnly(work) {
  let isRunning = false;
  let isPending = false;
  return async () => {
    isPending = true;
    if (isRunning) return;
    isRunning = true;
    try {
      while (isPending) {
        isPending = false;
        await work();
      }
    } finally {
      isRunning = false;
    }
  };
}
