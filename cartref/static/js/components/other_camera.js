/**
 * A second camera for a wound or for walking: the picture shows another camera of the device, and then the first again. The
 * others are told which it is, so that it is shown whole.
 */
import { openDevices } from "../call/devices.js";
import { browser } from "./stage.js";

/** A wound wants more than a face: what the line carries of it, the call decides. */
const CLOSE_UP = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 15, max: 30 } };

/** The camera to show in place of the one in use: the next in the list, null where there is no other. */
export function otherThan(current, devices) {
  const cameras = devices.filter(({ kind }) => kind === "videoinput");
  if (cameras.length < 2) return null;
  const place = cameras.findIndex(({ deviceId }) => deviceId === current);
  return cameras[(place + 1) % cameras.length].deviceId;
}

export class OtherCamera {
  #stage;
  #call;
  #button;
  #tell;
  #first = null; // the camera to go back to
  #busy = false;

  /** @param {(name: string) => void} tell says a fault by its name: NoOtherCamera, OtherCameraBusy */
  constructor(root, stage, call, tell) {
    this.#stage = stage;
    this.#call = call;
    this.#tell = tell;
    this.#button = root.querySelector('[data-control="other-camera"]');
    this.#button.addEventListener("click", () => this.#press());
  }

  async #press() {
    if (this.#busy || !this.#stage.tracks.video) return;
    this.#busy = true;
    try {
      await (this.#first ? this.#show(this.#first, null) : this.#showOther());
    } finally {
      this.#busy = false;
    }
  }

  async #showOther() {
    const current = this.#stage.tracks.video.getSettings().deviceId;
    const other = otherThan(current, await navigator.mediaDevices.enumerateDevices());
    if (!other) return this.#tell("NoOtherCamera");
    return this.#show(other, current);
  }

  /** Opens the other camera before it lets go of this one, unless the device has room for one at a time. */
  async #show(deviceId, back) {
    const wanted = { video: { deviceId: { exact: deviceId }, ...(back && CLOSE_UP) } };
    const before = this.#stage.tracks.video;
    let { video } = await openDevices(browser(), wanted);
    if (!video) {
      before.stop();
      ({ video } = await openDevices(browser(), wanted));
      if (!video) return this.#goBack(before.getSettings().deviceId);
    }
    this.#use(video, back);
    before.stop();
    return undefined;
  }

  async #goBack(deviceId) {
    this.#tell("OtherCameraBusy");
    const { video } = await openDevices(browser(), { video: deviceId ? { deviceId: { exact: deviceId } } : true });
    this.#use(video, this.#first);
  }

  #use(video, back) {
    this.#first = back;
    this.#stage.useTracks({ video });
    this.#call.setPicture(back ? "second" : "camera");
    this.#button.dataset.pressed = String(Boolean(back));
  }
}
