/** The check of a line by itself: what each part comes to, its limits, and the verdict. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { LineCheck, THRESHOLDS, judge } from "../../cartref/static/js/call/line_check.js";
import { figuresOf } from "../../cartref/static/js/call/line_check/echo.js";
import { kindOf, serversOf } from "../../cartref/static/js/call/line_check/probe.js";
import { brightness } from "../../cartref/static/js/call/line_check/sense.js";
import { noise, rateOf } from "../../cartref/static/js/call/line_check/transfer.js";
import { FakeClock, settle } from "./fakes.js";

const CHECK = "https://clinic.example/v1/check";
const SOCKET = "wss://clinic.example/v1/socket";
const TURN = { urls: ["turn:t?transport=udp", "turn:t?transport=tcp", "turns:t?transport=tcp"], username: "1:p", credential: "c" };
const FRESH = { ...TURN, credential: "fresh" };

const WELL = {
  camera: { code: "works" },
  microphone: { code: "works" },
  line: {
    socket: true, udp: true, tcp: true, tls: true, direct: true,
    rtt: 40, loss: 0, jitter: 3, up: 2_000_000, down: 8_000_000, path: "host", fault: null,
  },
};
const withLine = (change) => ({ ...WELL, line: { ...WELL.line, ...change } });

/** A world in which everything works, but for what `broken` says. */
function world(broken = {}) {
  const clock = new FakeClock();
  const asked = [];
  const pcs = [];
  const sockets = [];

  const answers = {
    [CHECK]: () => ({ check: "id", seconds: 60, iceServers: [TURN] }),
    [`${CHECK}/id/offer`]: () => ({ sdp: "answer" }),
    [`${CHECK}/id/ice-servers`]: () => ({ iceServers: [FRESH] }),
    [`${CHECK}/id/bytes`]: (options) => ({ count: options.body?.length }),
    [`${CHECK}/id/done`]: () => ({}),
    ...broken.answers,
  };

  async function fetch(url, options) {
    asked.push([url, options]);
    const [path, query] = url.split("?");
    const value = await answers[path]?.(options, url);
    if (value === undefined) throw new TypeError("Failed to fetch");
    const { status = 200, ...body } = value;
    const bytes = Number(new URLSearchParams(query).get("count"));
    return { ok: status < 400, status, json: async () => body, arrayBuffer: async () => new ArrayBuffer(bytes) };
  }

  class WebSocket {
    constructor(url, protocol) {
      sockets.push(Object.assign(this, { url, protocol, isClosed: false }));
      if (!broken.socket) clock.setTimeout(() => this.onopen(), 10);
    }

    send(frame) {
      this.said = JSON.parse(frame);
      clock.setTimeout(() => this.onclose({ code: 4401 }), 40);
    }

    close() {
      this.isClosed = true;
    }
  }

  class PeerConnection {
    isClosed = false;
    connectionState = "new";
    sent = [];

    constructor(configuration) {
      pcs.push(Object.assign(this, { configuration }));
    }

    createDataChannel() {}
    addTransceiver = (kind) => ({ sender: { replaceTrack: async (track) => this.sent.push([kind, track]) } });
    setRemoteDescription = async () => clock.setTimeout(() => this.becomes(broken.echo ?? "connected"), 50);
    getStats = async () => broken.stats?.() ?? report({ sent: 100 * clock.now(), received: 100 * clock.now() });
    close = () => (this.isClosed = true);

    becomes(state) {
      this.connectionState = state;
      this.onconnectionstatechange?.();
    }

    async setLocalDescription() {
      this.localDescription = { type: "offer", sdp: "offer" };
      if (this.configuration.iceTransportPolicy !== "relay") return;
      clock.setTimeout(() => this.gather(this.configuration.iceServers[0]), 20);
    }

    gather(server) {
      const kind = kindOf(server.urls[0]);
      const outcome = broken.relay?.(kind, server) ?? "given";
      if (outcome === "nothing") return;
      if (outcome === "given") this.onicecandidate({ candidate: { candidate: "candidate:1 1 udp 1 192.0.2.1 1 typ relay" } });
      else {
        this.onicecandidateerror({ errorCode: outcome });
        this.onicecandidate({ candidate: null });
      }
    }
  }

  const fetchTicket = broken.ticket ?? (async () => ({ ticket: "t", check: CHECK, socket: SOCKET }));
  const options = { fetchTicket, fetch, WebSocket, RTCPeerConnection: PeerConnection, AbortController, clock };
  const check = new LineCheck(options);
  return { check, clock, asked, pcs, sockets };
}

