/** What a check comes to: figures in, a verdict with its reasons out. Every threshold is in the one table here. */

/**
 * @typedef {object} Line
 * @property {boolean | null} socket whether the service was reached, both ways; null where it was not tried
 * @property {boolean | null} udp whether a relay gave an address by UDP; null where none is set up
 * @property {boolean | null} tcp the same by TCP @property {boolean | null} tls the same by TLS
 * @property {boolean | null} direct whether media gets through without a relay, which is by UDP
 * @property {number | null} rtt ms @property {number | null} loss 0 to 1 @property {number | null} jitter ms
 * @property {number | null} up bit/s @property {number | null} down bit/s
 * @property {"host" | "srflx" | "relay" | null} path
 * @property {null | "no-ticket" | "no-service" | "busy" | "stopped"} fault
 */

/** @typedef {{camera: {code: string} | null, microphone: {code: string} | null, line: Line | null}} Result */

export const THRESHOLDS = {
  voice: 100_000, // bit/s each way: Opus with its FEC, and what goes around it
  voiceLoss: 0.3, // beyond it FEC and concealment keep no sentence together
  picture: 250_000, // bit/s each way: a face at 320 by 240 (the ladder pauses the picture below 150,000)
  far: 600, // ms there and back: people begin to talk over each other
  loss: 0.1,
};

/** Why the verdict is worse than ready: the verdict it makes, and what it is read from. */
const RULES = [
  { code: "line-none", makes: "needs-help", when: (/** @type {Line} */ line) => ["no-ticket", "no-service"].includes(line.fault ?? "") },
  { code: "no-path", makes: "needs-help", when: (/** @type {Line} */ line) => line.fault === null && !isThrough(line) },
  { code: "line-no-voice", makes: "needs-help", when: carriesNoVoice },
  { code: "unmeasured", makes: "slow", when: (/** @type {Line} */ line) => !isCutOff(line) && !isMeasured(line) },
  { code: "slow-up", makes: "slow", when: (/** @type {Line} */ line) => below(line.up, THRESHOLDS.picture) },
  { code: "slow-down", makes: "slow", when: (/** @type {Line} */ line) => below(line.down, THRESHOLDS.picture) },
  { code: "slow-far", makes: "slow", when: (/** @type {Line} */ line) => above(line.rtt, THRESHOLDS.far) },
  { code: "slow-loss", makes: "slow", when: (/** @type {Line} */ line) => above(line.loss, THRESHOLDS.loss) },
];

/** Facts that staff may want to know and that make nothing worse by themselves: the figures above already tell. */
const NOTES = [
  { code: "no-udp", when: (/** @type {Line} */ line) => line.udp === false && line.direct !== true },
  { code: "no-relay", when: (/** @type {Line} */ line) => isRelayTried(line) && !isRelayed(line) },
  { code: "relayed", when: (/** @type {Line} */ line) => line.path === "relay" },
  { code: "no-socket", when: (/** @type {Line} */ line) => line.socket === false },
];

const ORDER = ["ready", "slow", "needs-help"];

/**
 * The verdict on a check, the worst that any reason makes; `notes` change nothing.
 * @param {Result} result
 * @returns {{readiness: "ready" | "slow" | "needs-help", reasons: string[], notes: string[]}}
 */
export function judge({ camera, microphone, line }) {
  const devices = [["camera", camera], ["microphone", microphone]].flatMap(([kind, part]) => deviceReason(kind, part));
  const lines = line ? RULES.filter(({ when }) => when(line)) : [RULES[3]];
  const reasons = [...devices, ...lines];
  const worst = Math.max(0, ...reasons.map(({ makes }) => ORDER.indexOf(makes)));
  return {
    readiness: /** @type {"ready" | "slow" | "needs-help"} */ (ORDER[worst]),
    reasons: reasons.map(({ code }) => code),
    notes: line ? NOTES.filter(({ when }) => when(line)).map(({ code }) => code) : [],
  };
}

function deviceReason(/** @type {any} */ kind, /** @type {any} */ part) {
  const code = part?.code ?? "skipped";
  return code === "works" ? [] : [{ code: `${kind}-${code}`, makes: "needs-help" }];
}

function below(/** @type {number | null} */ figure, /** @type {number} */ bound) {
  return figure !== null && figure < bound;
}

function above(/** @type {number | null} */ figure, /** @type {number} */ bound) {
  return figure !== null && figure > bound;
}

function carriesNoVoice(/** @type {Line} */ line) {
  const { voice, voiceLoss } = THRESHOLDS;
  return below(line.up, voice) || below(line.down, voice) || above(line.loss, voiceLoss);
}

function isRelayed(/** @type {Line} */ line) {
  return line.path === "relay" || [line.udp, line.tcp, line.tls].includes(true);
}

function isRelayTried(/** @type {Line} */ line) {
  return [line.udp, line.tcp, line.tls].some((tried) => tried !== null);
}

function isThrough(/** @type {Line} */ line) {
  return line.direct === true || isRelayed(line);
}

function isCutOff(/** @type {Line} */ line) {
  return ["no-ticket", "no-service"].includes(line.fault ?? "") || (line.fault === null && !isThrough(line));
}

function isMeasured(/** @type {Line} */ line) {
  return line.up !== null || line.down !== null; // the way to the socket and back says nothing of what a line carries
}
