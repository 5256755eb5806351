/**
 * What this person sends: the tracks of the devices, and the switches for sound, picture and a raised hand. The switches
 * are kept for a reload, by seat: on a shared device one person's choice is not the next one's.
 */
const KEY = "cartref.switches";

export class OwnMedia {
  /** @type {Record<string, boolean>} */
  #chosen = {};
  /** @type {import("./connection.js").Tracks} */
  #devices = { audio: null, video: null };
  #storage;
  #seat = "";
  #opensOff = false;

  constructor(/** @type {{getItem(key: string): string | null, setItem(key: string, value: string): void}} */ storage) {
    this.#storage = storage;
  }

  /** What was asked for. A presenter's seat opens with sound and picture off, until she says that they are ready. */
  get switches() {
    const on = !this.#opensOff;
    return { audio: on, video: on, hand: false, ...this.#chosen };
  }

  /** What is sent: on only where there is a device to send from. */
  get state() {
    const { audio, video, hand } = this.switches;
    return { audio: audio && Boolean(this.#devices.audio), video: video && Boolean(this.#devices.video), hand };
  }

  /** A muted microphone goes on sending silence, so that the line is known to be alive; a hidden picture is not sent. */
  get tracks() {
    const { audio, video } = this.switches;
    if (this.#devices.audio) this.#devices.audio.enabled = audio;
    return { audio: this.#devices.audio, video: video ? this.#devices.video : null };
  }

  replace(/** @type {{audio?: any, video?: any}} */ tracks) {
    Object.assign(this.#devices, tracks);
  }

  turn(/** @type {Record<string, boolean>} */ change) {
    this.#chosen = { ...this.#chosen, ...change };
    if (this.#seat) this.#keep();
  }

  /** Takes up what was chosen in this seat before the page was loaded anew; a choice made since comes first. */
  load(/** @type {{room: string, participant: string, role: string}} */ { room, participant, role }) {
    this.#seat = `${room}/${participant}`;
    this.#opensOff = role === "presenter";
    this.#chosen = { ...this.#kept(), ...this.#chosen };
    this.#keep();
  }

  #kept() {
    try {
      const { seat, chosen } = JSON.parse(this.#storage.getItem(KEY) ?? "{}");
      return seat === this.#seat ? chosen : {};
    } catch {
      return {}; // storage that can't be read holds no choice
    }
  }

  #keep() {
    const { hand, ...chosen } = this.#chosen;
    try {
      this.#storage.setItem(KEY, JSON.stringify({ seat: this.#seat, chosen }));
    } catch {
      // a browser that keeps nothing opens the seat as new after a reload
    }
  }
}