/** A stats report of a path without a relay. */
function report({ sent = 0, received = 0, lost = 0, lostThere = 0, rtt = 0.04, estimate = 900_000, frames = 50, type = "host" }) {
  return new Map([
    ["T", { type: "transport", selectedCandidatePairId: "P" }],
    ["P", { type: "candidate-pair", state: "succeeded", nominated: true, localCandidateId: "L", remoteCandidateId: "R",
      currentRoundTripTime: rtt, availableOutgoingBitrate: estimate }],
    ["L", { type: "local-candidate", candidateType: type }],
    ["R", { type: "remote-candidate", candidateType: "host" }],
    ["O", { type: "outbound-rtp", kind: "video", packetsSent: sent, framesSent: frames }],
    ["I", { type: "inbound-rtp", kind: "audio", packetsReceived: received, packetsLost: lost, jitter: 0.012 }],
    ["F", { type: "remote-inbound-rtp", kind: "audio", packetsLost: lostThere, jitter: 0.004 }],
  ]);
}

/** Runs something to its end by the clock. */
async function through(clock, promise, ms = 60_000) {
  let value;
  promise.then((result) => (value = result));
  const end = clock.now() + ms;
  while (value === undefined && clock.now() < end) await clock.advance(10);
  await settle();
  assert.notEqual(value, undefined, "it came to an end");
  return value;
}

const TRACKS = { audio: { kind: "audio" }, video: { kind: "video" } };

test("a line where all is well is proved by every way and measured", async () => {
  const { check, clock, pcs, asked, sockets } = world();

  const line = await through(clock, check.line(TRACKS));

  assert.deepEqual(
    { ...line, up: null, down: null },
    { socket: true, udp: true, tcp: true, tls: true, direct: true, rtt: 40, loss: 0, jitter: 12, up: null, down: null, path: "host", fault: null },
  );
  assert.equal(judge({ ...WELL, line }).readiness, "ready");
  assert.equal(line.up, 900_000, "the browser's own estimate");
  assert.ok(line.down > THRESHOLDS.picture);
  assert.ok(clock.now() < 25_000);
  assert.ok(pcs.every(({ isClosed }) => isClosed));
  assert.ok(sockets.every(({ isClosed }) => isClosed));
  assert.deepEqual(asked.at(-1)[0], `${CHECK}/id/done`);
});

test("each way is asked for by its own relay alone, and the echo by all", async () => {
  const { check, clock, pcs } = world();

  await through(clock, check.line(TRACKS));

  const relayed = pcs.filter(({ configuration }) => configuration.iceTransportPolicy === "relay");
  assert.deepEqual(relayed.map(({ configuration }) => configuration.iceServers.map(({ urls }) => urls)), TURN.urls.map((url) => [[url]]));
  const [echo] = pcs.filter(({ configuration }) => !configuration.iceTransportPolicy);
  assert.deepEqual(echo.configuration.iceServers, [TURN]);
  assert.deepEqual(echo.sent, [["audio", TRACKS.audio], ["video", TRACKS.video]]);
});

