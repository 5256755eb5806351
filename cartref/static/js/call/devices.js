/**
 * Camera and microphone, with the names of what can go wrong. Sound comes before pictures: a camera that fails never
 * takes the microphone with it, and listening needs neither.
 */
import { Emitter } from "./emitter.js";

/** What can go wrong with a device; a page has words for each in both languages. */
export const DEVICE_FAULTS = [
  "CameraDenied",
  "MicrophoneDenied",
  "DeviceMissing",
  "DeviceBusy",
  "InAppBrowser",
  "OldBrowser",
  "InsecurePage",
];

/** Why a device did not open: `name` is one of DEVICE_FAULTS, `kind` is `audio` or `video`. */
export class DeviceFault extends Error {
  /** @param {string} name @param {"audio" | "video"} kind @param {unknown} [cause] */
  constructor(name, kind, cause) {
    super(`${kind}: ${name}`, { cause });
    this.name = name;
    this.kind = kind;
  }
}

const IN_APP = /FBAN|FBAV|FB_IAB|Instagram|Line\/|Snapchat|WhatsApp|Twitter|LinkedInApp|GSA\/|; wv\)/;
const DENIED = { audio: "MicrophoneDenied", video: "CameraDenied" };

/** The browser's error names (W3C mediacapture-main 9.2), and what each means to a person. */
const NAMES = {
  NotFoundError: "DeviceMissing",
  OverconstrainedError: "DeviceMissing",
  NotReadableError: "DeviceBusy",
  AbortError: "DeviceBusy",
  TrackStartError: "DeviceBusy", // older Chromium
  DevicesNotFoundError: "DeviceMissing",
};

/** What is asked of the devices: a face at a size that a rural line carries, a voice without the room. */
export const CONSTRAINTS = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30, max: 30 }, facingMode: "user" },
};

/** @typedef {{mediaDevices: any, isSecure: boolean, userAgent: string, hasPeerConnection: boolean}} Browser */

/**
 * What keeps this browser from any call before a device is asked for, or null.
 * @param {Browser} browser
 */
export function obstacle({ mediaDevices, isSecure, userAgent, hasPeerConnection }) {
  if (!isSecure) return "InsecurePage";
  if (mediaDevices?.getUserMedia && hasPeerConnection) return null;
  return IN_APP.test(userAgent) ? "InAppBrowser" : "OldBrowser";
}

/**
 * The name of what went wrong when a device was asked for.
 * @param {any} error what getUserMedia rejected with
 * @param {"audio" | "video"} kind
 * @param {string} userAgent
 */
export function faultName(error, kind, userAgent) {
  const denied = error?.name === "NotAllowedError" || error?.name === "PermissionDeniedError";
  if (denied || error?.name === "SecurityError") return IN_APP.test(userAgent) ? "InAppBrowser" : DENIED[kind];
  return Object.hasOwn(NAMES, error?.name) ? NAMES[/** @type {keyof typeof NAMES} */ (error.name)] : "DeviceBusy";
}

/**
 * Opens what is wanted: both in one question, and each by itself when that fails, sound first. Never rejects: what did
 * not open is in `faults`, and a person may join with one track or none.
 * @param {Browser} browser
 * @param {{audio?: any, video?: any}} [wanted] constraints of each; leave one out to do without
 * @returns {Promise<{audio: any, video: any, faults: DeviceFault[]}>}
 */
export async function openDevices(browser, wanted = CONSTRAINTS) {
  const kinds = /** @type {("audio" | "video")[]} */ (["audio", "video"].filter((kind) => kind in wanted));
  const name = obstacle(browser);
  if (name) return { audio: null, video: null, faults: kinds.map((kind) => new DeviceFault(name, kind)) };
  try {
    return { ...tracksOf(await browser.mediaDevices.getUserMedia(wanted)), faults: [] };
  } catch {
    return openEach(browser, wanted, kinds);
  }
}

/** @param {Browser} browser @param {any} wanted @param {("audio" | "video")[]} kinds */
async function openEach(browser, wanted, kinds) {
  const opened = { audio: null, video: null, faults: /** @type {DeviceFault[]} */ ([]) };
  for (const kind of kinds) {
    try {
      const stream = await browser.mediaDevices.getUserMedia({ [kind]: wanted[kind] });
      opened[kind] = tracksOf(stream)[kind];
    } catch (error) {
      opened.faults.push(new DeviceFault(faultName(error, kind, browser.userAgent), kind, error));
    }
  }
  return opened;
}

function tracksOf(/** @type {any} */ stream) {
  return { audio: stream.getAudioTracks()[0] ?? null, video: stream.getVideoTracks()[0] ?? null };
}

/**
 * The loudness of a sound, 0 to 1, on a scale of 60 dB: what a level meter shows.
 * @param {Float32Array} samples -1 to 1
 */
export function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / (samples.length || 1);
  const decibels = 10 * Math.log10(power + 1e-12);
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}

/** The level of one microphone track; `read` it as often as the page draws, and `close` it. */
export class LevelMeter {
  #source;
  #analyser;
  #samples;

  /** @param {any} audioContext @param {any} stream with the microphone's track */
  constructor(audioContext, stream) {
    this.#source = audioContext.createMediaStreamSource(stream);
    this.#analyser = audioContext.createAnalyser();
    this.#analyser.fftSize = 1_024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** The loudness now, 0 to 1. */
  read() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  close() {
    this.#source.disconnect();
  }
}

/**
 * Watches the devices and the tracks in use. Events: `changed` (a device came or went), `silenced` (kind: the system took
 * the track away for now, as a telephone call does), `restored` (kind), `lost` (kind: it will not come back by itself;
 * open the device again and hand the new track to the call).
 */
export class DeviceWatch extends Emitter {
  #stop = new AbortController();
  /** @type {Map<string, AbortController>} */
  #tracks = new Map();

  constructor(/** @type {any} */ mediaDevices) {
    super();
    mediaDevices.addEventListener("devicechange", () => this.emit("changed"), { signal: this.#stop.signal });
  }

  /** Watches this track in place of the one of its kind before; null watches none. */
  follow(/** @type {"audio" | "video"} */ kind, /** @type {any} */ track) {
    this.#tracks.get(kind)?.abort();
    if (!track) return;
    const until = new AbortController();
    this.#tracks.set(kind, until);
    for (const [event, name] of [["mute", "silenced"], ["unmute", "restored"], ["ended", "lost"]]) {
      track.addEventListener(event, () => this.emit(name, kind), { signal: until.signal });
    }
  }

  close() {
    this.#stop.abort();
    for (const until of this.#tracks.values()) until.abort();
  }
}
