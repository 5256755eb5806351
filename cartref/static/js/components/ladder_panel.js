/**
 * The clinician's way down the ladder and up again, each by one press: sound only, ring instead, another day, and the
 * picture again. When nothing has come through for 30 s it puts "Ring now" in place of the picture.
 *
 * Events: `ring` (the record has it: the room is to be left), `scene` (what stands in place of the picture may have changed).
 */
import { Emitter } from "../call/emitter.js";
import { post } from "./posts.js";

const AFTER_THE_PHONE = "[data-scene=telephone]";

export class LadderPanel extends Emitter {
  /** Whether the line has been gone for so long that ringing is the thing to do. */
  isGone = false;
  #root;
  #call;
  #picture;
  #tellFault;

  /** @param {Element} root @param {any} call @param {(fault: {name: string}) => void} tellFault */
  constructor(root, call, tellFault) {
    super();
    this.#root = root;
    this.#call = call;
    this.#tellFault = tellFault;
    this.#picture = root.querySelector('[data-control="sound-only"]');
    this.#submit("[data-picture-form]", (form) => this.#turn(form.action));
    this.#submit("[data-ring-form]", (form) => this.#ring(form.action));
    root.querySelector('[data-control="another-day"]').addEventListener("click", () => this.#putOff());
    call.on("picture", () => this.#show());
    call.on("error", ({ name }) => name === "PathLost" && this.#gone(true));
    call.on("status", (state) => state === "talking" && this.#gone(false));
  }

  #submit(selector, act) {
    const form = this.#root.querySelector(selector);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act(form);
    });
  }

  get #isByTelephone() {
    return !this.#root.querySelector(AFTER_THE_PHONE).hidden;
  }

  /** Sound only, or the picture again; after a telephone call the page comes back into the room. */
  async #turn(url) {
    if (!this.#isByTelephone) return this.#call.turnPicture(this.#call.isPaused);
    try {
      await post(url);
    } catch {
      return this.#tellFault({ name: "PictureNotSaved" });
    }
    return location.reload();
  }

  /** The record first: a page that hears of it asks the clinic at once how the visit stands. Then the line is let go. */
  async #ring(url) {
    try {
      await post(url);
    } catch {
      return this.#tellFault({ name: "RingNotSaved" });
    }
    this.#call.rung("phone", "staff-rings");
    this.emit("ring");
    this.#picture.dataset.pressed = "true";
    return undefined;
  }

  /** The outcome, with the ending that says that the line failed; nothing is saved before the clinician does. */
  #putOff() {
    document.querySelector('[data-tabs] a[href="#outcome"]').click();
    const choice = document.querySelector('[name="ending"][value="could-not-connect"]');
    if (!choice) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    choice.focus();
  }

  #show() {
    this.#picture.dataset.pressed = String(this.#call.isPaused);
  }

  #gone(isGone) {
    this.isGone = isGone;
    this.emit("scene");
  }
}
