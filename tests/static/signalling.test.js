import assert from "node:assert/strict";
import { test } from "node:test";

import { Signalling } from "../../cartref/static/js/call/signalling.js";
import { FakeClock, WELCOME, fakeSockets, settle } from "./fakes.js";

/** A client whose tickets are ticket-1, ticket-2, …; `tickets.refuse` is what fetchTicket throws, if anything. */
function client({ resumable = true } = {}) {
  const clock = new FakeClock();
  const sockets = fakeSockets();
  const tickets = { count: 0, refuse: null };
  const fetchTicket = async () => {
    tickets.count += 1;
    if (tickets.refuse) throw tickets.refuse;
    return `ticket-${tickets.count}`;
  };
  const options = { url: "wss://clinic.example/v1/socket", WebSocket: sockets.FakeWebSocket, fetchTicket, clock, random: () => 0, resumable };
  const signalling = new Signalling(options);
  const heard = { message: [], closed: [], line: [], welcome: [] };
  for (const name of Object.keys(heard)) signalling.on(name, (...values) => heard[name].push(values.length > 1 ? values : values[0]));
  return { signalling, clock, sockets, tickets, heard };
}

async function opened(options) {
  const set = client(options);
  set.signalling.open();
  await welcome(set);
  return set;
}

async function welcome({ clock, sockets }, fields = {}) {
  await clock.advance(0);
  sockets.last().onopen();
  sockets.last().says({ ...WELCOME, ...fields });
  await settle();
}

test("a page opens with a ticket and no epoch", async () => {
  const { sockets } = await opened();
  assert.deepEqual(sockets.last().sent, [{ type: "hello", ticket: "ticket-1" }]);
  assert.equal(sockets.last().subprotocol, "cartref.v1");
});

test("a lost line is resumed at once with the token and the last number received", async () => {
  const set = await opened();
  set.sockets.last().says({ type: "admitted", seq: 2 });
  set.sockets.last().drops();
  await set.clock.advance(0);
  set.sockets.last().onopen();
  assert.deepEqual(set.sockets.last().sent, [{ type: "hello", resume: "token-1", received: 2 }]);
});

test("after a resume the messages the server has not handled are sent again, in their order", async () => {
  const set = await opened();
  for (const text of ["one", "two", "three"]) set.signalling.send({ type: "chat", text });
  set.sockets.last().drops();
  await welcome(set, { resumed: true, handled: 1, resume: "token-2" });
  assert.deepEqual(set.sockets.last().of("chat").map(({ n, text }) => [n, text]), [[2, "two"], [3, "three"]]);
});

test("a message sent while the line is lost goes out when it is back", async () => {
  const set = await opened();
  set.sockets.last().drops();
  set.signalling.send({ type: "chat", text: "are you there" });
  set.signalling.send({ type: "quality", level: "poor" });
  await welcome(set, { resumed: true, handled: 0 });
  assert.deepEqual(set.sockets.last().sent.slice(1), [{ type: "chat", text: "are you there", n: 1 }]);
});

test("a replayed message is taken once", async () => {
  const { sockets, heard } = await opened();
  sockets.last().says({ type: "admitted", seq: 2 });
  sockets.last().says({ type: "admitted", seq: 2 });
  assert.equal(heard.message.length, 1);
});

test("numbering goes on from a welcome's number, whatever it is", async () => {
  const set = await opened();
  set.sockets.last().says({ type: "admitted", seq: 40 });
  set.sockets.last().drops();
  await welcome(set, { seq: 3 });
  set.sockets.last().says({ type: "held", seq: 4 });
  assert.deepEqual(set.heard.message.map(({ type }) => type), ["admitted", "held"]);
});

test("an unknown resume token is answered by a fresh ticket with the epoch the page holds", async () => {
  const set = await opened();
  set.sockets.last().drops();
  await set.clock.advance(0);
  set.sockets.last().drops(4401, "resume-unknown");
  await set.clock.advance(1_000);
  set.sockets.last().onopen();
  assert.deepEqual(set.sockets.last().sent, [{ type: "hello", ticket: "ticket-2", epoch: 1 }]);
});

