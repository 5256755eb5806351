/**
 * Says in words, on the page and to screen readers, that a picture is paused for the sake of the sound, and that it is back.
 * The place is [data-paused]: data-own when it is this person's picture, data-other when it is somebody else's, data-both,
 * and data-back for a while once all are back. A paused picture's own panel says so too, in the words of data-other.
 */
const BACK_FOR = 8_000;

/** Which pictures are paused: `own`, `other`, `both`, or "" for none. */
export function pausedOf(isOwn, peers) {
  const isOther = peers.some((peer) => peer.exchanging && isPaused(peer));
  return isOwn && isOther ? "both" : isOwn ? "own" : isOther ? "other" : "";
}

/** Whether somebody's picture is away because of the line, or because the clinic chose sound. */
export function isPaused({ rung, state }) {
  return rung?.rung === "voice" && state?.video === false;
}

export class PictureWords {
  #place;
  #root;
  #call;
  #said = "";
  #back = 0;

  constructor(root, call) {
    this.#root = root;
    this.#call = call;
    this.#place = root.querySelector("[data-paused]");
    for (const event of ["peers", "picture", "status"]) call.on(event, () => this.#say());
  }

  #say() {
    const isThere = this.#call.peers.some((peer) => peer.exchanging);
    const paused = isThere ? pausedOf(this.#call.isPaused, this.#call.peers) : "";
    for (const peer of this.#call.peers.filter(isPaused)) this.#name(peer.participant);
    if (paused === this.#said) return;
    clearTimeout(this.#back);
    if (paused) this.#show(paused);
    else if (this.#said && isThere) this.#showBack();
    else this.#place.hidden = true;
    this.#said = paused;
  }

  #show(which) {
    this.#place.querySelector("span").textContent = this.#place.dataset[which];
    this.#place.hidden = false;
    this.#place.classList.toggle("visually-hidden", which !== "back" && which !== "own" && this.#isSaidLarge);
  }

  /** Whether the page says it in place of the picture already: then this says it to screen readers alone. */
  get #isSaidLarge() {
    const there = this.#call.peers.filter((peer) => peer.exchanging);
    return Boolean(this.#root.querySelector('[data-instead="thin"]')) && there.every(({ state }) => state?.video === false);
  }

  #showBack() {
    this.#show("back");
    this.#back = setTimeout(() => (this.#place.hidden = true), BACK_FOR);
  }

  #name(participant) {
    const panel = this.#root.querySelector(`[data-participant="${participant}"] .instead p`);
    if (panel) panel.textContent = this.#place.dataset.other;
  }
}
