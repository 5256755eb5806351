/**
 * One other person of the visit, through all the connections that it takes to reach them.
 *
 * The transport is made as soon as `update` allows it (warm standby). Camera and microphone are attached, and what comes
 * is handed out, only while `update` says that media may be exchanged. A line that falls silent is mended: the socket
 * first, then a new path (ICE restart), again and again, and at last a new connection.
 *
 * Events: `remote` (a MediaStream to play, or null: stop), `phase` (`off`, `starting`, `flowing`, `lost`, `rebuilding`),
 * `media` (`connected`, `lost` or `restored`, and ms), `measured` (a Sample, about every 2 s).
 */
import { Connection } from "./connection.js";
import { Emitter } from "./emitter.js";
import { StallWatch, sampleOf } from "./stats.js";
import { Timers } from "./timers.js";

const LOOK = { off: 2_000, starting: 200, flowing: 500, lost: 500, rebuilding: 500 }; // ms between looks, by phase
const MEASURE = 2_000; // ms over which rates and loss are taken
const STALLED = 1_500; // ms of silence that mean a lost path while media flows
const QUIET = 6_000; // the same where only the path's own checks are heard: they come about every 2.5 s
const UNCONNECTED = 10_000; // a connection that has not come about by then is helped along
const TRY_EVERY = 3_000;
const REBUILD = { impolite: 12_000, polite: 16_000 }; // one side first, so that two new connections seldom collide
const EARLY = 64;

/** @typedef {import("./connection.js").Tracks} Tracks */

/**
 * @typedef {object} Wiring
 * @property {any} RTCPeerConnection
 * @property {any} MediaStream
 * @property {import("./timers.js").Clock} clock
 * @property {() => number} random
 * @property {(message: any) => void} send
 * @property {() => Promise<boolean>} probe makes sure of the socket
 * @property {() => object} configuration iceServers and iceTransportPolicy as they are now
 */

export class Peer extends Emitter {
  phase = "off";
  /** @type {import("./stats.js").Sample | undefined} */
  sample;
  #participant;
  #wiring;
  #timers;
  #may = { connect: false, exchange: false, polite: true, sends: true, away: false };
  /** @type {Tracks} */
  #tracks = { audio: null, video: null };
  /** @type {import("./connection.js").Encoding | null} */
  #picture = null;
  /** @type {Connection | null} */
  #connection = null;
  #session = "";
  #began = false;
  #wasConnected = false;
  /** @type {any[]} */
  #early = [];
  #stall;
  #mediaBefore = 0;
  #since = 0; // when the exchange started, or was lost
  #flowed = false; // since the exchange started
  #tried = -Infinity;

  /** @param {string} participant @param {Wiring} wiring */
  constructor(participant, wiring) {
    super();
    this.#participant = participant;
    this.#wiring = wiring;
    this.#timers = new Timers(wiring.clock);
    this.#stall = new StallWatch(wiring.clock.now());
  }