test("the socket is proved by a frame each way, with no ticket in it", async () => {
  const { check, clock, sockets } = world();

  await through(clock, check.line(TRACKS));

  assert.deepEqual(sockets.map(({ url, protocol, said }) => [url, protocol, said]), [[SOCKET, "cartref.v1", { type: "hello", ticket: "check" }]]);
});

test("stale credentials are fetched anew once for all ways", async () => {
  const { check, clock, asked } = world({ relay: (kind, server) => (server.credential === "fresh" ? "given" : 401) });

  const line = await through(clock, check.line(TRACKS));

  assert.deepEqual([line.udp, line.tcp, line.tls], [true, true, true]);
  assert.equal(asked.filter(([url]) => url.endsWith("/ice-servers")).length, 1);
});

test("a relay that refuses and one that is silent are both none, within the limit", async () => {
  const { check, clock } = world({ relay: (kind) => ({ udp: "nothing", tcp: 401, tls: 701 })[kind] });

  const line = await through(clock, check.line(TRACKS));

  assert.deepEqual([line.udp, line.tcp, line.tls, line.direct], [false, false, false, true]);
  assert.deepEqual(judge({ ...WELL, line }), { readiness: "ready", reasons: [], notes: ["no-relay"] });
});

test("ways that are not set up are not tried", async () => {
  const { check, clock } = world({ answers: { [CHECK]: () => ({ check: "id", iceServers: [] }) } });

  const line = await through(clock, check.line(TRACKS));

  assert.deepEqual([line.udp, line.tcp, line.tls], [null, null, null]);
  assert.deepEqual(judge({ ...WELL, line }).notes, []);
});

test("an echo that is not found leaves what the relay proved and the bytes measured", async () => {
  const { check, clock } = world({ echo: "failed" });

  const line = await through(clock, check.line(TRACKS));

  assert.deepEqual([line.direct, line.path, line.loss, line.tcp], [false, null, null, true]);
  assert.ok(line.up > 250_000);
  assert.equal(judge({ ...WELL, line }).readiness, "ready");
});

test("where nothing gets through the verdict is that she needs help", async () => {
  const { check, clock } = world({ echo: "failed", relay: () => "nothing" });

  const line = await through(clock, check.line(TRACKS));

  assert.deepEqual(judge({ ...WELL, line }), { readiness: "needs-help", reasons: ["no-path"], notes: ["no-udp", "no-relay"] });
});

for (const [what, broken, fault] of [
  ["no ticket is given", { ticket: async () => Promise.reject(new Error("403")) }, "no-ticket"],
  ["the ticket never comes", { ticket: () => new Promise(() => {}) }, "no-ticket"],
  ["the service is not there", { answers: { [CHECK]: () => undefined } }, "no-service"],
  ["the service never answers", { answers: { [CHECK]: () => new Promise(() => {}) } }, "no-service"],
  ["the ticket is refused", { answers: { [CHECK]: () => ({ status: 401, error: "ticket-used" }) } }, "no-ticket"],
  ["the service has too many checks", { answers: { [CHECK]: () => ({ status: 503, error: "busy" }) } }, "busy"],
]) {
  test(`where ${what} the check ends and says so`, async () => {
    const { check, clock } = world(broken);

    const line = await through(clock, check.line(TRACKS));

    assert.equal(line.fault, fault);
    assert.equal(judge({ ...WELL, line }).reasons[0], fault === "busy" ? "unmeasured" : "line-none");
  });
}

test("a socket that does not open is told", async () => {
  const { check, clock } = world({ socket: "dead" });

  const line = await through(clock, check.line(TRACKS));

  assert.equal(line.socket, false);
  assert.deepEqual(judge({ ...WELL, line }).notes, ["no-socket"]);
});

test("bytes that do not come through within their limit tell what the line has at most", async () => {
  const slow = { [`${CHECK}/id/bytes`]: () => new Promise(() => {}) };
  const { check, clock } = world({ answers: slow, stats: () => report({ sent: 10, received: 10, estimate: 60_000 }) });

  const line = await through(clock, check.line(TRACKS));

  assert.ok(line.down < THRESHOLDS.voice && line.up < THRESHOLDS.voice, `${line.down} ${line.up}`);
  assert.equal(judge({ ...WELL, line }).reasons[0], "line-no-voice");
});

