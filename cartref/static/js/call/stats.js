/** What `getStats` says of one connection, in the few figures that matter; a stall watch; a quality level that does not flicker. */

/**
 * One look at a connection. `alive` rises with every sign of life from the other side, `media` with the audio and video
 * received. rtt in ms, loss 0 to 1 of what was lost on the way here and there, lostThere of what was sent, up and down in
 * bit/s, available the bit/s that the browser thinks it may send.
 * @typedef {{at: number, alive: number, media: number, sent: number, received: number, lost: number, packets: number, went: number, gone: number,
 *   rtt: number | null, loss: number | null, lostThere: number | null, up: number, down: number, available: number | null,
 *   path: string | null}} Sample
 */

/** @param {any} report */
function rows(report) {
  const all = /** @type {any[]} */ ([...report.values()]);
  return (/** @type {string} */ type) => all.filter((row) => row.type === type);
}

/** @param {any[]} list @param {string} field */
function total(list, field) {
  return list.reduce((sum, row) => sum + (row[field] ?? 0), 0);
}

/** The candidate pair in use: by the transport's own word, else the one that was nominated. */
function pairInUse(/** @type {any} */ report, /** @type {any[]} */ pairs, /** @type {any} */ transport) {
  return report.get(transport?.selectedCandidatePairId) ?? pairs.find((pair) => pair.nominated && pair.state === "succeeded");
}

/** How a pair runs: through a relay when either end is one; a peer-reflexive address is a translated one. */
function pathOf(/** @type {any} */ report, /** @type {any} */ pair) {
  if (!pair) return null;
  const kinds = [pair.localCandidateId, pair.remoteCandidateId].map((id) => report.get(id)?.candidateType);
  if (kinds.includes("relay")) return "relay";
  return kinds.every((kind) => kind === "host") ? "host" : "srflx";
}

/**
 * A sample of a stats report, with rates and loss since the one before.
 * @param {any} report an RTCStatsReport, or a Map like it
 * @param {number} at ms
 * @param {Sample} [before]
 * @returns {Sample}
 */
export function sampleOf(report, at, before) {
  const of = rows(report);
  const [transport] = of("transport");
  const pair = pairInUse(report, of("candidate-pair"), transport);
  const inbound = of("inbound-rtp");
  const counts = {
    at,
    sent: transport?.bytesSent ?? pair?.bytesSent ?? 0,
    received: transport?.bytesReceived ?? pair?.bytesReceived ?? 0,
    media: total(inbound, "bytesReceived"),
    lost: Math.max(0, total(inbound, "packetsLost")),
    packets: total(inbound, "packetsReceived"),
    went: total(of("outbound-rtp"), "packetsSent"),
    gone: Math.max(0, total(of("remote-inbound-rtp"), "packetsLost")),
  };
  const checks = total(of("candidate-pair"), "responsesReceived") + total(of("candidate-pair"), "requestsReceived");
  return {
    ...counts,
    ...ratesOf(counts, before),
    alive: counts.received + checks,
    loss: worst(lossBetween(counts, before), ...of("remote-inbound-rtp").map((row) => row.fractionLost)),
    lostThere: lossBetween({ lost: counts.gone, packets: counts.went - counts.gone }, before && { lost: before.gone, packets: before.went - before.gone }),
    available: pair?.availableOutgoingBitrate ?? null,
    rtt: pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1_000,
    path: pathOf(report, pair),
  };
}

/** @param {{at: number, sent: number, received: number}} counts @param {Sample} [before] */
function ratesOf(counts, before) {
  const seconds = before ? (counts.at - before.at) / 1_000 : 0;
  if (!before || seconds <= 0) return { up: 0, down: 0 };
  const rate = (/** @type {number} */ bytes) => Math.max(0, Math.round((bytes * 8) / seconds));
  return { up: rate(counts.sent - before.sent), down: rate(counts.received - before.received) };
}

/** @param {{lost: number, packets: number}} counts @param {{lost: number, packets: number}} [before] */
function lossBetween(counts, before = undefined) {
  const lost = Math.max(0, counts.lost - (before?.lost ?? 0));
  const arrived = Math.max(0, counts.packets - (before?.packets ?? 0));
  return lost + arrived === 0 ? null : lost / (lost + arrived);
}

/** The greatest of the figures that are known, or null. */
function worst(/** @type {(number | null | undefined)[]} */ ...figures) {
  const known = figures.filter((figure) => typeof figure === "number");
  return known.length === 0 ? null : Math.max(...known);
}

const LONGEST_STEP = 2_000; // ms: a page that slept did not hear silence meanwhile

/** Says for how long nothing has come from the other side. */
export class StallWatch {
  #alive = -1;
  #at;
  #silence = 0;

  constructor(/** @type {number} */ now) {
    this.#at = now;
  }

  /**
   * How long, in ms, the other side has been silent.
   * @param {number} alive the sample's `alive`
   * @param {number} now ms
   */
  silence(alive, now) {
    const step = Math.min(now - this.#at, LONGEST_STEP);
    this.#silence = alive === this.#alive ? this.#silence + step : 0;
    this.#alive = alive;
    this.#at = now;
    return this.#silence;
  }
}

/** The poorest level whose bound a figure passes, poorest first: rtt in ms, loss 0 to 1. */
const LEVELS = [
  { level: "poor", rtt: 800, loss: 0.08 },
  { level: "fair", rtt: 350, loss: 0.025 },
  { level: "good", rtt: -1, loss: -1 },
];
const ORDER = ["good", "fair", "poor"];
const WORSE_AFTER = 2; // samples in a row
const BETTER_AFTER = 5;

/** @param {{rtt: number | null, loss: number | null}} figures */
export function levelOf({ rtt, loss }) {
  const passes = (/** @type {any} */ bound) => (rtt ?? 0) > bound.rtt || (loss ?? 0) > bound.loss;
  return /** @type {{level: string}} */ (LEVELS.find(passes)).level;
}

/** A quality level that turns worse after two poor samples and better only after five good ones. */
export class QualityMeter {
  level = "good";
  #turning = "";
  #count = 0;

  /**
   * Whether this sample changed the level.
   * @param {{rtt: number | null, loss: number | null}} figures
   */
  read(figures) {
    const seen = levelOf(figures);
    const way = Math.sign(ORDER.indexOf(seen) - ORDER.indexOf(this.level));
    this.#count = seen === this.#turning ? this.#count + 1 : 1;
    this.#turning = seen;
    if (way === 0 || this.#count < (way > 0 ? WORSE_AFTER : BETTER_AFTER)) return false;
    this.level = seen;
    return true;
  }
}

/**
 * The figures of several connections as one line's: the worst way, and the sum of what goes through.
 * @param {Sample[]} samples
 */
export function together(samples) {
  return {
    rtt: worst(...samples.map((sample) => sample.rtt)),
    loss: worst(...samples.map((sample) => sample.loss)),
    up: total(samples, "up"),
    down: total(samples, "down"),
    path: samples.find((sample) => sample.path === "relay")?.path ?? samples.find((sample) => sample.path)?.path ?? null,
  };
}
