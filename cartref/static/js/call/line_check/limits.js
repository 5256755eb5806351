/** Time limits: every step of a check ends by itself, and all of them at once when the check is stopped. */

export class Limits {
  /** @type {Set<() => void>} */
  #running = new Set();
  #clock;
  isStopped = false;

  constructor(/** @type {import("../timers.js").Clock} */ clock) {
    this.#clock = clock;
  }

  get now() {
    return this.#clock.now();
  }

  /**
   * What `work` comes to, or `otherwise` when `ms` have passed, it fails, or the check is stopped. `work` is given a
   * function that takes what is to be undone in every case, whether it came to something or not.
   * @template Value
   * @param {number} ms
   * @param {(undo: (run: () => void) => void) => Promise<Value>} work
   * @param {Value} otherwise
   * @returns {Promise<Value>}
   */
  async within(ms, work, otherwise) {
    if (this.isStopped) return otherwise;
    /** @type {(() => void)[]} */
    const undone = [];
    let end = () => {};
    const over = new Promise((resolve) => (end = () => resolve(otherwise)));
    const timer = this.#clock.setTimeout(end, ms);
    this.#running.add(end);
    try {
      return await Promise.race([work((run) => undone.push(run)), over]);
    } catch {
      return otherwise; // what failed is told by its value; a check has no other errors
    } finally {
      this.#clock.clearTimeout(timer);
      this.#running.delete(end);
      for (const run of undone) run();
    }
  }

  /** Waits, at most until the check is stopped. */
  sleep(/** @type {number} */ ms) {
    return this.within(ms, () => new Promise(() => {}), null);
  }

  stop() {
    this.isStopped = true;
    for (const end of [...this.#running]) end();
  }
}
