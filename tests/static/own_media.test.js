import assert from "node:assert/strict";
import { test } from "node:test";

import { OwnMedia } from "../../cartref/static/js/call/own_media.js";
import { fakeStorage } from "./fakes.js";

const SEAT = { room: "room-000000000001", participant: "patient-00000001", role: "patient" };

function seated(storage = fakeStorage(), seat = SEAT) {
  const own = new OwnMedia(storage);
  own.replace({ audio: { enabled: true }, video: { enabled: true } });
  own.load(seat);
  return own;
}

test("a patient's seat opens with sound and picture on", () => {
  assert.deepEqual(seated().state, { audio: true, video: true, hand: false });
});

test("a presenter's seat opens with sound and picture off", () => {
  const own = seated(fakeStorage(), { ...SEAT, role: "presenter" });
  assert.deepEqual(own.state, { audio: false, video: false, hand: false });
  assert.equal(own.tracks.audio.enabled, false);
  assert.equal(own.tracks.video, null);
});

test("a presenter who says that they are ready is heard and seen", () => {
  const own = seated(fakeStorage(), { ...SEAT, role: "presenter" });
  own.turn({ audio: true, video: true });
  assert.deepEqual(own.state, { audio: true, video: true, hand: false });
});

test("a muted microphone goes on sending silence, a hidden picture is not sent", () => {
  const own = seated();
  own.turn({ audio: false, video: false });
  assert.equal(own.tracks.audio.enabled, false);
  assert.equal(own.tracks.video, null);
});

test("nothing is said to be sent where there is no device", () => {
  const own = seated();
  own.replace({ video: null });
  assert.deepEqual(own.state, { audio: true, video: false, hand: false });
  assert.equal(own.switches.video, true);
});

test("who muted herself is muted after a reload", () => {
  const storage = fakeStorage();
  seated(storage).turn({ audio: false, hand: true });
  assert.deepEqual(seated(storage).state, { audio: false, video: true, hand: false });
});

test("one person's choice is not the next one's on the same device", () => {
  const storage = fakeStorage();
  seated(storage).turn({ audio: false });
  assert.equal(seated(storage, { ...SEAT, participant: "patient-00000002" }).state.audio, true);
});

test("storage that is broken or forbidden keeps nothing and breaks nothing", () => {
  const refuse = () => {
    throw new Error("denied");
  };
  assert.equal(seated({ getItem: refuse, setItem: refuse }).state.audio, true);
  assert.equal(seated({ getItem: () => "{", setItem: () => {} }).state.audio, true);
});
