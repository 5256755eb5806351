import assert from "node:assert/strict";
import { test } from "node:test";

import { MACHINE, isLive, step } from "../../cartref/static/js/call/machine.js";

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
