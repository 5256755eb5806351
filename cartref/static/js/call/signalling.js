/**
 * The socket to the signalling service, and everything that keeps a seat while sockets come and go.
 *
 * Events: `welcome` (the welcome, and whether the server counts this page as new), `message` (any other server message),
 * `line` (true when welcomed; false and why when lost, once a try), `closed` ({because, detail}: it stays closed).
 * Nothing here is written to storage: a page that was reloaded has lost its media, so it asks for a fresh ticket and
 * becomes a new epoch, and a duplicated tab never finds another tab's resume token.
 */
import { waitBefore } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { Ledger } from "./ledger.js";
import { Timers } from "./timers.js";
import { LIMITS, SUBPROTOCOL, afterClose, decode, encode } from "./wire.js";

const OPENING = 8_000; // a socket that has brought no welcome by then is given up
const PROBE = 1_500; // a socket in doubt must answer within this
const SETTLED = 5_000; // a line that held this long starts the back-off afresh
const REFUSALS = 3; // tickets refused in a row before the person is told

/** Messages that are worth nothing late. */
const FLEETING = new Set(["ping", "quality"]);

export class Signalling extends Emitter {
  #url;
  #WebSocket;
  #fetchTicket;
  #clock;
  #random;
  #resumable;

  /** @type {any} */
  #socket = null;
  #open = false; // welcomed, and not lost since
  #stopped = true;
  /** @type {object | null} */
  #attempt = null; // the try under way, from the asking for a ticket to the welcome
  #token = "";
  /** @type {number | undefined} */
  #epoch;
  #seated = false; // welcomed at least once since the page was loaded
  #byTicket = false;
  #received = 0;
  #ledger = new Ledger();
  #tries = 0;
  #refusals = 0;
  #welcomedAt = 0;
  /** @type {Map<unknown, number>} */
  #pings = new Map();
  #timers;
  #notBefore = 0; // when a server that was flooded takes this page back
  /** @type {((open: boolean) => void)[]} */
  #probes = [];

  /**
   * @param {object} options
   * @param {string} options.url wss://…/v1/socket
   * @param {any} options.WebSocket
   * @param {() => Promise<string>} options.fetchTicket a fresh ticket; rejects with an error named `TicketRefused` when
   *   there will be none, with any other when asking again may help
   * @param {import("./timers.js").Clock} options.clock
   * @param {() => number} options.random 0 to 1
   * @param {boolean} [options.resumable] false for a board, which comes back by a fresh ticket only
   */
  constructor({ url, WebSocket, fetchTicket, clock, random, resumable = true }) {
    super();
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#fetchTicket = fetchTicket;
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#random = random;
    this.#resumable = resumable;
  }

  get isOpen() {
    return this.#open;
  }

  /** Takes the seat, and keeps it until `closed`. */
  open() {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#tries = this.#refusals = 0;
    this.#connect();
  }

  /**
   * Sends a message now, or as soon as the line is back; what is worth nothing late is dropped while it is lost.
   * @param {any} message raises `WireFault` when the server would refuse it
   */
  send(message) {
    encode(message);
    if (FLEETING.has(message.type)) return this.#open && this.#write(message);
    const numbered = this.#ledger.stamp(message);
    return this.#open && this.#write(numbered);
  }

  /**
   * Whether the line is good, made sure of now: a live socket answers within 1.5 s, a dead one is replaced at once.
   * Resolves true once the line is good, false when it is closed for good.
   * @returns {Promise<boolean>}
   */
  probe() {
    if (this.#stopped) return Promise.resolve(false);
    const answer = new Promise((resolve) => this.#probes.push(resolve));
    if (this.#open) this.#ping(PROBE);
    else this.#hurry();
    return answer;
  }

  /** Gives up the seat: the others are told at once. */
  leave() {
    if (this.#open) this.#write(this.#ledger.stamp({ type: "leave" }));
    this.#finish("left");
  }

  /** Closes without a word: the seat is kept for its grace. */
  close() {
    this.#finish("closed");
  }

  async #connect() {
    const attempt = (this.#attempt = {});
    const current = () => this.#attempt === attempt;
    this.#timers.set("opening", OPENING, () => this.#drop());
    try {
      const hello = await this.#hello();
      if (current()) this.#dial(hello);
    } catch (error) {
      if (current()) this.#unticketed(/** @type {Error} */ (error));
    }
  }

  async #hello() {
    this.#byTicket = !this.#token;
    if (!this.#byTicket) return { type: "hello", resume: this.#token, received: this.#received };
    const ticket = await this.#fetchTicket();
    return Number.isInteger(this.#epoch) ? { type: "hello", ticket, epoch: this.#epoch } : { type: "hello", ticket };
  }

  #unticketed(/** @type {Error} */ error) {
    if (error.name === "TicketRefused") this.#finish("refused", error);
    else this.#lost(1006, "");
  }

  #dial(/** @type {any} */ hello) {
    const socket = new this.#WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    const current = () => this.#socket === socket;
    socket.onopen = () => current() && this.#write(hello);
    socket.onmessage = (/** @type {any} */ event) => current() && this.#heard(event.data);
    socket.onclose = (/** @type {any} */ event) => current() && this.#lost(event.code, event.reason);
  }

  #write(/** @type {any} */ message) {
    this.#socket.send(encode(message));
  }

  #heard(/** @type {unknown} */ frame) {
    this.#timers.set("silence", LIMITS.silence, () => this.#drop());
    const message = decode(frame);
    if (!message) return;
    if (message.type === "pong") return this.#ponged(message.t);
    if (message.type === "welcome") return this.#welcomed(message);
    if (message.seq <= this.#received) return; // a replay of what was already acted on
    this.#received = message.seq ?? this.#received;
    this.emit("message", message);
  }

  #welcomed(/** @type {any} */ welcome) {
    this.#timers.cancel("opening");
    this.#attempt = null;
    const isNew = this.#isNew(welcome);
    this.#received = welcome.seq;
    this.#token = this.#resumable ? (welcome.resume ?? "") : "";
    this.#epoch = this.#resumable ? welcome.epoch : undefined;
    this.#welcomedAt = this.#clock.now();
    this.#refusals = 0;
    this.#open = this.#seated = true;
    this.#beat(welcome.heartbeat * 1_000);
    this.#resend(welcome, isNew);
    this.#answerProbes(true);
    this.emit("line", true);
    this.emit("welcome", welcome, isNew);
  }

  /** Whether the server gave this page a new epoch after an earlier one: its peers then make new connections. */
  #isNew(/** @type {any} */ welcome) {
    return this.#seated && this.#byTicket && (welcome.epoch === undefined || welcome.epoch !== this.#epoch);
  }

