/**
 * When trouble is worth a word to the person. Events: `missed` (the service has not been reached for 3 s: one that is back
 * by then was never missed), `lost` (people who may talk have had no media for 30 s, and again after each 30 s more).
 */
import { Emitter } from "./emitter.js";
import { Timers } from "./timers.js";

const LINE_GRACE = 3_000;
const PATH_GRACE = 30_000;

export class Patience extends Emitter {
  #timers;

  constructor(/** @type {import("./timers.js").Clock} */ clock) {
    super();
    this.#timers = new Timers(clock);
  }

  line(/** @type {boolean} */ isUp) {
    if (isUp) this.#timers.cancel("line");
    else this.#wait("line", LINE_GRACE, () => this.emit("missed"));
  }

  path(/** @type {boolean} */ isGood) {
    if (isGood) this.#timers.cancel("path");
    else this.#wait("path", PATH_GRACE, () => this.#tellOfPath());
  }

  clear() {
    this.#timers.clear();
  }

  #tellOfPath() {
    this.emit("lost");
    this.path(false);
  }

  /** @param {string} name @param {number} ms @param {() => void} run */
  #wait(name, ms, run) {
    if (!this.#timers.has(name)) this.#timers.set(name, ms, run);
  }
}
