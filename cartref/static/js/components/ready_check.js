/**
 * The ready check, any day before the visit: camera, microphone, bell and line, one after the other, one thing on the
 * screen at a time. Its pictures and sound go to the clinic's own echo and to nobody; what it came to is told at the end.
 */
import { CONSTRAINTS, LevelMeter, openDevices } from "../call/devices.js";
import { LineCheck, grabberOf, judge } from "../call/line_check.js";
import { Bell } from "./bell.js";
import { post } from "./posts.js";
import { isBroken, told } from "./ready_parts.js";
import { browser, clock } from "./this_browser.js";
import { Sections } from "./visit_sections.js";
import { OF_CODES, problemOf, showWay, wordsFor } from "./ways_out.js";

const KINDS = { camera: "video", microphone: "audio" };
const NOTHING_OPEN = { audio: null, video: null, faults: [] };
const NOTHING_FOUND = { camera: null, microphone: null, line: null };

class ReadyCheck {
  #urls;
  #sections = new Sections();
  #bell = new Bell();
  #whose = "hers";
  #run = null; // what belongs to this time through; null while no check is going on
  #opened = NOTHING_OPEN;
  #sound = null;
  #meter = null;
  #answer = () => {};

  constructor({ urls }) {
    this.#urls = urls;
    this.#press("[data-begin]", ({ dataset }) => this.#begin(dataset.begin));
    this.#press("[data-again]", () => this.#begin(this.#whose));
    this.#press("[data-go-next]", () => this.#answer("on"));
    this.#press("[data-answer]", ({ dataset }) => this.#answer(dataset.answer));
    this.#press("[data-heard]", ({ dataset }) => this.#answer(dataset.heard));
    this.#press("[data-ring]", () => this.#bell.ring());
    this.#press("[data-help]", () => this.#askForHelp());
    this.#press("[data-send-again]", () => this.#answer("again"));
    window.addEventListener("pagehide", () => this.#close());
  }

  /** The whole check. The press that began it is what lets the page sound. */
  async #begin(whose) {
    this.#close();
    this.#whose = whose;
    this.#bell.switchOn().catch(() => {});
    this.#sound = new AudioContext();
    const run = { check: this.#newCheck(), found: { ...NOTHING_FOUND }, speaker: "skipped", leftOut: new Set() };
    this.#run = run;
    for (const step of [this.#tryCamera, this.#tryMicrophone, this.#trySpeaker, this.#tryLine, this.#tell]) {
      await step.call(this, run);
      if (this.#run !== run) return; // begun again, or help was asked for, in the meantime
    }
  }

  #newCheck() {
    const check = new LineCheck({
      fetchTicket: () => post(this.#urls.ticket),
      fetch: (...asked) => window.fetch(...asked),
      WebSocket: window.WebSocket,
      RTCPeerConnection: window.RTCPeerConnection,
      AbortController: window.AbortController,
      clock,
    });
    check.on("level", (level) => (this.#find("#level").value = level));
    check.on("progress", (share) => (this.#find("[data-progress]").value = share));
    return check;
  }

  async #tryCamera(run) {
    this.#busy("camera");
    for (const part of ["[data-preview]", "[data-only-you]"]) this.#find(part).hidden = true;
    await this.#open(CONSTRAINTS);
    await this.#try(run, "camera", () => run.check.camera({ grab: this.#preview(), fault: this.#fault("video") }));
  }

  async #tryMicrophone(run) {
    await this.#try(run, "microphone", () => run.check.microphone({ meter: this.#listen(), fault: this.#fault("audio") }));
  }

  /** One part, and again as often as she likes while something is in its way. */
  async #try(run, part, ask) {
    while (this.#run === run) {
      this.#busy(part);
      run.found[part] = await ask();
      const { code } = run.found[part];
      if (this.#run !== run || run.leftOut.has(part)) return;
      if (code === "works") return this.#well(part);
      if (!(code in OF_CODES)) return;
      if ((await this.#trouble(this.#problem(run, part, code))) !== "again") return;
      run.leftOut.clear();
      await this.#reopen(part);
    }
  }

  async #trySpeaker(run) {
    while (this.#run === run) {
      this.#sections.show("speaker");
      await this.#bell.switchOn().catch(() => {});
      this.#bell.ring();
      run.speaker = await this.#answered();
      if (run.speaker === "yes") return;
      if ((await this.#trouble({ name: "loud", of: "audio" })) !== "again") return;
    }
  }

  async #tryLine(run) {
    while (this.#run === run) {
      this.#find("[data-progress]").value = 0;
      this.#sections.show("line");
      const { audio, video } = this.#opened;
      run.found.line = await run.check.line({ audio, video });
      if (this.#run !== run || !isBroken(judge(run.found))) return;
      if ((await this.#trouble({ name: "line", of: "both" })) !== "again") return;
      run.check = this.#newCheck();
    }
  }

  async #tell(run) {
    this.#release();
    while (this.#run === run) {
      try {
        return this.#show(await post(this.#urls.keep, this.#told(run)));
      } catch {
        this.#sections.show("unsent");
        await this.#answered();
      }
    }
  }

  /** What was found so far goes with it, so that whoever rings knows where she is. */
  async #askForHelp(run = this.#run) {
    this.#close();
    try {
      if (run) await post(this.#urls.keep, { ...this.#told(run), help: "1" });
      else await post(this.#urls.help, { whose: this.#whose });
      this.#sections.show("asked");
      this.#say("told", this.#find('[data-section="asked"] h1').textContent);
    } catch {
      this.#sections.show("unsent");
      this.#answer = () => this.#askForHelp(run);
    }
  }

  #told({ found, speaker }) {
    return { parts: JSON.stringify(told(found, judge(found), speaker)), whose: this.#whose };
  }

  #show({ title, parts, result }) {
    this.#run = null;
    this.#find("[data-result-title]").textContent = title;
    this.#find("[data-result-parts]").replaceChildren(...parts.map((part) => this.#line(part)));
    for (const part of document.querySelectorAll("[data-result]")) part.hidden = !part.dataset.result.split(" ").includes(result);
    this.#sections.show("result");
    this.#say("told", [title, ...parts.map(({ text }) => text)].join(" "));
  }

  #line({ state, text }) {
    const line = this.#find(`template[data-result-${state}]`).content.cloneNode(true);
    line.querySelector("[data-words]").textContent = text;
    return line;
  }

  async #open(wanted) {
    const opened = await openDevices(browser(), wanted);
    const next = { ...this.#opened, faults: this.#opened.faults.filter(({ kind }) => !(kind in wanted)) };
    for (const kind of Object.keys(wanted)) {
      next[kind]?.stop();
      next[kind] = opened[kind];
    }
    this.#opened = { ...next, faults: [...next.faults, ...opened.faults] };
  }

  /** Opens a device anew; both when both are in trouble, so that she is asked once. */
  #reopen(part) {
    const kinds = this.#opened.faults.length > 1 ? ["audio", "video"] : [KINDS[part]];
    return this.#open(Object.fromEntries(kinds.map((kind) => [kind, CONSTRAINTS[kind]])));
  }

  #fault(kind) {
    return this.#opened.faults.find((fault) => fault.kind === kind) ?? null;
  }

  /** Where both are in trouble, both are told of at once, and the microphone's turn does not tell it again. */
  #problem(run, part, code) {
    const { faults } = this.#opened;
    if (part !== "camera" || faults.length < 2) return { name: OF_CODES[code], of: KINDS[part] };
    run.leftOut.add("microphone");
    return problemOf(faults);
  }

  #preview() {
    const { video } = this.#opened;
    const preview = this.#find("#preview");
    preview.srcObject = video ? new MediaStream([video]) : null;
    this.#find("[data-preview]").hidden = !video;
    return video ? grabberOf(preview, document.createElement("canvas")) : null;
  }

  #listen() {
    const { audio } = this.#opened;
    this.#meter?.close();
    this.#meter = audio ? new LevelMeter(this.#sound, new MediaStream([audio])) : null;
    this.#sound.resume?.().catch?.(() => {});
    return this.#meter;
  }

  #busy(part) {
    this.#head(part, "busy");
    this.#screen(part).querySelector("[data-asking]").hidden = false;
    this.#screen(part).querySelector("[data-next]").hidden = true;
    this.#sections.show(part);
  }

  /** What works is said, and stays until she goes on. */
  async #well(part) {
    const words = this.#head(part, "well");
    this.#screen(part).querySelector("[data-asking]").hidden = true;
    this.#screen(part).querySelector("[data-next]").hidden = false;
    if (part === "camera") this.#find("[data-only-you]").hidden = false;
    this.#say("told", words);
    await this.#answered();
  }

  #head(part, name) {
    const head = this.#screen(part).querySelector("[data-head]");
    head.textContent = head.dataset[name];
    return head.textContent;
  }

