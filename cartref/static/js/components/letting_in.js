/**
 * "Let in", pressed on the board and carried to the visit. It was meant for the patient who waited then: it lets in who is
 * there as the page joins, and is used up whether or not she is. Somebody who comes later knocks.
 */
export const waitingNow = (peers) => peers.filter((peer) => peer.status === "waiting" && !peer.away);

export class LettingIn {
  #asked;

  /** @param {boolean} asked whether "Let in" was pressed */
  constructor(asked) {
    this.#asked = asked;
  }

  /** Whom to let in, as a participant, or null; `joined` says that the list is the room's and not an empty beginning. */
  take(peers, joined) {
    if (!this.#asked || !joined) return null;
    this.#asked = false;
    return waitingNow(peers).find((peer) => peer.role === "patient")?.participant ?? null;
  }
}
