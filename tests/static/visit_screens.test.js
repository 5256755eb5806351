import assert from "node:assert/strict";
import { test } from "node:test";

import { roundTrip } from "../../cartref/static/js/components/visit_check.js";
import { problemOf } from "../../cartref/static/js/components/ways_out.js";
import { insteadOf, isRinging, screenOf } from "../../cartref/static/js/components/visit_screens.js";

const facts = (changed) => ({ before: "", aside: "", telephone: false, status: "waiting", letIn: false, isLong: false, ...changed });

/** What is so, and the screen that belongs to it. */
const SCREENS = [
  ["nothing was pressed yet", { before: "check", status: "connecting" }, "check"],
  ["the camera is refused", { before: "problem", status: "connecting" }, "problem"],
  ["she is ready", { status: "connecting" }, "waiting"],
  ["she waits", {}, "waiting"],
  ["the line is lost while she waits", { status: "recovering" }, "waiting"],
  ["she is let in", { status: "admitted", letIn: true }, "call"],
  ["they talk", { status: "talking", letIn: true }, "call"],
  ["the line is lost in the call", { status: "recovering", letIn: true }, "call"],
  ["the line has been lost for long", { status: "rebuilding", letIn: true, isLong: true }, "lost"],
  ["she was sent back to wait", { status: "held" }, "waiting"],
  ["she asked to be rung, and waits", { aside: "ring" }, "ring"],
  ["she said that she cannot come", { aside: "not-coming", status: "left" }, "not-coming"],
  ["the clinic rings her", { telephone: true, status: "left" }, "telephone"],
  ["the clinic rings her during the check", { telephone: true, before: "check" }, "telephone"],
  ["the visit ended after a telephone call", { telephone: true, status: "ended" }, "over"],
  ["she hung up", { status: "left" }, "left"],
  ["she hung up before a reload", { aside: "left", status: "connecting" }, "left"],
  ["the visit is open in another tab", { status: "moved" }, "moved"],
  ["she was put out", { status: "removed" }, "removed"],
  ["there is no ticket for her", { status: "refused" }, "refused"],
];

for (const [words, changed, screen] of SCREENS) {
  test(`when ${words}, the screen is "${screen}"`, () => assert.equal(screenOf(facts(changed)), screen));
}

const doctor = (changed = {}) => ({ role: "clinician", exchanging: true, state: { video: true }, ...changed });

/** What is so of the call, and what stands in place of the picture. */
const INSTEAD = [
  ["nothing came yet", { status: "admitted", exchanging: false, peers: [] }, "joining"],
  ["the doctor's picture is there", { status: "talking", exchanging: true, peers: [doctor()] }, null],
  ["the doctor hides the picture", { status: "talking", exchanging: true, peers: [doctor({ state: { video: false } })] }, "off"],
  ["the doctor goes over to sound", { status: "talking", exchanging: true, peers: [doctor({ state: { video: false }, rung: { rung: "voice", reason: "thin-line" } })] }, "thin"],
  ["the line of the daughter is too thin", { status: "talking", exchanging: true, peers: [doctor({ role: "carer", state: { video: false }, rung: { rung: "voice", reason: "thin-line" } })] }, "thin"],
  ["the daughter sends hers", { status: "talking", exchanging: true, peers: [doctor({ state: { video: false } }), doctor({ role: "carer" })] }, null],
  ["a daughter without picture still waits", { status: "talking", exchanging: true, peers: [doctor(), doctor({ role: "carer", exchanging: false, state: { video: false } })] }, null],
  ["the nurse sends hers", { status: "talking", exchanging: true, peers: [doctor({ state: { video: false } }), doctor({ role: "presenter" })] }, null],
  ["the line is lost", { status: "recovering", exchanging: true, peers: [doctor()] }, "lost"],
];

for (const [words, call, expected] of INSTEAD) {
  test(`when ${words}, ${expected ?? "nothing"} stands in place of the picture`, () => assert.equal(insteadOf(call), expected));
}

test("the clinic has gone over to the telephone when its rung says so", () => {
  assert.equal(isRinging([doctor({ rung: { rung: "phone", reason: "asked" } })]), true);
  assert.equal(isRinging([doctor({ rung: { rung: "voice", reason: "thin-line" } }), doctor()]), false);
  assert.equal(isRinging([{ role: "carer", rung: { rung: "phone" } }]), false);
});

test("the clinic that has gone over to the telephone may leave the room, and comes back from it by its own word", () => {
  assert.equal(isRinging([], true), true);
  assert.equal(isRinging([doctor({ rung: { rung: "video" } })], true), false);
  assert.equal(isRinging([{ role: "carer" }], false), false);
});

/** Faults of devices, the template for them and what it is about. */
const PROBLEMS = [
  [[{ name: "CameraDenied", kind: "video" }], "denied", "video"],
  [[{ name: "MicrophoneDenied", kind: "audio" }], "denied", "audio"],
  [[{ name: "MicrophoneDenied", kind: "audio" }, { name: "CameraDenied", kind: "video" }], "denied", "both"],
  [[{ name: "DeviceMissing", kind: "audio" }], "missing", "audio"],
  [[{ name: "DeviceBusy", kind: "audio" }, { name: "DeviceBusy", kind: "video" }], "busy", "both"],
  [[{ name: "DeviceMissing", kind: "audio" }, { name: "CameraDenied", kind: "video" }], "mixed", "both"],
  [[{ name: "InAppBrowser", kind: "audio" }, { name: "InAppBrowser", kind: "video" }], "InAppBrowser", "both"],
];

for (const [faults, name, of] of PROBLEMS) {
  test(`${faults.map((fault) => fault.name).join(" and ")} is the problem "${name}" of ${of}`, () => {
    assert.deepEqual(problemOf(faults), { name, of });
  });
}

test("the line is measured by the middle of three askings", async () => {
  const moments = [0, 90, 100, 140, 200, 900];
  assert.equal(await roundTrip(async () => true, () => moments.shift()), 90);
});

test("a line on which an asking fails has no time there and back", async () => {
  assert.equal(await roundTrip(async () => false, () => 0), Infinity);
});
