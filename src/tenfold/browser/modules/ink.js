/**
 * The written strokes, with undo and redo.
 *
 * @typedef {{x: number, y: number, width: number}} Point of a pen's path, and how wide the pen is there; all in
 *   paper units.
 * @typedef {Point[]} Stroke from where the pen is put down to where it is lifted.
 */

/** The paper's size in paper units, whatever its size on the screen. */
export const PAPER = Object.freeze({ width: 800, height: 600 });

const NEAREST = 0.75; // paper units: points closer than this only make work

/** Strokes with undo and redo; dispatches "change" whenever they change or grow. */
export class Ink extends EventTarget {
  /** @type {Stroke[]} */
  #strokes = [];
  /** @type {Stroke[][]} */
  #before = [];
  /** @type {Stroke[][]} */
  #after = [];
  /** @type {Stroke | null} the stroke of the pen that is down */
  #growing = null;
  /** When the current ink was written: `event.timeStamp`, in milliseconds. */
  changedAt = 0;

  /** @returns {readonly Stroke[]} */
  get strokes() {
    return this.#strokes;
  }

  /** Whether the pen is down. */
  get isGrowing() {
    return this.#growing !== null;
  }

  get isEmpty() {
    return this.#strokes.length === 0;
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  get canRedo() {
    return this.#after.length > 0;
  }

  /** Start with earlier strokes. @param {Stroke[]} strokes */
  restore(strokes) {
    this.#strokes = strokes;
    this.#changed(performance.now());
  }

  /** Put the pen down. @param {Point} point @param {number} time */
  begin(point, time) {
    const stroke = [point];
    this.#replace([...this.#strokes, stroke], time);
    this.#growing = stroke;
  }

  /** Continue the stroke of the pen that is down. @param {Point[]} points @param {number} time */
  extend(points, time) {
    if (!this.#growing) return; // taken back while it was written
    for (const point of points) {
      const last = this.#growing.at(-1);
      if (Math.hypot(point.x - last.x, point.y - last.y) >= NEAREST) this.#growing.push(point);
    }
    this.#changed(time);
  }

  /** Lift the pen. */
  end() {
    if (!this.#growing) return;
    this.#growing = null;
    this.#changed(this.changedAt);
  }

  /** Discard the stroke of the pen that is down: it was not writing. */
  abandon() {
    if (this.#growing) this.#return(this.#before, []);
  }

  clear() {
    if (!this.isEmpty) this.#replace([], performance.now());
  }

  undo() {
    if (this.canUndo) this.#return(this.#before, this.#after);
  }

  redo() {
    if (this.canRedo) this.#return(this.#after, this.#before);
  }

  /** Go to the newest state in `there`, and save the current one in `back`. */
  #return(there, back) {
    back.push(this.#strokes);
    this.#strokes = there.pop();
    this.#growing = null;
    this.#changed(performance.now());
  }

  #replace(strokes, time) {
    this.#before.push(this.#strokes);
    this.#after = [];
    this.#strokes = strokes;
    this.#growing = null;
    this.#changed(time);
  }

  #changed(time) {
    this.changedAt = time;
    this.dispatchEvent(new Event("change"));
  }
}