test("a page whose epoch was kept goes on; one that was given a new one is told so and counts from one", async () => {
  for (const [epoch, isNew, handled, n] of [[1, false, 1, 2], [2, true, 0, 1]]) {
    const set = await opened();
    set.signalling.send({ type: "chat", text: "before" });
    set.sockets.last().drops(4401, "resume-unknown");
    await welcome(set, { epoch, handled });
    set.signalling.send({ type: "chat", text: "after" });
    assert.equal(set.heard.welcome.at(-1)[1], isNew);
    assert.deepEqual(set.sockets.last().of("chat"), [{ type: "chat", text: "after", n }]);
  }
});

test("the client pings at every heartbeat", async () => {
  const { sockets, clock } = await opened();
  for (let i = 0; i < 3; i += 1) {
    await clock.advance(10_000);
    sockets.last().says({ type: "pong", t: sockets.last().of("ping").at(-1).t });
  }
  assert.equal(sockets.last().of("ping").length, 3);
});

test("a pong settles what was sent before its ping", async () => {
  const set = await opened();
  set.signalling.send({ type: "offer", to: "clinician-000001", session: "s", sdp: "v=0" });
  await set.clock.advance(10_000);
  set.sockets.last().says({ type: "pong", t: 10_000 });
  set.sockets.last().drops(1012);
  await welcome(set, { handled: null });
  assert.deepEqual(set.sockets.last().of("offer"), []);
});

test("twenty-five seconds of silence are a lost line", async () => {
  const { sockets, clock } = await opened();
  await clock.advance(24_999);
  assert.equal(sockets.opened.length, 1);
  await clock.advance(1);
  assert.equal(sockets.opened.length, 2);
  assert.notEqual(sockets.opened[0].closedWith, null);
});

test("a socket that brings no welcome is given up", async () => {
  const { signalling, sockets, clock } = client();
  signalling.open();
  await clock.advance(8_000);
  assert.equal(sockets.opened.length, 2);
});

test("retries back off to two seconds and never stop", async () => {
  const { signalling, sockets, clock } = client();
  signalling.open();
  const times = [];
  for (let seen = 0; sockets.opened.length < 9; ) {
    await clock.advance(10);
    if (sockets.opened.length > seen) {
      seen = sockets.opened.length;
      times.push(clock.now());
      sockets.last().drops();
    }
  }
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  assert.deepEqual(gaps.slice(-3), [2_000, 2_000, 2_000]);
  assert.ok(gaps[0] <= 10, "the first retry is at once");
});

test("a line that breaks as soon as it is up still backs off", async () => {
  const set = await opened();
  for (let i = 0; i < 6; i += 1) {
    set.sockets.last().drops();
    await set.clock.advance(2_000);
    await welcome(set, { resumed: true });
  }
  set.sockets.last().drops();
  await set.clock.advance(1_990);
  const before = set.sockets.opened.length;
  await set.clock.advance(10);
  assert.equal(set.sockets.opened.length, before + 1);
});

test("a line that held for a while is taken up again at once, however often it broke before", async () => {
  const set = await opened();
  for (let i = 0; i < 6; i += 1) {
    await set.clock.advance(6_000);
    set.sockets.last().drops();
    await welcome(set, { resumed: true });
  }
  assert.equal(set.sockets.opened.length, 7);
});

const FINAL = [[4403, "removed"], [4409, "moved"], [4410, "ended"]];
for (const [code, because] of FINAL) {
  test(`close code ${code} is final: ${because}`, async () => {
    const { sockets, clock, heard } = await opened();
    sockets.last().drops(code, "why");
    await clock.advance(60_000);
    assert.deepEqual(heard.closed, [{ because, detail: "why" }]);
    assert.equal(sockets.opened.length, 1);
  });
}

