import assert from "node:assert/strict";
import { test } from "node:test";

import { Bell } from "../../cartref/static/js/components/bell.js";
import { listenForPress } from "../../cartref/static/js/components/visit_bell.js";
import { Kept } from "../../cartref/static/js/components/visit_kept.js";

/** Sound that a browser allows from a press on. */
class Sound {
  static pressed = false;
  state = "suspended";
  async resume() {
    if (Sound.pressed) this.state = "running";
  }
}

test("the first press anywhere switches the bell on, and it is told once", async () => {
  const page = new EventTarget();
  const bell = new Bell(Sound);
  let told = 0;
  await listenForPress(bell, () => (told += 1), page);
  assert.deepEqual([bell.isOn, told], [false, 0]);

  Sound.pressed = true;
  page.dispatchEvent(new Event("pointerdown"));
  await new Promise(setImmediate);
  page.dispatchEvent(new Event("pointerup"));
  await new Promise(setImmediate);

  assert.deepEqual([bell.isOn, told], [true, 1]);
});

test("a tab keeps of each visit whether she hung up, and what she goes on without", () => {
  const things = new Map();
  const storage = {
    getItem: (key) => things.get(key) ?? null,
    setItem: (key, value) => things.set(key, value),
    removeItem: (key) => things.delete(key),
  };
  const kept = new Kept("one", storage);
  assert.deepEqual([kept.hungUp, kept.without.includes("video")], [false, false]);

  kept.hungUp = true;
  kept.without = ["video"];

  const reloaded = new Kept("one", storage);
  assert.deepEqual([reloaded.hungUp, reloaded.without.includes("video"), reloaded.without.includes("audio")], [true, true, false]);
  assert.equal(new Kept("another", storage).hungUp, false);
  reloaded.hungUp = false;
  assert.equal(kept.hungUp, false);
});
