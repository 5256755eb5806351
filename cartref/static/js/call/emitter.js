/**
 * Events of one object: `on(name, listener)` gives back the function that stops listening.
 * A listener that throws is the caller's fault and is not hidden.
 */
export class Emitter {
  #listeners = new Map();

  /**
   * @param {string} name
   * @param {(...values: any[]) => void} listener
   * @returns {() => void}
   */
  on(name, listener) {
    const heard = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, heard.add(listener));
    return () => heard.delete(listener);
  }

  /**
   * @param {string} name
   * @param {...any} values
   */
  emit(name, ...values) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...values);
  }
}
