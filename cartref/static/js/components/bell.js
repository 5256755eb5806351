/**
 * Two soft notes, made here rather than fetched. A browser lets no page sound before somebody has touched it, so the bell
 * is off until `switchOn` is called from a press; `isOn` says which it is. It may also take the sound away again, when the
 * computer sleeps or another app wants it: `change` tells of that.
 */
import { Emitter } from "../call/emitter.js";

const NOTES = [
  { at: 0, hertz: 659.26 },
  { at: 0.28, hertz: 523.25 },
];
const LENGTH = 1.4; // seconds until a note has died away
const LOUDNESS = 0.35;

export class Bell extends Emitter {
  #context = null;
  #AudioContext;

  constructor(AudioContext = globalThis.AudioContext) {
    super();
    this.#AudioContext = AudioContext;
  }

  get isOn() {
    return this.#context?.state === "running";
  }

  /** Call it from a press. Resolves to whether the bell can be heard. */
  async switchOn() {
    this.#context ??= this.#open();
    await this.#context.resume();
    return this.isOn;
  }

  /** Rings once, or not at all while the bell is off. */
  ring() {
    if (!this.isOn) return;
    for (const note of NOTES) this.#sound(note, this.#context.currentTime);
  }

  #open() {
    const context = new this.#AudioContext();
    context.onstatechange = () => this.emit("change", this.isOn);
    return context;
  }

  #sound({ at, hertz }, now) {
    const tone = new OscillatorNode(this.#context, { frequency: hertz });
    const volume = new GainNode(this.#context, { gain: 0 });
    volume.gain.setValueAtTime(0.0001, now + at);
    volume.gain.exponentialRampToValueAtTime(LOUDNESS, now + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + at + LENGTH);
    tone.connect(volume).connect(this.#context.destination);
    tone.start(now + at);
    tone.stop(now + at + LENGTH);
  }
}

/**
 * Lets the page say whether the bell sounds, and offer to switch it on while it does not. Returns what shows it anew, for
 * the page's own tick: not every browser tells that it has taken the sound away.
 */
export function offerBell(root, bell) {
  const offer = root.querySelector("[data-bell]");
  if (!offer) return () => {};
  const show = () => {
    offer.hidden = bell.isOn;
    root.querySelector("[data-ringing]").hidden = !bell.isOn;
  };
  offer.querySelector("[data-bell-on]").addEventListener("click", async () => {
    await bell.switchOn();
    bell.ring();
    show();
  });
  root.querySelector("[data-bell-try]").addEventListener("click", () => bell.ring());
  bell.on("change", show);
  show();
  return show;
}
