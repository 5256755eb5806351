/**
 * A camera or microphone that goes away while she waits or talks: one line says which, with a button that opens it again.
 * The line is every [data-fault] of the page, its words those of the same problem at the check.
 */
import { CONSTRAINTS, openDevices } from "../call/devices.js";
import { browser, putAway } from "./stage.js";
import { wordsOf } from "./ways_out.js";

export class FaultLine {
  #page;
  #stage;
  #faults = new Map(); // by kind, audio or video

  constructor(stage, page = document) {
    this.#stage = stage;
    this.#page = page;
    for (const button of page.querySelectorAll("[data-mend]")) button.addEventListener("click", () => this.#mend());
  }

  /** Shows a fault of a device, and returns its words. */
  show(fault) {
    this.#faults.set(fault.kind, fault);
    return this.#draw();
  }

  /** Takes away what is said of a kind that has a track again. */
  follow(tracks) {
    for (const kind of this.#faults.keys()) if (tracks[kind]) this.#faults.delete(kind);
    this.#draw();
  }

  async #mend() {
    const wanted = Object.fromEntries([...this.#faults.keys()].map((kind) => [kind, CONSTRAINTS[kind]]));
    const opened = await openDevices(browser(), wanted);
    this.#stage.useTracks(Object.fromEntries(Object.keys(wanted).map((kind) => [kind, opened[kind]])));
    for (const fault of opened.faults) this.show(fault);
  }

  #draw() {
    const faults = [...this.#faults.values()];
    const words = faults.length ? wordsOf(faults, this.#page).words.querySelector("h1").textContent : "";
    for (const line of this.#page.querySelectorAll("[data-fault]")) {
      if (words) line.hidden = false;
      else putAway(line);
      line.querySelector("[data-fault-words]").textContent = words;
    }
    return words;
  }
}
