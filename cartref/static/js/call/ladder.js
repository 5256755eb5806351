/**
 * How much picture a line is asked to carry: a table of steps, and the rules by which a call goes down and up it. Sound is
 * on no step: it goes first, and only the picture gives way.
 *
 * Down at the third sharply thin sample in a row or the fifth that is thin, to the highest step that the line still carries. Up one step after a good
 * stretch, on trial: whoever falls back from a trial waits twice as long before the next. From a paused picture the trial
 * is a silent one: the picture is sent and called paused until it has held, so that nobody is told of it in vain.
 */

/**
 * `bitrate` in bit/s at most, `scale` by which width and height are divided, `rate` in frames a second at most, `needs`
 * the bit/s that a line has to offer for all of the call, below which the step is given up.
 * @typedef {{name: string, bitrate: number, scale: number, rate: number, needs: number}} Step
 */

/** @type {Step[]} best first; from a camera of 640 by 480 */
export const STEPS = [
  { name: "whole", bitrate: 1_500_000, scale: 1, rate: 30, needs: 380_000 },
  { name: "half", bitrate: 300_000, scale: 2, rate: 30, needs: 155_000 },
  { name: "small", bitrate: 90_000, scale: 4, rate: 5, needs: 150_000 },
  { name: "paused", bitrate: 0, scale: 4, rate: 5, needs: 0 },
];
const [WHOLE, HALF, , PAUSED] = STEPS.keys();
const OPENING = HALF; // until the line has proved itself

const THIN = 5; // samples in a row, of which a sharp one counts for two: an estimate that dips comes back by itself
const SHARP = 0.65; // of what a step needs
const GOOD_STRETCH = 15_000; // ms before a step up
const LONGEST_STRETCH = 240_000;
const TRIAL = 20_000; // ms in which a step up may be taken back
const HELD = 8_000; // ms for which a silent trial has to hold
const RISING = 8_000; // ms that a browser takes to believe in more than sound needs
const HOLDS_AT = 250_000; // bit/s that show it
const LOST = 0.4; // of what was sent: more than sound survives
const CLEAN = 0.05;
const QUEUE = 700; // ms beyond the line's own round trip: something stands in a queue
const SHORT_QUEUE = 250;
const DRIFT = 1.01; // by which the line's own round trip is forgotten, each sample: paths change

/**
 * One look at what is sent: `available` the bit/s that the browser thinks it may send, `lost` 0 to 1 of it, `rtt` in ms;
 * null where the browser doesn't say.
 * @typedef {{available: number | null, lost: number | null, rtt: number | null}} Figures
 */

export class Ladder {
  #at = OPENING;
  #thin = 0;
  #goodSince = /** @type {number | null} */ (null);
  #wait = GOOD_STRETCH;
  #trial = /** @type {{since: number, silent: boolean, heldSince: number | null} | null} */ (null);
  #own = Infinity; // the line's own round trip

  /** The step that is sent now. */
  get step() {
    return STEPS[this.#at];
  }

  /** Whether the others are to be told that there is a picture. */
  get isShown() {
    return this.#at !== PAUSED && !this.#trial?.silent;
  }

  /** Begins again at the opening step: the path is another one. A paused picture stays paused. */
  renew() {
    this.#own = Infinity;
    this.#stay();
    if (this.#at < OPENING) this.#at = OPENING;
  }

  /** Pauses the picture, or shows it again, because somebody decided so. */
  turn(/** @type {boolean} */ on) {
    this.#stay();
    this.#wait = GOOD_STRETCH;
    this.#at = on ? OPENING : PAUSED;
  }

  /**
   * Takes a sample at a time in ms.
   * @param {Figures} figures @param {number} now
   */
  read(figures, now) {
    const queue = this.#queue(figures.rtt);
    if (this.#trial && now - this.#trial.since >= TRIAL) this.#settle();
    this.#thin = this.#isThin(figures, queue, now) ? this.#thin + this.#sharpness(figures, queue) : 0;
    if (this.#thin >= THIN) return this.#down(figures, now);
    if (this.#trial?.silent) return this.#hold(figures, now);
    return this.#climb(figures, queue, now);
  }

  /** What a round trip lasts longer than this line's shortest, which is slowly forgotten. */
  #queue(/** @type {number | null} */ rtt) {
    if (rtt === null) return 0;
    this.#own = Math.min(rtt, this.#own * DRIFT);
    return rtt - this.#own;
  }

  /** @param {Figures} figures @param {number} queue @param {number} now */
  #isThin({ available, lost }, queue, now) {
    if (this.#at === PAUSED) return false;
    const isRising = this.#trial?.silent && now - this.#trial.since < RISING;
    const isNarrow = !isRising && available !== null && available < this.step.needs;
    return isNarrow || (lost ?? 0) > LOST || queue > QUEUE;
  }

  /** How much a thin sample counts: for two where sound suffers already. @param {Figures} figures @param {number} queue */
  #sharpness({ available, lost }, queue) {
    const isSharp = (available !== null && available < this.step.needs * SHARP) || (lost ?? 0) > LOST / 2 || queue > SHORT_QUEUE;
    return isSharp ? 2 : 1;
  }

  /** @param {Figures} figures @param {number} now */
  #down({ available }, now) {
    if (this.#trial) this.#wait = Math.min(this.#wait * 2, LONGEST_STRETCH);
    const carried = available === null ? 0 : STEPS.findIndex(({ needs }) => available >= needs);
    this.#at = this.#trial?.silent ? PAUSED : Math.max(carried, this.#at + 1);
    this.#stay();
    this.#goodSince = now;
  }

  /** @param {Figures} figures @param {number} now */
  #hold({ available }, now) {
    const trial = /** @type {NonNullable<typeof this.#trial>} */ (this.#trial);
    if ((available ?? HOLDS_AT) < HOLDS_AT) trial.heldSince = null;
    else trial.heldSince ??= now;
    if (trial.heldSince !== null && now - trial.heldSince >= HELD) this.#trial = { ...trial, since: now, silent: false };
  }

  /** @param {Figures} figures @param {number} queue @param {number} now */
  #climb({ lost }, queue, now) {
    const isGood = (lost ?? 0) <= CLEAN && queue <= SHORT_QUEUE;
    if (!isGood) this.#goodSince = null;
    else this.#goodSince ??= now;
    if (this.#at === WHOLE || this.#trial || this.#goodSince === null || now - this.#goodSince < this.#wait) return;
    const silent = this.#at === PAUSED;
    this.#at = silent ? HALF : this.#at - 1;
    this.#trial = { since: now, silent, heldSince: null };
    this.#goodSince = null;
  }

  /** A trial that has lasted: a step up that held makes the next wait short again; a silent one never held. */
  #settle() {
    const failed = this.#trial?.silent;
    if (failed) this.#at = PAUSED;
    this.#wait = failed ? Math.min(this.#wait * 2, LONGEST_STRETCH) : GOOD_STRETCH;
    this.#stay();
  }

  #stay() {
    this.#trial = null;
    this.#thin = 0;
    this.#goodSince = null;
  }
}
