import assert from "node:assert/strict";
import { test } from "node:test";

import { createCall } from "../../cartref/static/js/call/call.js";
import { Signalling } from "../../cartref/static/js/call/signalling.js";
import { CLINICIAN, FakeClock, FakeMediaStream, WELCOME, fakePeerConnections, fakeSockets, fakeStorage, settle } from "./fakes.js";

const EVENTS = ["status", "remote", "waiting", "notice", "chat", "held", "ended", "removed", "moved", "left", "refused", "error", "socket"];

function page() {
  const clock = new FakeClock();
  const sockets = fakeSockets({ pongs: true });
  const pcs = fakePeerConnections();
  const shared = { clock, random: () => 0 };
  const signalling = new Signalling({ ...shared, url: "wss://clinic.example", WebSocket: sockets.FakeWebSocket, fetchTicket: async () => "ticket" });
  const media = { RTCPeerConnection: pcs.FakePeerConnection, MediaStream: FakeMediaStream };
  const call = createCall({ ...shared, ...media, signalling, storage: fakeStorage() });
  const log = Object.fromEntries(EVENTS.map((name) => [name, []]));
  for (const name of EVENTS) call.on(name, (...values) => log[name].push(values.length > 1 ? values : values[0]));
  call.replaceTracks({ audio: { kind: "audio", enabled: true }, video: { kind: "video", enabled: true } });
  let seq = 1;
  const says = (message) => sockets.last().says({ ...message, seq: (seq += 1) });
  return { call, clock, sockets, pcs, log, says };
}

async function welcome({ clock, sockets }, fields = {}) {
  await clock.advance(0);
  sockets.last().onopen();
  sockets.last().says({ ...WELCOME, ...fields });
  await settle();
}

/** A patient who waits; the clinician is there, and the transport to her is connected. */
async function waiting(fields = {}) {
  const set = page();
  set.call.join();
  await welcome(set, { peers: [CLINICIAN], ...fields });
  set.says({ type: "offer", from: CLINICIAN.participant, session: "far", sdp: "offer" });
  await settle();
  set.pcs.last()?.becomes("connected");
  await settle();
  return set;
}

async function talking() {
  const set = await waiting();
  set.says({ type: "admitted" });
  await stream(set, 1_000);
  return set;
}

async function stream({ pcs, clock }, ms) {
  for (let passed = 0; passed < ms; passed += 100) {
    pcs.last().hears();
    await clock.advance(100);
  }
}

const states = ({ log }) => log.status.map(([state]) => state);
const sends = ({ pcs }) => pcs.last().sends.map((track) => track?.kind ?? null);

test("a patient joins, waits, is let in and talks", async () => {
  const set = await talking();
  assert.deepEqual(states(set), ["connecting", "waiting", "admitted", "talking"]);
  assert.deepEqual(sends(set), ["audio", "video"]);
  assert.equal(set.log.remote.at(-1)[0], CLINICIAN.participant);
});

test("before she is let in nothing is sent and nothing is played", async () => {
  const set = await waiting();
  await stream(set, 5_000);
  assert.deepEqual(sends(set), [null, null]);
  assert.deepEqual(set.log.remote.filter(([, stream]) => stream), []);
});

test("a held patient is neither heard nor seen, and waits", async () => {
  const set = await talking();
  set.says({ type: "held" });
  await settle();
  assert.equal(set.call.state, "held");
  assert.deepEqual(sends(set), [null, null]);
  assert.deepEqual(set.log.remote.at(-1), [CLINICIAN.participant, null]);
});

test("a held patient who is let in again talks again", async () => {
  const set = await talking();
  set.says({ type: "held" });
  set.says({ type: "admitted" });
  await stream(set, 1_000);
  assert.equal(set.call.state, "talking");
});

test("the clinician's own hold withholds at once, even while the line is lost", async () => {
  const set = page();
  const patient = { ...CLINICIAN, participant: "patient-00000001", role: "patient", polite: false };
  set.call.join();
  await welcome(set, { ...CLINICIAN, type: "welcome", peers: [patient] });
  await settle();
  assert.deepEqual(sends(set), ["audio", "video"]);
  set.sockets.last().drops();
  set.call.hold(patient.participant);
  await settle();
  assert.deepEqual(sends(set), [null, null]);
  assert.equal(set.call.peers[0].exchanging, false);
});

test("a hold that the server refuses is undone", async () => {
  const set = page();
  const presenter = { ...CLINICIAN, participant: "presenter-000001", role: "presenter", polite: false };
  set.call.join();
  await welcome(set, { ...CLINICIAN, type: "welcome", peers: [presenter] });
  set.call.hold(presenter.participant);
  const [{ id }] = set.sockets.last().of("hold");
  set.says({ type: "error", code: "not-permitted", detail: "", ref: id });
  await settle();
  assert.deepEqual(sends(set), ["audio", "video"]);
  assert.deepEqual(set.log.error, [{ name: "Refused", code: "not-permitted", ref: id }]);
});

