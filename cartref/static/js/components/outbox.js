/**
 * What was typed and is on its way to the application: kept in this tab's storage until the application has it, sent in its
 * order, and sent again as long as no answer came. Each carries a key of its own, by which the application knows a second
 * sending of the same, and how many seconds ago it was typed, as clocks differ.
 *
 * Events: `sent` (item, answer), `refused` (item, problem: it will not do as it is), `waits` (item, locked: the line is
 * down, or the screen is locked, and it is sent later).
 */
import { Emitter } from "../call/emitter.js";

export const AGAIN = 5_000;
const LOCKED = new Set([401, 403]);

/** A clock that goes on while the page is closed, in ms. */
const wallClock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => globalThis.setTimeout(run, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
};

export class Outbox extends Emitter {
  #key;
  #post;
  #clock;
  #storage;
  #items;
  #sending = false;
  #timer = null;

  /**
   * @param {string} name of the patient's visit: what is kept here is nobody else's
   * @param {{post: Function, storage: Storage, clock?: {now(): number, setTimeout: Function, clearTimeout: Function}}} wiring
   */
  constructor(name, { post, storage, clock = wallClock }) {
    super();
    this.#key = `cartref.outbox ${name}`;
    this.#post = post;
    this.#clock = clock;
    this.#storage = storage;
    this.#items = this.#read();
  }

  get waiting() {
    return [...this.#items];
  }

  /** Keeps something and sends it; what the same box has on its way already is not sent twice. */
  add(box, url, fields) {
    const same = JSON.stringify([url, fields]);
    if (this.#items.some((item) => item.same === same)) return null;
    const item = { box, url, fields, same, key: newKey(), at: this.#clock.now() };
    this.#items.push(item);
    this.#keep();
    this.flush();
    return item;
  }

  /** Sends all that is kept, one after the other; stops at the first that does not get through. */
  async flush() {
    if (this.#sending) return;
    this.#clock.clearTimeout(this.#timer);
    this.#sending = true;
    while (this.#items.length && (await this.#send(this.#items[0])));
    this.#sending = false;
  }

  async #send(item) {
    const ago = Math.max(0, Math.round((this.#clock.now() - item.at) / 1000));
    try {
      const answer = await this.#post(item.url, { ...item.fields, key: item.key, ago: String(ago) });
      this.#drop(item);
      this.emit("sent", item, answer);
    } catch (error) {
      if (error.name !== "Refused" || LOCKED.has(error.status)) return this.#later(item, error);
      this.#drop(item);
      this.emit("refused", item, error.problem ?? {});
    }
    return true;
  }

  #later(item, error) {
    this.emit("waits", item, LOCKED.has(error.status));
    this.#timer = this.#clock.setTimeout(() => this.flush(), AGAIN);
    return false;
  }

  #drop(item) {
    this.#items = this.#items.filter((other) => other !== item);
    this.#keep();
  }

  #keep() {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(this.#items));
    } catch {
      // storage that is full or forbidden keeps nothing over a reload; sending goes on without it
    }
  }

  #read() {
    try {
      return JSON.parse(this.#storage.getItem(this.#key) ?? "[]");
    } catch {
      return [];
    }
  }
}

function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
