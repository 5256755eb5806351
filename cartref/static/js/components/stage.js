/**
 * The call stage, for the patient's page and for the desk: it joins a Call to the pictures, the sound and the controls.
 *
 *     const call = openCall({ signalling: "wss://…", fetchTicket });
 *     const stage = new Stage(document.querySelector("[data-stage]"), call, { describe });
 *     await stage.openDevices();         // or useTracks({ audio, video }) with tracks that are open already
 *     call.join();
 *
 * `describe(peer)` returns {name, role} for somebody's name tag, or null for none. What it finds inside its root, all of
 * it optional:
 *   [data-others]          where the others' pictures go; they come and go with the streams. data-no-picture is said in
 *                          place of a picture that its owner has hidden
 *   #own                   her own <video>; its figcaption reads data-words, data-words-muted or data-words-hidden
 *   [data-control=mute]    turns sound off and on; [data-control=hide] the picture; data-pressed is set for the style sheet
 *   [data-line]            the line in words: data-good, data-fair, data-poor
 *   [data-sound-off]       a hidden button, shown when the browser will not play sound before it is pressed
 * Events: `fault` (a DeviceFault), `exchanging` (whether anybody's sound or picture is on the stage).
 */
import { createCall } from "../call/call.js";
import { DeviceWatch, openDevices } from "../call/devices.js";
import { Emitter } from "../call/emitter.js";
import { Signalling } from "../call/signalling.js";
import { browser, clock } from "./this_browser.js";

export { browser, clock };

const random = () => Math.random();

/** What a socket of the library needs beside its ticket. */
export const wiring = (url, fetchTicket) => ({ url, fetchTicket, WebSocket: window.WebSocket, clock, random });

/** A call that wakes with the page; join it when its devices are ready. */
export function openCall({ signalling, fetchTicket }) {
  const call = createCall({
    signalling: new Signalling(wiring(signalling, fetchTicket)),
    RTCPeerConnection: window.RTCPeerConnection,
    MediaStream: window.MediaStream,
    clock,
    random,
    storage: window.sessionStorage,
  });
  const wake = () => document.visibilityState === "visible" && call.wake();
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("pageshow", wake);
  window.addEventListener("online", () => call.wake({ network: true }));
  navigator.connection?.addEventListener?.("change", () => call.wake({ network: true }));
  return call;
}

/** Hides a part that has done its work; a focus that was in it goes to the beginning of what the page is about. */
export function putAway(part) {
  const hadFocus = part.contains(document.activeElement);
  part.hidden = true;
  if (hadFocus) document.getElementById("main")?.focus({ preventScroll: true });
}

export class Stage extends Emitter {
  #root;
  #call;
  #describe;
  #shown = new Map(); // participant -> {seat, video, audio, dark, tag}
  #own = { audio: null, video: null };
  #watch = null;

