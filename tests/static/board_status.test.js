/** The board's own reckoning, against the same table as the server's (`tests/cartref/consultations/board/test_status.py`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, sentence, standing, withPeople } from "../../cartref/static/js/components/board_status.js";

const DUE = 1_000_000;
const EARLIER = DUE - 300;
const LATER = DUE + 720;
const row = (facts = {}) => ({
  starts: DUE, settled: false, here: null, seen: null, telephone: false, trouble: null, site: false, patient: false, ...facts,
});
const person = (role, status, since = EARLIER, more = {}) => ({
  participant: role, role, status, since, with: [], ready: null, quality: null, ...more,
});

for (const [facts, now, status, since] of [
  [{}, EARLIER, "expected", null],
  [{ telephone: true }, EARLIER, "telephone", null],
  [{ telephone: true, trouble: "ring" }, EARLIER, "failed", null],
  [{ here: EARLIER }, EARLIER, "early", EARLIER],
  [{ here: EARLIER }, LATER, "waiting", DUE],
  [{ here: LATER }, LATER, "waiting", LATER],
  [{ here: EARLIER, trouble: "ring" }, LATER, "waiting", DUE],
  [{ seen: LATER }, LATER, "in-visit", LATER],
  [{ seen: DUE, here: LATER }, LATER, "waiting", LATER],
]) {
  test(`a visit with ${JSON.stringify(facts)} is ${status}`, () => {
    assert.deepEqual(standing(row(facts), now), { status, since });
  });
}

test("while nothing is known live, the server's facts stand", () => {
  assert.deepEqual(withPeople(row({ here: EARLIER }), null), row({ here: EARLIER }));
});

test("who comes is here, and who goes is not", () => {
  assert.equal(withPeople(row(), [person("patient", "waiting", EARLIER)]).here, EARLIER);
  assert.equal(withPeople(row({ here: EARLIER }), []).here, null);
  assert.equal(withPeople(row({ here: EARLIER }), [person("patient", "gone")]).here, null);
});

test("who is let in is seen from then on, and who is held waits again", () => {
  const seen = withPeople(row(), [person("patient", "admitted", LATER), person("clinician", "admitted", EARLIER)]);
  assert.deepEqual([seen.here, seen.seen], [null, LATER]);
  const held = withPeople(row({ seen: DUE }), [person("patient", "waiting", LATER)]);
  assert.deepEqual(standing(held, LATER), { status: "waiting", since: LATER });
});

test("only the patient can be let in from the board, not a carer before her", () => {
  const carer = person("carer", "waiting", EARLIER);
  assert.equal(withPeople(row(), [carer]).patient, false);
  assert.equal(withPeople(row(), [carer, person("patient", "waiting", LATER)]).patient, true);
  assert.equal(withPeople(row({ patient: true, here: EARLIER }), [carer]).patient, false);
});

test("who sits with the nurse can be let in", () => {
  const site = row({ site: true, here: EARLIER });
  assert.equal(withPeople(site, [person("presenter", "admitted", EARLIER)]).patient, true);
});

test("a relative who knocks does not make a visit under way one that waits", () => {
  const facts = withPeople(row({ seen: DUE }), [person("patient", "admitted", DUE), person("carer", "waiting", LATER)]);
  assert.equal(standing(facts, LATER).status, "in-visit");
});

test("who sits with the nurse is here before anybody joins, and seen once the clinician has come", () => {
  const site = row({ site: true, here: EARLIER });
  const nurse = person("presenter", "admitted", EARLIER);
  assert.equal(standing(withPeople(site, [nurse]), LATER).status, "waiting");
  assert.equal(standing(withPeople(site, [nurse, person("clinician", "admitted", LATER)]), LATER).status, "in-visit");
});

test("a line is called by its worst", () => {
  const line = (ready, quality = null, status = "waiting") => lineOf([person("patient", status, 0, { ready, quality })]);
  assert.equal(line(null), null);
  assert.equal(line({ camera: true, microphone: true, rtt: 40 }), "good");
  assert.equal(line({ camera: true, microphone: true, rtt: 400 }), "weak");
  assert.equal(line({ camera: false, microphone: true, rtt: null }), "no-picture");
  assert.equal(line({ camera: false, microphone: false }), "no-sound");
  assert.equal(line(null, { level: "poor" }), "weak");
  assert.equal(line(null, null, "away"), "lost");
  assert.equal(lineOf([]), null);
});

test("a sentence takes the form of its number", () => {
  const forms = { zero: "z {n}", one: "o {n}", two: "t {n}", few: "f {n}", many: "m {n}", other: "x {n}" };
  assert.deepEqual([0, 1, 2, 3, 4, 6, 12].map((n) => sentence(forms, n)), ["z 0", "o 1", "t 2", "f 3", "x 4", "m 6", "x 12"]);
});
