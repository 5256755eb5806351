import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { VisitState } from "../../cartref/static/js/components/visit_state.js";

globalThis.window = globalThis; // where the page's timers are

/** An application that gives these answers one after the other, the last of them for ever. */
async function answering(t, ...answers) {
  let asked = 0;
  const server = createServer((_request, response) => {
    response.end(JSON.stringify(answers[Math.min(asked, answers.length - 1)]));
    asked += 1;
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const state = new VisitState(`http://127.0.0.1:${server.address().port}/`, 3_600, { telephone: false });
  t.after(() => {
    state.stop();
    server.closeAllConnections();
    server.close();
  });
  return { state, asked: () => asked };
}

test("what is known to be on its way is asked for again until it is there, and no longer", async (t) => {
  const { state, asked } = await answering(t, { telephone: false }, { telephone: true });
  const changed = new Promise((resolve) => state.on("changed", (now) => now.telephone && resolve()));

  state.refreshUntil((now) => now.telephone);
  await changed;

  assert.equal(asked(), 2);
});

test("what never comes is left to the usual pace", async (t) => {
  const { state, asked } = await answering(t, { telephone: false });

  await state.refreshUntil((now) => now.telephone, 1);

  assert.equal(asked(), 1);
  assert.equal(state.now.telephone, false);
});
