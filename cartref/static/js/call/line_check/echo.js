/** The echo: what is sent to the clinic's own peer comes back, and tells of the line there and back. */
import { sampleOf } from "../stats.js";

const CONNECT = 8_000; // ms
const MEASURE = 8_000;
const EVERY = 1_000;
const PICTURE = 1_500_000; // bit/s, the most that a call sends

/** @typedef {{rtt: number | null, loss: number | null, jitter: number | null, estimate: number | null, path: string | null, direct: boolean}} Figures */

export class Echo {
  #pc;
  #limits;
  /** @type {any[]} */
  #lines;

  /** @param {any} RTCPeerConnection @param {import("./limits.js").Limits} limits @param {object[]} iceServers */
  constructor(RTCPeerConnection, limits, iceServers) {
    this.#limits = limits;
    this.#pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#lines = [
      this.#pc.addTransceiver("audio", { direction: "sendrecv" }),
      this.#pc.addTransceiver("video", { direction: "sendrecv", sendEncodings: [{ maxBitrate: PICTURE }] }),
    ];
  }

  /**
   * Whether a path to the echo was found, within 8 s. The offer names no candidates: the echo answers where checks come from.
   * @param {(sdp: string) => Promise<string>} ask the answer to an offer
   */
  connect(ask) {
    const connected = new Promise((resolve) => {
      this.#pc.onconnectionstatechange = () => {
        if (this.#pc.connectionState === "connected") resolve(true);
        if (this.#pc.connectionState === "failed") resolve(false);
      };
    });
    const open = async () => {
      await this.#pc.setLocalDescription();
      const sdp = await ask(this.#pc.localDescription.sdp);
      await this.#pc.setRemoteDescription({ type: "answer", sdp });
      return connected;
    };
    return this.#limits.within(CONNECT, open, false);
  }

  /**
   * Sends these tracks for 8 s and gives the figures.
   * @param {{audio: any, video: any}} tracks null for none @param {(share: number) => void} tell how much is done, 0 to 1
   * @returns {Promise<Figures>}
   */
  async measure({ audio, video }, tell) {
    await Promise.all([audio, video].map((track, i) => this.#lines[i].sender.replaceTrack(track)));
    const looks = [];
    for (let passed = 0; passed < MEASURE && !this.#limits.isStopped; passed += EVERY) {
      await this.#limits.sleep(EVERY);
      looks.push(await this.#pc.getStats());
      tell((passed + EVERY) / MEASURE);
    }
    return figuresOf(looks, Boolean(video));
  }

  close() {
    this.#pc.close();
  }
}

/**
 * The figures of reports that were taken one after another; the first is the beginning.
 * @param {any[]} reports RTCStatsReports, or Maps like them @param {boolean} hasPicture whether one was sent
 * @returns {Figures}
 */
export function figuresOf(reports, hasPicture) {
  const [first, last] = [reports[0] ?? new Map(), reports.at(-1) ?? new Map()];
  const samples = reports.map((report) => sampleOf(report, 0));
  const { path } = samples.at(-1) ?? { path: null };
  return {
    rtt: round(median(samples.map(({ rtt }) => rtt).filter((rtt) => rtt !== null))),
    loss: lossBetween(first, last),
    jitter: jitterOf(last),
    estimate: hasPicture && sum(last, "outbound-rtp", "framesSent") > 0 ? estimateOf(reports) : null,
    path,
    direct: isDirect(last),
  };
}

function rowsOf(/** @type {any} */ report, /** @type {string} */ type) {
  return /** @type {any[]} */ ([...report.values()]).filter((row) => row.type === type);
}

function sum(/** @type {any} */ report, /** @type {string} */ type, /** @type {string} */ field) {
  return rowsOf(report, type).reduce((total, row) => total + (row[field] ?? 0), 0);
}

/**
 * The worse of the two ways, 0 to 1. What comes back was lost on either way, for the echo keeps the numbers; the far end's
 * reports tell what was lost on the way there.
 */
function lossBetween(/** @type {any} */ first, /** @type {any} */ last) {
  const grown = (/** @type {string} */ type, /** @type {string} */ field) => sum(last, type, field) - sum(first, type, field);
  const sent = grown("outbound-rtp", "packetsSent");
  const lost = Math.max(0, grown("inbound-rtp", "packetsLost"));
  const back = lost + grown("inbound-rtp", "packetsReceived");
  if (sent <= 0 || back <= 0) return null;
  const there = Math.min(1, Math.max(0, grown("remote-inbound-rtp", "packetsLost")) / sent);
  const here = there < 1 ? Math.max(0, (lost / back - there) / (1 - there)) : 1;
  return Math.max(there, here);
}

function jitterOf(/** @type {any} */ report) {
  const rows = [...rowsOf(report, "inbound-rtp"), ...rowsOf(report, "remote-inbound-rtp")];
  const known = rows.filter((row) => row.kind === "audio" && typeof row.jitter === "number").map((row) => row.jitter * 1_000);
  return known.length > 0 ? round(Math.max(...known)) : null;
}

/**
 * The most that the browser believed of the way up since half-time, when it knows what it began by guessing; without a
 * picture it never tried to find out.
 */
function estimateOf(/** @type {any[]} */ reports) {
  const pairs = reports.slice(Math.floor(reports.length / 2)).flatMap((report) => rowsOf(report, "candidate-pair"));
  const known = pairs.map((pair) => pair.availableOutgoingBitrate ?? 0);
  return Math.max(0, ...known) || null;
}

function isDirect(/** @type {any} */ report) {
  const works = rowsOf(report, "candidate-pair").filter((pair) => pair.state === "succeeded");
  return works.some((pair) => report.get(pair.localCandidateId)?.candidateType !== "relay");
}

function median(/** @type {number[]} */ figures) {
  const inOrder = [...figures].sort((a, b) => a - b);
  return inOrder.length > 0 ? inOrder[Math.floor(inOrder.length / 2)] : null;
}

function round(/** @type {number | null} */ figure) {
  return figure === null ? null : Math.round(figure);
}
