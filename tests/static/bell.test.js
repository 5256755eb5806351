/** The bell, and what the page says of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Bell, offerBell } from "../../cartref/static/js/components/bell.js";

class FakeAudio {
  static last = null;
  state = "suspended";
  constructor() {
    FakeAudio.last = this;
  }
  async resume() {
    this.becomes("running");
  }
  becomes(state, { told = true } = {}) {
    this.state = state;
    if (told) this.onstatechange();
  }
}

class Element extends EventTarget {
  hidden = false;
  parts = {};
  querySelector(selector) {
    return this.parts[selector] ?? null;
  }
}

function boardWith(bell) {
  const [root, offer] = [new Element(), new Element()];
  root.parts = { "[data-bell]": offer, "[data-ringing]": new Element(), "[data-bell-try]": new Element() };
  offer.parts = { "[data-bell-on]": new Element() };
  const show = offerBell(root, bell);
  return { show, says: () => ({ isOffered: !offer.hidden, isOn: !root.parts["[data-ringing]"].hidden }) };
}

test("the page offers the bell until it can be heard", async () => {
  const bell = new Bell(FakeAudio);
  const { says } = boardWith(bell);
  assert.deepEqual(says(), { isOffered: true, isOn: false });
  await bell.switchOn();
  assert.deepEqual(says(), { isOffered: false, isOn: true });
});

test("when the browser takes the sound away, the page offers the bell again", async () => {
  const bell = new Bell(FakeAudio);
  const { says } = boardWith(bell);
  await bell.switchOn();
  FakeAudio.last.becomes("interrupted");
  assert.deepEqual(says(), { isOffered: true, isOn: false });
});

test("a sound that was taken away without a word is found out on the next tick", async () => {
  const bell = new Bell(FakeAudio);
  const { show, says } = boardWith(bell);
  await bell.switchOn();
  FakeAudio.last.becomes("suspended", { told: false });
  show();
  assert.deepEqual(says(), { isOffered: true, isOn: false });
});

test("a board without a bell has nothing to offer", () => {
  assert.doesNotThrow(offerBell(new Element(), new Bell(FakeAudio)));
});
