import assert from "node:assert/strict";
import { test } from "node:test";

import { Peer } from "../../cartref/static/js/call/peer.js";
import { FakeClock, FakeMediaStream, fakePeerConnections, settle } from "./fakes.js";

const WAITING = { connect: true, exchange: false, polite: false, sends: true, away: false };
const ADMITTED = { ...WAITING, exchange: true };
const GONE = { connect: false, exchange: false, polite: true, sends: false, away: true };
const TRACKS = { audio: "voice", video: "face" };

function peer({ reachable = true } = {}) {
  const clock = new FakeClock();
  const pcs = fakePeerConnections();
  const log = { sent: [], remote: [], phase: [], media: [], probes: 0 };
  let random = 0;
  const subject = new Peer("patient-00000001", {
    RTCPeerConnection: pcs.FakePeerConnection,
    MediaStream: FakeMediaStream,
    clock,
    random: () => (random += 0.001),
    send: (message) => log.sent.push(message),
    probe: async () => {
      log.probes += 1;
      return reachable;
    },
    configuration: () => ({ iceServers: ["turn"] }),
  });
  for (const name of ["remote", "phase"]) subject.on(name, (value) => log[name].push(value));
  subject.on("media", (event, ms) => log.media.push([event, ms]));
  return { subject, clock, pcs, log };
}

/** A peer whose transport is connected while the other waits. */
async function standingBy(options) {
  const set = peer(options);
  set.subject.setTracks(TRACKS);
  set.subject.update(WAITING);
  await settle();
  answer(set, "far");
  set.pcs.last().becomes("connected");
  set.pcs.last().hears(50);
  await set.clock.advance(2_000);
  return set;
}

function answer({ subject, log }, session) {
  const offer = log.sent.findLast(({ type }) => type === "offer");
  subject.receive({ type: "answer", sdp: "answer", session: `${session}.${offer.session}` });
}

async function flowing(options) {
  const set = await standingBy(options);
  set.subject.update(ADMITTED);
  await stream(set, 1_000);
  return set;
}

/** Media comes for so many milliseconds. */
async function stream({ pcs, clock }, ms) {
  for (let passed = 0; passed < ms; passed += 100) {
    pcs.last().hears();
    await clock.advance(100);
  }
}

test("the transport is made while the other waits, and nothing is sent or played", async () => {
  const { pcs, log } = await standingBy();
  assert.equal(pcs.last().connectionState, "connected");
  assert.deepEqual(pcs.last().sends, [null, null]);
  assert.deepEqual(log.remote.filter(Boolean), []);
  assert.deepEqual(pcs.last().getTransceivers().map(({ receiver }) => receiver.track.enabled), [false, false]);
});

test("letting in attaches and plays, with no further negotiation", async () => {
  const { subject, pcs, log } = await standingBy();
  log.sent.length = 0;
  subject.update(ADMITTED);
  await settle();
  assert.deepEqual(pcs.last().sends, ["voice", "face"]);
  assert.equal(log.remote.at(-1).tracks.length, 2);
  assert.deepEqual(pcs.last().getTransceivers().map(({ receiver }) => receiver.track.enabled), [true, true]);
  assert.deepEqual(log.sent, []);
});

test("sending back to wait detaches and stops playing, and keeps the transport", async () => {
  const { subject, pcs, log } = await flowing();
  subject.update(WAITING);
  await settle();
  assert.deepEqual(pcs.last().sends, [null, null]);
  assert.equal(log.remote.at(-1), null);
  assert.deepEqual(pcs.last().getTransceivers().map(({ receiver }) => receiver.track.enabled), [false, false]);
  assert.equal(pcs.last().isClosed, false);
});

test("tracks that change while the other waits are not sent", async () => {
  const { subject, pcs } = await standingBy();
  subject.setTracks({ audio: "other voice", video: "other face" });
  await settle();
  assert.deepEqual(pcs.last().sends, [null, null]);
});

test("media that comes before admission is not taken for a call", async () => {
  const set = await standingBy();
  await stream(set, 5_000);
  assert.deepEqual(set.log.media, []);
  assert.deepEqual(set.log.remote.filter(Boolean), []);
});

test("the first media after admission is reported with the time it took", async () => {
  const { log } = await flowing();
  assert.equal(log.media.length, 1);
  assert.equal(log.media[0][0], "connected");
  assert.deepEqual(log.phase, ["starting", "flowing"]);
});

test("who sends nothing is connected as soon as the transport is", async () => {
  const { subject, clock, log } = await standingBy();
  subject.update({ ...ADMITTED, sends: false });
  await clock.advance(400);
  assert.deepEqual(log.phase, ["starting", "flowing"]);
});

test("no connection is made before it is allowed, and what came meanwhile is taken up then", async () => {
  const { subject, pcs, log } = peer();
  subject.update({ ...GONE, polite: true });
  subject.receive({ type: "offer", sdp: "offer", session: "far" });
  subject.receive({ type: "candidate", candidate: { candidate: "a" }, session: "far" });
  await settle();
  assert.equal(pcs.made.length, 0);
  subject.update({ ...ADMITTED, polite: true });
  await settle();
  assert.equal(pcs.last().remoteDescription.sdp, "offer");
  assert.deepEqual(pcs.last().candidates, [{ candidate: "a" }]);
  assert.equal(log.sent.at(-1).type, "answer");
});

