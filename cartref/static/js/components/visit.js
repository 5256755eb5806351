/**
 * A visit in the patient's or carer's browser, from the camera check to the goodbye. It joins the call library, the
 * application's state and the screens of the page; which screen is shown is decided in visit_screens.js from `facts`.
 * Nothing here is trusted by anybody: who may come in, and who may see and hear her, is the server's.
 */
import { isLive } from "../call/machine.js";
import { Bell } from "./bell.js";
import { PictureWords } from "./picture_words.js";
import { post, ticketsFrom } from "./posts.js";
import { Stage, openCall } from "./stage.js";
import { listenForPress, ringSoon } from "./visit_bell.js";
import { Check } from "./visit_check.js";
import { FaultLine } from "./visit_faults.js";
import { Kept } from "./visit_kept.js";
import { insteadOf, isIn, isMending, isRinging, screenOf } from "./visit_screens.js";
import { Sections } from "./visit_sections.js";
import { VisitState } from "./visit_state.js";
import { WaitingRoom } from "./visit_waiting.js";
import { keepScreenLit } from "./wake_lock.js";

const OVER_AND_DONE = ["ended", "refused", "removed"];
const ON_THE_SCREEN = ["waiting", "held", "connecting", "admitted", "talking", "recovering", "rebuilding"];

class Visit {
  #given;
  #facts = { before: "check", aside: "", telephone: false, letIn: false, isLong: false };
  #isRinging = false;
  #shown = { ahead: null, isSoon: false, exchanging: false };
  #relay = null;
  #sections = new Sections();
  #bell = new Bell();
  #check;
  #state;
  #room;
  #call;
  #stage;
  #lit;
  #faults;
  #kept;

