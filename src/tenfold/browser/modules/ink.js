/**
 * The written strokes, with undo and redo.
 *
 * @typedef {{x: number, y: number, width: number}} Point of a pen's path, and the pen's width there; all in paper
 *   units.
 * @typedef {Point[]} Stroke from where the pen is put down to where it is lifted.
 */

/** The paper's size in paper units, whatever its size on the screen. */
export const PAPER = Object.freeze({ width: 800, height: 600 });

const MIN_DISTANCE = 0.75; // paper units: closer points would only cost time

/** Strokes with undo and redo; dispatches "change" whenever they change or grow. */
export class Ink extends EventTarget {
  /** @type {Stroke[]} */
  #strokes = [];
  /** @type {Stroke[][]} */
  #undoStack = [];
  /** @type {Stroke[][]} */
  #redoStack = [];
  /** @type {Stroke | null} the stroke of the pen that is down */
  #current = null;
  /** When the current ink was written: `event.timeStamp`, in milliseconds. */
  changedAt = 0;

  /** @returns {readonly Stroke[]} */
  get strokes() {
    return this.#strokes;
  }

  /** Whether the pen is down. */
  get isPenDown() {
    return this.#current !== null;
  }

  get isEmpty() {
    return this.#strokes.length === 0;
  }

  get canUndo() {
    return this.#undoStack.length > 0;
  }

  get canRedo() {
    return this.#redoStack.length > 0;
  }

  /** Start with earlier strokes. @param {Stroke[]} strokes */
  restore(strokes) {
    this.#strokes = strokes;
    this.#notify(performance.now());
  }

  /** Put the pen down. @param {Point} point @param {number} time */
  begin(point, time) {
    const stroke = [point];
    this.#replace([...this.#strokes, stroke], time);
    this.#current = stroke;
  }

  /** Continue the stroke of the pen that is down. @param {Point[]} points @param {number} time */
  extend(points, time) {
    if (!this.#current) return; // undone while it was being written
    for (const point of points) {
      const last = this.#current.at(-1);
      if (Math.hypot(point.x - last.x, point.y - last.y) >= MIN_DISTANCE) this.#current.push(point);
    }
    this.#notify(time);
  }

  /** Lift the pen. */
  end() {
    if (!this.#current) return;
    this.#current = null;
    this.#notify(this.changedAt);
  }

  /** Discard the stroke of the pen that is down: it was not meant as writing. */
  abandon() {
    if (this.#current) this.#restoreFrom(this.#undoStack, []);
  }

  clear() {
    if (!this.isEmpty) this.#replace([], performance.now());
  }

  undo() {
    if (this.canUndo) this.#restoreFrom(this.#undoStack, this.#redoStack);
  }

  redo() {
    if (this.canRedo) this.#restoreFrom(this.#redoStack, this.#undoStack);
  }

  /** Restore the newest state in `from`, and save the current one in `to`. */
  #restoreFrom(from, to) {
    to.push(this.#strokes);
    this.#strokes = from.pop();
    this.#current = null;
    this.#notify(performance.now());
  }

  #replace(strokes, time) {
    this.#undoStack.push(this.#strokes);
    this.#redoStack = [];
    this.#strokes = strokes;
    this.#current = null;
    this.#notify(time);
  }

  #notify(time) {
    this.changedAt = time;
    this.dispatchEvent(new Event("change"));
  }
}
