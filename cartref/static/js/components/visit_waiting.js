/** The waiting room as it is shown: her place, the people before her, and the notes that are so. */

const MOST_DRAWN = 4; // more are not drawn: the sentence says the number

export class WaitingRoom {
  #root;
  #ahead;

  /** @param {HTMLElement} root its <main> @param {string[]} ahead the heading for nobody, one person, … before her */
  constructor(root, ahead) {
    this.#root = root;
    this.#ahead = ahead;
  }

  /**
   * @param {{state: any, ahead: number | null, isHere: boolean, isHeld: boolean, isLost: boolean, isSoon: boolean, hasBell: boolean}} now
   */
  render({ state, ahead, isHere, isHeld, isLost, isSoon, hasBell }) {
    this.#root.querySelector("[data-here]").hidden = !isHere;
    if (!isLost) this.#place(this.#words({ ahead, isHere, isHeld }));
    this.#queue(isHere && !isHeld ? ahead : null);
    this.#note("late", Boolean(state.late) && isHere, state.late);
    this.#note("line", isLost);
    this.#note("unattended", state.unattended, this.#unattendedWords(state));
    this.#note("soon", isSoon && !state.unattended);
    this.#note("ring", state.ring);
    this.#note("cannot-hear", state.cannot_hear);
    this.#root.querySelector("[data-bell-rings]").hidden = !hasBell;
    this.#root.querySelector("[data-bell-silent]").hidden = hasBell;
  }

  /** That the clinic was told is said only once it was. */
  #unattendedWords({ told }) {
    const { words, wordsTold } = this.#root.querySelector('[data-note="unattended"]').dataset;
    return told ? wordsTold : words;
  }

  #words({ ahead, isHere, isHeld }) {
    const { going, hereWords, held } = this.#root.querySelector("[data-place]").dataset;
    if (isHeld) return held;
    if (!isHere) return going;
    return this.#ahead[ahead ?? -1] ?? hereWords;
  }

  /** Written only when it changes, for a screen reader says it each time. */
  #place(words) {
    const place = this.#root.querySelector("[data-place]");
    if (place.textContent !== words) place.textContent = words;
  }

  #queue(ahead) {
    const queue = this.#root.querySelector("[data-queue]");
    const known = ahead !== null && ahead < this.#ahead.length;
    queue.hidden = !known;
    if (!known || queue.dataset.drawn === String(ahead)) return;
    queue.dataset.drawn = String(ahead);
    const before = Array.from({ length: Math.min(ahead, MOST_DRAWN) }, () => this.#person("somebody"));
    queue.replaceChildren(...before, this.#person("you"));
  }

  #person(who) {
    return this.#root.querySelector(`template[data-${who}]`).content.cloneNode(true);
  }

  #note(name, holds, words) {
    const note = this.#root.querySelector(`[data-note="${name}"]`);
    note.hidden = !holds;
    const place = note.querySelector("[data-note-words]");
    if (words && place.textContent !== words) place.textContent = words;
  }
}
