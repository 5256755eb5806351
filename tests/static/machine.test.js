import assert from "node:assert/strict";
import { test } from "node:test";

import { MACHINE, isLive, step } from "../../cartref/static/js/call/machine.js";
import { tableInPage, tableOf } from "./machine_table.js";

const STATES = Object.keys(MACHINE);
const OVER = ["ended", "removed"]; // the server lets nobody back in

function reachable(from) {
  const seen = new Set([from]);
  for (const state of seen) for (const { to } of Object.values(MACHINE[state])) seen.add(to);
  return seen;
}

for (const state of STATES.filter((name) => !OVER.includes(name))) {
  test(`from ${state} there is a way to talking, and a way to ended`, () => {
    assert.ok(reachable(state).has("talking"));
    assert.ok(reachable(state).has("ended"));
  });
}

for (const state of OVER) {
  test(`nothing leads out of ${state}`, () => {
    assert.deepEqual([...reachable(state)], [state]);
  });
}

test("every state is reached from idle", () => {
  assert.deepEqual([...reachable("idle")].sort(), [...STATES].sort());
});

test("every row leads to a state of the table", () => {
  const targets = STATES.flatMap((state) => Object.values(MACHINE[state]).map(({ to }) => to));
  assert.deepEqual(targets.filter((to) => !STATES.includes(to)), []);
});

test("every live visit can end, be moved, be removed, be refused and be left", () => {
  for (const state of STATES.filter(isLive)) {
    const endings = ["ended", "moved", "removed", "refused", "leave"].map((event) => step(state, event).to);
    assert.deepEqual(endings, ["ended", "moved", "removed", "refused", "left"], state);
  }
});

test("a page that was moved comes back only by joining again", () => {
  assert.deepEqual(Object.keys(MACHINE.moved), ["join"]);
});

test("media is withheld on every way from a call into the waiting room", () => {
  for (const state of ["admitted", "talking", "rebuilding"]) {
    for (const event of ["held", "waiting"]) assert.deepEqual(step(state, event), { to: "held", actions: ["withhold"] });
  }
});

test("an event that a state does not list changes nothing", () => {
  assert.deepEqual(step("waiting", "connected"), { to: "waiting", actions: [] });
});

test("the table in docs/call.md is the one in the code", () => {
  assert.equal(tableInPage(), tableOf(MACHINE));
});

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const EVENTS = [...new Set(STATES.flatMap((state) => Object.keys(MACHINE[state])))];

test("after any 1,000 orders of 60 events sound and picture flow only to people who were let in", () => {
  const random = numbers(20_261_123);
  for (let walk = 0; walk < 1_000; walk += 1) {
    let state = "idle";
    let exchanging = false;
    for (let i = 0; i < 60; i += 1) {
      const event = EVENTS[Math.floor(random() * EVENTS.length)];
      const { to, actions } = step(state, event);
      if (actions.includes("exchange")) exchanging = true;
      if (actions.includes("withhold") || actions.includes("close")) exchanging = false;
      state = to;
      if (["idle", "connecting", "waiting", "held", "moved", "removed", "ended", "refused", "left"].includes(state)) {
        assert.equal(exchanging, false, `walk ${walk}: ${event} led to ${state}`);
      }
    }
  }
});
