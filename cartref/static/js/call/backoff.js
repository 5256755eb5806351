/** Waits between tries, in ms: none before the first, then doubling from 250 up to 2 s, each with jitter. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 2_000;

/**
 * The wait before a try, in ms: jitter takes up to half of it, so that a clinic of clients does not return as one.
 * @param {number} tries tries that have failed since the line was last good
 * @param {() => number} random 0 to 1
 */
export function waitBefore(tries, random) {
  if (tries === 0) return 0;
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1));
  return wait * (1 - random() / 2);
}
