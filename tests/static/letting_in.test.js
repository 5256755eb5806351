/** "Let in", pressed on the board: for the patient who waits as the page joins, and for nobody after her. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LettingIn } from "../../cartref/static/js/components/letting_in.js";

const PATIENT = { participant: "patient-1", role: "patient", status: "waiting", away: false };
const CARER = { participant: "carer-1", role: "carer", status: "waiting", away: false };

test("the patient who waits as the page joins is let in, once", () => {
  const lettingIn = new LettingIn(true);
  assert.equal(lettingIn.take([CARER, PATIENT], true), "patient-1");
  assert.equal(lettingIn.take([CARER, PATIENT], true), null);
});

test("the list before the page has joined uses nothing up", () => {
  const lettingIn = new LettingIn(true);
  assert.equal(lettingIn.take([], false), null);
  assert.equal(lettingIn.take([PATIENT], true), "patient-1");
});

test("a patient who comes after the page has joined knocks", () => {
  const lettingIn = new LettingIn(true);
  assert.equal(lettingIn.take([CARER], true), null);
  assert.equal(lettingIn.take([CARER, PATIENT], true), null);
});

test("a patient whose line is lost as the page joins knocks once she is back", () => {
  const lettingIn = new LettingIn(true);
  assert.equal(lettingIn.take([{ ...PATIENT, away: true }], true), null);
  assert.equal(lettingIn.take([PATIENT], true), null);
});

test("without a press on the board nobody is let in", () => {
  assert.equal(new LettingIn(false).take([PATIENT], true), null);
});
