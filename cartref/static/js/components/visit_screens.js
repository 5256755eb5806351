/** Which screen is shown, and what stands in place of the picture: functions of what is so, with nothing to remember. */

const STAFF = new Set(["clinician", "presenter"]);

/** The screens of the states of a call (`call/machine.js`) that have one of their own. */
const SCREENS = {
  connecting: "waiting",
  waiting: "waiting",
  held: "waiting",
  admitted: "call",
  talking: "call",
  moved: "moved",
  left: "left",
  removed: "removed",
  ended: "over",
  refused: "refused",
};

/**
 * What decides about the screen. `before`: check or problem, until she is ready; `aside`: what she asked for instead of
 * waiting (ring, not-coming), or left in this tab before a reload; `telephone`: the clinic rings her; `letIn`: she was let in and not sent back; `isLong`: the
 * line has been lost for so long that she is told to stay by the telephone.
 * @typedef {{before: string, aside: string, telephone: boolean, status: string, letIn: boolean, isLong: boolean}} Facts
 */

/** @param {Facts} facts */
export function screenOf({ before, aside, telephone, status, letIn, isLong }) {
  if (status === "ended") return "over";
  if (telephone) return "telephone";
  if (aside || before) return aside || before;
  if (status in SCREENS) return SCREENS[status];
  if (!letIn) return "waiting";
  return isLong ? "lost" : "call";
}

/** Whether the line is being mended: the call goes on by itself when it is. */
export function isMending(status) {
  return status === "recovering" || status === "rebuilding";
}

/** Whether she is with the clinic now. */
export function isIn(status) {
  return status === "admitted" || status === "talking";
}

/**
 * What stands in place of the picture: `joining` until the first one comes, `lost` while the line is mended, `paused` when
 * nobody of the clinic sends one; null when there is a picture.
 * @param {{status: string, exchanging: boolean, peers: any[]}} call
 */
export function insteadOf({ status, exchanging, peers }) {
  if (isMending(status)) return "lost";
  if (!exchanging) return "joining";
  const staff = peers.filter((peer) => STAFF.has(peer.role) && peer.exchanging);
  return staff.length > 0 && staff.every((peer) => peer.state?.video === false) ? "paused" : null;
}

/** Whether somebody of the clinic has gone over to the telephone. */
export function isRinging(peers) {
  return peers.some((peer) => STAFF.has(peer.role) && peer.rung?.rung === "phone");
}
