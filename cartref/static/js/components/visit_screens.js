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
 * waiting (ring, not-coming), or left in this tab before a reload; `telephone`: the clinic rings her, as the application or staff's own page says; `letIn`: she was let in and not sent back; `isLong`: the
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
 * What stands in place of the picture: `joining` until the first one comes, `lost` while the line is mended. When nobody
 * sends one: `thin` where somebody went over to sound for the line's sake, or the clinic for everybody, else `off`, for it was
 * switched off. Null when there is a picture.
 * @param {{status: string, exchanging: boolean, peers: any[]}} call
 */
export function insteadOf({ status, exchanging, peers }) {
  if (isMending(status)) return "lost";
  if (!exchanging) return "joining";
  const there = peers.filter((peer) => peer.exchanging);
  if (there.length === 0 || there.some((peer) => peer.state?.video !== false)) return null;
  return there.some((peer) => peer.rung?.rung === "voice") ? "thin" : "off";
}

/**
 * Whether the clinic has gone over to the telephone: somebody of it says so, or said so before everybody of it left.
 * @param {any[]} peers @param {boolean} before whether it had
 */
export function isRinging(peers, before = false) {
  const staff = peers.filter(isStaff);
  return staff.length > 0 ? staff.some((peer) => peer.rung?.rung === "phone") : before;
}

function isStaff({ role }) {
  return STAFF.has(role);
}