  #resend(/** @type {any} */ welcome, /** @type {boolean} */ isNew) {
    if (isNew) this.#ledger.clear();
    for (const message of this.#ledger.resend(welcome.handled)) this.#write(message);
  }

  #beat(/** @type {number} */ ms) {
    this.#timers.set("beat", ms, () => {
      this.#ping();
      this.#beat(ms);
    });
  }

  /** @param {number} [within] ms in which it must be answered */
  #ping(within) {
    const t = this.#clock.now();
    this.#pings.set(t, this.#ledger.last);
    if (within) this.#timers.set("probe", within, () => this.#drop());
    this.#write({ type: "ping", t });
  }

  #ponged(/** @type {unknown} */ t) {
    const sent = this.#pings.get(t);
    if (sent === undefined) return;
    this.#pings.delete(t);
    this.#ledger.settle(sent);
    this.#timers.cancel("probe");
    this.#answerProbes(true);
  }

  #answerProbes(/** @type {boolean} */ good) {
    for (const resolve of this.#probes.splice(0)) resolve(good);
  }

  /** Gives up a socket that does not answer; a dead one may take minutes to close, so nobody waits for it. */
  #drop() {
    const socket = this.#socket;
    this.#lost(1006, "");
    socket?.close();
  }

  #lost(/** @type {number} */ code, /** @type {string} */ why) {
    if (this.#open && this.#clock.now() - this.#welcomedAt > SETTLED) this.#tries = 0;
    this.#hangUp();
    const verdict = this.#verdict(afterClose(code, why), why);
    if (verdict.next === "stop") return this.#finish(verdict.because, why);
    if (verdict.next === "ticket") this.#token = "";
    this.#retry(verdict.delay ?? 0);
    this.emit("line", false, verdict.because);
  }

  /** @param {import("./wire.js").Verdict} verdict @param {string} why @returns {import("./wire.js").Verdict} */
  #verdict(verdict, why) {
    if (verdict.because !== "refused" || why === "resume-unknown") return verdict;
    return ++this.#refusals < REFUSALS ? verdict : { ...verdict, next: "stop" };
  }

  #hangUp() {
    this.#open = false;
    this.#attempt = this.#socket = null;
    this.#pings.clear();
    this.#timers.clear();
  }

  #retry(/** @type {number} */ least) {
    const wait = Math.max(least, waitBefore(this.#tries++, this.#random));
    this.#notBefore = this.#clock.now() + least;
    this.#timers.set("retry", wait, () => this.#connect());
  }

  /** Comes back now instead of when the back-off says, unless it is on its way already or was told to stay away. */
  #hurry() {
    if (this.#attempt || this.#clock.now() < this.#notBefore) return;
    this.#timers.cancel("retry");
    this.#connect();
  }

  /** A page that gave up its seat takes it anew: its connections are closed, so it must not claim their epoch. */
  #forget() {
    this.#token = "";
    this.#epoch = undefined;
    this.#seated = false;
    this.#ledger.clear();
  }

  #finish(/** @type {string} */ because, /** @type {unknown} */ detail = undefined) {
    if (this.#stopped) return;
    const socket = this.#socket;
    this.#stopped = true;
    this.#forget();
    this.#hangUp();
    socket?.close(1000);
    this.#answerProbes(false);
    this.emit("closed", { because, detail });
  }
}
