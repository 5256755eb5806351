/** Dragging an appointment to a free time: it leads to the page that asks, and every appointment has a link besides. */

/** Returns the address of the page that asks whether to move: `moves` is the appointment's, `slot` the free time's. */
export function asking(moves, slot) {
  return `${moves}?slot_id=${encodeURIComponent(slot)}`;
}

/** Lets the appointments of `page` be dragged to its free times; `go` is called with the address that asks. */
export function letDrag(page, go) {
  const booked = page.querySelectorAll("[data-moves]");
  const free = page.querySelectorAll("[data-slot]");
  if (!booked.length || !free.length) return;
  for (const hint of page.querySelectorAll("[data-dragging]")) hint.hidden = false;
  let moves = null;
  for (const one of booked) {
    one.draggable = true;
    one.addEventListener("dragstart", (event) => {
      moves = one.dataset.moves;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", one.textContent.trim());
    });
    one.addEventListener("dragend", () => {
      moves = null;
    });
  }
  for (const time of free) {
    const mark = (on) => time.classList.toggle("time--target", on);
    time.addEventListener("dragover", (event) => {
      if (!moves) return;
      event.preventDefault();
      mark(true);
    });
    time.addEventListener("dragleave", () => mark(false));
    time.addEventListener("drop", (event) => {
      if (!moves) return;
      event.preventDefault();
      mark(false);
      go(asking(moves, time.dataset.slot));
    });
  }
}

if (typeof document !== "undefined") letDrag(document, (address) => location.assign(address));
