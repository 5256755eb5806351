import assert from "node:assert/strict";
import { test } from "node:test";

import { isExposed, mayConnect, mayExchange, standing } from "../../cartref/static/js/call/seats.js";

const seat = (role, status, exposed = false) => ({ role, status, exposed });

/** Two seats, whether a transport may be made, whether media may flow. */
const TABLE = [
  [seat("clinician", "admitted"), seat("patient", "waiting"), true, false],
  [seat("patient", "waiting"), seat("clinician", "admitted"), true, false],
  [seat("patient", "waiting"), seat("presenter", "admitted"), true, false],
  [seat("patient", "admitted"), seat("clinician", "admitted"), true, true],
  [seat("patient", "admitted"), seat("carer", "admitted"), true, true],
  [seat("patient", "admitted"), seat("carer", "waiting"), false, false],
  [seat("patient", "waiting"), seat("carer", "waiting"), false, false],
  [seat("clinician", "admitted"), seat("patient", "away"), false, false],
  [seat("clinician", "admitted"), seat("patient", "gone"), false, false],
  [seat("patient", "waiting", true), seat("clinician", "admitted"), false, false],
  [seat("patient", "admitted", true), seat("clinician", "admitted"), true, true],
];

for (const [mine, theirs, connect, exchange] of TABLE) {
  const words = (side) => `${side.status} ${side.role}${side.exposed ? " whose address must stay hidden" : ""}`;
  test(`${words(mine)} and ${words(theirs)}: ${connect ? "a" : "no"} transport, ${exchange ? "" : "no "}media`, () => {
    assert.equal(mayConnect(mine, theirs), connect);
    assert.equal(mayExchange(mine, theirs), exchange);
  });
}

test("a lost socket does not send anyone back to wait", () => {
  assert.equal(standing({ status: "away", admitted: true }), "admitted");
  assert.equal(standing({ status: "away" }, "admitted"), "admitted");
});

test("who is sent back while away waits, whatever was before", () => {
  assert.equal(standing({ status: "away", admitted: false }, "admitted"), "waiting");
});

test("who was never seen but away is not admitted", () => {
  assert.equal(standing({ status: "away" }), "away");
});

test("relays only, with none named, would show an address", () => {
  assert.equal(isExposed({ icePolicy: "relay", iceServers: [] }), true);
  assert.equal(isExposed({ icePolicy: "relay", iceServers: [{ urls: ["turn:turn.example"] }] }), false);
  assert.equal(isExposed({ icePolicy: "all", iceServers: [] }), false);
});
