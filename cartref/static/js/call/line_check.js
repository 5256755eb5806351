/**
 * The check of a device and its line, days ahead: the microphone hears, the camera sees, and the clinic is reached.
 *
 *     const check = new LineCheck({ fetchTicket, fetch, WebSocket, RTCPeerConnection, AbortController, clock });
 *     await check.microphone({ meter, fault });     // {code, level}
 *     await check.camera({ grab, fault });          // {code}
 *     await check.line({ audio, video });           // the figures of a Line (`line_check/judge.js`)
 *     judge(check.result);                          // {readiness, reasons, notes}
 *
 * One object is one check. None of the parts ever rejects, each has its time limit, and `stop()` ends all at once. Sound and
 * picture go to the clinic's own echo and nowhere else, and are not kept. `fetchTicket` gives {ticket, check, socket}.
 *
 * Events
 *   step(name, state)   microphone camera ticket socket udp tcp tls path down up echo: `begun`, then `well`, `failed` or `skipped`
 *   level(level)        what the microphone hears, 0 to 1
 *   progress(share)     how much of the line's part is done, 0 to 1
 */
import { Emitter } from "./emitter.js";
import { Echo } from "./line_check/echo.js";
import { Limits } from "./line_check/limits.js";
import { KINDS, allocate, reachSocket, serversOf } from "./line_check/probe.js";
import { faultCode, listen, look } from "./line_check/sense.js";
import { noise, timed } from "./line_check/transfer.js";

export { THRESHOLDS, judge } from "./line_check/judge.js";
export { grabberOf } from "./line_check/sense.js";

const ASK = 6_000; // ms for a request of a few bytes, on a line that is just alive
const SHARES = { probed: 0.25, down: 0.35, up: 0.45, echo: 1 };

/** @returns {import("./line_check/judge.js").Line} */
const unknown = () => ({
  socket: null, udp: null, tcp: null, tls: null, direct: null,
  rtt: null, loss: null, jitter: null, up: null, down: null, path: null, fault: null,
});

/**
 * @typedef {object} CheckOptions
 * @property {() => Promise<{ticket: string, check: string, socket: string}>} fetchTicket
 * @property {any} fetch @property {any} WebSocket @property {any} RTCPeerConnection @property {any} AbortController
 * @property {import("./timers.js").Clock} clock
 */

export class LineCheck extends Emitter {
  /** @type {import("./line_check/judge.js").Result} */
  result = { camera: null, microphone: null, line: null };
  #use;
  #limits;
  #base = "";
  /** @type {any[]} */
  #servers = [];
  /** @type {Promise<any[]> | null} */
  #renewed = null;
  /** @type {number | null} */
  #rtt = null; // of the socket, to take off from what a request takes

  constructor(/** @type {CheckOptions} */ options) {
    super();
    this.#use = options;
    this.#limits = new Limits(options.clock);
  }

  /** Everything, in order. */
  async run(/** @type {any} */ { audio = null, video = null, meter = null, grab = null, faults = [] }) {
    const faultOf = (/** @type {string} */ kind) => faults.find((/** @type {any} */ fault) => fault.kind === kind) ?? null;
    await this.microphone({ meter, fault: faultOf("audio") });
    await this.camera({ grab, fault: faultOf("video") });
    await this.line({ audio, video });
    return this.result;
  }

