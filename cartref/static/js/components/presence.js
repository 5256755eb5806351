/** Whether anybody is at this page: it knows when it was last touched. */
const TOUCHES = ["pointerdown", "keydown", "scroll"];

export class Presence {
  #touched;
  #now;

  constructor(page = window, now = Date.now) {
    this.#now = now;
    this.#touched = now();
    for (const touch of TOUCHES) page.addEventListener(touch, () => (this.#touched = now()), { passive: true });
  }

  /** How many ms ago somebody last touched the page, or opened it. */
  get idleFor() {
    return this.#now() - this.#touched;
  }
}
