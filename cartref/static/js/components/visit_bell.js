/**
 * The bell of a page that may be loaded anew while she waits: a browser lets a page sound only from a press on, and some
 * take it back meanwhile, so that every press anywhere switches the bell on again.
 */
const PRESSES = ["pointerdown", "pointerup", "keydown", "click"]; // which of them counts differs between devices
const PATIENCE = 300; // ms for a bell that was on to come back; later it would ring into the talk

/** @param {import("./bell.js").Bell} bell @param {() => void} changed called when the bell can be heard from now on, or no more */
export function listenForPress(bell, changed, page = document) {
  const switchOn = async () => {
    if (!bell.isOn && (await bell.switchOn().catch(() => false))) changed();
  };
  bell.on("change", changed); // not every browser tells; the page's own tick shows the rest
  for (const press of PRESSES) page.addEventListener(press, switchOn);
  return switchOn(); // some browsers allow it at once where the camera is in use
}

/** Rings once, if the bell can be heard now or at once. */
export function ringSoon(bell) {
  bell.switchOn().catch(() => {});
  setTimeout(() => bell.ring(), PATIENCE);
}
