/**
 * How the visit stands, asked of the application every so often. Events: `changed` (the state, also when it is the same),
 * `shut` (the birth date is to be given again, or the link has ended).
 */
import { Emitter } from "../call/emitter.js";

const SHUT = new Set([401, 403, 404, 410]);
const SOON = 1_000; // ms until it is asked again for what is known to be on its way
const MOST_SOON = 8;

export class VisitState extends Emitter {
  #url;
  #every;
  #timer = 0;

  /** @param {string} url @param {number} seconds between two askings @param {object} first what the page came with */
  constructor(url, seconds, first) {
    super();
    this.#url = url;
    this.#every = seconds * 1_000;
    this.now = first;
  }

  start() {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.refresh(), this.#every);
  }

  stop() {
    window.clearTimeout(this.#timer);
  }

  /** Asks now. An application that can't be reached changes nothing: what was so is shown until it is known to be else. */
  async refresh() {
    this.start();
    try {
      const answer = await fetch(this.#url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (SHUT.has(answer.status)) this.emit("shut");
      else if (answer.ok) this.#take(await answer.json());
    } catch {
      // no line just now; asked again in a while
    }
    return this.now;
  }

  /** Asks every second until the state is as it must soon be; after some askings it is left to the usual pace. */
  async refreshUntil(isSo, times = MOST_SOON) {
    await this.refresh();
    if (isSo(this.now) || times <= 1) return;
    window.setTimeout(() => this.refreshUntil(isSo, times - 1), SOON);
  }

  #take(state) {
    this.now = state;
    this.emit("changed", state);
  }
}