  constructor(root, call, { describe = () => null } = {}) {
    super();
    this.#root = root;
    this.#call = call;
    this.#describe = describe;
    call.on("remote", (participant, stream) => this.#play(participant, stream));
    call.on("peers", () => this.#name());
    call.on("media", () => this.#tellOwn());
    call.on("line", (level) => this.#tellLine(level));
    this.#control("mute", () => call.setAudio(!call.switches.audio));
    this.#control("hide", () => call.setVideo(!call.switches.video));
    this.#find("[data-sound-off]")?.addEventListener("click", () => this.#playAll());
    this.#tellOwn();
  }

  get tracks() {
    return this.#own;
  }

  /** Opens camera and microphone as far as they open; each fault is told, and the call goes on with what there is. */
  async openDevices(wanted) {
    const { audio, video, faults } = await openDevices(browser(), wanted);
    this.useTracks({ audio, video });
    for (const fault of faults) this.emit("fault", fault);
    return faults;
  }

  /** Sends these tracks, and shows the picture as her own. */
  useTracks(tracks) {
    this.#own = { ...this.#own, ...tracks };
    const own = this.#find("#own");
    if (own) own.srcObject = this.#own.video ? new MediaStream([this.#own.video]) : null;
    this.#call.replaceTracks(tracks);
    this.#follow(tracks);
  }

  /** Lets go of camera and microphone. */
  close() {
    this.#watch?.close();
    for (const track of Object.values(this.#own)) track?.stop();
    this.useTracks({ audio: null, video: null });
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  #control(name, press) {
    this.#find(`[data-control="${name}"]`)?.addEventListener("click", press);
  }

  #follow(tracks) {
    if (!navigator.mediaDevices) return;
    if (!this.#watch) {
      this.#watch = new DeviceWatch(navigator.mediaDevices);
      this.#watch.on("lost", (kind) => this.#reopen(kind));
    }
    for (const [kind, track] of Object.entries(tracks)) this.#watch.follow(kind, track);
  }

  /** A camera that was unplugged, or a microphone that a telephone call took: opened again in its place. */
  async #reopen(kind) {
    const opened = await openDevices(browser(), { [kind]: true });
    this.useTracks({ [kind]: opened[kind] });
    for (const fault of opened.faults) this.emit("fault", fault);
  }

  #play(participant, stream) {
    if (!stream) this.#drop(participant);
    else this.#show(participant, stream);
    const others = this.#find("[data-others]");
    others?.classList.toggle("picture--several", this.#shown.size > 1);
    this.emit("exchanging", this.#shown.size > 0);
  }

  #show(participant, stream) {
    const shown = this.#shown.get(participant) ?? this.#add(participant);
    shown.video.srcObject = stream;
    shown.audio.srcObject = stream;
    this.#name();
    this.#sound(shown.audio);
    shown.video.play().catch(() => {}); // muted, so only a stream that is gone again keeps it from playing
  }

  #add(participant) {
    const seat = element("div", "picture__seat");
    const video = element("video", "picture__other");
    Object.assign(video, { muted: true, playsInline: true, autoplay: true });
    const audio = element("audio");
    audio.autoplay = true;
    const tag = element("p", "name-tag");
    tag.append(element("strong"), element("span"));
    tag.hidden = true;
    const dark = element("div", "instead");
    dark.append(element("p"));
    dark.firstChild.textContent = this.#find("[data-others]").dataset.noPicture ?? "";
    dark.hidden = true;
    seat.append(video, audio, dark, tag);
    seat.dataset.participant = participant;
    this.#find("[data-others]").append(seat);
    const shown = { seat, video, audio, dark, tag };
    this.#shown.set(participant, shown);
    return shown;
  }

  #drop(participant) {
    const shown = this.#shown.get(participant);
    if (!shown) return;
    for (const media of [shown.video, shown.audio]) media.srcObject = null;
    shown.seat.remove();
    this.#shown.delete(participant);
  }

  async #sound(audio) {
    try {
      await audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") this.#askForSound(true);
    }
  }

  async #playAll() {
    this.#askForSound(false);
    for (const { audio } of this.#shown.values()) await this.#sound(audio);
  }

  #askForSound(needed) {
    const button = this.#find("[data-sound-off]");
    if (button && needed) button.hidden = false;
    else if (button) putAway(button);
  }

  #name() {
    for (const peer of this.#call.peers) {
      const shown = this.#shown.get(peer.participant);
      if (!shown) continue;
      shown.dark.hidden = peer.state?.video !== false;
      const told = this.#describe(peer);
      if (!told) continue;
      shown.tag.hidden = false;
      shown.tag.querySelector("strong").textContent = told.name;
      shown.tag.querySelector("span").textContent = told.role;
      shown.video.setAttribute("aria-label", told.name);
    }
  }

  #tellOwn() {
    const { audio, video } = this.#call.switches;
    this.#press("mute", !audio);
    this.#press("hide", !video);
    const own = this.#find("#own");
    const caption = own?.parentElement.querySelector("figcaption");
    own?.parentElement.classList.toggle("own-picture--hidden", !video);
    if (!caption?.dataset.words) return;
    caption.textContent = caption.dataset[!audio ? "wordsMuted" : !video ? "wordsHidden" : "words"];
  }

  #press(name, pressed) {
    const control = this.#find(`[data-control="${name}"]`);
    if (control) control.dataset.pressed = String(pressed);
  }

  #tellLine(level) {
    const line = this.#find("[data-line]");
    if (!line) return;
    line.hidden = false;
    line.dataset.line = level;
    line.querySelector("span").textContent = line.dataset[level];
  }
}

function element(name, looks = "") {
  const made = document.createElement(name);
  if (looks) made.className = looks;
  return made;
}
