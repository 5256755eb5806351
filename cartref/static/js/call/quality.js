/** Tells the service how good the line is: every 10 s, and when the level changes. Events: `level` (good, fair, poor). */
import { Emitter } from "./emitter.js";
import { QualityMeter, together } from "./stats.js";
import { Timers } from "./timers.js";

const EVERY = 10_000;

export class QualityReports extends Emitter {
  #meter = new QualityMeter();
  #timers;
  #send;
  /** @type {ReturnType<typeof together> | null} */
  #figures = null;

  /** @param {import("./timers.js").Clock} clock @param {(report: any) => void} send */
  constructor(clock, send) {
    super();
    this.#timers = new Timers(clock);
    this.#send = send;
  }

  start() {
    if (!this.#timers.has("report")) this.#timers.set("report", EVERY, () => this.#again());
  }

  stop() {
    this.#timers.clear();
    this.#figures = null;
  }

  read(/** @type {import("./stats.js").Sample[]} */ samples) {
    this.#figures = together(samples);
    if (!this.#meter.read(this.#figures)) return;
    this.emit("level", this.#meter.level);
    this.#report();
  }

  #again() {
    this.#report();
    this.start();
  }

  /** Sends what is known; a figure that is not measured is left out. */
  #report() {
    if (!this.#figures) return;
    const known = Object.entries(this.#figures).filter(([, figure]) => figure !== null);
    this.#send({ type: "quality", level: this.#meter.level, ...Object.fromEntries(known) });
  }
}
