/** What a server that lost its memory must be told again: the last message of each type. */
export class Told {
  /** @type {Map<string, any>} */
  #last = new Map();
  #send;

  constructor(/** @type {(message: any) => void} */ send) {
    this.#send = send;
  }

  /** Sends a message unless the last of its type said the same. */
  tell(/** @type {any} */ message) {
    if (JSON.stringify(this.#last.get(message.type)) === JSON.stringify(message)) return;
    this.#last.set(message.type, message);
    this.#send(message);
  }

  again() {
    for (const message of this.#last.values()) this.#send(message);
  }

  forget(/** @type {string} */ type) {
    this.#last.delete(type);
  }
}
