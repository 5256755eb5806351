/** What was typed reaches the application once, in its order, whatever the line does. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { AGAIN, Outbox } from "../../cartref/static/js/components/outbox.js";
import { FakeClock, settle } from "./fakes.js";

const memory = () => {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
};

function aTablet({ storage = memory(), answers = [] } = {}) {
  const clock = new FakeClock();
  const posted = [];
  const post = async (url, fields) => {
    posted.push({ url, fields });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const outbox = new Outbox("visit", { post, clock, storage });
  const told = [];
  for (const event of ["sent", "refused", "waits"]) outbox.on(event, (item, more) => told.push([event, item.box, more]));
  return { clock, outbox, posted, storage, told, answers };
}

const lineDown = () => new TypeError("Failed to fetch");
const refused = (status, problem = {}) => Object.assign(new Error("no"), { name: "Refused", status, problem });

test("what is added is sent with a key of its own", async () => {
  const { outbox, posted, told } = aTablet({ answers: [{ count: 1 }] });
  outbox.add("pulse", "/values", { value: "72" });
  await settle();

  assert.equal(posted[0].fields.value, "72");
  assert.match(posted[0].fields.key, /^[0-9a-f]{24}$/);
  assert.deepEqual(told, [["sent", "pulse", { count: 1 }]]);
});

test("while the line is down it waits, and goes with the same key and its age", async () => {
  const { clock, outbox, posted, told } = aTablet({ answers: [lineDown(), lineDown(), {}] });
  outbox.add("pulse", "/values", { value: "72" });
  await clock.advance(2 * AGAIN);

  assert.equal(new Set(posted.map(({ fields }) => fields.key)).size, 1);
  assert.deepEqual(posted.map(({ fields }) => fields.ago), ["0", "5", "10"]);
  assert.deepEqual(told.map(([event]) => event), ["waits", "waits", "sent"]);
  assert.deepEqual(outbox.waiting, []);
});

test("a page that is loaded anew sends what the one before could not", async () => {
  const before = aTablet({ answers: [lineDown()] });
  before.outbox.add("pulse", "/values", { value: "72" });
  await settle();

  const after = aTablet({ storage: before.storage });
  await after.outbox.flush();

  assert.equal(after.posted[0].fields.key, before.posted[0].fields.key);
  assert.deepEqual(after.outbox.waiting, []);
});

test("what will not do is given back, and what comes after it goes", async () => {
  const { outbox, posted, told } = aTablet({ answers: [refused(422, { code: "observation.unusual" }), {}] });
  outbox.add("pulse", "/values", { value: "38" });
  outbox.add("weight", "/values", { value: "54" });
  await settle();

  assert.deepEqual(told.map(([event, box]) => [event, box]), [["refused", "pulse"], ["sent", "weight"]]);
  assert.equal(posted.length, 2);
});

test("a locked screen loses nothing", async () => {
  const { clock, outbox, told } = aTablet({ answers: [refused(403), {}] });
  outbox.add("pulse", "/values", { value: "72" });
  await clock.advance(AGAIN);

  assert.deepEqual(told, [["waits", "pulse", true], ["sent", "pulse", {}]]);
});

test("a second press on the same while it is on its way sends nothing", async () => {
  const { outbox, posted } = aTablet({ answers: [lineDown()] });
  outbox.add("pulse", "/values", { value: "72" });
  assert.equal(outbox.add("pulse", "/values", { value: "72" }), null);
  await settle();

  assert.equal(posted.length, 1);
});

test("storage that is forbidden takes nothing from sending", async () => {
  const forbidden = () => {
    throw new Error("SecurityError");
  };
  const { outbox, told } = aTablet({ storage: { getItem: forbidden, setItem: forbidden } });
  outbox.add("pulse", "/values", { value: "72" });
  await settle();

  assert.deepEqual(told.map(([event]) => event), ["sent"]);
});
