import assert from "node:assert/strict";
import { test } from "node:test";

import { judge } from "../../cartref/static/js/call/line_check.js";
import { isBroken, told } from "../../cartref/static/js/components/ready_parts.js";
import { OF_CODES, isTablet } from "../../cartref/static/js/components/ways_out.js";

const LINE = { udp: true, rtt: 40 };

test("what was not tried is told as skipped", () => {
  const parts = told({ camera: null, microphone: null, line: null }, { reasons: [], notes: [] }, "skipped");
  assert.deepEqual([parts.camera, parts.microphone, parts.speaker, parts.line], ["skipped", "skipped", "skipped", null]);
});

test("only the line's reasons are told, as the codes of the parts say the rest", () => {
  const result = { camera: { code: "denied" }, microphone: { code: "works", level: 0.6 }, line: LINE };
  const parts = told(result, { reasons: ["camera-denied", "slow-up"], notes: ["relayed"] }, "yes");
  assert.equal(parts.camera, "denied");
  assert.deepEqual(parts.reasons, ["slow-up"]);
  assert.deepEqual(parts.notes, ["relayed"]);
});

test("a line that carries no visit is broken, and a slow one is not", () => {
  assert.equal(isBroken({ reasons: ["no-path"] }), true);
  assert.equal(isBroken({ reasons: ["slow-up", "camera-denied"] }), false);
});

test("no line at all is broken in the eyes of the line check too", () => {
  const line = { socket: false, udp: null, tcp: null, tls: null, direct: null, rtt: null, loss: null, jitter: null, up: null, down: null, path: null };
  assert.equal(isBroken(judge({ camera: null, microphone: null, line: { ...line, fault: "no-service" } })), true);
});

test("every trouble of a device has its way out", () => {
  const names = new Set(Object.values(OF_CODES));
  for (const name of ["denied", "missing", "busy", "dark", "silent", "quiet", "InAppBrowser", "OldBrowser"]) assert.ok(names.has(name), name);
});

test("an iPad that calls itself a Mac is known by its touch screen", () => {
  const userAgent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15";
  assert.equal(isTablet({ userAgent, maxTouchPoints: 5 }), true);
  assert.equal(isTablet({ userAgent, maxTouchPoints: 0 }), false);
  assert.equal(isTablet({ userAgent: "Mozilla/5.0 (Windows NT 10.0)", maxTouchPoints: 10 }), false);
});
