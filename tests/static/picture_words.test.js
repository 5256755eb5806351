import assert from "node:assert/strict";
import { test } from "node:test";

import { isPaused, pausedOf } from "../../cartref/static/js/components/picture_words.js";

const peer = (changed = {}) => ({ exchanging: true, state: { video: true }, rung: { rung: "video" }, ...changed });
const thin = peer({ state: { video: false }, rung: { rung: "voice", reason: "thin-line" } });
const hidden = peer({ state: { video: false } });

/** Whether her own picture is paused, the others, and which pictures are said to be paused. */
const WORDS = [
  [false, [peer()], ""],
  [true, [peer()], "own"],
  [false, [thin], "other"],
  [true, [thin], "both"],
  [false, [peer(), thin], "other"],
  [false, [hidden], ""],
  [false, [{ ...thin, exchanging: false }], ""],
];

for (const [own, peers, said] of WORDS) {
  test(`own paused: ${own}, others: ${peers.map(isPaused)}, so it is said of "${said}"`, () => assert.equal(pausedOf(own, peers), said));
}

test("a picture that its owner has hidden is not called paused", () => assert.equal(isPaused(hidden), false));
