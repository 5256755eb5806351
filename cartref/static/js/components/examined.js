/**
 * What was taken, brought and asked at a visit, kept up to date on the page of whoever reads it: at once when the other side
 * says over the call's socket that there is something new, every half minute besides, and every ten seconds while there is
 * no socket. The values themselves never pass the call: the page asks the application for them.
 *
 * Events: `told` (all that the application said), `new` (lines that were not there before, by part: values, medicines, asks).
 */
import { Emitter } from "../call/emitter.js";
import { firstWords, putInPlace } from "./lines_in_place.js";

const TICK = 10_000;
const TICKS_WITH_SOCKET = 3;

export class Examined extends Emitter {
  #root;
  #from;
  #socket = false;
  #ticks = 0;
  #asking = null;
  #again = false;

  /** @param {Element} root what holds the parts (`data-part`) @param {string} from where to ask */
  constructor(root, from, call) {
    super();
    this.#root = root;
    this.#from = from;
    call.on("fresh", () => this.look());
    call.on("socket", (up) => {
      if (up && !this.#socket) this.look(); // what was told while the socket was down
      this.#socket = up;
    });
    window.addEventListener("online", () => this.look());
    setInterval(() => this.#tick(), TICK);
  }

  /** Asks now; one asked for meanwhile follows, as it may be about something newer. */
  look() {
    this.#again = Boolean(this.#asking);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      if (this.#again) this.look();
    });
    return this.#asking;
  }

  /** Shows what the application told, whether it was asked or answered to something that was sent. */
  show(told) {
    const added = {};
    for (const part of this.#root.querySelectorAll("[data-part]")) {
      added[part.dataset.part] = putInPlace(part, told[part.dataset.part]);
    }
    this.emit("told", told);
    this.emit("new", added);
  }

  #tick() {
    this.#ticks += 1;
    if (!this.#socket || this.#ticks % TICKS_WITH_SOCKET === 0) this.look();
  }

  async #ask() {
    try {
      const answer = await fetch(this.#from, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) this.show(await answer.json());
    } catch {
      // the line is down: the next tick asks again, and what is shown stays
    }
  }
}

/** Says in a status region what is new, for those who hear the page. */
export function sayNew(region, words, lines) {
  const what = lines.map(firstWords).filter(Boolean).join(". ");
  if (what) region.textContent = words.replace("{what}", what);
}
