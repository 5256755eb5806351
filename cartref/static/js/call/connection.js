/**
 * One RTCPeerConnection to one peer, for as long as it lasts: perfect negotiation (W3C webrtc-pc 10.7), trickle, one
 * audio and one video line that are ready to send and to receive before there is anything to send.
 *
 * Only the side that begins makes the lines; the other adopts them from the offer. Two sides that each made their own
 * would, after a collision, carry four.
 *
 * Events: `state` (the RTCPeerConnection's connectionState), `lines` (the lines exist; `received` has the peer's tracks).
 */
import { Emitter } from "./emitter.js";

const KINDS = /** @type {("audio" | "video")[]} */ (["audio", "video"]);
const SOUND_FIRST = { priority: "high", networkPriority: "high" };
const EARLY = 64; // candidates kept until a description says whose they are

/** @typedef {{audio: any, video: any}} Tracks */
/** @typedef {{bitrate: number, scale: number, rate: number, active: boolean}} Encoding bit/s, divisor of the size, frames a second */

export class Connection extends Emitter {
  /** The peer's name for its own connection, once it has spoken. */
  remoteSession = "";
  #pc;
  #polite;
  #send;
  /** @type {Partial<Record<"audio" | "video", any>>} */
  #lines = {};
  /** @type {Tracks} */
  #tracks = { audio: null, video: null };
  /** @type {Encoding | null} */
  #picture = null;
  #setting = Promise.resolve();
  #making = false;
  #ignoring = false;
  /** @type {any[]} */
  #early = [];
  #last = Promise.resolve();

  /**
   * @param {object} options
   * @param {any} options.RTCPeerConnection
   * @param {object} options.configuration iceServers and iceTransportPolicy
   * @param {boolean} options.polite
   * @param {(message: any) => void} options.send takes offers, answers and candidates, without address
   */
  constructor({ RTCPeerConnection, configuration, polite, send }) {
    super();
    this.#polite = polite;
    this.#send = send;
    this.#pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...configuration });
    this.#pc.onnegotiationneeded = () => this.#offer();
    this.#pc.onicecandidate = (/** @type {any} */ event) => this.#send({ type: "candidate", candidate: event.candidate });
    this.#pc.onconnectionstatechange = () => this.#changed();
  }

  /** @returns {string} */
  get state() {
    return this.#pc.connectionState;
  }

  /** What comes from the peer: the tracks exist before anything is sent on them. */
  get received() {
    return KINDS.map((kind) => this.#lines[kind]?.receiver.track).filter(Boolean);
  }

  /** Makes the lines, which makes the offer. */
  begin() {
    for (const kind of KINDS) {
      this.#lines[kind] ??= this.#pc.addTransceiver(kind, { direction: "sendrecv", ...this.#opening(kind) });
    }
    this.emit("lines");
    return this.#attach();
  }

  /** What a line begins with: a picture that is capped from its first frame on. */
  #opening(/** @type {"audio" | "video"} */ kind) {
    if (kind === "audio") return { sendEncodings: [SOUND_FIRST] };
    return this.#picture ? { sendEncodings: [encodingOf(this.#picture)] } : {};
  }

  /** Sends these tracks in place of those before; null sends nothing of that kind. Nothing is negotiated. */
  setTracks(/** @type {Tracks} */ tracks) {
    this.#tracks = tracks;
    return this.#attach();
  }

  /** Sends the picture so from now on; the sound is left alone. */
  setPicture(/** @type {Encoding} */ encoding) {
    this.#picture = encoding;
    this.#encode();
  }

  /** Looks for a new path under the one that is in use, with these servers. */
  restart(/** @type {object} */ configuration) {
    this.#pc.setConfiguration({ bundlePolicy: "max-bundle", ...configuration });
    this.#pc.restartIce();
  }

  stats() {
    return this.#pc.getStats();
  }

