/**
 * The board of a clinic: who is in which room, alive. `open` it with a ticket whose role is `board`.
 *
 * Events: `rooms` (a Map from room id to its participants: {participant, role, with, status, since, ready, quality,
 * rung}), `line` (whether what is shown is up to date), `closed` ({because, detail}).
 */
import { Emitter } from "./emitter.js";
import { Signalling } from "./signalling.js";

export class Board extends Emitter {
  /** @type {Map<string, any[]>} */
  #rooms = new Map();
  #signalling;

  /** @param {ConstructorParameters<typeof Signalling>[0]} options as those of `Signalling` */
  constructor(options) {
    super();
    this.#signalling = new Signalling({ ...options, resumable: false });
    this.#signalling.on("message", (message) => this.#heard(message));
    this.#signalling.on("line", (up) => this.emit("line", up));
    this.#signalling.on("closed", (end) => this.emit("closed", end));
  }

  get rooms() {
    return this.#rooms;
  }

  open() {
    this.#signalling.open();
  }

  close() {
    this.#signalling.close();
  }

  /** Makes sure of the line now: call it when the page wakes or the network changes. */
  probe() {
    return this.#signalling.probe();
  }

  /**
   * Tells all who wait in a room.
   * @param {string} room
   * @param {"running-late" | "with-you-soon" | "please-stay"} code
   * @param {number} [minutes]
   */
  notice(room, code, minutes) {
    this.#signalling.send({ type: "notice", room, code, minutes });
  }

  #heard(/** @type {any} */ message) {
    if (message.type === "board") this.#rooms = new Map(message.rooms.map(asPair));
    else if (message.type === "board-update") this.#rooms = withRoom(this.#rooms, message);
    else return;
    this.emit("rooms", this.#rooms);
  }
}

function asPair(/** @type {{room: string, participants: any[]}} */ { room, participants }) {
  return /** @type {[string, any[]]} */ ([room, participants]);
}

/** @param {Map<string, any[]>} rooms @param {{room: string, participants: any[]}} update */
function withRoom(rooms, update) {
  const next = new Map(rooms).set(update.room, update.participants);
  if (update.participants.length === 0) next.delete(update.room);
  return next;
}