  /** @param {{meter?: {read(): number} | null, fault?: {name: string} | null}} given */
  async microphone({ meter = null, fault = null }) {
    const hear = () => listen(/** @type {any} */ (meter), this.#limits, (level) => this.emit("level", level));
    const heard = await this.#sense("microphone", fault, meter, hear);
    return (this.result.microphone = { level: 0, ...heard });
  }

  /** @param {{grab?: (() => ArrayLike<number> | null) | null, fault?: {name: string} | null}} given */
  async camera({ grab = null, fault = null }) {
    const see = () => look(/** @type {any} */ (grab), this.#limits);
    return (this.result.camera = await this.#sense("camera", fault, grab, see));
  }

  /**
   * Measures the line by the echo of these tracks, null for none.
   * @param {{audio?: any, video?: any}} tracks
   */
  async line({ audio = null, video = null }) {
    const line = (this.result.line = unknown());
    const ticket = await this.#ticket();
    if (ticket) line.fault = await this.#begin(ticket);
    else line.fault = "no-ticket";
    if (ticket && line.fault !== "no-ticket") await this.#probeSocket(line, ticket.socket);
    if (line.fault === null) await this.#measure(line, { audio, video });
    if (this.#limits.isStopped) line.fault ??= "stopped";
    this.emit("progress", 1);
    return line;
  }

  /** Ends at once what runs; what is known stays in `result`. */
  stop() {
    this.#limits.stop();
    this.#done();
  }

  /** @param {string} name @param {{name: string} | null} fault @param {unknown} source @param {() => Promise<any>} sense */
  async #sense(name, fault, source, sense) {
    this.emit("step", name, "begun");
    const code = faultCode(fault) ?? (source ? null : "skipped");
    const found = code ? { code } : await sense();
    if (this.#limits.isStopped && found.code !== "works") found.code = code ?? "skipped";
    this.emit("step", name, stateOf(found.code === "skipped" ? null : found.code === "works"));
    return found;
  }

  #ticket() {
    return this.#step("ticket", () => this.#limits.within(ASK, () => this.#use.fetchTicket(), /** @type {any} */ (null)));
  }

  /** Opens the check; what kept it from being opened, or null. */
  async #begin(/** @type {any} */ { ticket, check }) {
    const answer = await this.#post(check, { ticket });
    if (!answer?.ok) return !answer ? "no-service" : answer.status === 401 ? "no-ticket" : "busy";
    const { check: id, iceServers } = answer.body;
    this.#base = `${check}/${id}`;
    this.#servers = iceServers;
    return null;
  }

  async #probeSocket(/** @type {any} */ line, /** @type {string} */ url) {
    this.emit("step", "socket", "begun");
    const { reached, rtt } = await reachSocket(this.#use.WebSocket, this.#limits, url);
    Object.assign(line, { socket: reached, rtt: rtt === null ? null : Math.round(rtt) });
    this.#rtt = rtt;
    this.emit("step", "socket", stateOf(reached));
  }

  /** @param {any} line @param {{audio: any, video: any}} tracks */
  async #measure(line, tracks) {
    const echo = new Echo(this.#use.RTCPeerConnection, this.#limits, this.#servers);
    try {
      const [isConnected] = await Promise.all([this.#connect(echo), ...KINDS.map((kind) => this.#probe(line, kind))]);
      line.direct = isConnected ? null : false;
      this.emit("progress", SHARES.probed);
      await this.#transfer(line);
      if (isConnected) await this.#listenTo(echo, line, tracks);
    } finally {
      echo.close();
      this.#done();
    }
  }

  #connect(/** @type {Echo} */ echo) {
    return this.#step("path", () => echo.connect(async (sdp) => (await this.#post(`${this.#base}/offer`, { sdp })).body.sdp));
  }

  /** Credentials that are stale by the relay's clock are fetched anew, once for all kinds. */
  async #probe(/** @type {any} */ line, /** @type {"udp" | "tcp" | "tls"} */ kind) {
    if (serversOf(this.#servers, kind).length === 0) return this.emit("step", kind, "skipped");
    line[kind] = await this.#step(kind, async () => {
      const ask = (/** @type {any[]} */ servers) => allocate(this.#use.RTCPeerConnection, this.#limits, serversOf(servers, kind));
      const first = await ask(this.#servers);
      return (first === "stale" ? await ask(await this.#renew()) : first) === "given";
    });
  }

  #renew() {
    this.#renewed ??= this.#post(`${this.#base}/ice-servers`, {}).then((answer) => (answer?.ok ? answer.body.iceServers : []));
    return this.#renewed;
  }

  async #transfer(/** @type {any} */ line) {
    line.down = await this.#step("down", () => timed(this.#limits, this.#rtt, (count, undo) => this.#take(count, undo)));
    this.emit("progress", SHARES.down);
    line.up = await this.#step("up", () => timed(this.#limits, this.#rtt, (count, undo) => this.#send(count, undo)));
    this.emit("progress", SHARES.up);
  }

  async #take(/** @type {number} */ count, /** @type {any} */ undo) {
    const answer = await this.#fetch(`${this.#base}/bytes?count=${count}`, { method: "GET" }, undo);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.arrayBuffer()).byteLength;
  }

  async #send(/** @type {number} */ count, /** @type {any} */ undo) {
    const answer = await this.#fetch(`${this.#base}/bytes`, { method: "POST", body: noise(count) }, undo);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).count;
  }

  /** @param {Echo} echo @param {any} line @param {{audio: any, video: any}} tracks */
  async #listenTo(echo, line, tracks) {
    this.emit("step", "echo", "begun");
    const tell = (/** @type {number} */ share) => this.emit("progress", SHARES.up + (SHARES.echo - SHARES.up) * share);
    const { estimate, rtt, ...figures } = await echo.measure(tracks, tell);
    Object.assign(line, figures, { rtt: rtt ?? line.rtt });
    // A picture tells more of a picture's way than bytes do, which go another way where there is a relay.
    if (estimate !== null) line.up = Math.round(estimate);
    this.emit("step", "echo", stateOf(figures.path !== null));
  }

  /** @template Value @param {string} name @param {() => Promise<Value>} work @returns {Promise<Value>} */
  async #step(name, work) {
    this.emit("step", name, "begun");
    const value = await work();
    this.emit("step", name, stateOf(Boolean(value)));
    return value;
  }

  /** The status and JSON of an answer, or null when none came. A text body keeps the browser from asking leave first (CORS). */
  async #post(/** @type {string} */ url, /** @type {object} */ fields) {
    const ask = async (/** @type {any} */ undo) => {
      const answer = await this.#fetch(url, { method: "POST", body: JSON.stringify(fields) }, undo);
      return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
    };
    return this.#limits.within(ASK, ask, /** @type {any} */ (null));
  }

  #fetch(/** @type {string} */ url, /** @type {any} */ options, /** @type {(run: () => void) => void} */ undo) {
    const abort = new this.#use.AbortController();
    undo(() => abort.abort());
    return this.#use.fetch(url, { cache: "no-store", credentials: "omit", signal: abort.signal, ...options });
  }

  /** Gives the service's part back; it would end by itself a minute after it began. */
  #done() {
    if (!this.#base) return;
    this.#use.fetch(`${this.#base}/done`, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
    this.#base = "";
  }
}

/** @param {boolean | null} value null for what was not tried */
function stateOf(value) {
  return value === null ? "skipped" : value ? "well" : "failed";
}
