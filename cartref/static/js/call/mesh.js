/**
 * The other people of the visit: their seats as the server tells of them, and one `Peer` for each.
 *
 * Events: `peers` (a list for the page, on any change), `remote` (participant, stream or null), `phase` (`connected`,
 * `starting`, `lost`, `rebuilding` or `alone`: the best that holds with anyone), `media` (participant, event, ms),
 * `measured` (the samples of all connections).
 */
import { Emitter } from "./emitter.js";
import { Peer } from "./peer.js";
import { mayConnect, mayExchange, standing } from "./seats.js";

/** @typedef {import("./seats.js").Entry} Entry */

/** The phases of peers, best first, and what they make of the whole. */
const WHOLE = [
  ["flowing", "connected"],
  ["starting", "starting"],
  ["rebuilding", "rebuilding"],
  ["lost", "lost"],
];

export class Mesh extends Emitter {
  #me;
  #wiring;
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Map<string, Peer>} */
  #peers = new Map();
  /** @type {Map<string, number>} */
  #epochs = new Map(); // also of those who left: they may come back as another page
  /** @type {Map<string, string>} */
  #ordered = new Map(); // status asked of the server by this page, until it is so
  /** @type {import("./connection.js").Tracks} */
  #tracks = { audio: null, video: null };
  /** @type {import("./connection.js").Encoding | null} */
  #picture = null;
  #phase = "alone";

  /**
   * @param {{role: string, status: string, exposed: boolean}} me this page's own seat, read anew each time
   * @param {import("./peer.js").Wiring} wiring
   */
  constructor(me, wiring) {
    super();
    this.#me = me;
    this.#wiring = wiring;
  }

  get phase() {
    return this.#phase;
  }

  /** The others: their entry, whether media may be exchanged, and the phase of their connection. */
  get list() {
    return [...this.#entries.keys()].map((participant) => {
      const seat = /** @type {Entry} */ (this.#seat(participant));
      const phase = this.#peers.get(participant)?.phase ?? "off";
      return { ...seat, exchanging: mayExchange(this.#me, seat), phase };
    });
  }

  /** Takes the server's list for the truth: who is not in it has left. `isNew`: all will make new connections to us. */
  replace(/** @type {Entry[]} */ entries, /** @type {boolean} */ isNew) {
    const present = new Set(entries.map((entry) => entry.participant));
    for (const participant of this.#entries.keys()) if (!present.has(participant)) this.#leave(participant);
    for (const entry of entries) this.#put(entry);
    if (isNew) for (const peer of this.#peers.values()) peer.renew();
    this.reconcile();
  }

  put(/** @type {Entry} */ entry) {
    this.#put(entry);
    this.reconcile();
  }

  /** Someone left: nothing is attached or played; a connection that still carries something closes when it no longer does. */
  leave(/** @type {string} */ participant) {
    this.#leave(participant);
    this.reconcile();
  }

  /** Withholds media from someone now, without waiting for the server to agree; `undo` when it does not. */
  order(/** @type {string} */ participant, /** @type {"waiting" | "gone"} */ status) {
    this.#ordered.set(participant, status);
    this.reconcile();
  }

  undo(/** @type {string} */ participant) {
    this.#ordered.delete(participant);
    this.reconcile();
  }

  receive(/** @type {any} */ message) {
    this.#peers.get(message.from)?.receive(message);
  }

  setTracks(/** @type {import("./connection.js").Tracks} */ tracks) {
    this.#tracks = tracks;
    for (const peer of this.#peers.values()) peer.setTracks(tracks);
  }

  setPicture(/** @type {import("./connection.js").Encoding} */ encoding) {
    this.#picture = encoding;
    for (const peer of this.#peers.values()) peer.setPicture(encoding);
  }

  /** Applies the rules of the two seats to everyone. */
  reconcile() {
    for (const [participant, peer] of this.#peers) peer.update(this.#may(participant));
    this.#weigh();
    this.emit("peers", this.list);
  }

  /** Looks for new paths to everyone now. */
  restart() {
    for (const peer of this.#peers.values()) peer.restart();
  }

  close() {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#entries.clear();
    this.#ordered.clear();
    this.#weigh();
    this.emit("peers", []);
  }

  #put(/** @type {Entry} */ entry) {
    const { participant, status } = entry;
    const stands = standing(entry, this.#entries.get(participant)?.status);
    if (stands !== "admitted") this.#ordered.delete(participant);
    this.#entries.set(participant, { ...entry, status: stands, away: status === "away" });
    this.#meet(participant, entry.epoch ?? 0);
  }

  /** @param {string} participant @param {number} epoch */
  #meet(participant, epoch) {
    const isReborn = epoch > (this.#epochs.get(participant) ?? epoch);
    this.#epochs.set(participant, epoch);
    const peer = this.#peers.get(participant) ?? this.#newPeer(participant);
    if (isReborn) peer.renew();
  }

  #newPeer(/** @type {string} */ participant) {
    const peer = new Peer(participant, this.#wiring);
    this.#peers.set(participant, peer);
    peer.setTracks(this.#tracks);
    if (this.#picture) peer.setPicture(this.#picture);
    peer.on("remote", (stream) => this.emit("remote", participant, stream));
    peer.on("media", (event, ms) => this.emit("media", participant, event, ms));
    peer.on("measured", () => this.emit("measured", this.#samples()));
    peer.on("phase", () => {
      this.#weigh();
      this.emit("peers", this.list);
    });
    return peer;
  }

  #leave(/** @type {string} */ participant) {
    this.#entries.delete(participant);
    this.#ordered.delete(participant);
  }

  /** A seat as it stands, by this page's own word where the server has not taken it yet. */
  #seat(/** @type {string} */ participant) {
    const entry = this.#entries.get(participant);
    return entry && { ...entry, status: this.#ordered.get(participant) ?? entry.status };
  }

  #may(/** @type {string} */ participant) {
    const seat = this.#seat(participant);
    if (!seat) return { connect: false, exchange: false, polite: true, sends: false, away: true };
    return {
      connect: mayConnect(this.#me, seat),
      exchange: mayExchange(this.#me, seat),
      polite: seat.polite ?? true,
      sends: seat.state?.audio !== false || seat.state?.video !== false,
      away: seat.away ?? false,
    };
  }

  #samples() {
    return [...this.#peers.values()].flatMap((peer) => peer.sample ?? []);
  }

  #weigh() {
    const phases = [...this.#peers.values()].map((peer) => peer.phase);
    const whole = WHOLE.find(([phase]) => phases.includes(phase))?.[1] ?? "alone";
    if (whole === this.#phase) return;
    this.#phase = whole;
    this.emit("phase", whole);
  }
}
