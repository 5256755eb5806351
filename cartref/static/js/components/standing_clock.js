/**
 * The clock of standing: it counts from when the patient stood up, and rings at one minute and at three, when her blood
 * pressure is taken. It goes on over a reload.
 */
import { Emitter } from "../call/emitter.js";

const MARKS = { one: 60_000, three: 180_000 };
const LONGEST = 15 * 60_000; // a clock that somebody forgot

/** Counts from a moment that is kept. Events: `mark` ("one" or "three"), once each. */
export class StandingClock extends Emitter {
  #key;
  #now;
  #storage;
  #told = new Set();

  /** @param {string} name of the patient's visit @param {() => number} now a wall clock in ms */
  constructor(name, now = Date.now, storage = sessionStorage) {
    super();
    this.#key = `cartref.standing ${name}`;
    this.#now = now;
    this.#storage = storage;
    for (const [mark, ms] of Object.entries(MARKS)) if (this.elapsed >= ms) this.#told.add(mark); // before a reload
  }

  /** Since when she stands, in ms; null while the clock does not go. */
  get elapsed() {
    const since = Number(this.#storage.getItem(this.#key) ?? Number.NaN);
    const elapsed = this.#now() - since;
    return elapsed >= 0 && elapsed < LONGEST ? elapsed : null;
  }

  /** The mark that was reached last: "one", "three" or null. */
  get reached() {
    const elapsed = this.elapsed ?? 0;
    return Object.keys(MARKS).findLast((mark) => elapsed >= MARKS[mark]) ?? null;
  }

  begin() {
    this.#told.clear();
    this.#storage.setItem(this.#key, String(this.#now()));
  }

  stop() {
    this.#storage.removeItem(this.#key);
  }

  /** Call it every second or so: tells of a mark as it is reached. */
  tick() {
    const mark = this.reached;
    if (!mark || this.#told.has(mark)) return;
    this.#told.add(mark);
    this.emit("mark", mark);
  }
}

/** "1:24" */
export function minutesAndSeconds(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Shows the clock on the page (`data-standing`), and lets the bell ring. */
export function showStandingClock(root, name, bell) {
  const place = root.querySelector("[data-standing]");
  const face = root.querySelector("[data-clock]");
  const said = place.querySelector("[data-standing-said]");
  const [stand, sit] = [place.querySelector("[data-stand]"), place.querySelector("[data-sit]")];
  const clock = new StandingClock(name);
  const show = () => {
    const { elapsed, reached } = clock;
    face.hidden = sit.hidden = elapsed === null;
    stand.hidden = elapsed !== null;
    const words = elapsed === null ? "" : place.dataset[reached ?? "going"];
    if (said.textContent !== words) said.textContent = words; // said once, not every second
    if (elapsed !== null) face.textContent = minutesAndSeconds(elapsed);
  };
  clock.on("mark", (mark) => {
    bell.ring();
    root.querySelector(`#v-standing-${mark === "one" ? 1 : 3}`)?.focus({ preventScroll: true });
  });
  stand.addEventListener("click", () => {
    bell.switchOn();
    clock.begin();
    show();
  });
  sit.addEventListener("click", () => {
    clock.stop();
    show();
  });
  if (clock.elapsed !== null) window.addEventListener("pointerdown", () => bell.switchOn(), { once: true });
  place.hidden = false;
  show();
  setInterval(() => {
    clock.tick();
    show();
  }, 500);
}