  /**
   * Takes what the two seats allow now. A connection that exists outlives a lost permission for as long as it carries
   * anything, with nothing attached and nothing played.
   * @param {{connect: boolean, exchange: boolean, polite: boolean, sends: boolean, away: boolean}} may `sends`: the peer
   *   says that it sends sound or a picture; `away`: its socket is lost
   */
  update(may) {
    const before = this.#may;
    this.#may = may;
    if (may.connect && !this.#connection) this.#connect(!may.polite);
    if (may.exchange !== before.exchange) this.#exchange();
    if (before.away && !may.away) this.#tried = -Infinity;
  }

  /** Sends these from now on, whenever media may be exchanged. */
  setTracks(/** @type {Tracks} */ tracks) {
    this.#tracks = tracks;
    this.#attach();
  }

  setPicture(/** @type {import("./connection.js").Encoding} */ encoding) {
    this.#picture = encoding;
    this.#connection?.setPicture(encoding);
  }

  /** Takes a message that the server passed on from this peer. */
  receive(/** @type {any} */ message) {
    if (this.#isStale(message)) return;
    if (!this.#connection) return this.#keep(message);
    if (this.#isFromAnother(message) && message.type !== "offer") return;
    if (this.#isFromAnother(message) || this.#yields(message)) this.#connect(false);
    this.#connection.receive(message);
  }

  /** Forgets the connection for a new one: the peer's page, or this one's, began anew. */
  renew() {
    if (this.#connection && this.phase === "flowing") this.#loses(this.#wiring.clock.now(), 0, "rebuilding");
    this.#drop();
    this.#early = [];
    if (this.#may.connect) this.#connect(!this.#may.polite);
  }

  /** Looks for a new path now: the network has changed. */
  restart() {
    if (this.#connection) this.#mend(this.#connection, false);
  }

  close() {
    this.#may = { ...this.#may, connect: false, exchange: false };
    this.#exchange();
    this.#drop();
  }

  /** Keeps what came before a connection was allowed: the last offer, and what followed it. */
  #keep(/** @type {any} */ message) {
    if (message.type === "offer") this.#early = [message];
    else if (this.#early.length < EARLY) this.#early.push(message);
  }

  #connect(/** @type {boolean} */ begins) {
    this.#drop();
    const connection = new Connection({
      RTCPeerConnection: this.#wiring.RTCPeerConnection,
      configuration: this.#wiring.configuration(),
      polite: this.#may.polite,
      send: (message) => this.#send(connection, message),
    });
    this.#connection = connection;
    if (this.#picture) connection.setPicture(this.#picture);
    this.#session = Math.floor((1 + this.#wiring.random()) * 2 ** 40).toString(36);
    this.#began = begins;
    this.#stall = new StallWatch(this.#wiring.clock.now());
    connection.on("lines", () => this.#play());
    connection.on("state", (state) => this.#changed(state));
    this.#attach();
    if (begins) connection.begin();
    for (const message of this.#early.splice(0)) this.receive(message);
    this.#look();
  }

  #drop() {
    this.#timers.clear();
    if (this.#may.exchange && this.#connection) this.emit("remote", null);
    this.#connection?.close();
    this.#connection = null;
    this.#wasConnected = false;
    this.#mediaBefore = 0;
    this.sample = undefined;
  }

  /** A side that only answered adds whom it answered to its session's name, so that a late answer is known for what it is. */
  #send(/** @type {Connection} */ connection, /** @type {any} */ message) {
    if (connection !== this.#connection) return;
    const session = this.#began ? this.#session : `${this.#session}.${firstPart(connection.remoteSession)}`;
    this.#wiring.send({ ...message, to: this.#participant, session });
  }

  #isStale(/** @type {{session: string}} */ { session }) {
    const answered = session.split(".")[1];
    return answered !== undefined && answered !== this.#session;
  }

  #isFromAnother(/** @type {{session: string}} */ { session }) {
    const known = this.#connection?.remoteSession;
    return Boolean(known) && known !== session;
  }

  /**
   * Whether two first offers met and this one gives way: by a new connection, for Chromium may gather no candidates at all
   * after it rolled its first offer back.
   */
  #yields(/** @type {{type: string}} */ { type }) {
    const hasAgreed = Boolean(this.#connection?.remoteSession);
    return type === "offer" && this.#may.polite && this.#began && !hasAgreed;
  }

  #attach() {
    return this.#connection?.setTracks(this.#may.exchange ? this.#tracks : { audio: null, video: null });
  }

  #exchange() {
    this.#attach();
    this.#since = this.#wiring.clock.now();
    this.#flowed = false;
    this.#mediaBefore = this.sample?.media ?? 0;
    this.#enter(this.#may.exchange ? "starting" : "off");
    this.#play();
    this.#lookLater(); // not now: the first frame comes first
  }

  /** Hands out what the peer sends while both are admitted; before and after, its tracks are shut and nobody has them. */
  #play() {
    const tracks = this.#connection?.received ?? [];
    for (const track of tracks) track.enabled = this.#may.exchange;
    if (!this.#may.exchange) this.emit("remote", null);
    else if (tracks.length > 0) this.emit("remote", new this.#wiring.MediaStream(tracks));
  }

  #changed(/** @type {string} */ state) {
    if (state === "connected") this.#wasConnected = true;
    this.#look();
  }

  #enter(/** @type {string} */ phase) {
    if (phase === this.phase) return;
    this.phase = phase;
    this.emit("phase", phase);
  }

  async #look() {
    const connection = this.#connection;
    if (!connection) return;
    this.#lookLater();
    const report = await connection.stats().catch(() => null);
    if (!report || connection !== this.#connection) return;
    this.#judge(connection, this.#measure(report));
    if (connection === this.#connection) this.#lookLater();
  }

  #lookLater() {
    this.#timers.set("look", LOOK[/** @type {keyof typeof LOOK} */ (this.phase)], () => this.#look());
  }

  #measure(/** @type {any} */ report) {
    const now = this.#wiring.clock.now();
    const sample = sampleOf(report, now, this.sample);
    if (this.sample && now - this.sample.at < MEASURE) return sample;
    this.sample = sample;
    this.emit("measured", sample);
    return sample;
  }

  /** @param {Connection} connection @param {import("./stats.js").Sample} sample */
  #judge(connection, sample) {
    const silence = this.#stall.silence(sample.alive, sample.at);
    if (this.#isFlowing(connection, sample, silence)) this.#flows(sample);
    if (silence < this.#patience()) return;
    if (!this.#may.connect) return this.#drop();
    this.#stalls(sample, silence);
    this.#mend(connection, silence > REBUILD[this.#may.polite ? "polite" : "impolite"]);
  }

  /** @param {Connection} connection @param {import("./stats.js").Sample} sample @param {number} silence */
  #isFlowing(connection, sample, silence) {
    if (!this.#may.exchange || connection.state !== "connected") return false;
    return this.#may.sends ? sample.media > this.#mediaBefore : silence < STALLED;
  }

  #patience() {
    if (!this.#wasConnected) return UNCONNECTED;
    if (this.phase === "lost") return TRY_EVERY;
    return this.phase === "flowing" && this.#may.sends ? STALLED : QUIET;
  }

  #flows(/** @type {{at: number}} */ { at }) {
    if (this.phase === "flowing") return;
    this.emit("media", this.#flowed ? "restored" : "connected", at - this.#since);
    this.#flowed = true;
    this.#enter("flowing");
  }

  /** @param {import("./stats.js").Sample} sample @param {number} silence */
  #stalls(sample, silence) {
    if (this.phase !== "flowing") return;
    this.#mediaBefore = sample.media;
    this.#loses(sample.at - silence, silence, "lost");
  }

  /** @param {number} since @param {number} silence @param {string} phase */
  #loses(since, silence, phase) {
    this.#since = since;
    this.emit("media", "lost", silence);
    this.#enter(phase);
  }

  /** One try to mend the path: socket first, for without it no new path can be agreed. */
  async #mend(/** @type {Connection} */ connection, /** @type {boolean} */ anew) {
    const now = this.#wiring.clock.now();
    if (now - this.#tried < TRY_EVERY) return;
    this.#tried = now;
    const reachable = await this.#wiring.probe();
    if (!reachable || connection !== this.#connection) return;
    if (anew && !this.#may.away) this.#rebuild();
    else connection.restart(this.#wiring.configuration());
  }

  #rebuild() {
    this.#connect(true);
    if (this.phase !== "off") this.#enter("rebuilding");
  }
}

function firstPart(/** @type {string} */ session) {
  return session.split(".")[0];
}
