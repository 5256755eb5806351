/** How fast bytes come and go: blobs that nothing on the way can compress or keep, the second large only on a fast line. */

const SMALL = 32 * 1024;
const LARGE = 256 * 1024;
const LIMIT = 3_000; // ms for each blob
const FAST = 600; // ms for the small one, beyond which the large one would take too long to be worth it
const GREATEST = 1e9; // bit/s: of a blob that took no time at all only this is known
const BITS = 8;

/**
 * Bits a second of `bytes` that took `ms`, the way there and back taken off, but never more than half.
 * @param {number} bytes @param {number} ms @param {number | null} rtt
 */
export function rateOf(bytes, ms, rtt) {
  const spent = Math.max(ms - (rtt ?? 0), ms / 2);
  return spent > 0 ? Math.min(GREATEST, Math.round((bytes * BITS * 1_000) / spent)) : GREATEST;
}

/**
 * The rate of a transfer, the small blob first; null when it failed. One that took too long tells what it had at most.
 * @param {import("./limits.js").Limits} limits
 * @param {number | null} rtt ms
 * @param {(count: number, undo: (run: () => void) => void) => Promise<number>} move resolves with the bytes that passed
 */
export async function timed(limits, rtt, move) {
  const small = await once(limits, rtt, move, SMALL);
  if (small === null || small.ms > FAST) return small && small.rate;
  return (await once(limits, rtt, move, LARGE))?.rate ?? small.rate;
}

/** @param {any} limits @param {number | null} rtt @param {any} move @param {number} count */
async function once(limits, rtt, move, count) {
  const began = limits.now;
  const moved = await limits.within(LIMIT, (/** @type {any} */ undo) => move(count, undo), null);
  const ms = limits.now - began;
  if (moved !== null) return { ms, rate: rateOf(moved, ms, rtt) };
  return ms >= LIMIT ? { ms, rate: rateOf(count, ms, 0) } : null;
}

/** Bytes that nothing on the way makes fewer (xorshift32, Marsaglia 2003); they need not be secret. */
export function noise(/** @type {number} */ count) {
  const bytes = new Uint8Array(count);
  let state = 0x2545f491;
  for (let i = 0; i < count; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}
