/**
 * @typedef {object} Clock
 * @property {() => number} now ms, never going back
 * @property {(run: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */

/** Named timers on one clock: setting a name again replaces it. */
export class Timers {
  /** @type {Map<string, any>} */
  #running = new Map();
  #clock;

  constructor(/** @type {Clock} */ clock) {
    this.#clock = clock;
  }

  /** @param {string} name @param {number} ms @param {() => void} run */
  set(name, ms, run) {
    this.cancel(name);
    const fire = () => {
      this.#running.delete(name);
      run();
    };
    this.#running.set(name, this.#clock.setTimeout(fire, ms));
  }

  has(/** @type {string} */ name) {
    return this.#running.has(name);
  }

  cancel(/** @type {string} */ name) {
    this.#clock.clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }

  clear() {
    for (const name of [...this.#running.keys()]) this.cancel(name);
  }
}
