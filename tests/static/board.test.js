import assert from "node:assert/strict";
import { test } from "node:test";

import { Board } from "../../cartref/static/js/call/board.js";
import { FakeClock, WELCOME, fakeSockets, settle } from "./fakes.js";

const ROOM = "room-000000000001";
const PATIENT = { participant: "patient-00000001", role: "patient", with: [], status: "waiting", since: 0, ready: null, quality: null, rung: null };

async function opened() {
  const clock = new FakeClock();
  const sockets = fakeSockets();
  const board = new Board({ url: "wss://clinic.example", WebSocket: sockets.FakeWebSocket, fetchTicket: async () => "ticket", clock, random: () => 0 });
  const seen = [];
  board.on("rooms", (rooms) => seen.push(Object.fromEntries(rooms)));
  board.open();
  await welcome(clock, sockets);
  return { board, clock, sockets, seen };
}

async function welcome(clock, sockets) {
  await clock.advance(0);
  sockets.last().onopen();
  sockets.last().says({ ...WELCOME, room: null, role: "board", resume: null });
  await settle();
}

test("a board shows its rooms, and each change of one", async () => {
  const { sockets, seen } = await opened();
  sockets.last().says({ type: "board", seq: 2, rooms: [{ room: ROOM, participants: [PATIENT] }] });
  sockets.last().says({ type: "board-update", seq: 3, room: ROOM, participants: [{ ...PATIENT, status: "admitted" }] });
  assert.deepEqual(seen, [{ [ROOM]: [PATIENT] }, { [ROOM]: [{ ...PATIENT, status: "admitted" }] }]);
});

test("a room without anyone leaves the board", async () => {
  const { board, sockets } = await opened();
  sockets.last().says({ type: "board", seq: 2, rooms: [{ room: ROOM, participants: [PATIENT] }] });
  sockets.last().says({ type: "board-update", seq: 3, room: ROOM, participants: [] });
  assert.equal(board.rooms.size, 0);
});

test("a board that was lost comes back, and what it is shown then is the truth", async () => {
  const { board, clock, sockets } = await opened();
  sockets.last().says({ type: "board", seq: 2, rooms: [{ room: ROOM, participants: [PATIENT] }] });
  sockets.last().drops();
  await welcome(clock, sockets);
  sockets.last().says({ type: "board", seq: 2, rooms: [] });
  assert.equal(board.rooms.size, 0);
});

test("a notice goes to one room", async () => {
  const { board, sockets } = await opened();
  board.notice(ROOM, "running-late", 20);
  assert.deepEqual(sockets.last().of("notice"), [{ type: "notice", room: ROOM, code: "running-late", minutes: 20, n: 1 }]);
});
