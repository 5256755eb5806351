import assert from "node:assert/strict";
import { test } from "node:test";

import { DEVICE_FAULTS, DeviceWatch, LevelMeter, faultName, loudness, obstacle, openDevices } from "../../cartref/static/js/call/devices.js";

const PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
const FACEBOOK = `${PHONE} [FB_IAB/FB4A;FBAV/500.0]`;

class FakeTrack extends EventTarget {
  constructor(kind) {
    super();
    this.kind = kind;
  }
}

/** A browser whose devices fail with the named errors; `asked` has every question. */
function browser({ audio, video, userAgent = PHONE } = {}) {
  const asked = [];
  const failing = { audio, video };
  const getUserMedia = async (wanted) => {
    const kinds = Object.keys(wanted);
    asked.push(kinds.join("+"));
    const name = kinds.map((kind) => failing[kind]).find(Boolean);
    if (name) throw Object.assign(new Error(name), { name });
    const tracks = (kind) => (kinds.includes(kind) ? [new FakeTrack(kind)] : []);
    return { getAudioTracks: () => tracks("audio"), getVideoTracks: () => tracks("video") };
  };
  return { asked, mediaDevices: { getUserMedia }, isSecure: true, userAgent, hasPeerConnection: true };
}

test("camera and microphone are asked for in one question", async () => {
  const phone = browser();
  const { audio, video, faults } = await openDevices(phone);
  assert.deepEqual([audio.kind, video.kind, faults.length], ["audio", "video", 0]);
  assert.deepEqual(phone.asked, ["audio+video"]);
});

test("a camera that fails leaves the microphone, sound first", async () => {
  const phone = browser({ video: "NotReadableError" });
  const { audio, video, faults } = await openDevices(phone);
  assert.deepEqual([audio.kind, video], ["audio", null]);
  assert.deepEqual(faults.map(({ kind, name }) => [kind, name]), [["video", "DeviceBusy"]]);
  assert.deepEqual(phone.asked, ["audio+video", "audio", "video"]);
});

test("who refuses both may still listen", async () => {
  const { audio, video, faults } = await openDevices(browser({ audio: "NotAllowedError", video: "NotAllowedError" }));
  assert.deepEqual([audio, video], [null, null]);
  assert.deepEqual(faults.map(({ name }) => name), ["MicrophoneDenied", "CameraDenied"]);
});

test("a microphone alone can be asked for", async () => {
  const phone = browser();
  const { video, faults } = await openDevices(phone, { audio: true });
  assert.deepEqual([video, faults, phone.asked], [null, [], ["audio"]]);
});

const NAMES = [
  ["NotAllowedError", "video", PHONE, "CameraDenied"],
  ["NotAllowedError", "audio", PHONE, "MicrophoneDenied"],
  ["NotAllowedError", "audio", FACEBOOK, "InAppBrowser"],
  ["NotFoundError", "video", PHONE, "DeviceMissing"],
  ["OverconstrainedError", "video", PHONE, "DeviceMissing"],
  ["NotReadableError", "audio", PHONE, "DeviceBusy"],
  ["SomethingNewError", "audio", PHONE, "DeviceBusy"],
];
for (const [name, kind, userAgent, fault] of NAMES) {
  test(`${name} of ${kind}${userAgent === FACEBOOK ? " inside another app" : ""} is ${fault}`, () => {
    assert.equal(faultName({ name }, kind, userAgent), fault);
    assert.ok(DEVICE_FAULTS.includes(fault));
  });
}

test("a page, an app or a browser that can't make calls is named before any question", async () => {
  const phone = browser();
  assert.equal(obstacle(phone), null);
  assert.equal(obstacle({ ...phone, isSecure: false }), "InsecurePage");
  assert.equal(obstacle({ ...phone, mediaDevices: undefined }), "OldBrowser");
  assert.equal(obstacle({ ...phone, mediaDevices: undefined, userAgent: FACEBOOK }), "InAppBrowser");
  const { faults } = await openDevices({ ...phone, isSecure: false });
  assert.deepEqual(faults.map(({ name }) => name), ["InsecurePage", "InsecurePage"]);
  assert.deepEqual(phone.asked, []);
});

test("loudness runs from nothing to one", () => {
  assert.equal(loudness(new Float32Array(256)), 0);
  assert.equal(loudness(new Float32Array(256).fill(1)), 1);
  const quiet = loudness(new Float32Array(256).fill(0.03));
  assert.ok(quiet > 0.4 && quiet < 0.6, String(quiet));
});

test("the level meter reads the microphone, and lets it go", () => {
  const events = [];
  const source = { connect: () => events.push("connect"), disconnect: () => events.push("disconnect") };
  const analyser = { fftSize: 0, getFloatTimeDomainData: (samples) => samples.fill(1) };
  const meter = new LevelMeter({ createMediaStreamSource: () => source, createAnalyser: () => analyser }, {});
  assert.equal(meter.read(), 1);
  meter.close();
  assert.deepEqual(events, ["connect", "disconnect"]);
});

function watched() {
  const mediaDevices = new EventTarget();
  const watch = new DeviceWatch(mediaDevices);
  const heard = [];
  for (const name of ["changed", "silenced", "restored", "lost"]) watch.on(name, (kind) => heard.push([name, kind].filter(Boolean).join(" ")));
  return { mediaDevices, watch, heard };
}

test("a track that the system takes away, gives back and ends is told of", () => {
  const { watch, heard } = watched();
  const track = new FakeTrack("audio");
  watch.follow("audio", track);
  for (const name of ["mute", "unmute", "ended"]) track.dispatchEvent(new Event(name));
  assert.deepEqual(heard, ["silenced audio", "restored audio", "lost audio"]);
});

test("a track that was replaced is watched no more", () => {
  const { watch, heard } = watched();
  const old = new FakeTrack("video");
  watch.follow("video", old);
  watch.follow("video", new FakeTrack("video"));
  old.dispatchEvent(new Event("ended"));
  assert.deepEqual(heard, []);
});

test("a device that comes or goes is told of, until the watch is closed", () => {
  const { mediaDevices, watch, heard } = watched();
  mediaDevices.dispatchEvent(new Event("devicechange"));
  watch.close();
  mediaDevices.dispatchEvent(new Event("devicechange"));
  assert.deepEqual(heard, ["changed"]);
});
