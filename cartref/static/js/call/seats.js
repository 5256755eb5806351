/** Who may be connected to whom, and who may hear and see whom: the rules of the waiting room, as functions of two seats. */

const STAFF = new Set(["clinician", "presenter"]);

/**
 * One person's seat as the server tells of it.
 * @typedef {{participant: string, role: string, status: string, admitted?: boolean, epoch?: number, polite?: boolean, away?: boolean, with?: string[],
 *   state?: {audio?: boolean, video?: boolean, hand?: boolean}, rung?: any, quality?: any}} Entry
 */

/** Staff are admitted as they arrive; everyone else waits for them. */
export function isStaff(/** @type {{role: string}} */ seat) {
  return STAFF.has(seat.role);
}

/**
 * Where a seat stands: `away` says that a socket was lost, not that the person was sent back. `admitted` holds through
 * it; from a server that does not say, the word before holds.
 * @param {{status: string, admitted?: boolean}} entry
 * @param {string} [earlier]
 */
export function standing({ status, admitted }, earlier = "away") {
  if (status !== "away") return status;
  if (admitted === undefined) return earlier;
  return admitted ? "admitted" : "waiting";
}

/**
 * Whether media may flow between two seats: both are admitted.
 * @param {{status: string}} mine
 * @param {{status: string}} theirs
 */
export function mayExchange(mine, theirs) {
  return mine.status === "admitted" && theirs.status === "admitted";
}

/**
 * Whether a transport may be made between two seats: both are admitted, or one is staff and the other waits.
 * @param {{status: string, role: string, exposed: boolean}} mine `exposed`: a transport would show an address that must stay hidden
 * @param {{status: string, role: string}} theirs
 */
export function mayConnect(mine, theirs) {
  if (mayExchange(mine, theirs)) return true;
  const present = [mine.status, theirs.status].every((status) => status === "waiting" || status === "admitted");
  return present && !mine.exposed && (isStaff(mine) || isStaff(theirs));
}

/**
 * Whether the policy asks for relays where none is named: then no transport is made before admission.
 * @param {{icePolicy?: string, iceServers?: any[]}} welcome
 */
export function isExposed({ icePolicy, iceServers = [] }) {
  return icePolicy === "relay" && iceServers.length === 0;
}
