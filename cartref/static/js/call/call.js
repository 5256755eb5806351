/**
 * A visit, from the press of the button to the goodbye. This is what a page needs:
 *
 *     const signalling = new Signalling({ url, WebSocket, fetchTicket, clock, random });
 *     const call = createCall({ signalling, RTCPeerConnection, MediaStream, clock, random, storage });
 *     call.on("remote", (participant, stream) => show(participant, stream));   // stream or null: stop showing and playing
 *     call.replaceTracks({ audio, video });                                    // from openDevices(); null for none
 *     call.join();
 *
 * `clock` is {now, setTimeout, clearTimeout}: `now` in ms that never goes back (performance.now), the timers bound to the
 * window. `storage` is sessionStorage: it keeps only whether sound and picture were on, for a reload.
 *
 * Events
 *   status(state, before)       a state of `machine.js`: idle connecting waiting admitted talking held recovering rebuilding
 *                               moved left removed ended refused. The call stage belongs to admitted, talking, recovering
 *                               and rebuilding (when they come after admitted); waiting and held are the waiting room
 *   peers(list)                 the others: {participant, role, status, with, state: {audio, video, hand}, rung, quality, away,
 *                               exchanging, phase: off starting flowing lost rebuilding}
 *   remote(participant, stream) a MediaStream to play (sound by an <audio>, the picture by a muted <video playsinline>), or
 *                               null. It comes only while both are admitted
 *   media({audio, video, hand}) what this person sends now; `switches` has what was asked for, with or without a device
 *   waiting(ahead)              how many are before this person; null when not known
 *   notice({code, minutes, from})  `running-late`, `with-you-soon`, `please-stay`
 *   chat({from, text, at})
 *   fresh({from, what})         the application holds something new: `what` is a code, as `observations`
 *   line(level)                 good fair poor
 *   picture(shown, reason)      her own picture was paused for the sake of the sound (`thin-line`, `staff`), or is shown again
 *   measured(samples)           a Sample (`stats.js`) of each connection, about every 2 s, while she waits too
 *   socket(up)                  whether the service is reached; the picture does not depend on it
 *   held() removed() moved() left()   the state was entered
 *   ended(reason)               reason may be null
 *   refused(error)              the error that `fetchTicket` named TicketRefused, or the service's word
 *   error({name, code, ref})    PathLost (no media for 30 s, told every 30 s; it goes on trying), RoomFull (it goes on trying),
 *                               Refused (a message was; `code` is the protocol's, `ref` the message's id)
 *
 * Methods: join, leave, wake, replaceTracks, setAudio, setVideo, setHand, setPicture, turnPicture, ready, rung, chat, and for staff
 * admit, hold, remove, end, notice, fresh. Properties: state, me ({participant, role, status, room}), peers, media, switches.
 * A presenter's seat opens with sound and picture off until `setAudio(true)` and `setVideo(true)`.
 * Call `wake()` on visibilitychange and pageshow, and `wake({ network: true })` on online and connection.change.
 * The page that got `moved` comes back only by `join()`, on the person's own press.
 */
import { Emitter } from "./emitter.js";
import { isLive, step } from "./machine.js";
import { Mesh } from "./mesh.js";
import { OwnMedia } from "./own_media.js";
import { Patience } from "./patience.js";
import { QualityReports } from "./quality.js";
import { Rungs } from "./rungs.js";
import { isExposed } from "./seats.js";
import { Told } from "./told.js";

const MEDIA_MESSAGES = ["offer", "answer", "candidate"];
const TOLD = new Set(["held", "removed", "moved", "left", "ended", "refused"]);

/**
 * @typedef {object} CallOptions
 * @property {import("./signalling.js").Signalling} signalling
 * @property {any} RTCPeerConnection
 * @property {any} MediaStream
 * @property {import("./timers.js").Clock} clock
 * @property {() => number} random
 * @property {{getItem(key: string): string | null, setItem(key: string, value: string): void}} storage
 */