test("a flooding page stays away for five seconds, even when it is asked to hurry", async () => {
  const { signalling, sockets, clock } = await opened();
  sockets.last().drops(4429, "flooding");
  signalling.probe();
  await clock.advance(4_999);
  assert.equal(sockets.opened.length, 1);
  await clock.advance(1);
  assert.equal(sockets.opened.length, 2);
});

test("a slow reader and a restarted server are resumed at once", async () => {
  for (const [code, why] of [[4429, "slow"], [1012, "restarting"]]) {
    const { sockets, clock } = await opened();
    sockets.last().drops(code, why);
    await clock.advance(0);
    sockets.last().onopen();
    assert.equal(sockets.last().sent[0].resume, "token-1");
  }
});

test("no more tickets is the end, and says why", async () => {
  const { signalling, tickets, clock, heard } = client();
  tickets.refuse = Object.assign(new Error("cancelled"), { name: "TicketRefused" });
  signalling.open();
  await clock.advance(60_000);
  assert.deepEqual(heard.closed, [{ because: "refused", detail: tickets.refuse }]);
  assert.equal(tickets.count, 1);
});

test("a clinic that can't be reached for a ticket is asked again", async () => {
  const set = client();
  set.tickets.refuse = new TypeError("failed to fetch");
  set.signalling.open();
  await set.clock.advance(5_000);
  set.tickets.refuse = null;
  await set.clock.advance(2_000);
  await welcome(set);
  assert.deepEqual(set.heard.line.at(-1), true);
});

test("a ticket that is refused three times in a row is told to the person", async () => {
  const { signalling, sockets, clock, heard } = client();
  signalling.open();
  for (let i = 0; i < 3; i += 1) {
    await clock.advance(2_000);
    sockets.last().drops(4401, "ticket-refused");
  }
  assert.deepEqual(heard.closed, [{ because: "refused", detail: "ticket-refused" }]);
});

test("leaving says so, and nothing comes back", async () => {
  const { signalling, sockets, clock, heard } = await opened();
  signalling.leave();
  await clock.advance(60_000);
  assert.deepEqual(sockets.last().of("leave").length, 1);
  assert.equal(sockets.last().closedWith, 1000);
  assert.deepEqual(heard.closed, [{ because: "left", detail: undefined }]);
  assert.equal(sockets.opened.length, 1);
});

test("a page that takes its seat anew does not claim the epoch of connections it closed", async () => {
  const set = await opened();
  set.sockets.last().drops(4409);
  set.signalling.open();
  await welcome(set);
  assert.deepEqual(set.sockets.last().sent[0], { type: "hello", ticket: "ticket-2" });
});

test("a probe of a live socket is answered by its pong", async () => {
  const { signalling, sockets } = await opened();
  const good = signalling.probe();
  sockets.last().says({ type: "pong", t: 0 });
  assert.equal(await good, true);
});

test("a probe of a dead socket replaces it within a second and a half", async () => {
  const set = await opened();
  const good = set.signalling.probe();
  await set.clock.advance(1_500);
  assert.equal(set.sockets.opened.length, 2);
  await welcome(set, { resumed: true });
  assert.equal(await good, true);
});

test("a probe while the line is lost does not wait for the back-off", async () => {
  const set = await opened();
  for (let i = 0; i < 5; i += 1) {
    set.sockets.last().drops();
    await set.clock.advance(i === 4 ? 0 : 2_000);
  }
  const before = set.sockets.opened.length;
  set.signalling.probe();
  await settle();
  assert.equal(set.sockets.opened.length, before + 1);
});

test("a probe of a closed seat says so", async () => {
  const { signalling, sockets } = await opened();
  sockets.last().drops(4410);
  assert.equal(await signalling.probe(), false);
});

test("a board comes back by a fresh ticket only", async () => {
  const set = await opened({ resumable: false });
  set.sockets.last().drops();
  await set.clock.advance(0);
  set.sockets.last().onopen();
  assert.deepEqual(set.sockets.last().sent, [{ type: "hello", ticket: "ticket-2" }]);
});
