import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection } from "../../cartref/static/js/call/connection.js";
import { fakePeerConnections, settle } from "./fakes.js";

/** One side of a connection; what it sends is kept in `sent`. */
function side(polite) {
  const { FakePeerConnection, last } = fakePeerConnections();
  const sent = [];
  const connection = new Connection({
    RTCPeerConnection: FakePeerConnection,
    configuration: { iceServers: [] },
    polite,
    send: (message) => sent.push({ ...message, session: polite ? "polite" : "impolite" }),
  });
  return { connection, sent, pc: last() };
}

/** Carries everything that is waiting from each side to the other, until both are quiet. */
async function carry(one, other) {
  await settle();
  while (one.sent.length + other.sent.length > 0) {
    const [toOther, toOne] = [one.sent.splice(0), other.sent.splice(0)];
    for (const message of toOther) other.connection.receive(message);
    for (const message of toOne) one.connection.receive(message);
    await settle();
  }
}

async function connected() {
  const [impolite, polite] = [side(false), side(true)];
  impolite.connection.begin();
  await carry(impolite, polite);
  return { impolite, polite };
}

const lines = ({ pc }) => pc.getTransceivers().filter(({ direction }) => direction !== "stopped");

test("one side makes an audio and a video line, the other adopts them to send and receive", async () => {
  const { impolite, polite } = await connected();
  for (const one of [impolite, polite]) {
    assert.deepEqual(lines(one).map(({ receiver, direction }) => [receiver.track.kind, direction]), [["audio", "sendrecv"], ["video", "sendrecv"]]);
    assert.equal(one.pc.signalingState, "stable");
  }
});

test("everything runs in one bundle", () => {
  assert.equal(side(true).pc.configuration.bundlePolicy, "max-bundle");
});

test("tracks are replaced without a negotiation", async () => {
  const { impolite, polite } = await connected();
  await impolite.connection.setTracks({ audio: "voice", video: "face" });
  await settle();
  assert.deepEqual(impolite.pc.sends, ["voice", "face"]);
  assert.deepEqual([impolite.sent, polite.sent], [[], []]);
});

test("tracks that were set before there are lines are sent once there are", async () => {
  const [impolite, polite] = [side(false), side(true)];
  polite.connection.setTracks({ audio: "voice", video: null });
  impolite.connection.begin();
  await carry(impolite, polite);
  assert.deepEqual(polite.pc.sends, ["voice", null]);
});

test("two sides that begin at once agree on the impolite side's offer, and carry two lines, not four", async () => {
  const [impolite, polite] = [side(false), side(true)];
  impolite.connection.begin();
  polite.connection.begin();
  await carry(impolite, polite);
  for (const one of [impolite, polite]) {
    assert.equal(one.pc.signalingState, "stable");
    assert.equal(lines(one).length, 2);
  }
  assert.equal(polite.pc.remoteDescription.type, "offer");
  assert.equal(impolite.pc.remoteDescription.type, "answer");
});

test("two sides that look for a new path at once both end up stable", async () => {
  const { impolite, polite } = await connected();
  impolite.connection.restart({ iceServers: [] });
  polite.connection.restart({ iceServers: [] });
  await carry(impolite, polite);
  assert.deepEqual([impolite.pc.signalingState, polite.pc.signalingState], ["stable", "stable"]);
});

test("a candidate that comes before the description waits for it", async () => {
  const polite = side(true);
  polite.connection.receive({ type: "candidate", candidate: { candidate: "early" }, session: "impolite" });
  polite.connection.receive({ type: "candidate", candidate: { candidate: "other" }, session: "old" });
  await settle();
  assert.deepEqual(polite.pc.candidates, []);
  await polite.connection.receive({ type: "offer", sdp: "offer", session: "impolite" });
  assert.deepEqual(polite.pc.candidates, [{ candidate: "early" }]);
});

test("a candidate of another session is dropped", async () => {
  const { impolite } = await connected();
  await impolite.connection.receive({ type: "candidate", candidate: { candidate: "stale" }, session: "old" });
  assert.deepEqual(impolite.pc.candidates, []);
});

test("an answer that nobody waits for is dropped", async () => {
  const { impolite } = await connected();
  const before = impolite.pc.remoteDescription;
  await impolite.connection.receive({ type: "answer", sdp: "again", session: "polite" });
  assert.equal(impolite.pc.remoteDescription, before);
});

test("every candidate and the end of candidates are sent as they come", () => {
  const one = side(true);
  one.pc.onicecandidate({ candidate: { candidate: "a" } });
  one.pc.onicecandidate({ candidate: null });
  assert.deepEqual(one.sent.map(({ type, candidate }) => [type, candidate?.candidate ?? null]), [["candidate", "a"], ["candidate", null]]);
});

test("sound goes before pictures where the line can't carry both", async () => {
  const { impolite } = await connected();
  impolite.pc.becomes("connected");
  await settle();
  const [audio, video] = lines(impolite).map(({ sender }) => sender.parameters.encodings[0]);
  assert.deepEqual([audio.priority, video.priority], ["high", undefined]);
});
