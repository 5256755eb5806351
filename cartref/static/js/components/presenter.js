/**
 * The nurse's desk: one patient, on a device that both sit in front of. Camera and microphone stay off until "We are
 * ready". While the visit is under way the screen does not lock; outside it five minutes with nobody there lock it.
 */
import { startExamination } from "./examination.js";
import { OtherCamera } from "./other_camera.js";
import { post, ticketsFrom } from "./posts.js";
import { Presence } from "./presence.js";
import { SCENES, Scenes, UNDER_WAY, tellFaults } from "./scenes.js";
import { Stage, openCall } from "./stage.js";

const HEARTBEAT = 60_000;
const IDLE = 5 * 60_000;
const words = JSON.parse(document.getElementById("presenter-words").textContent);
const root = document.getElementById("stage");

class Desk {
  #call;
  #stage;
  #scenes = new Scenes(root);
  #presence = new Presence();
  #rings = root.dataset.telephone === "true"; // whether the clinic rings; it leaves the room to do so

  constructor() {
    this.#call = openCall({ signalling: root.dataset.signalling, fetchTicket: ticketsFrom(root.dataset.ticket) });
    this.#stage = new Stage(root, this.#call, { describe: ({ role }) => describe(role) });
    const tell = tellFaults(root, words.faults, this.#call, this.#stage);
    new OtherCamera(root, this.#stage, this.#call, (name) => tell({ name }));
    startExamination(document.getElementById("main"), this.#call);
    this.#call.on("status", () => this.#show());
    this.#call.on("peers", () => this.#show());
    this.#call.on("media", () => this.#showReady());
    this.#call.on("ended", () => this.#stage.close());
    root.querySelector("[data-ready]").addEventListener("click", () => this.#ready());
    root.querySelector("[data-come-back]").addEventListener("click", () => this.#call.join());
  }

  start() {
    setInterval(() => this.#beat(), HEARTBEAT);
    if (root.dataset.open !== "true") return;
    this.#call.join();
    this.#openAgain();
  }

  /** A page that was loaded anew after "We are ready" opens its devices by itself. */
  #openAgain() {
    const stop = this.#call.on("status", () => {
      if (!this.#call.me.participant) return;
      stop();
      if (this.#call.switches.audio || this.#call.switches.video) this.#stage.openDevices();
    });
  }

  async #ready() {
    await this.#stage.openDevices();
    this.#call.setAudio(true);
    this.#call.setVideo(true);
  }

  #show() {
    const clinician = this.#call.peers.find((peer) => peer.role === "clinician");
    if (clinician) this.#rings = clinician.rung?.rung === "phone";
    const scene = SCENES[this.#call.state];
    this.#scenes.show(this.#rings && scene !== "ended" ? "telephone" : scene);
    this.#showReady();
    this.#showPeople();
  }

  /** Who hears and sees the room just now. */
  #showPeople() {
    const place = document.querySelector("[data-in-call]");
    const there = this.#call.peers.filter(({ status, away }) => status === "admitted" && !away);
    const names = there.map(({ role }) => (role === "clinician" ? words.clinician : words.roles[role])).filter(Boolean);
    place.hidden = !names.length;
    place.textContent = place.dataset.words.replace("{who}", names.join(", "));
  }

  #showReady() {
    const { audio, video } = this.#stage.tracks;
    const open = Boolean(audio || video) || this.#call.state === "ended";
    root.querySelector("[data-not-ready]").hidden = open;
  }

  #beat() {
    const { idleFor } = this.#presence;
    if (UNDER_WAY.has(this.#call.state) || idleFor < HEARTBEAT) return post(root.dataset.watch).catch(() => {});
    if (idleFor >= IDLE) document.querySelector("[data-leave]").submit();
    return undefined;
  }
}

function describe(role) {
  if (role === "clinician") return { name: words.clinician, role: words.roles.clinician };
  return role === "carer" ? { name: words.roles.carer, role: "" } : null;
}

new Desk().start();