export class Call extends Emitter {
  state = "idle";
  me = { participant: "", role: "", status: "", room: "", exposed: false };
  #signalling;
  #mesh;
  #own;
  #told;
  #quality;
  #patience;
  #clock;
  #rungs = new Rungs();
  /** @type {"camera" | "second" | "screen" | null} */
  #picture = null; // what the picture shows, once it was said
  /** @type {object} */
  #configuration = {};
  /** @type {string[]} */
  #orders = []; // whom each hold and remove was about, by its id

  /** @param {CallOptions} options */
  constructor({ signalling, clock, storage, ...media }) {
    super();
    this.#signalling = signalling;
    this.#clock = clock;
    this.#patience = new Patience(clock);
    this.#own = new OwnMedia(storage);
    this.#told = new Told((message) => this.#send(message));
    this.#mesh = new Mesh(this.me, {
      ...media,
      clock,
      send: (message) => this.#send(message),
      probe: () => signalling.probe(),
      configuration: () => this.#configuration,
    });
    this.#quality = new QualityReports(clock, (report) => this.#send(report));
    this.#listen();
  }

  get peers() {
    return this.#mesh.list;
  }

  get media() {
    const { video, ...others } = this.#own.state;
    return { ...others, video: video && this.#rungs.isShown };
  }

  /** Whether this person's picture is paused for the sake of the sound. */
  get isPaused() {
    return !this.#rungs.isShown;
  }

  get switches() {
    return this.#own.switches;
  }

  /** Takes the seat: only ever on the person's own press, or as her page loads. */
  join() {
    this.#fire("join");
  }

  leave() {
    this.#signalling.leave();
    this.#fire("leave");
  }

  /** The page woke, or (`network`) moved to another network: nothing is believed until it is seen to work. */
  wake({ network = false } = {}) {
    if (!isLive(this.state)) return;
    this.#signalling.probe();
    if (!network) return;
    this.#rungs.renew();
    this.#mesh.restart();
  }

  /** Sends these tracks from now on, in place of those before; a kind that is left out stays. */
  replaceTracks(/** @type {{audio?: any, video?: any}} */ tracks) {
    this.#own.replace(tracks);
    this.#apply();
  }

  setAudio(/** @type {boolean} */ on) {
    this.#turn({ audio: on });
  }

  setVideo(/** @type {boolean} */ on) {
    this.#turn({ video: on });
  }

  setHand(/** @type {boolean} */ up) {
    this.#turn({ hand: up });
  }

  /** Says what the picture shows: her face, another camera's view, or a screen. */
  setPicture(/** @type {"camera" | "second" | "screen"} */ what) {
    this.#picture = what;
    this.#apply();
  }

  /** Tells the other staff of the room that the application holds something new, by a code; they ask it what. */
  fresh(/** @type {string} */ what) {
    this.#send({ type: "fresh", what });
  }

  /** What the waiting page measured by itself: {camera, microphone, rtt, relay}. */
  ready(/** @type {{camera: boolean, microphone: boolean, rtt?: number | null, relay?: boolean | null}} */ report) {
    this.#told.tell({ type: "ready", ...report });
  }

  /** Goes over to sound, or shows the picture again: staff for everybody who is let in, anybody else for herself. */
  turnPicture(/** @type {boolean} */ on) {
    this.#rungs.turn(on);
    if (!isStaff(this.me)) return;
    for (const { participant } of this.peers.filter(({ exchanging }) => exchanging)) {
      this.#send({ type: "step", participant, rung: on ? "video" : "voice" });
    }
  }

  /** @param {"video" | "voice" | "phone"} rung @param {string} reason a code, as `thin-line` */
  rung(rung, reason) {
    this.#told.tell({ type: "rung", rung, reason });
  }

  /** @param {string} text at most 1,000 characters, else raises WireFault @param {string} [to] */
  chat(text, to) {
    this.#send({ type: "chat", text, to });
  }

  admit(/** @type {string} */ participant) {
    this.#mesh.undo(participant);
    this.#send({ type: "admit", participant });
  }

  hold(/** @type {string} */ participant) {
    this.#order("hold", participant, "waiting");
  }

  remove(/** @type {string} */ participant) {
    this.#order("remove", participant, "gone");
  }

  end(/** @type {string} */ reason) {
    this.#send({ type: "end", reason });
  }

  /** @param {"running-late" | "with-you-soon" | "please-stay"} code @param {number} [minutes] */
  notice(code, minutes) {
    this.#send({ type: "notice", code, minutes });
  }

  #listen() {
    this.#mesh.setPicture(this.#rungs.step);
    this.#rungs.on("step", (step) => this.#encode(step));
    this.#rungs.on("told", (rung, reason) => this.#tellRung(rung, reason));
    this.#signalling.on("welcome", (welcome, isNew) => this.#welcomed(welcome, isNew));
    this.#signalling.on("message", (message) => this.#heard(message));
    this.#signalling.on("line", (up, because) => this.#line(up, because));
    this.#signalling.on("closed", ({ because, detail }) => this.#fire(because, because === "ended" ? null : detail));
    for (const event of ["peers", "remote"]) this.#mesh.on(event, (...values) => this.emit(event, ...values));
    this.#mesh.on("phase", (phase) => this.#fire(phase));
    this.#mesh.on("measured", (samples) => {
      this.#quality.read(samples);
      if (this.state === "talking") this.#rungs.read(samples, this.#clock.now());
      this.emit("measured", samples);
    });
    this.#mesh.on("media", (peer, event, ms) => this.#send({ type: "media", event, peer, ms: Math.max(0, Math.round(ms)) }));
    this.#patience.on("missed", () => this.#mesh.phase !== "connected" && this.#fire("lost"));
    this.#patience.on("lost", () => this.emit("error", { name: "PathLost" }));
    this.#quality.on("level", (level) => this.emit("line", level));
  }

  /** Takes an event through the table, and performs the actions it lists. */
  #fire(/** @type {string} */ event, /** @type {unknown} */ detail = undefined) {
    const before = this.state;
    const { to, actions } = step(before, event);
    this.state = to;
    for (const action of actions) this.#act(action);
    this.#watchPath();
    if (to === before) return;
    this.emit("status", to, before);
    if (TOLD.has(to)) this.emit(to, detail);
  }

  #act(/** @type {string} */ action) {
    if (action === "open") this.#signalling.open();
    else if (action === "close") this.#close();
    else this.#mesh.reconcile();
  }

  #close() {
    this.#patience.clear();
    this.#quality.stop();
    this.#mesh.close();
    this.#signalling.close();
    this.#told.forget("state");
    Object.assign(this.me, { participant: "", status: "" });
  }

  #watchPath() {
    const isTrying = this.state === "recovering" || this.state === "rebuilding" || this.#mesh.phase === "starting";
    this.#patience.path(!isTrying || !isLive(this.state));
  }

  #welcomed(/** @type {any} */ welcome, /** @type {boolean} */ isNew) {
    const { iceServers = [], icePolicy = "all" } = welcome;
    this.#configuration = { iceServers, iceTransportPolicy: icePolicy };
    this.me.exposed = isExposed(welcome);
    if (!welcome.resumed) this.#seated(welcome, isNew);
    this.#stand(this.me.status);
    this.#quality.start();
  }

  /** Takes the welcome for the truth: what a resumed one says was or will be told by messages, in their order. */
  #seated(/** @type {any} */ welcome, /** @type {boolean} */ isNew) {
    const { participant, role, room, status } = welcome;
    Object.assign(this.me, { participant, role, room, status });
    if (status !== "waiting") this.#told.forget("ready"); // only who waits is asked for it
    this.#own.load(this.me);
    this.#mesh.replace(welcome.peers, isNew);
    this.#told.again();
    this.#apply();
  }

  /** @param {string} status waiting or admitted @param {string} [event] */
  #stand(status, event = status) {
    this.me.status = status;
    const isMending = status === "admitted" && ["lost", "rebuilding"].includes(this.#mesh.phase);
    if (!isMending) this.#fire(event);
    this.#mesh.reconcile();
    if (status === "admitted") this.#fire(this.#mesh.phase);
  }

  /** @type {Record<string, (message: any) => void>} */
  #hears = {
    "peer-joined": ({ peer }) => this.#mesh.put(peer),
    "peer-updated": ({ peer }) => this.#mesh.put(peer),
    "peer-left": ({ participant }) => this.#mesh.leave(participant),
    admitted: () => this.#stand("admitted"),
    held: () => this.#stand("waiting", "held"),
    waiting: ({ ahead }) => this.emit("waiting", ahead),
    ...Object.fromEntries(MEDIA_MESSAGES.map((type) => [type, (message) => this.#mesh.receive(message)])),
    step: ({ rung }) => this.#rungs.turn(rung === "video"),
    chat: (message) => this.emit("chat", message),
    fresh: (message) => this.emit("fresh", message),
    notice: (message) => this.emit("notice", message),
    ended: ({ reason }) => this.#fire("ended", reason ?? null),
    error: (message) => this.#refused(message),
  };

  #heard(/** @type {any} */ message) {
    this.#hears[message.type]?.(message);
  }

  /** Withholds at once, and asks the server; what it refuses is undone. */
  #order(/** @type {string} */ type, /** @type {string} */ participant, /** @type {"waiting" | "gone"} */ status) {
    this.#mesh.order(participant, status);
    this.#orders.push(participant);
    this.#send({ type, participant, id: this.#orders.length });
  }

  #refused(/** @type {any} */ { code, ref }) {
    const participant = this.#orders[ref - 1];
    if (participant) this.#mesh.undo(participant);
    this.emit("error", { name: "Refused", code, ref });
  }

  #line(/** @type {boolean} */ up, /** @type {string} */ because) {
    this.emit("socket", up);
    if (because === "room-full") this.emit("error", { name: "RoomFull" });
    if (isLive(this.state)) this.#patience.line(up);
  }

  #turn(/** @type {Record<string, boolean>} */ change) {
    this.#own.turn(change);
    this.#apply();
  }

  #apply() {
    this.#mesh.setTracks(this.#own.tracks);
    this.emit("media", this.media);
    const picture = this.#picture && { picture: this.#picture };
    if (this.me.participant) this.#told.tell({ type: "state", ...this.media, ...picture });
  }

  /** @param {import("./ladder.js").Step & {active: boolean}} step */
  #encode(step) {
    this.#mesh.setPicture(step);
    slowDown(this.#own.tracks.video, step.rate);
  }

  /** @param {"video" | "voice"} rung @param {string} reason */
  #tellRung(rung, reason) {
    this.rung(rung, reason);
    this.#apply();
    this.emit("picture", this.#rungs.isShown, reason);
  }

  #send(/** @type {any} */ message) {
    if (isLive(this.state)) this.#signalling.send(message);
  }
}

function isStaff({ role = "" }) {
  return role === "clinician" || role === "presenter";
}

/** Lets a camera give as many frames as are sent: a limit on the sender alone does not hold in every browser. */
function slowDown(/** @type {any} */ camera, /** @type {number} */ rate) {
  if (!camera?.applyConstraints) return;
  camera.applyConstraints({ ...camera.getConstraints(), frameRate: { ideal: rate, max: rate } }).catch(() => {}); // then what it can
}

/** A call that has not been joined yet. */
export const createCall = (/** @type {CallOptions} */ options) => new Call(options);
