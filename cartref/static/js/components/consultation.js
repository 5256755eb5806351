/**
 * The clinician's side of a visit: joins the room as the page opens, shows who knocks, lets them in, holds, rings instead,
 * ends. Note and outcome stand beside it and need none of this.
 */
import { sentence } from "./board_status.js";
import { LadderPanel } from "./ladder_panel.js";
import { LettingIn, waitingNow } from "./letting_in.js";
import { watchExamination } from "./observed.js";
import { PictureWords } from "./picture_words.js";
import { post, ticketsFrom } from "./posts.js";
import { Presence } from "./presence.js";
import { SCENES, Scenes, UNDER_WAY, tellFaults } from "./scenes.js";
import { Stage, openCall } from "./stage.js";

const HEARTBEAT = 30_000;
const words = JSON.parse(document.getElementById("consultation-words").textContent);
const root = document.getElementById("stage");

class Consultation {
  #call;
  #stage;
  #scenes = new Scenes(root);
  #people = words.people;
  #notYet = new Set(); // whose knock was put aside
  #lettingIn = new LettingIn(new URLSearchParams(location.search).has("let-in"));
  #presence = new Presence();
  #ladder;
  #byTelephone = false;

  constructor() {
    const fetchTicket = ticketsFrom(root.dataset.ticket, (told) => this.#learn(told));
    this.#call = openCall({ signalling: root.dataset.signalling, fetchTicket });
    this.#stage = new Stage(root, this.#call, { describe: (peer) => this.#describe(peer) });
    new PictureWords(root, this.#call);
    this.#ladder = new LadderPanel(root, this.#call, tellFaults(root, words.faults, this.#call, this.#stage));
    this.#ladder.on("ring", () => this.#ring());
    this.#ladder.on("scene", () => this.#showScene());
    this.#call.on("status", () => this.#showScene());
    this.#call.on("peers", () => this.#look());
    this.#call.on("ended", () => this.#over());
    this.#press("hold", () => this.#hold());
    this.#answerEnd();
    watchExamination(this.#call);
    root.querySelector("[data-come-back]").addEventListener("click", () => this.#call.join());
    history.replaceState(null, "", location.pathname + location.hash); // a reload lets nobody in by itself
  }

  async start() {
    this.#beat();
    setInterval(() => this.#beat(), HEARTBEAT);
    if (root.dataset.open !== "true") return;
    this.#call.join();
    await this.#stage.openDevices();
  }

  #learn({ people }) {
    this.#people = people;
  }

  #describe({ participant, role, state }) {
    const known = this.#people[participant];
    if (role === "presenter" && state?.picture === "second") return { name: words.secondCamera, role: known?.name ?? "" };
    return { name: known?.name ?? words.roles[role] ?? "", role: role === "patient" ? words.place : (known?.role ?? "") };
  }

  // ---- who is there

  get #waiting() {
    return waitingNow(this.#call.peers);
  }

  #look() {
    const patient = this.#lettingIn.take(this.#call.peers, Boolean(this.#call.me.participant));
    if (patient) this.#call.admit(patient);
    if (this.#waiting.some((peer) => !(peer.participant in this.#people))) this.#beat();
    this.#showKnocks();
    this.#showScene();
  }

  #showScene() {
    const scene = this.#ladder.isGone && SCENES[this.#call.state] === "lost" ? "ring-now" : SCENES[this.#call.state];
    const waits = this.#waiting.some((peer) => peer.role === "patient");
    if (this.#byTelephone) return this.#scenes.show("telephone");
    const letIn = this.#call.peers.some((peer) => peer.exchanging); // a picture is on its way
    this.#scenes.show(scene !== "joining" ? scene : letIn ? null : waits ? "waiting" : scene);
  }

  #showKnocks() {
    const place = root.querySelector("[data-knocks]");
    const knocking = this.#waiting.filter((peer) => !this.#notYet.has(peer.participant));
    const shown = new Map([...place.children].map((bar) => [bar.dataset.participant, bar]));
    for (const [participant, bar] of shown) {
      if (!knocking.some((peer) => peer.participant === participant)) bar.remove();
    }
    for (const peer of knocking) {
      const bar = shown.get(peer.participant) ?? this.#addKnock(place, peer);
      const { name } = this.#describe(peer);
      bar.querySelector("[data-who]").textContent = words.waits.replace("{name}", name);
      bar.querySelector("[data-what]").textContent = peer.role === "patient" ? "" : words.agreed;
    }
  }

  #addKnock(place, { participant }) {
    const bar = document.getElementById("knock").content.firstElementChild.cloneNode(true);
    bar.dataset.participant = participant;
    bar.querySelector("[data-let-in]").addEventListener("click", () => this.#call.admit(participant));
    bar.querySelector("[data-not-yet]").addEventListener("click", () => {
      this.#notYet.add(participant);
      this.#showKnocks();
    });
    place.append(bar);
    return bar;
  }

  // ---- what is done

  #control(name) {
    return root.querySelector(`[data-control="${name}"]`);
  }

  #press(name, act) {
    this.#control(name).addEventListener("click", act);
  }

  /** Sends everybody who is no staff back to wait, patient and company alike; their knocks come up again. */
  #hold() {
    this.#notYet.clear();
    for (const peer of this.#call.peers) {
      if (peer.status === "admitted" && (peer.role === "patient" || peer.role === "carer")) this.#call.hold(peer.participant);
    }
  }

  #answerEnd() {
    const dialog = document.getElementById("ask-end");
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "end") this.#call.end("finished");
      dialog.returnValue = "";
    });
  }

  #ring() {
    this.#byTelephone = true;
    this.#stop();
    this.#control("ring").disabled = true;
    this.#call.leave(); // the telephone rings now, and nobody is to hear the room twice
    this.#showScene();
  }

  #over() {
    this.#stop();
    document.querySelector('[data-tabs] a[href="#outcome"]').click();
  }

  /** Lets go of camera and microphone, and of the controls that need a call. */
  #stop() {
    this.#stage.close();
    for (const name of ["mute", "hide", "hold", "end"]) this.#control(name).disabled = true;
    root.querySelector(".own-picture").hidden = true;
    root.querySelector("[data-line]").hidden = true;
    root.querySelector("[data-fault]").hidden = true;
    root.querySelector("[data-knocks]").replaceChildren();
  }

  async #beat() {
    try {
      const { people, others } = await post(root.dataset.watch, { active: this.#presence.idleFor < HEARTBEAT ? "1" : "" });
      this.#people = { ...this.#people, ...people };
      document.querySelector("[data-others-waiting]").textContent = others ? sentence(words.others, others) : "";
      this.#showKnocks();
    } catch (error) {
      if (error.status === 403 && !UNDER_WAY.has(this.#call.state)) location.reload(); // locked: the server asks who is there
      // else the next beat tries again; the call needs none of them
    }
  }
}

/** Shows what belongs to the tab that was pressed; without a script all of it stands one below the other. */
function useTabs(tabs) {
  const links = [...tabs.querySelectorAll("a")];
  const parts = new Set(links.flatMap((link) => link.dataset.parts.split(" ")));
  const show = (chosen) => {
    const shown = new Set(chosen.dataset.parts.split(" "));
    for (const link of links) link.toggleAttribute("aria-current", link === chosen);
    chosen.setAttribute("aria-current", "true");
    for (const part of parts) document.getElementById(part).hidden = !shown.has(part);
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link);
    });
  }
  show(links.find((link) => link.hash === location.hash) ?? links[0]);
}

useTabs(document.querySelector("[data-tabs]"));
new Consultation().start();
