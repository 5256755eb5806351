/**
 * The check of camera, microphone and line, with a named problem and the way out of it.
 *
 * Events: `opened` ({audio, video, faults}; again after "Try again"), `well` (nothing is in the way any more, or she goes on
 * without it), `without` (the kinds, audio or video, that she goes on without), `trouble` (a problem is on the screen).
 */
import { LevelMeter, openDevices } from "../call/devices.js";
import { Emitter } from "../call/emitter.js";
import { browser } from "./this_browser.js";
import { showWay, wordsOf } from "./ways_out.js";

const SHAPES = { busy: "clock", yes: "check", no: "x" };
const HEARD = 0.4; // of the meter's 60 dB: a voice near the microphone, and not the room
const SLOW = 1_200; // ms there and back; beyond it people talk over each other
const ASKED = 3;

/** The middle of the times that so many askings took, in ms; Infinity when one failed. */
export async function roundTrip(ask, now, times = ASKED) {
  const took = [];
  for (let time = 0; time < times; time += 1) {
    const before = now();
    if (!(await ask())) return Infinity;
    took.push(now() - before);
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)];
}

export class Check extends Emitter {
  #page;
  #meter = null;
  #audio = null;
  #frame = 0;
  opened = { audio: null, video: null, faults: [] };
  rtt = null;

  constructor(page = document) {
    super();
    this.#page = page;
    this.#find("[data-try-again]").addEventListener("click", () => this.start());
    this.#find("[data-go-on]")?.addEventListener("click", () => this.#goOn());
  }

  /** Opens camera and microphone and measures the line. */
  async start() {
    this.#reset();
    const line = this.#measureLine();
    this.opened = await openDevices(browser());
    this.emit("opened", this.opened);
    if (this.opened.faults.length) this.#trouble();
    else this.#well("speak");
    await line;
  }

  /** Takes devices that were opened without the check, and tells what is wrong with them, with the way out. */
  async explain(opened) {
    this.opened = opened;
    this.#trouble();
    await this.#measureLine();
  }

  /** Stops the meter; the tracks stay with whoever took them. */
  stop() {
    cancelAnimationFrame(this.#frame);
    this.#meter?.close();
    this.#audio?.close();
    this.#meter = this.#audio = null;
  }

  #find(selector) {
    return this.#page.querySelector(selector);
  }

  #reset() {
    this.stop();
    for (const kind of ["audio", "video"]) this.opened[kind]?.stop();
    for (const name of ["audio", "video", "line"]) this.#tick(name, "busy");
    this.#title("busy");
    this.#find("[data-check-ask]").hidden = false;
    for (const part of ["[data-check-done]", "[data-bell-offer]", "[data-preview]", "[data-level]"]) this.#find(part).hidden = true;
    this.emit("asking");
  }

  #well(title) {
    const { audio, video } = this.opened;
    this.#find("[data-check-ask]").hidden = true;
    this.#find("[data-check-done]").hidden = this.#find("[data-bell-offer]").hidden = false;
    this.#tick("video", video ? "yes" : "no");
    if (!audio) this.#tick("audio", "no");
    this.#preview(video);
    this.#listen(audio);
    this.#title(title);
    this.emit("well");
  }

  #goOn() {
    this.emit("without", this.opened.faults.map((fault) => fault.kind));
    this.#well("without");
  }

  #trouble() {
    const { words, mayTryAgain } = wordsOf(this.opened.faults, this.#page);
    showWay(this.#find("[data-problem-words]"), words);
    this.#find("p[data-again]").hidden = !mayTryAgain;
    this.#offerToGoOn(mayTryAgain);
    this.emit("trouble", this.#find("[data-problem-words] h1").textContent);
  }

  #offerToGoOn(possible) {
    const way = this.#find("[data-go-on]");
    if (!way) return;
    const { audio, video } = this.opened;
    const button = way.querySelector("[data-go-on-words]");
    way.hidden = !possible;
    button.textContent = button.dataset[!audio && !video ? "withoutBoth" : audio ? "withoutVideo" : "withoutAudio"];
  }

  #preview(video) {
    this.#find("[data-preview]").hidden = !video;
    this.#find("#preview").srcObject = video ? new MediaStream([video]) : null;
  }

  #listen(audio) {
    this.#find("[data-level]").hidden = !audio;
    if (!audio) return;
    this.#audio = new AudioContext();
    this.#meter = new LevelMeter(this.#audio, new MediaStream([audio]));
    this.#page.addEventListener("pointerdown", () => this.#audio?.resume(), { once: true });
    this.#draw();
  }

  #draw() {
    const level = this.#meter.read();
    this.#find("#level").value = level;
    if (level > HEARD) this.#heard();
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #heard() {
    const tick = this.#find('[data-tick="audio"]');
    if (tick.dataset.state === "yes") return;
    this.#tick("audio", "yes");
    if (this.opened.video) this.#title("well");
  }

  async #measureLine() {
    const { href } = this.#find('link[rel="icon"]'); // the smallest thing that this host has
    const ask = () => fetch(href, { method: "HEAD", cache: "no-store" }).then((answer) => answer.ok, () => false);
    const took = await roundTrip(ask, () => performance.now());
    this.rtt = Number.isFinite(took) ? Math.round(took) : null;
    this.#tick("line", took < SLOW ? "yes" : "no");
  }

  #title(name) {
    const title = this.#find("[data-check-title]");
    title.textContent = title.dataset[name];
  }

  #tick(name, state) {
    const row = this.#find(`[data-tick="${name}"]`);
    row.dataset.state = state;
    row.querySelector("[data-tick-words]").textContent = row.dataset[state];
    row.querySelector(".tick").className = `tick tick--${state}`;
    const drawing = row.querySelector("use");
    drawing.setAttribute("href", drawing.getAttribute("href").replace(/#.*/, `#${SHAPES[state]}`));
  }
}
