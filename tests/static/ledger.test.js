import assert from "node:assert/strict";
import { test } from "node:test";

import { waitBefore } from "../../cartref/static/js/call/backoff.js";
import { Ledger } from "../../cartref/static/js/call/ledger.js";

function ledgerOf(...types) {
  const ledger = new Ledger();
  for (const type of types) ledger.stamp({ type });
  return ledger;
}

test("messages are numbered from one", () => {
  const ledger = new Ledger();
  assert.deepEqual(ledger.stamp({ type: "state" }), { type: "state", n: 1 });
  assert.deepEqual(ledger.stamp({ type: "offer" }), { type: "offer", n: 2 });
});

test("what lies after the handled number is sent again with its own number", () => {
  assert.deepEqual(ledgerOf("state", "offer", "chat").resend(1), [{ type: "offer", n: 2 }, { type: "chat", n: 3 }]);
});

test("a server that forgot what it handled is sent offers, answers and candidates only, without a gap", () => {
  const again = ledgerOf("state", "offer", "chat", "candidate").resend(null);
  assert.deepEqual(again, [{ type: "offer", n: 5 }, { type: "candidate", n: 6 }]);
});

test("what a pong settled is not sent again", () => {
  const ledger = ledgerOf("state", "offer");
  ledger.settle(1);
  assert.deepEqual(ledger.resend(null).map(({ type }) => type), ["offer"]);
});

test("a new epoch counts from one", () => {
  const ledger = ledgerOf("state", "offer");
  ledger.clear();
  assert.deepEqual(ledger.stamp({ type: "state" }), { type: "state", n: 1 });
});

test("a server that handled less than was settled is sent no number with a gap before it", () => {
  const ledger = ledgerOf("state", "offer", "chat");
  ledger.settle(2);
  assert.deepEqual(ledger.resend(0), [{ type: "chat", n: 1 }]);
});

test("the first retry is at once", () => {
  assert.equal(waitBefore(0, () => 0), 0);
});

test("waits grow to two seconds and no further", () => {
  const longest = [1, 2, 3, 4, 5, 50].map((tries) => waitBefore(tries, () => 0));
  assert.deepEqual(longest, [250, 500, 1_000, 2_000, 2_000, 2_000]);
});

test("jitter takes up to half of a wait", () => {
  assert.equal(waitBefore(4, () => 1), 1_000);
});