test("a lost socket changes nothing while people talk", async () => {
  const set = await talking();
  set.sockets.last().drops();
  await stream(set, 20_000);
  assert.equal(set.call.state, "talking");
  assert.deepEqual([set.pcs.made.length, set.pcs.last().isClosed], [1, false]);
  assert.deepEqual(set.log.socket, [true, ...Array(set.log.socket.length - 1).fill(false)]);
});

test("a server that was killed and started again is told the state, and media goes on", async () => {
  const set = await talking();
  set.sockets.last().drops();
  await stream(set, 3_000);
  const away = { ...CLINICIAN, status: "away" };
  await welcome(set, { status: "admitted", handled: null, peers: [away] });
  await stream(set, 1_000);
  assert.equal(set.call.state, "talking");
  assert.deepEqual(sends(set), ["audio", "video"]);
  assert.deepEqual(set.sockets.last().of("state").map(({ audio, video }) => [audio, video]), [[true, true]]);
});

test("a waiting patient whose socket is away for over three seconds is told, and comes back to wait", async () => {
  const set = await waiting();
  set.sockets.last().drops();
  await set.clock.advance(3_000);
  assert.equal(set.call.state, "recovering");
  await welcome(set, { resumed: true });
  assert.equal(set.call.state, "waiting");
});

test("a socket that is back at once was never missed", async () => {
  const set = await waiting();
  set.sockets.last().drops();
  await welcome(set, { resumed: true });
  await set.clock.advance(5_000);
  assert.deepEqual(states(set), ["connecting", "waiting"]);
});

test("a lost path is told in words, and mended", async () => {
  const set = await talking();
  await set.clock.advance(3_000);
  assert.equal(set.call.state, "recovering");
  await stream(set, 1_000);
  assert.equal(set.call.state, "talking");
  assert.deepEqual(set.sockets.last().of("media").map(({ event }) => event), ["connected", "lost", "restored"]);
});

test("a path that stays lost for thirty seconds is an error with a name, and is still tried", async () => {
  const set = await talking();
  await set.clock.advance(29_000);
  assert.equal(set.log.error.length, 0);
  await set.clock.advance(6_000);
  assert.deepEqual(set.log.error[0], { name: "PathLost" });
  assert.ok(["recovering", "rebuilding"].includes(set.call.state));
});

test("a second tab takes over, and the first does not fight", async () => {
  const set = await talking();
  set.sockets.last().drops(4409);
  await set.clock.advance(60_000);
  assert.equal(set.call.state, "moved");
  assert.equal(set.log.moved.length, 1);
  assert.equal(set.pcs.last().isClosed, true);
  assert.equal(set.sockets.opened.length, 1);
});

test("the first tab comes back by the person's own press", async () => {
  const set = await talking();
  set.sockets.last().drops(4409);
  set.call.join();
  await welcome(set, { status: "admitted", epoch: 3, peers: [CLINICIAN] });
  assert.equal(set.call.state, "admitted");
});

test("the end is told with its reason, and everything is closed", async () => {
  const set = await talking();
  set.says({ type: "ended", reason: "completed" });
  set.sockets.last().drops(4410, "ended");
  assert.deepEqual([set.call.state, set.log.ended], ["ended", ["completed"]]);
  assert.equal(set.pcs.last().isClosed, true);
  assert.deepEqual(set.log.remote.at(-1), [CLINICIAN.participant, null]);
});

test("who is removed is out", async () => {
  const set = await talking();
  set.sockets.last().drops(4403);
  assert.equal(set.call.state, "removed");
  assert.equal(set.pcs.last().isClosed, true);
});

test("leaving says so and closes everything", async () => {
  const set = await talking();
  set.call.leave();
  assert.equal(set.call.state, "left");
  assert.equal(set.sockets.last().of("leave").length, 1);
  assert.equal(set.pcs.last().isClosed, true);
});

test("a peer's reload gets a new connection", async () => {
  const set = await talking();
  set.says({ type: "peer-updated", peer: { ...CLINICIAN, epoch: 2 } });
  await settle();
  assert.equal(set.pcs.made.length, 2);
  assert.equal(set.pcs.made[0].isClosed, true);
});

test("a peer who left and came back as another page gets a new connection", async () => {
  const set = await talking();
  set.says({ type: "peer-left", participant: CLINICIAN.participant });
  set.says({ type: "peer-joined", peer: { ...CLINICIAN, epoch: 2 } });
  await settle();
  assert.equal(set.pcs.made[0].isClosed, true);
});

test("a peer whose socket is lost is still heard and seen", async () => {
  const set = await talking();
  set.says({ type: "peer-updated", peer: { ...CLINICIAN, status: "away" } });
  await settle();
  assert.deepEqual(sends(set), ["audio", "video"]);
  assert.equal(set.call.peers[0].away, true);
});

test("a page that was given a new epoch makes new connections, as its peers do", async () => {
  const set = await talking();
  set.sockets.last().drops(4401, "resume-unknown");
  await welcome(set, { status: "admitted", epoch: 2, peers: [CLINICIAN] });
  assert.equal(set.pcs.made.length, 2);
  assert.equal(set.pcs.made[0].isClosed, true);
});

