/**
 * The numbered messages a client has sent and the server may not have acted on: what must be sent again after a lost line.
 * A pong settles all that was sent before its ping, for a server acts on one socket's messages in order.
 */
const MEDIA_MESSAGES = new Set(["offer", "answer", "candidate"]);

export class Ledger {
  /** @type {{n: number}[]} */
  #unsettled = [];
  #last = 0;

  get last() {
    return this.#last;
  }

  /** The message with the next number, kept until it is settled. */
  stamp(/** @type {object} */ message) {
    const numbered = { ...message, n: ++this.#last };
    this.#unsettled.push(numbered);
    return numbered;
  }

  /** Forgets what the server has acted on: all up to `n`. */
  settle(/** @type {number} */ n) {
    this.#unsettled = this.#unsettled.filter((message) => message.n > n);
  }

  /** Forgets everything: a new epoch counts from 1. */
  clear() {
    this.#unsettled = [];
    this.#last = 0;
  }

  /**
   * The messages to send again after a welcome, numbered on from `handled`; a server that no longer knows it
   * (null, after a restart) is sent the offers, answers and candidates only.
   * @param {number | null | undefined} handled
   */
  resend(handled) {
    if (typeof handled !== "number") return this.#renumber(this.#unsettled.filter(isMedia), this.#last);
    this.settle(handled);
    return this.#renumber(this.#unsettled, handled);
  }

  /** @param {any[]} messages @param {number} after */
  #renumber(messages, after) {
    this.#last = after;
    this.#unsettled = [];
    return messages.map((message) => this.stamp(message));
  }
}

function isMedia(/** @type {any} */ message) {
  return MEDIA_MESSAGES.has(message.type);
}
