/** The clock of standing: one minute, three minutes, and over a reload. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { otherThan } from "../../cartref/static/js/components/other_camera.js";
import { StandingClock, minutesAndSeconds } from "../../cartref/static/js/components/standing_clock.js";

function aRoom() {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  const time = { now: 1_000_000 };
  const clock = () => new StandingClock("visit", () => time.now, storage);
  return { time, clock };
}

const marksOf = (clock) => {
  const marks = [];
  clock.on("mark", (mark) => marks.push(mark));
  return marks;
};

test("it stands still until it is told", () => {
  const clock = aRoom().clock();
  clock.tick();

  assert.equal(clock.elapsed, null);
});

test("each mark is told once", () => {
  const { time, clock } = aRoom();
  const standing = clock();
  const marks = marksOf(standing);
  standing.begin();
  for (let second = 0; second <= 200; second += 1) {
    standing.tick();
    time.now += 1000;
  }

  assert.deepEqual(marks, ["one", "three"]);
});

test("a reload goes on from where it was, and rings for no mark again", () => {
  const { time, clock } = aRoom();
  clock().begin();
  time.now += 100_000;
  const after = clock();
  const marks = marksOf(after);
  after.tick();
  time.now += 80_000;
  after.tick();

  assert.equal(minutesAndSeconds(after.elapsed), "3:00");
  assert.deepEqual(marks, ["three"]);
});

test("a clock that was forgotten stops by itself", () => {
  const { time, clock } = aRoom();
  const standing = clock();
  standing.begin();
  time.now += 16 * 60_000;

  assert.equal(standing.elapsed, null);
});

test("the other camera is the next one, and none where there is one alone", () => {
  const camera = (deviceId) => ({ kind: "videoinput", deviceId });
  const microphone = { kind: "audioinput", deviceId: "m" };

  assert.equal(otherThan("a", [microphone, camera("a"), camera("b")]), "b");
  assert.equal(otherThan("b", [camera("a"), camera("b")]), "a");
  assert.equal(otherThan("a", [microphone, camera("a")]), null);
});