  async #trouble({ name, of }) {
    const { words, mayTryAgain } = wordsFor(name, of, document);
    showWay(this.#find("[data-problem-words]"), words);
    this.#find("[data-problem-again]").hidden = !mayTryAgain;
    this.#sections.show("problem");
    const title = this.#find("[data-problem-words] h1").textContent;
    this.#sections.title(title);
    this.#say("alarm", title);
    return this.#answered();
  }

  #answered() {
    return new Promise((resolve) => (this.#answer = resolve));
  }

  /** Camera and microphone go off. */
  #release() {
    this.#meter?.close();
    this.#meter = null;
    this.#sound?.close().catch(() => {});
    this.#sound = null;
    for (const kind of ["audio", "video"]) this.#opened[kind]?.stop();
    this.#opened = NOTHING_OPEN;
    this.#find("#preview").srcObject = null;
  }

  #close() {
    this.#run?.check.stop();
    this.#run = null;
    this.#release();
  }

  #press(selector, act) {
    for (const button of document.querySelectorAll(selector)) button.addEventListener("click", () => act(button));
  }

  #screen(name) {
    return this.#find(`[data-section="${name}"]`);
  }

  #find(selector) {
    return document.querySelector(selector);
  }

  #say(region, words) {
    this.#find(`#${region}`).textContent = words;
  }
}

document.body.dataset.started = "true";
new ReadyCheck(JSON.parse(document.getElementById("check").textContent));
