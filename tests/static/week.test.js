/** Dragging in the week: it only ever leads to the page that asks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asking, letDrag } from "../../cartref/static/js/components/week.js";

/** An element that remembers its listeners and classes. */
function element(dataset = {}) {
  const listeners = {};
  const classes = new Set();
  return {
    dataset,
    classes,
    hidden: true,
    textContent: " 10:20am Mrs Parry ",
    addEventListener: (name, act) => { listeners[name] = act; },
    classList: { toggle: (name, on) => (on ? classes.add(name) : classes.delete(name)) },
    fire(name) {
      const event = { prevented: false, preventDefault() { this.prevented = true; }, dataTransfer: { setData() {} } };
      listeners[name]?.(event);
      return event;
    },
  };
}

function pageOf(booked, free) {
  const hint = element();
  const found = { "[data-moves]": booked, "[data-slot]": free, "[data-dragging]": [hint] };
  return { hint, querySelectorAll: (selector) => found[selector] };
}

test("the address that asks names the time that was chosen", () => {
  assert.equal(asking("/appointments/a/move", "b c"), "/appointments/a/move?slot_id=b%20c");
});

test("an appointment dropped on a free time leads to the page that asks", () => {
  const [booked, free, went] = [element({ moves: "/appointments/a/move" }), element({ slot: "b" }), []];
  const page = pageOf([booked], [free]);
  letDrag(page, (address) => went.push(address));

  booked.fire("dragstart");
  assert.ok(free.fire("dragover").prevented);
  assert.ok(free.classes.has("time--target"));
  free.fire("drop");

  assert.equal(page.hint.hidden, false);
  assert.equal(booked.draggable, true);
  assert.deepEqual(went, ["/appointments/a/move?slot_id=b"]);
  assert.equal(free.classes.has("time--target"), false);
});

test("whatever else is dropped there goes nowhere", () => {
  const [booked, free, went] = [element({ moves: "/appointments/a/move" }), element({ slot: "b" }), []];
  letDrag(pageOf([booked], [free]), (address) => went.push(address));

  assert.equal(free.fire("dragover").prevented, false);
  free.fire("drop");
  booked.fire("dragstart");
  booked.fire("dragend");
  free.fire("drop");

  assert.deepEqual(went, []);
});

test("where nothing can be moved, nothing is said of dragging", () => {
  const page = pageOf([], [element({ slot: "b" })]);
  letDrag(page, () => {});
  assert.equal(page.hint.hidden, true);
});
