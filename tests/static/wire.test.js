import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CLIENT_MESSAGES, CLOSE_CODES, LIMITS, SERVER_MESSAGES, WireFault, afterClose, decode, encode, faultOf } from "../../cartref/static/js/call/wire.js";

const examples = JSON.parse(readFileSync(new URL("../wire/examples.json", import.meta.url), "utf8"));

for (const { name, frame, ok, code } of examples.client) {
  test(`client example: ${name}`, () => {
    assert.equal(faultOf(frame), ok ? null : code);
  });
}

for (const { name, frame } of examples.server) {
  test(`server example: ${name}`, () => {
    assert.deepEqual(decode(JSON.stringify(frame)), frame);
  });
}

test("the golden examples hold every message of both sides", () => {
  const kinds = (list) => [...new Set(list.map(({ frame }) => frame.type))];
  assert.deepEqual(Object.keys(SERVER_MESSAGES).filter((type) => !kinds(examples.server).includes(type)), []);
  assert.deepEqual(Object.keys(CLIENT_MESSAGES).filter((type) => !kinds(examples.client).includes(type)), []);
});

test("every close code that the service may use has a meaning", () => {
  assert.deepEqual(Object.keys(examples.close_codes), Object.keys(CLOSE_CODES));
});

test("the limits are those of the service", () => {
  const { frame, sdp, chat, minutes, silence, flooding } = examples.limits;
  assert.deepEqual(LIMITS, { frame, sdp, chat, minutes, silence: silence * 1_000, flooding: flooding * 1_000 });
});

test("a slow reader comes back at once, a flooding one after five seconds", () => {
  assert.deepEqual(afterClose(4429, "slow"), { next: "resume", because: "slow" });
  assert.deepEqual(afterClose(4429, "flooding"), { next: "resume", because: "flooding", delay: 5_000 });
});

test("a close code that nobody agreed on is a lost line", () => {
  assert.deepEqual(afterClose(1006), { next: "resume", because: "lost" });
});

test("a message that would be refused is not sent", () => {
  assert.throws(() => encode({ type: "chat", text: "a".repeat(1_001) }), (error) => error instanceof WireFault && error.code === "too-long");
});

test("a frame over 64 KiB is not sent, though each field is within its own limit", () => {
  const candidate = { candidate: "w".repeat(70_000) };
  assert.throws(() => encode({ type: "candidate", to: "clinician-000001", session: "s", candidate }), { code: "too-long" });
});

for (const frame of ["", "{", "[]", "null", '{"type":"later"}', '{"type":"offer","from":1}', '{"type":"toString"}', new ArrayBuffer(4)]) {
  test(`a frame that is not understood is passed over: ${frame}`, () => {
    assert.equal(decode(frame), null);
  });
}
