import assert from "node:assert/strict";
import { test } from "node:test";

import { QualityMeter, StallWatch, levelOf, sampleOf, together } from "../../cartref/static/js/call/stats.js";

function report({ received = 0, sent = 0, media = 0, packets = 0, lost = 0, far = 0, local = "host", remote = "host" } = {}) {
  return new Map([
    ["T", { type: "transport", selectedCandidatePairId: "P", bytesReceived: received, bytesSent: sent }],
    ["P", { type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R", currentRoundTripTime: 0.12, responsesReceived: 3, requestsReceived: 2 }],
    ["L", { type: "local-candidate", candidateType: local }],
    ["R", { type: "remote-candidate", candidateType: remote }],
    ["A", { type: "inbound-rtp", kind: "audio", bytesReceived: media, packetsReceived: packets, packetsLost: lost }],
    ["V", { type: "inbound-rtp", kind: "video", bytesReceived: media, packetsReceived: packets, packetsLost: lost }],
    ["F", { type: "remote-inbound-rtp", fractionLost: far }],
  ]);
}

test("a sample says what came, what was sent and how long the way is", () => {
  const { rtt, media, alive } = sampleOf(report({ received: 500, media: 200 }), 0);
  assert.deepEqual({ rtt, media, alive }, { rtt: 120, media: 400, alive: 505 });
});

test("rates are bits a second since the sample before", () => {
  const before = sampleOf(report({ received: 1_000, sent: 2_000 }), 0);
  const { up, down } = sampleOf(report({ received: 3_000, sent: 2_500 }), 2_000, before);
  assert.deepEqual({ up, down }, { up: 2_000, down: 8_000 });
});

test("loss is the worse of the two ways, since the sample before", () => {
  const before = sampleOf(report({ packets: 100, lost: 50 }), 0);
  assert.equal(sampleOf(report({ packets: 190, lost: 60 }), 2_000, before).loss, 0.1);
  assert.equal(sampleOf(report({ packets: 190, lost: 60, far: 0.3 }), 2_000, before).loss, 0.3);
});

test("loss is not known before anything was sent", () => {
  const quiet = report();
  quiet.delete("F");
  assert.equal(sampleOf(quiet, 0).loss, null);
});

const PATHS = [["host", "host", "host"], ["srflx", "host", "srflx"], ["host", "prflx", "srflx"], ["relay", "host", "relay"], ["host", "relay", "relay"]];
for (const [local, remote, path] of PATHS) {
  test(`a path from ${local} to ${remote} is ${path}`, () => {
    assert.equal(sampleOf(report({ local, remote }), 0).path, path);
  });
}

test("a browser without transport statistics is read by its nominated pair", () => {
  const older = report();
  older.delete("T");
  Object.assign(older.get("P"), { nominated: true, state: "succeeded", bytesReceived: 70 });
  assert.equal(sampleOf(older, 0).received, 70);
  assert.equal(sampleOf(older, 0).path, "host");
});

test("silence is counted from the last sign of life", () => {
  const watch = new StallWatch(0);
  assert.equal(watch.silence(5, 500), 0);
  assert.equal(watch.silence(5, 1_000), 500);
  assert.equal(watch.silence(5, 2_000), 1_500);
  assert.equal(watch.silence(6, 2_500), 0);
});

test("a page that slept did not hear silence meanwhile", () => {
  const watch = new StallWatch(0);
  watch.silence(5, 500);
  assert.equal(watch.silence(5, 3_600_000), 2_000);
});

test("the level is that of the worse figure", () => {
  assert.equal(levelOf({ rtt: 40, loss: 0 }), "good");
  assert.equal(levelOf({ rtt: 400, loss: 0 }), "fair");
  assert.equal(levelOf({ rtt: 40, loss: 0.09 }), "poor");
  assert.equal(levelOf({ rtt: null, loss: null }), "good");
});

test("the level turns worse on the second poor sample and better on the fifth good one", () => {
  const meter = new QualityMeter();
  const poor = { rtt: 900, loss: 0 };
  const good = { rtt: 40, loss: 0 };
  assert.deepEqual([poor, poor].map((figures) => meter.read(figures)), [false, true]);
  assert.equal(meter.level, "poor");
  assert.deepEqual([good, good, good, good, good].map((figures) => meter.read(figures)), [false, false, false, false, true]);
  assert.equal(meter.level, "good");
});

test("a single bad moment changes nothing", () => {
  const meter = new QualityMeter();
  for (const rtt of [900, 40, 900, 40, 900]) assert.equal(meter.read({ rtt, loss: 0 }), false);
});

test("several connections are one line: the worst way, and the sum of what goes through", () => {
  const one = { ...sampleOf(report(), 0), up: 100, down: 200, rtt: 40, loss: null, path: "host" };
  const two = { ...one, up: 10, down: 20, rtt: 90, loss: 0.1, path: "relay" };
  assert.deepEqual(together([one, two]), { rtt: 90, loss: 0.1, up: 110, down: 220, path: "relay" });
});
