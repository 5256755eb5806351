/**
 * Whether this person's picture goes out, and how much of it: the ladder, read from every sample, and what staff asked for.
 *
 * Events: `step` (the Step to send, with `active`), `told` (rung `video` or `voice`, and why: the others are to hear of it).
 */
import { Emitter } from "./emitter.js";
import { Ladder } from "./ladder.js";

export const THIN_LINE = "thin-line";
export const LINE_BETTER = "line-better";
export const STAFF = "staff";

export class Rungs extends Emitter {
  #ladder = new Ladder();
  #isHeld = false; // paused by somebody, until somebody shows it again

  /** @returns {import("./ladder.js").Step & {active: boolean}} */
  get step() {
    const { step } = this.#ladder;
    return { ...step, active: step.bitrate > 0 };
  }

  /** Whether a picture that is switched on is seen by the others. */
  get isShown() {
    return this.#ladder.isShown;
  }

  /** @param {import("./stats.js").Sample[]} samples @param {number} now */
  read(samples, now) {
    if (samples.length === 0 || this.#isHeld) return;
    this.#change(() => this.#ladder.read(poorest(samples), now), { down: THIN_LINE, up: LINE_BETTER });
  }

  /** Somebody of the clinic, or she herself, decides. */
  turn(/** @type {boolean} */ on) {
    this.#isHeld = !on;
    this.#change(() => this.#ladder.turn(on), { down: STAFF, up: STAFF });
  }

  /** The path to the others is another one. */
  renew() {
    if (!this.#isHeld) this.#change(() => this.#ladder.renew(), { down: THIN_LINE, up: LINE_BETTER });
  }

  /** @param {() => void} act @param {{down: string, up: string}} reasons */
  #change(act, { down, up }) {
    const [before, wasShown] = [this.step.name, this.isShown];
    act();
    if (this.step.name !== before) this.emit("step", this.step);
    if (this.isShown !== wasShown) this.emit("told", this.isShown ? "video" : "voice", this.isShown ? up : down);
  }
}

/** The figures of the connection that carries least: every other person gets the same picture. */
function poorest(/** @type {import("./stats.js").Sample[]} */ samples) {
  const known = (/** @type {"available" | "lostThere" | "rtt"} */ name) =>
    /** @type {number[]} */ (samples.map((sample) => sample[name]).filter((figure) => figure !== null));
  const most = (/** @type {number[]} */ figures) => (figures.length ? Math.max(...figures) : null);
  const available = known("available");
  return { available: available.length ? Math.min(...available) : null, lost: most(known("lostThere")), rtt: most(known("rtt")) };
}
