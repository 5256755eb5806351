/** Long work that its page watches. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { JobWatch } from "../../cartref/static/js/components/job.js";

function pageOf(...answers) {
  const parts = Object.fromEntries(["look", "bar", "words", "told"].map((name) => [`[data-job-${name}]`, { textContent: "" }]));
  const root = { dataset: { job: "/jobs/1" }, querySelector: (selector) => parts[selector] };
  const seen = { asked: 0, reloads: 0, waits: [], at: 0 };
  const watch = new JobWatch(root, {
    ask: async () => answers[seen.asked++](),
    reload: () => seen.reloads++,
    later: (look) => seen.waits.push(look),
    now: () => seen.at,
  });
  watch.start();
  return { watch, seen, part: (name) => parts[`[data-job-${name}]`] };
}

const says = (job) => () => ({ ok: true, status: 200, json: async () => job });
const refuses = (status) => () => ({ ok: false, status, json: async () => ({}) });
const working = { over: false, done: 1200, total: 5000, words: "1,200 of 5,000" };

test("the page shows how far the work has come, in the server's words", async () => {
  const { watch, seen, part } = pageOf(says(working));
  await watch.look();
  assert.deepEqual([part("bar").value, part("bar").max, part("words").textContent], [1200, 5000, "1,200 of 5,000"]);
  assert.equal(part("look").hidden, true);
  assert.equal(seen.waits.length, 2);
});

test("it is told aloud only now and then", async () => {
  const { watch, seen, part } = pageOf(says(working), says(working));
  await watch.look();
  assert.equal(part("told").textContent, "");
  seen.at = 10_000;
  await watch.look();
  assert.equal(part("told").textContent, "1,200 of 5,000");
});

test("when the work is over the page is loaded again, and asks no more", async () => {
  const { watch, seen } = pageOf(says({ ...working, over: true }));
  await watch.look();
  assert.deepEqual([seen.reloads, seen.waits.length], [1, 1]);
});

test("a screen that was locked is loaded again, so that it asks who is there", async () => {
  const { watch, seen } = pageOf(refuses(403));
  await watch.look();
  assert.deepEqual([seen.reloads, seen.waits.length], [1, 1]);
});

test("a line that is away for a moment, or a server that is, is asked again", async () => {
  const { watch, seen } = pageOf(() => Promise.reject(new Error("away")), refuses(503));
  await watch.look();
  await watch.look();
  assert.deepEqual([seen.reloads, seen.waits.length], [0, 3]);
});
