/** What this tab keeps of a visit through a reload: that she hung up, and which devices she goes on without. */
export class Kept {
  #visit;
  #storage;

  /** @param {string} visit its id @param {Storage} storage sessionStorage */
  constructor(visit, storage) {
    this.#visit = visit;
    this.#storage = storage;
  }

  get hungUp() {
    return Boolean(this.#storage.getItem(`cartref.left.${this.#visit}`));
  }

  set hungUp(so) {
    if (so) this.#storage.setItem(`cartref.left.${this.#visit}`, "true");
    else this.#storage.removeItem(`cartref.left.${this.#visit}`);
  }

  /** The kinds, audio or video. */
  get without() {
    return (this.#storage.getItem(`cartref.without.${this.#visit}`) ?? "").split(" ");
  }

  set without(kinds) {
    this.#storage.setItem(`cartref.without.${this.#visit}`, kinds.join(" "));
  }
}
