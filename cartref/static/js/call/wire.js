/**
 * The signalling protocol, version 1, as data: what a client may send, what a server sends, what a close code means.
 * The Python service holds the same contract in `signalling/wire.py`; both are tested on the same golden examples.
 */

export const SUBPROTOCOL = "cartref.v1";

/** Sizes in the unit the protocol counts them in: frames and SDP in UTF-8 bytes, chat in code points; times in ms. */
export const LIMITS = {
  frame: 65_536,
  sdp: 49_152,
  chat: 1_000,
  minutes: 240,
  silence: 25_000,
  flooding: 5_000,
};

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text).length;
const isObject = (/** @type {unknown} */ value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @typedef {"invalid" | "too-long" | "unknown-type"} Fault */
/** @typedef {(value: any) => Fault | null} Check */

/** @type {(holds: (value: any) => boolean) => Check} */
const must = (holds) => (value) => (holds(value) ? null : "invalid");
/** @type {(check: Check) => Check} */
const optional = (check) => (value) => (value === undefined ? null : check(value));
/** @type {(check: Check) => Check} */
const nullable = (check) => (value) => (value === null ? null : check(value));
/** @type {(...words: string[]) => Check} */
const oneOf = (...words) => must((value) => words.includes(value));
/** @type {(low: number, high?: number) => Check} */
const number = (low, high = Infinity) => must((value) => Number.isFinite(value) && value >= low && value <= high);
/** @type {(low: number, high?: number) => Check} */
const whole = (low, high = Infinity) => must((value) => Number.isInteger(value) && value >= low && value <= high);
/** @type {(most: number, measure: (text: string) => number) => Check} */
const upTo = (most, measure) => (value) => {
  if (typeof value !== "string" || value === "") return "invalid";
  return measure(value) <= most ? null : "too-long";
};

const flag = must((value) => typeof value === "boolean");
const text = must((value) => typeof value === "string");
const filled = must((value) => typeof value === "string" && value !== "");
const id = must((value) => typeof value === "string" && /^[A-Za-z0-9_-]{16,64}$/.test(value));
const target = must((value) => value === "bridge" || id(value) === null);
const reason = must((value) => typeof value === "string" && /^[a-z0-9-]{1,40}$/.test(value));
const sdp = upTo(LIMITS.sdp, bytes);
const chat = upTo(LIMITS.chat, (value) => [...value].length);
const reference = must((value) => Number.isSafeInteger(value) || (typeof value === "string" && value.length <= 64));
const candidate = nullable(must(isObject));

const description = { to: target, session: filled, sdp };
const seat = { participant: id };

/**
 * What each client message must hold besides `type`, and the check of each field.
 * @type {Record<string, Record<string, Check>>}
 */
export const CLIENT_MESSAGES = {
  hello: { ticket: optional(filled), resume: optional(filled), received: optional(whole(0)), epoch: optional(whole(0)) },
  offer: description,
  answer: description,
  candidate: { to: target, session: filled, candidate },
  state: { audio: optional(flag), video: optional(flag), hand: optional(flag), picture: optional(oneOf("camera", "second", "screen")) },
  ready: { camera: flag, microphone: flag, rtt: optional(nullable(number(0))), relay: optional(nullable(flag)) },
  rung: { rung: oneOf("video", "voice", "phone"), reason },
  quality: {
    level: oneOf("good", "fair", "poor"),
    rtt: optional(nullable(number(0))),
    loss: optional(nullable(number(0, 1))),
    up: optional(nullable(number(0))),
    down: optional(nullable(number(0))),
    path: optional(nullable(oneOf("host", "srflx", "relay"))),
  },
  media: { event: oneOf("connected", "lost", "restored"), peer: id, ms: number(0) },
  chat: { text: chat, to: optional(id), as: optional(oneOf("caption")) },
  step: { participant: id, rung: oneOf("video", "voice") },
  fresh: { what: reason },
  "offer-wanted": {},
  admit: seat,
  hold: seat,
  remove: seat,
  notice: {
    code: oneOf("running-late", "with-you-soon", "please-stay"),
    minutes: optional(nullable(whole(0, LIMITS.minutes))),
    room: optional(nullable(id)),
  },
  end: { reason },
  leave: {},
  ping: {},
};

/** @type {Record<string, Check>} */
const ENVELOPE = { id: optional(nullable(reference)), n: optional(nullable(whole(1))) };

/**
 * Why a server would refuse this client message, or null when it would not.
 * @param {any} message
 * @returns {Fault | null}
 */
export function faultOf(message) {
  if (!isObject(message) || typeof message.type !== "string") return "invalid";
  if (!Object.hasOwn(CLIENT_MESSAGES, message.type)) return "unknown-type";
  const fields = { ...ENVELOPE, ...CLIENT_MESSAGES[message.type] };
  for (const [name, check] of Object.entries(fields)) {
    const fault = check(message[name]);
    if (fault) return fault;
  }
  return message.type === "hello" ? helloFault(message) : null;
}

/** A `hello` carries a ticket or a resume token, never both, and a resume token says what was received. */
function helloFault(/** @type {any} */ message) {
  const byTicket = message.ticket !== undefined;
  const byToken = message.resume !== undefined && message.received !== undefined;
  return byTicket !== byToken && byTicket !== (message.resume !== undefined) ? null : "invalid";
}

/** Raised by `encode` for a message that a server would refuse; `code` is the refusal. */
export class WireFault extends Error {
  name = "WireFault";

  constructor(/** @type {string} */ type, /** @type {string} */ code) {
    super(`${type}: ${code}`);
    this.code = code;
  }
}

/**
 * The frame that carries a client message, as text of at most 64 KiB; raises `WireFault` for one that would be refused.
 * @param {any} message
 * @returns {string}
 */
export function encode(message) {
  const fault = faultOf(message);
  if (fault) throw new WireFault(message?.type, fault);
  const frame = JSON.stringify(message);
  if (bytes(frame) > LIMITS.frame) throw new WireFault(message.type, "too-long");
  return frame;
}

const peer = must((value) => isObject(value) && typeof value.participant === "string" && typeof value.status === "string");
const list = must(Array.isArray);
const received = { from: text, session: text };

/**
 * What the client relies on in each server message; fields beyond these may be added by later servers.
 * @type {Record<string, Record<string, Check>>}
 */
export const SERVER_MESSAGES = {
  welcome: { seq: whole(0), resumed: flag, participant: text, role: text, peers: list, heartbeat: number(0.1) },
  "peer-joined": { peer },
  "peer-updated": { peer },
  "peer-left": { participant: text },
  admitted: {},
  held: {},
  waiting: { ahead: nullable(whole(0)) },
  notice: { code: text },
  offer: { ...received, sdp: text },
  answer: { ...received, sdp: text },
  candidate: { ...received, candidate },
  chat: { from: text, text },
  step: { from: text, rung: oneOf("video", "voice") },
  fresh: { from: text, what: text },
  thinned: { participant: text, video: flag },
  topology: { topology: oneOf("mesh", "forward") },
  ended: {},
  error: { code: text },
  pong: {},
  board: { rooms: list },
  "board-update": { room: text, participants: list },
};

/**
 * The server message in a frame, or null for one this version does not know or can't rely on.
 * @param {unknown} frame
 * @returns {any}
 */
export function decode(frame) {
  const message = parsed(frame);
  const fields = isObject(message) && Object.hasOwn(SERVER_MESSAGES, message.type) && SERVER_MESSAGES[message.type];
  if (!fields) return null;
  return Object.entries(fields).every(([name, check]) => check(message[name]) === null) ? message : null;
}

function parsed(/** @type {unknown} */ frame) {
  try {
    return typeof frame === "string" ? JSON.parse(frame) : null;
  } catch {
    return null;
  }
}

/**
 * What to do after each close code: come back with the `resume` token, with a fresh `ticket`, or `stop` for good.
 * @typedef {{next: "resume" | "ticket" | "stop", because: string, delay?: number}} Verdict
 * @type {Record<number, Verdict>}
 */
export const CLOSE_CODES = {
  1000: { next: "resume", because: "left" }, // a page that did leave has stopped listening
  1009: { next: "resume", because: "frame-too-big" },
  1012: { next: "resume", because: "restarting" },
  4400: { next: "ticket", because: "bad-frame" },
  4401: { next: "ticket", because: "refused" },
  4403: { next: "stop", because: "removed" },
  4409: { next: "stop", because: "moved" },
  4410: { next: "stop", because: "ended" },
  4413: { next: "ticket", because: "room-full", delay: LIMITS.flooding },
  4429: { next: "resume", because: "slow" },
};

/**
 * What a closed socket means; a code that nobody has agreed on is a lost line.
 * @param {number} code
 * @param {string} [why] the close frame's reason
 * @returns {Verdict}
 */
export function afterClose(code, why = "") {
  if (code === 4429 && why === "flooding") return { next: "resume", because: "flooding", delay: LIMITS.flooding };
  return CLOSE_CODES[code] ?? { next: "resume", because: "lost" };
}