test("what was stopped ends at once, with all that was known, and closes what it opened", async () => {
  const { check, clock, pcs, asked } = world();
  const pending = check.line(TRACKS);
  await clock.advance(2_000);

  check.stop();
  const line = await through(clock, pending, 10);

  assert.equal(line.fault, "stopped");
  assert.equal(line.udp, true);
  assert.ok(pcs.every(({ isClosed }) => isClosed));
  assert.equal(asked.filter(([url]) => url.endsWith("/done")).length, 1);
});

test("every step is told as it begins and ends, and the progress never goes back", async () => {
  const { check, clock } = world({ relay: (kind) => (kind === "udp" ? "nothing" : "given") });
  const steps = [];
  const shares = [];
  check.on("step", (name, state) => steps.push(`${name} ${state}`));
  check.on("progress", (share) => shares.push(share));

  await through(clock, check.line(TRACKS));

  for (const name of ["ticket", "socket", "path", "tcp", "tls", "down", "up", "echo"]) {
    assert.ok(steps.indexOf(`${name} begun`) < steps.indexOf(`${name} well`), name);
  }
  assert.ok(steps.includes("udp failed"));
  assert.deepEqual(shares, [...shares].sort((a, b) => a - b));
  assert.equal(shares.at(-1), 1);
});

test("a microphone works as soon as somebody is heard", async () => {
  const { check, clock } = world();
  const levels = [0.1, 0.2, 0.6];
  const told = [];
  check.on("level", (level) => told.push(level));

  const heard = await through(clock, check.microphone({ meter: { read: () => levels.shift() } }));

  assert.deepEqual(heard, { code: "works", level: 0.6 });
  assert.deepEqual(told, [0.1, 0.2, 0.6]);
  assert.ok(clock.now() < 1_000);
});

for (const [level, code] of [[0, "silent"], [0.2, "quiet"]]) {
  test(`a microphone that gives ${level} for four seconds is ${code}`, async () => {
    const { check, clock } = world();

    const heard = await through(clock, check.microphone({ meter: { read: () => level } }));

    assert.deepEqual(heard, { code, level });
    assert.ok(clock.now() <= 4_500);
  });
}

const frame = (brightness) => Uint8ClampedArray.from({ length: 16 }, (_, i) => (i % 4 === 3 ? 255 : brightness));

for (const [code, frames] of [
  ["works", () => frame(40 + Math.random() * 200)],
  ["no-picture", () => null],
  ["dark", () => frame(Math.random() * 3)],
  ["frozen", () => frame(99)],
]) {
  test(`a camera whose frames are ${code} is told so`, async () => {
    const { check, clock } = world();

    assert.deepEqual(await through(clock, check.camera({ grab: frames })), { code });
    assert.ok(clock.now() <= 3_500);
  });
}

test("a device that did not open is told by its fault, and one that was not asked for is skipped", async () => {
  const { check, clock } = world();

  assert.equal((await through(clock, check.camera({ fault: { name: "DeviceBusy" } }))).code, "busy");
  assert.equal((await through(clock, check.microphone({ fault: { name: "MicrophoneDenied" } }))).code, "denied");
  assert.equal((await through(clock, check.camera({}))).code, "skipped");
});

test("all of it runs in its order to a verdict that is useful", async () => {
  const { check, clock } = world();
  const parts = [];
  check.on("step", (name, state) => state === "begun" && parts.push(name));

  const faults = [{ name: "DeviceBusy", kind: "video" }];
  const result = await through(clock, check.run({ audio: TRACKS.audio, meter: { read: () => 0.8 }, faults }));

  assert.deepEqual(parts.slice(0, 3), ["microphone", "camera", "ticket"]);
  assert.deepEqual(judge(result).reasons, ["camera-busy"]);
  assert.ok(clock.now() < 25_000);
});