test("a silent line is mended: the socket first, then a new path, again and again, at last a new connection", async () => {
  const { clock, pcs, log } = await flowing();
  const [pc] = pcs.made;
  await clock.advance(2_500);
  assert.deepEqual([log.phase.at(-1), log.probes, pc.restarts], ["lost", 1, 1]);
  await clock.advance(6_000);
  assert.deepEqual([log.probes, pc.restarts, pcs.made.length], [3, 3, 1]);
  await clock.advance(7_000);
  assert.equal(pcs.made.length, 2);
  assert.equal(pc.isClosed, true);
  assert.equal(log.phase.at(-1), "rebuilding");
});

test("a new path is looked for with the servers as they are now", async () => {
  const { clock, pcs } = await flowing();
  await clock.advance(2_500);
  assert.deepEqual(pcs.last().configuration, { bundlePolicy: "max-bundle", iceServers: ["turn"] });
});

test("while the service can't be reached no new path is looked for", async () => {
  const { clock, pcs, log } = await flowing({ reachable: false });
  await clock.advance(10_000);
  assert.ok(log.probes > 1);
  assert.deepEqual([pcs.made.length, pcs.last().restarts], [1, 0]);
});

test("media that comes back is reported with the length of the gap", async () => {
  const set = await flowing();
  await set.clock.advance(4_000);
  await stream(set, 1_000);
  assert.deepEqual(set.log.media.map(([event]) => event), ["connected", "lost", "restored"]);
  assert.ok(set.log.media[2][1] >= 4_000);
  assert.equal(set.subject.phase, "flowing");
});

test("a line over which the path is heard but no media is left as it is", async () => {
  const { clock, pcs } = await flowing();
  for (let i = 0; i < 20; i += 1) {
    pcs.last().bytes = { ...pcs.last().bytes, transport: pcs.last().bytes.transport + 10 };
    await clock.advance(2_500);
  }
  assert.equal(pcs.made.length, 1);
});

test("no new connection is made to someone whose socket is lost", async () => {
  const { subject, clock, pcs } = await flowing();
  subject.update({ ...ADMITTED, away: true });
  await clock.advance(60_000);
  assert.equal(pcs.made.length, 1);
});

test("someone whose socket is back is tried at once", async () => {
  const { subject, clock, pcs } = await flowing();
  subject.update({ ...ADMITTED, away: true });
  await clock.advance(5_000);
  const before = pcs.last().restarts;
  subject.update(ADMITTED);
  await clock.advance(500);
  assert.equal(pcs.last().restarts, before + 1);
});

test("a page that began anew gets a new connection, and the old one is closed", async () => {
  const { subject, pcs, log } = await flowing();
  subject.renew();
  await settle();
  assert.equal(pcs.made.length, 2);
  assert.equal(pcs.made[0].isClosed, true);
  assert.deepEqual(pcs.made[1].sends, ["voice", "face"]);
  assert.equal(log.phase.at(-1), "rebuilding");
});

test("an offer from a new connection of the peer's makes a new one here", async () => {
  const { subject, pcs, log } = await flowing();
  subject.receive({ type: "offer", sdp: "new", session: "newer" });
  await settle();
  assert.equal(pcs.made.length, 2);
  assert.equal(pcs.last().remoteDescription.sdp, "new");
  assert.equal(log.sent.at(-1).type, "answer");
  assert.match(log.sent.at(-1).session, /\.newer$/);
});

test("a candidate or an answer of an old connection of the peer's is dropped", async () => {
  const { subject, pcs } = await flowing();
  subject.receive({ type: "candidate", candidate: { candidate: "stale" }, session: "older" });
  subject.receive({ type: "answer", sdp: "stale", session: "older" });
  await settle();
  assert.deepEqual([pcs.made.length, pcs.last().candidates], [1, []]);
});

test("an answer to a connection that is no more is not taken for an answer to the new one", async () => {
  const { subject, pcs, log } = await flowing();
  const old = log.sent.find(({ type }) => type === "offer").session;
  subject.renew();
  await settle();
  subject.receive({ type: "answer", sdp: "late", session: `far.${old}` });
  await settle();
  assert.equal(pcs.last().remoteDescription, null);
});

test("a polite side that is sent no offer makes one itself", async () => {
  const { subject, clock, log } = peer();
  subject.update({ ...WAITING, polite: true });
  await clock.advance(9_000);
  assert.deepEqual(log.sent, []);
  await clock.advance(15_000);
  assert.equal(log.sent.some(({ type }) => type === "offer"), true);
});

test("a polite side whose first offer met the other's gives way with a new connection", async () => {
  const { subject, clock, pcs, log } = peer();
  subject.update({ ...WAITING, polite: true });
  await clock.advance(24_000);
  const before = pcs.made.length;
  subject.receive({ type: "offer", sdp: "offer", session: "far" });
  await settle();
  assert.equal(pcs.made.length, before + 1);
  assert.equal(pcs.last().remoteDescription.sdp, "offer");
  assert.equal(log.sent.at(-1).type, "answer");
});

test("who left is not played; the connection goes when it no longer carries anything", async () => {
  const set = await flowing();
  set.subject.update(GONE);
  await stream(set, 10_000);
  assert.equal(set.pcs.last().isClosed, false);
  assert.equal(set.log.remote.at(-1), null);
  await set.clock.advance(12_000);
  assert.equal(set.pcs.last().isClosed, true);
});

test("who left and comes back over a living connection is played at once", async () => {
  const set = await flowing();
  set.subject.update(GONE);
  await stream(set, 2_000);
  set.subject.update(ADMITTED);
  await stream(set, 1_000);
  assert.equal(set.pcs.made.length, 1);
  assert.equal(set.subject.phase, "flowing");
});

test("closing shuts the connection and stops playing", async () => {
  const { subject, pcs, log } = await flowing();
  subject.close();
  assert.equal(pcs.last().isClosed, true);
  assert.equal(log.remote.at(-1), null);
});
