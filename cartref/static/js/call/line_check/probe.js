/** Whether the service's socket is reached, and which ways a TURN relay gives an address by: each proved by doing it. */

const SECONDS_5 = 5_000;
const REFUSED = 4401;
const UNAUTHORISED = 401;

/** The kinds of TURN by which a path may be found, in the order in which ICE likes them. */
export const KINDS = /** @type {const} */ (["udp", "tcp", "tls"]);

/** How a TURN URL is reached (RFC 7065), or null for one that is no relay's. */
export function kindOf(/** @type {string} */ url) {
  if (url.startsWith("turns:")) return "tls";
  if (!url.startsWith("turn:")) return null;
  return /[?&]transport=tcp/.test(url) ? "tcp" : "udp";
}

/**
 * The servers that are reached by one kind, each with these URLs only.
 * @param {{urls: string[], username?: string, credential?: string}[]} iceServers @param {string} kind
 */
export function serversOf(iceServers, kind) {
  const picked = iceServers.map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => kindOf(url) === kind) }));
  return picked.filter(({ urls }) => urls.length > 0);
}

/**
 * Asks a relay for an address: `given`, `stale` when it refused the credentials, `none` when nothing came within 5 s.
 * @param {any} RTCPeerConnection @param {import("./limits.js").Limits} limits @param {object[]} servers
 */
export function allocate(RTCPeerConnection, limits, servers) {
  const ask = (/** @type {(run: () => void) => void} */ undo) => {
    const pc = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: "relay" });
    undo(() => pc.close());
    pc.createDataChannel("check"); // without a line there is nothing to gather for
    const answer = new Promise((resolve) => gather(pc, resolve));
    return pc.setLocalDescription().then(() => answer);
  };
  return limits.within(SECONDS_5, ask, "none");
}

/** The browser keeps to relays, so that the first candidate is one; the end of gathering without any is the refusal. */
function gather(/** @type {any} */ pc, /** @type {(answer: string) => void} */ resolve) {
  let isStale = false;
  pc.onicecandidateerror = ({ errorCode }) => (isStale ||= errorCode === UNAUTHORISED);
  pc.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) resolve("given");
    else if (!candidate) resolve(isStale ? "stale" : "none");
  };
}

/**
 * Whether the socket opens and frames pass both ways: what is no ticket is refused, and the refusal is the proof.
 * @param {any} WebSocket @param {import("./limits.js").Limits} limits @param {string} url
 * @returns {Promise<{reached: boolean, rtt: number | null}>}
 */
export function reachSocket(WebSocket, limits, url) {
  /** @type {{reached: boolean, rtt: number | null}} */
  const not = { reached: false, rtt: null };
  const ask = (/** @type {(run: () => void) => void} */ undo) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, "cartref.v1");
      let saidAt = 0;
      undo(() => socket.close());
      socket.onopen = () => {
        saidAt = limits.now;
        socket.send(JSON.stringify({ type: "hello", ticket: "check" }));
      };
      socket.onclose = ({ code }) => resolve(code === REFUSED ? { reached: true, rtt: limits.now - saidAt } : not);
    });
  return limits.within(SECONDS_5, ask, not);
}