  close() {
    this.#pc.onnegotiationneeded = this.#pc.onicecandidate = this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  /**
   * Takes an offer, an answer or a candidate of the peer's, one after the other in the order they came.
   * @param {any} message
   * @returns {Promise<void>}
   */
  receive(message) {
    const take = message.type === "candidate" ? () => this.#candidate(message) : () => this.#description(message);
    this.#last = this.#last.then(take);
    return this.#last;
  }

  #changed() {
    if (this.state === "connected") this.#encode();
    this.emit("state", this.state);
  }

  /** Sends sound before the picture when the line can't carry both, and of the picture only as much as was said. */
  #encode() {
    const { audio, video } = this.#lines;
    const picture = this.#picture && encodingOf(this.#picture);
    this.#setting = this.#setting.then(() => set(audio?.sender, SOUND_FIRST)).then(() => picture && set(video?.sender, picture));
  }

  async #offer() {
    try {
      this.#making = true;
      await this.#pc.setLocalDescription();
      this.#describe();
    } catch {
      // closed meanwhile, or overtaken by the peer's own offer: negotiation is then no longer ours to make
    } finally {
      this.#making = false;
    }
  }

  #describe() {
    const { type, sdp } = this.#pc.localDescription;
    this.#send({ type, sdp });
  }

  async #description(/** @type {any} */ { type, sdp, session }) {
    const collides = type === "offer" && (this.#making || this.#pc.signalingState !== "stable");
    this.#ignoring = !this.#polite && collides;
    const isStale = type === "answer" && this.#pc.signalingState !== "have-local-offer";
    if (this.#ignoring || isStale) return;
    this.remoteSession = session;
    try {
      await this.#pc.setRemoteDescription({ type, sdp });
      if (type === "offer") await this.#answer();
      await this.#takeEarly();
    } catch {
      // a description that can't be carried out leaves the connection as it is; the stall watch makes a new one
    }
  }

  async #answer() {
    this.#adopt();
    await this.#attach();
    await this.#pc.setLocalDescription();
    this.#encode();
    this.#describe();
  }

  /** Takes the lines of the offer for ours, and drops those of our own that the offer overtook. */
  #adopt() {
    for (const line of this.#pc.getTransceivers()) {
      if (line.mid === null) line.stop();
      else if (line.direction !== "stopped") this.#take(line);
    }
    this.emit("lines");
  }

  #take(/** @type {any} */ line) {
    this.#lines[/** @type {"audio" | "video"} */ (line.receiver.track.kind)] = line;
    line.direction = "sendrecv";
  }

  async #attach() {
    await Promise.all(KINDS.map((kind) => this.#replace(this.#lines[kind]?.sender, this.#tracks[kind])));
  }

  /** @param {any} sender @param {any} track */
  async #replace(sender, track) {
    if (!sender || sender.track === track) return;
    await sender.replaceTrack(track).catch(() => {}); // the connection was closed meanwhile: nothing is sent anyway
  }

  async #candidate(/** @type {any} */ { candidate, session }) {
    if (!this.#pc.remoteDescription || this.#ignoring) {
      this.#early = [...this.#early, { candidate, session }].slice(-EARLY);
    } else if (session === this.remoteSession) {
      await this.#pc.addIceCandidate(candidate).catch(() => {}); // of a description that was rolled back
    }
  }

  async #takeEarly() {
    const early = this.#early.splice(0).filter(({ session }) => session === this.remoteSession);
    for (const { candidate } of early) await this.#pc.addIceCandidate(candidate).catch(() => {});
  }
}

function encodingOf(/** @type {Encoding} */ { bitrate, scale, rate, active }) {
  return { active, maxBitrate: bitrate || undefined, scaleResolutionDownBy: scale, maxFramerate: rate };
}

/**
 * Lets a sender send so. Parameters are read anew each time, for they are good for one change.
 * @param {any} sender @param {object} encoding
 */
async function set(sender, encoding) {
  const parameters = sender?.getParameters();
  if (!parameters?.encodings?.length) return; // nothing is agreed yet: the change follows once it is
  Object.assign(parameters.encodings[0], encoding);
  await sender.setParameters(parameters).catch(() => {}); // a browser that knows no such limit sends as it would
}
