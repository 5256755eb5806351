/**
 * Where a visit stands, worked out from what the page was given (`live`) and from who is in the room now: the same rules
 * as the server's `board/status.py`, with epoch seconds for times. No document and no window here.
 */

/**
 * `patient` says that whoever is here is the patient herself, not a carer before her: only she is let in from the board.
 * @typedef {{starts: number, settled: boolean, here: number | null, seen: number | null, telephone: boolean,
 *   trouble: string | null, site: boolean, patient: boolean}} Live
 * @typedef {{participant: string, role: string, with: string[], status: string, since: number, ready: any, quality: any}} Person
 */
const GUESTS = new Set(["patient", "carer"]);
const SLOW = 400; // ms there and back: from here on two people talk over each other (ITU-T G.114)

/**
 * The facts of a row with what is known live put in; `people` is null while nothing is known, an empty list for nobody.
 * @param {Live} live
 * @param {Person[] | null} people
 * @returns {Live}
 */
export function withPeople(live, people) {
  if (!people) return live;
  const waiting = people.filter((one) => GUESTS.has(one.role) && one.status === "waiting");
  const seenNow = isSeen(live, people);
  const patientWaits = waiting.some((one) => one.role === "patient");
  const seen = seenNow ? (live.seen ?? latest(people, "admitted")) : live.seen;
  const beside = live.site && !seen ? live.here : null; // who sits with the nurse is here without a seat of her own
  const here = seen && !patientWaits ? null : (earliest(waiting) ?? beside);
  return { ...live, here, seen, patient: patientWaits || beside !== null };
}

/** @param {Live} live @param {number} now @returns {{status: string, since: number | null}} */
export function standing(live, now) {
  if (live.here !== null && now < live.starts) return { status: "early", since: live.here };
  if (live.here !== null) return { status: "waiting", since: Math.max(live.here, live.starts) };
  if (live.seen !== null) return { status: "in-visit", since: live.seen };
  if (live.trouble) return { status: "failed", since: null };
  return { status: live.telephone ? "telephone" : "expected", since: null };
}

/** What the line of the patient in the room is like, null while nobody is there or nothing was measured. */
export function lineOf(people) {
  const one = people?.find(({ role }) => role === "patient") ?? people?.find(({ role }) => role === "carer");
  if (!one || one.status === "gone") return null;
  if (one.status === "away") return "lost";
  const { ready, quality } = one;
  if (!ready && !quality) return null;
  if (ready?.microphone === false) return "no-sound";
  if (ready?.camera === false) return "no-picture";
  if (quality?.level === "fair" || quality?.level === "poor" || (quality?.rtt ?? ready?.rtt ?? 0) >= SLOW) return "weak";
  return "good";
}

/** The sentence for a number, out of its six forms (CLDR's plural rules for Welsh; English forms are alike but for one). */
export function sentence(forms, n) {
  const form = { 0: "zero", 1: "one", 2: "two", 3: "few", 6: "many" }[n] ?? "other";
  return forms[form].replace("{n}", n);
}

function isSeen(live, people) {
  const admitted = people.filter((one) => one.status === "admitted");
  const roles = new Set(admitted.map((one) => one.role));
  if (live.site && roles.has("presenter")) return roles.has("clinician") && (live.here !== null || live.seen !== null);
  return roles.has("patient");
}

function earliest(people) {
  return people.length ? Math.min(...people.map((one) => one.since)) : null;
}

function latest(people, status) {
  const since = people.filter((one) => one.status === status && one.role !== "carer").map((one) => one.since);
  return since.length ? Math.max(...since) : null;
}
