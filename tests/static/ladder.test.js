import assert from "node:assert/strict";
import { test } from "node:test";

import { Ladder, STEPS } from "../../cartref/static/js/call/ladder.js";
import { Rungs } from "../../cartref/static/js/call/rungs.js";

const EVERY = 2_000;
const GOOD = { available: 900_000, lost: 0, rtt: 60 };
const THIN = { available: 90_000, lost: 0, rtt: 60 };

/** A ladder and its own time: each figure is one sample. */
function ladder() {
  const made = new Ladder();
  let now = 0;
  const read = (figures, samples = 1) => {
    for (let i = 0; i < samples; i += 1) made.read(figures, (now += EVERY));
    return made.step.name;
  };
  return { made, read, now: () => now };
}

test("a line that has not proved itself carries the half picture, and the whole one after a good stretch", () => {
  const { read } = ladder();
  assert.equal(read(GOOD), "half");
  assert.equal(read(GOOD, 9), "whole");
});

test("each figure that makes a line thin lessens or pauses the picture: the third sharp sample in a row, the fifth mild one", () => {
  const steps = [
    [{ ...GOOD, available: 300_000 }, 5, "half"],
    [{ ...GOOD, available: 152_000 }, 5, "small"],
    [{ ...GOOD, available: 140_000 }, 5, "paused"],
    [{ ...GOOD, available: 90_000 }, 3, "paused"],
    [{ ...GOOD, available: 140_000, rtt: 400 }, 3, "paused"],
    [{ ...GOOD, lost: 0.1 }, 5, "half"],
    [{ ...GOOD, lost: 0.5 }, 3, "small"],
    [{ ...GOOD, rtt: 900 }, 3, "small"],
  ];
  for (const [figures, samples, after] of steps) {
    const { read } = ladder();
    read(GOOD);
    assert.deepEqual([read(figures, samples - 1), read(figures)], ["half", after], JSON.stringify(figures));
  }
});

test("one thin sample between good ones changes nothing", () => {
  const { read } = ladder();
  for (let i = 0; i < 6; i += 1) assert.equal(read(i % 2 ? THIN : GOOD), "half");
});

test("a browser that does not say what it may send is judged by loss and round trip", () => {
  const { read } = ladder();
  assert.equal(read({ available: null, lost: 0.02, rtt: 90 }, 3), "half");
  assert.equal(read({ available: null, lost: 0.5, rtt: 90 }, 3), "small");
});

test("a paused picture comes back on a silent trial, and is told only when it has held", () => {
  const { made, read } = ladder();
  read(THIN, 3);
  assert.equal(read(THIN, 7), "paused");
  read(THIN);
  assert.deepEqual([made.step.name, made.isShown], ["half", false]);
  read(GOOD, 4);
  assert.equal(made.isShown, false);
  read(GOOD);
  assert.deepEqual([made.step.name, made.isShown], ["half", true]);
});

test("every trial that fails doubles the wait for the next, and nobody hears of any", () => {
  const { made, read, now } = ladder();
  read(THIN, 3);
  const trials = [];
  let was = "paused";
  for (let i = 0; i < 400; i += 1) {
    const step = read(THIN);
    if (step === "half" && was === "paused") trials.push(now());
    was = step;
    assert.equal(made.isShown, false);
  }
  const waits = trials.slice(1).map((at, i) => at - trials[i]);
  assert.ok(waits.length >= 3);
  for (const [i, wait] of waits.slice(1).entries()) assert.ok(wait >= waits[i], `${waits}`);
  assert.ok(waits.at(-1) >= 240_000);
});

test("a picture that was shown again falls back at once when the line is thin after all", () => {
  const { made, read } = ladder();
  read(THIN, 11);
  read(GOOD, 5);
  assert.equal(made.isShown, true);
  read(THIN, 3);
  assert.deepEqual([made.step.name, made.isShown], ["paused", false]);
});

test("another path begins at the opening step, and a paused picture stays paused", () => {
  const one = ladder();
  one.read(GOOD, 10);
  one.made.renew();
  assert.equal(one.made.step.name, "half");
  one.read(THIN, 3);
  one.made.renew();
  assert.equal(one.made.step.name, "paused");
});

/** Lines that change at random, the same in every run. */
function* weather(seed) {
  let state = seed;
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  for (let i = 0; i < 1_500; i += 1) {
    const isKnown = next() > 0.1;
    yield { available: isKnown ? next() * 600_000 : null, lost: next() ** 4, rtt: isKnown ? 40 + next() ** 3 * 1_500 : null };
  }
}

test("whatever the line does, a picture that was paused is not shown again before 15 s of sound and 8 s of trial", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { made, read, now } = ladder();
    let pausedAt = null;
    for (const figures of weather(seed)) {
      read(figures);
      if (made.isShown && pausedAt !== null) assert.ok(now() - pausedAt >= 23_000, `seed ${seed}: ${now() - pausedAt}`);
      if (made.isShown) pausedAt = null;
      else pausedAt ??= now();
      assert.ok(STEPS.includes(made.step));
    }
  }
});

test("whatever the line does, a step is kept for a sample at least on the way down, and 15 s before the way up", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { made, read, now } = ladder();
    let [before, since] = [made.step, 0];
    for (const figures of weather(seed)) {
      read(figures);
      if (made.step === before) continue;
      const isUp = STEPS.indexOf(made.step) < STEPS.indexOf(before);
      assert.ok(now() - since >= (isUp ? 14_000 : EVERY), `seed ${seed}: ${before.name} to ${made.step.name} after ${now() - since}`);
      [before, since] = [made.step, now()];
    }
  }
});

test("what is sent is always what the line was found to carry: never more than the step, and no picture when paused", () => {
  const rungs = new Rungs();
  const sent = [];
  rungs.on("step", (step) => sent.push([step.name, step.active]));
  const sample = { available: 90_000, lostThere: 0, rtt: 60 };
  for (let at = 0; at < 8_000; at += EVERY) rungs.read([sample, { ...sample, available: 900_000 }], at);
  assert.deepEqual(sent, [["paused", false]]);
});

test("staff pause the picture and nothing but staff brings it back", () => {
  const rungs = new Rungs();
  const told = [];
  rungs.on("told", (...words) => told.push(words));
  rungs.turn(false);
  for (let at = 0; at < 600_000; at += EVERY) rungs.read([{ available: 2_000_000, lostThere: 0, rtt: 20 }], at);
  rungs.turn(true);
  assert.deepEqual(told, [["voice", "staff"], ["video", "staff"]]);
});

test("a line that turns thin and recovers is told in two words, each once", () => {
  const rungs = new Rungs();
  const told = [];
  rungs.on("told", (...words) => told.push(words));
  for (let at = 0; at < 60_000; at += EVERY) {
    const available = at < 10_000 ? 90_000 : 800_000;
    rungs.read([{ available, lostThere: 0, rtt: 20 }], at);
  }
  assert.deepEqual(told, [["voice", "thin-line"], ["video", "line-better"]]);
});