  constructor(given) {
    this.#given = given;
    this.#kept = new Kept(given.id, sessionStorage);
    this.#shown.ahead = given.state.ahead;
    this.#check = new Check();
    this.#state = new VisitState(given.urls.state, given.every, given.state);
    this.#room = new WaitingRoom(document.querySelector('[data-section="waiting"]'), given.ahead);
    this.#call = openCall({ signalling: given.signalling, fetchTicket: ticketsFrom(given.urls.ticket) });
    this.#stage = new Stage(document.body, this.#call, { describe: (peer) => given.people[peer.role] ?? null });
    this.#faults = new FaultLine(this.#stage);
    new PictureWords(document, this.#call);
    this.#lit = keepScreenLit(() => ON_THE_SCREEN.includes(this.#call.state));
    this.#listenToCheck();
    this.#listenToCall();
    this.#listenToPresses();
    this.#state.on("changed", (state) => this.#changed(state));
    this.#state.on("shut", () => location.replace(given.urls.visit));
  }

  begin() {
    this.#state.start();
    listenForPress(this.#bell, () => this.#draw());
    const { ready, cannot_come: cannotCome } = this.#given.state;
    if (ready && !cannotCome) this.#comeBack();
    else this.#check.start();
  }

  /** A reload, a second tab, the link opened again: back where she was, with no question. */
  async #comeBack() {
    this.#facts.before = "";
    if (this.#kept.hungUp) return this.#fact({ aside: "left" });
    this.#draw();
    return this.#openAndJoin();
  }

  /** Joins when camera and microphone open, or when she has gone on without them before; else says what is wrong first. */
  async #openAndJoin() {
    const faults = await this.#stage.openDevices();
    if (this.#facts.telephone) return this.#stage.close();
    if (faults.every((fault) => this.#kept.without.includes(fault.kind))) return this.#join();
    return this.#check.explain({ ...this.#stage.tracks, faults });
  }

  #listenToCheck() {
    this.#check.on("asking", () => this.#before("check"));
    this.#check.on("opened", ({ audio, video }) => this.#stage.useTracks({ audio, video }));
    this.#check.on("without", (kinds) => (this.#kept.without = kinds));
    this.#check.on("well", () => {
      document.querySelector("[data-ready]").disabled = false;
      this.#before("check");
    });
    this.#check.on("trouble", (words) => {
      this.#before("problem");
      this.#sections.title(words);
      this.#tell("alarm", words);
    });
  }

  #listenToCall() {
    this.#call.on("status", (status) => this.#stepped(status));
    this.#call.on("waiting", (ahead) => this.#show({ ahead }));
    this.#call.on("notice", ({ code }) => this.#noticed(code));
    this.#call.on("error", ({ name }) => this.#failed(name));
    this.#call.on("measured", (samples) => this.#measured(samples));
    this.#call.on("peers", (peers) => this.#follow(peers));
    this.#call.on("media", () => this.#faults.follow(this.#stage.tracks));
    this.#stage.on("fault", (fault) => isLive(this.#call.state) && this.#tell("alarm", this.#faults.show(fault)));
    this.#stage.on("exchanging", (exchanging) => this.#show({ exchanging }));
  }

  #listenToPresses() {
    this.#press("[data-ready]", (button) => this.#ready(button));
    this.#press("[data-bell]", () => this.#ringBell());
    this.#press("[data-rejoin]", () => this.#rejoin());
    this.#press("[data-go-back]", () => this.#fact({ aside: "" }));
    this.#press("[data-come-after-all]", () => this.#comeAfterAll());
    this.#press("[data-wish]", (button) => this.#wish(button.dataset.wish));
    this.#answer("ask-hang-up", "leave", () => this.#hangUp());
    this.#answer("ask-cannot-stay", "cannot-come", () => this.#wish("cannot-come"));
  }

  #press(selector, act) {
    for (const button of document.querySelectorAll(selector)) button.addEventListener("click", () => act(button));
  }

  #answer(id, answer, act) {
    const dialog = document.getElementById(id);
    dialog.addEventListener("close", () => dialog.returnValue === answer && act());
  }

  /** "I am ready": from here on no reload asks again. */
  async #ready(button) {
    button.disabled = true;
    this.#fact({ before: "" });
    await post(this.#given.urls.ready).catch(() => {}); // the ticket is what lets her in; a reload would only ask again
    this.#join();
  }

  #join() {
    this.#check.stop();
    this.#kept.hungUp = false;
    this.#call.join();
    this.#lit();
  }

  async #rejoin() {
    this.#fact({ aside: "" });
    const { audio, video } = this.#stage.tracks;
    if (audio || video) this.#join();
    else await this.#openAndJoin();
  }

  #hangUp() {
    this.#kept.hungUp = true;
    this.#goAway();
  }

  #goAway() {
    this.#call.leave();
    this.#stage.close();
  }

  async #wish(wish) {
    try {
      await post(this.#given.urls.wish, { wish });
    } catch {
      return this.#tell("alarm", document.getElementById("told").dataset.failed);
    }
    if (wish === "cannot-come") this.#stopComing();
    else if (wish === "ring") this.#fact({ aside: "ring" });
    return this.#state.refresh();
  }

  #stopComing() {
    this.#fact({ aside: "not-coming" });
    this.#goAway(); // the application knows that she said so, and a reload asks it
  }

  #comeAfterAll() {
    this.#fact({ aside: "" });
    this.#check.start();
  }

  async #ringBell() {
    await this.#bell.switchOn().catch(() => {});
    this.#bell.ring();
    document.querySelector("[data-bell-words]").hidden = false;
  }

  #stepped(status) {
    if (isIn(status) && !this.#facts.letIn) this.#letIn();
    if (["held", "waiting", "connecting", "left", "moved"].includes(status)) this.#facts.letIn = false;
    if (isMending(status) && this.#facts.letIn) this.#tellInstead("alarm", "lost");
    else this.#facts.isLong = false;
    if (status === "waiting" || status === "held") this.#report();
    if (OVER_AND_DONE.includes(status)) this.#close();
    this.#lit();
    this.#draw();
  }

  #letIn() {
    Object.assign(this.#facts, { letIn: true, aside: "" });
    ringSoon(this.#bell);
    this.#tellInstead("told", "joining");
    document.querySelector('[data-section="call"]').classList.add("let-in");
  }

  /** Nobody sees or hears her any more: camera and microphone go off, and the application says what comes instead. */
  #close() {
    this.#stage.close();
    this.#state.refresh();
  }

  #noticed(code) {
    if (code !== "running-late") this.#show({ isSoon: true });
    this.#state.refresh();
  }

  #failed(name) {
    if (name === "PathLost" && this.#facts.letIn) this.#fact({ isLong: true });
  }

  /** What the waiting page measured by itself; the board shows it. */
  #report() {
    const { audio, video } = this.#stage.tracks;
    this.#call.ready({ camera: Boolean(video), microphone: Boolean(audio), rtt: this.#check.rtt, relay: this.#relay });
  }

  #measured(samples) {
    const path = samples.find((sample) => sample.path)?.path;
    const relay = path ? path === "relay" : null;
    if (relay === this.#relay) return;
    this.#relay = relay;
    if (this.#call.me.status === "waiting") this.#report();
  }

  #changed(state) {
    if (state.over) return location.replace(this.#given.urls.over);
    if (state.enter !== this.#given.state.enter && this.#facts.before) return location.reload(); // it opened, or closed
    if (state.ahead !== null) this.#shown.ahead = state.ahead;
    if (this.#facts.telephone && !state.telephone && state.enter) return location.reload(); // the clinic tries the picture again
    if (state.telephone) this.#turnToTelephone();
    else if (!state.enter && this.#call.state === "refused") location.replace(this.#given.urls.visit);
    return this.#draw();
  }

  /** The clinic rings her now: the telephone may be the very thing that this page runs on, so the microphone is let go. */
  #turnToTelephone() {
    if (this.#facts.telephone) return;
    this.#facts.telephone = true;
    this.#goAway();
  }

  /** Staff's own page says first that the clinic rings: so does this one, and waits for the application to say it too. */
  #follow(peers) {
    const before = this.#isRinging;
    this.#isRinging = isRinging(peers, before);
    if (this.#isRinging && !before) this.#state.refreshUntil((state) => state.telephone || state.over);
    this.#draw();
  }

  #before(screen) {
    this.#fact({ before: screen });
  }

  #fact(change) {
    Object.assign(this.#facts, change);
    this.#draw();
  }

  #show(change) {
    Object.assign(this.#shown, change);
    this.#draw();
  }

  #draw() {
    const status = this.#call.state === "idle" ? "connecting" : this.#call.state;
    this.#room.render({
      state: this.#state.now,
      ahead: this.#shown.ahead,
      isSoon: this.#shown.isSoon,
      isHere: status === "waiting" || status === "held",
      isHeld: status === "held",
      isLost: isMending(status),
      hasBell: this.#bell.isOn,
    });
    const telephone = this.#facts.telephone || this.#isRinging;
    this.#sections.show(screenOf({ ...this.#facts, telephone, status }));
    const instead = insteadOf({ status, exchanging: this.#shown.exchanging, peers: this.#call.peers });
    for (const part of document.querySelectorAll("[data-instead]")) part.hidden = part.dataset.instead !== instead;
  }

  #tellInstead(region, name) {
    this.#tell(region, document.querySelector(`[data-instead="${name}"] h2`).textContent);
  }

  #tell(region, words) {
    document.getElementById(region).textContent = words;
  }
}

document.body.dataset.started = "true";
new Visit(JSON.parse(document.getElementById("visit").textContent)).begin();
