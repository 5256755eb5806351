/**
 * The states of one person's visit, as a table: state x event -> next state and actions.
 * Whoever runs it performs the actions: `open` the socket, `exchange` media with those who are admitted, `withhold` media
 * from everyone, `close` the socket and every connection. An event that a state does not list changes nothing.
 */

/** @typedef {{to: string, actions: string[]}} Step */

/** @type {(state: string, ...actions: string[]) => Step} */
const to = (state, ...actions) => ({ to: state, actions });

/** What may end any visit that is under way. */
const ENDINGS = {
  moved: to("moved", "close"), // opened in another tab or on another device
  removed: to("removed", "close"),
  ended: to("ended", "close"),
  refused: to("refused", "close"),
  leave: to("left", "close"),
};

/** @type {Record<string, Record<string, Step>>} */
export const MACHINE = {
  idle: { join: to("connecting", "open") },
  connecting: {
    waiting: to("waiting"),
    admitted: to("admitted", "exchange"),
    lost: to("recovering"),
    ...ENDINGS,
  },
  waiting: {
    admitted: to("admitted", "exchange"),
    lost: to("recovering"),
    ...ENDINGS,
  },
  admitted: {
    connected: to("talking"),
    held: to("held", "withhold"),
    waiting: to("held", "withhold"), // held while the line was lost
    lost: to("recovering"),
    rebuilding: to("rebuilding"),
    ...ENDINGS,
  },
  talking: {
    alone: to("admitted"),
    held: to("held", "withhold"),
    waiting: to("held", "withhold"),
    lost: to("recovering"),
    rebuilding: to("rebuilding"),
    ...ENDINGS,
  },
  held: {
    admitted: to("admitted", "exchange"),
    lost: to("recovering"),
    ...ENDINGS,
  },
  recovering: {
    connected: to("talking"),
    alone: to("admitted"),
    admitted: to("admitted", "exchange"),
    held: to("held", "withhold"),
    waiting: to("waiting", "withhold"),
    rebuilding: to("rebuilding"),
    ...ENDINGS,
  },
  rebuilding: {
    connected: to("talking"),
    alone: to("admitted"),
    held: to("held", "withhold"),
    waiting: to("held", "withhold"),
    lost: to("recovering"),
    ...ENDINGS,
  },
  moved: { join: to("connecting", "open") }, // "Use it here": only ever by the person's own press
  refused: { join: to("connecting", "open") },
  left: { join: to("connecting", "open") },
  removed: {},
  ended: {},
};

/**
 * The state after an event, and the actions to perform on the way; the same state and none where the table lists nothing.
 * @param {string} state
 * @param {string} event
 * @returns {Step}
 */
export function step(state, event) {
  return MACHINE[state][event] ?? to(state);
}

/** Whether a socket and connections may be open in this state. */
export function isLive(/** @type {string} */ state) {
  return "ended" in MACHINE[state];
}