test("who was held by this page and is let in by a colleague is heard again", async () => {
  const set = page();
  const patient = { ...CLINICIAN, participant: "patient-00000001", role: "patient", polite: false };
  set.call.join();
  await welcome(set, { ...CLINICIAN, type: "welcome", peers: [patient] });
  set.call.hold(patient.participant);
  set.says({ type: "peer-updated", peer: { ...patient, status: "waiting", admitted: false } });
  set.says({ type: "peer-updated", peer: patient });
  await settle();
  assert.deepEqual(sends(set), ["audio", "video"]);
});

test("a service that is back does not make a lost path look mended", async () => {
  const set = await talking();
  await set.clock.advance(3_000);
  set.sockets.last().drops();
  await welcome(set, { resumed: true, status: "admitted" });
  assert.deepEqual(states(set).slice(-2), ["talking", "recovering"]);
});

test("the last word on a peer is a resume's replay, not its list", async () => {
  const set = await talking();
  set.sockets.last().drops();
  await welcome(set, { resumed: true, seq: 3, status: "admitted", peers: [] });
  assert.equal(set.call.peers.length, 1);
});

test("relays only, with none named: no transport before admission", async () => {
  const set = await waiting({ icePolicy: "relay" });
  assert.equal(set.pcs.made.length, 0);
  set.says({ type: "admitted" });
  await settle();
  assert.equal(set.pcs.last().configuration.iceTransportPolicy, "relay");
});

test("muting and hiding are told to the others and change what is sent", async () => {
  const set = await talking();
  set.call.setAudio(false);
  set.call.setVideo(false);
  await settle();
  assert.deepEqual(sends(set), ["audio", null]);
  assert.equal(set.pcs.last().sends[0].enabled, false);
  const { audio, video } = set.sockets.last().of("state").at(-1);
  assert.deepEqual([audio, video], [false, false]);
});

test("a presenter is neither heard nor seen until she says that they are ready", async () => {
  const set = page();
  set.call.join();
  await welcome(set, { role: "presenter", status: "admitted", peers: [CLINICIAN] });
  set.says({ type: "offer", from: CLINICIAN.participant, session: "far", sdp: "offer" });
  await settle();
  assert.deepEqual(set.call.media, { audio: false, video: false, hand: false });
  assert.deepEqual(sends(set), ["audio", null]);
  assert.equal(set.pcs.last().sends[0].enabled, false);
  set.call.setAudio(true);
  set.call.setVideo(true);
  await settle();
  assert.deepEqual(sends(set), ["audio", "video"]);
});

test("what the waiting page measured reaches the board, once, and again after a restart", async () => {
  const set = await waiting();
  const report = { camera: true, microphone: true, rtt: 40, relay: null };
  set.call.ready(report);
  set.call.ready(report);
  assert.equal(set.sockets.last().of("ready").length, 1);
  set.sockets.last().drops();
  await welcome(set, { handled: null, peers: [CLINICIAN] });
  assert.equal(set.sockets.last().of("ready").length, 1);
});

test("who is let in is not measured as one who waits any more", async () => {
  const set = await waiting();
  set.call.ready({ camera: true, microphone: true, rtt: 40, relay: null });
  set.sockets.last().drops();
  await welcome(set, { handled: null, status: "admitted", peers: [CLINICIAN] });
  assert.equal(set.sockets.last().of("ready").length, 0);
});

test("quality that turns poor is told at once, with what is known of it", async () => {
  const set = await talking();
  set.pcs.last().loss = 0.2;
  await stream(set, 5_000);
  const [{ level, loss }] = set.sockets.last().of("quality");
  assert.deepEqual([level, loss], ["poor", 0.2]);
});

test("quality is told about every ten seconds", async () => {
  const set = await talking();
  await stream(set, 20_000);
  const levels = set.sockets.last().of("quality").map(({ level }) => level);
  assert.deepEqual(levels, ["good", "good"]);
});

test("chat, notices and the place in the queue reach the page", async () => {
  const set = await waiting();
  set.says({ type: "waiting", ahead: 2 });
  set.says({ type: "notice", from: CLINICIAN.participant, code: "running-late", minutes: 20 });
  set.says({ type: "chat", from: CLINICIAN.participant, text: "Bore da", at: 5 });
  assert.deepEqual(set.log.waiting, [2]);
  assert.equal(set.log.notice[0].minutes, 20);
  assert.equal(set.log.chat[0].text, "Bore da");
});

test("a full room is told and asked again", async () => {
  const set = page();
  set.call.join();
  await set.clock.advance(0);
  set.sockets.last().drops(4413, "room-full");
  assert.deepEqual(set.log.error, [{ name: "RoomFull" }]);
  await set.clock.advance(5_000);
  assert.equal(set.sockets.opened.length, 2);
});

test("waking makes sure of the socket, and on another network of the path", async () => {
  const set = await talking();
  set.call.wake({ network: true });
  await settle();
  assert.ok(set.sockets.last().of("ping").length > 0);
  assert.equal(set.pcs.last().restarts, 1);
});