for (const [change, readiness, reasons] of [
  [{}, "ready", []],
  [{ up: 249_999 }, "slow", ["slow-up"]],
  [{ up: 250_000, down: 250_000, rtt: 600, loss: 0.1 }, "ready", []],
  [{ down: 120_000 }, "slow", ["slow-down"]],
  [{ rtt: 601 }, "slow", ["slow-far"]],
  [{ loss: 0.11 }, "slow", ["slow-loss"]],
  [{ up: 99_000 }, "needs-help", ["line-no-voice", "slow-up"]],
  [{ loss: 0.4 }, "needs-help", ["line-no-voice", "slow-loss"]],
  [{ up: null, down: null, rtt: null, loss: null }, "slow", ["unmeasured"]],
  [{ fault: "no-service", up: null, down: null, rtt: null }, "needs-help", ["line-none"]],
  [{ direct: false, udp: false, path: "relay" }, "ready", []],
]) {
  test(`a line with ${JSON.stringify(change)} is ${readiness}`, () => {
    const verdict = judge(withLine(change));

    assert.deepEqual([verdict.readiness, verdict.reasons], [readiness, reasons]);
  });
}

test("what was not tried is no reason to call her ready", () => {
  const verdict = judge({ camera: null, microphone: null, line: null });

  assert.deepEqual(verdict, { readiness: "needs-help", reasons: ["camera-skipped", "microphone-skipped", "unmeasured"], notes: [] });
});

test("the worse of the two ways is what is lost", () => {
  const there = figuresOf([report({}), report({ sent: 100, received: 80, lost: 20, lostThere: 20 })], true);
  const here = figuresOf([report({}), report({ sent: 100, received: 70, lost: 30 })], true);

  assert.equal(there.loss, 0.2);
  assert.equal(here.loss, 0.3);
});

test("a browser that sent no picture has not looked for what the line carries", () => {
  assert.equal(figuresOf([report({}), report({ sent: 9, received: 9 })], false).estimate, null);
  assert.equal(figuresOf([report({}), report({ sent: 9, received: 9, frames: 0 })], true).estimate, null);
  assert.equal(figuresOf([report({}), report({ sent: 9, received: 9 })], true).estimate, 900_000);
});

test("a guess that the browser began with is not what the line carries", () => {
  const guesses = [300_000, 320_000, 140_000, 150_000].map((estimate, i) => report({ sent: i, received: i, estimate }));

  assert.equal(figuresOf(guesses, true).estimate, 150_000);
});

test("a path through a relay is not direct", () => {
  const { path, direct } = figuresOf([report({ type: "relay" })], true);

  assert.deepEqual([path, direct], ["relay", false]);
});

test("no reports are no figures", () => {
  assert.deepEqual(figuresOf([], true), { rtt: null, loss: null, jitter: null, estimate: null, path: null, direct: false });
});

test("the ways of TURN URLs are told apart", () => {
  const urls = ["turn:a", "turn:a?transport=udp", "turn:a?transport=tcp", "turns:a", "stun:a"];

  assert.deepEqual(urls.map(kindOf), ["udp", "udp", "tcp", "tls", null]);
  assert.deepEqual(serversOf([{ urls: ["stun:a"] }], "udp"), []);
});

test("a rate takes the way there and back off, and never more than half", () => {
  assert.equal(rateOf(125_000, 1_100, 100), 1_000_000);
  assert.equal(rateOf(125_000, 1_000, 900), 2_000_000);
  assert.equal(rateOf(125_000, 0, null), 1e9);
});

test("noise does not repeat itself, and darkness is dark", () => {
  assert.ok(new Set(noise(4_096)).size > 250);
  assert.equal(Math.round(brightness(frame(80))), 80);
});
