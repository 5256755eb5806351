/**
 * The note saves itself: a moment after the typing rests, and no later than ten seconds. What was typed stays in this
 * tab's storage until the server has it, so that neither a lost line nor a reload loses a word. Saving by the button works
 * without any of this.
 */
import { post } from "./posts.js";

const REST = 1_500;
const LONGEST = 10_000;
const AGAIN = 5_000;

class NoteForm {
  #form;
  #text;
  #saved;
  #key;
  #timer = null;
  #since = 0;
  #saving = false;

  constructor(form, storage = sessionStorage) {
    this.#form = form;
    this.#text = form.querySelector("textarea");
    this.#saved = form.querySelector("[data-saved]");
    this.#key = `cartref.note ${form.dataset.appointment}`;
    this.storage = storage;
    form.querySelector("[data-plain]").hidden = true;
    this.#takeUp();
    this.#text.addEventListener("input", () => this.#typed());
    this.#text.addEventListener("blur", () => this.#save());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    form.querySelector("[data-take-both]").addEventListener("click", () => this.#takeBoth());
    window.addEventListener("online", () => this.#save());
    window.addEventListener("pagehide", () => this.#save({ keepalive: true }));
  }

  get #version() {
    return this.#form.elements.base_version;
  }

  get #unsaved() {
    return this.#read() !== null;
  }

  /** Words that an earlier load of this page could not save. */
  #takeUp() {
    const kept = this.#read();
    if (!kept) return;
    if (kept.text === this.#text.value) return this.#forget();
    this.#text.value = kept.text;
    this.#version.value = kept.version;
    this.#later(0);
  }

  #typed() {
    this.#keep();
    this.#since ||= Date.now();
    this.#later(Math.min(REST, Math.max(0, this.#since + LONGEST - Date.now())));
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), ms);
  }

  async #save({ keepalive = false } = {}) {
    if (this.#saving || !this.#unsaved) return;
    clearTimeout(this.#timer);
    this.#saving = true;
    this.#since = 0;
    this.#say(this.#form.dataset.saving);
    const text = this.#text.value;
    try {
      this.#took(await post(this.#form.action, { note: text, base_version: this.#version.value }, { keepalive }), text);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#saving = false;
    }
  }

  #took({ version, saved }, text) {
    this.#version.value = version;
    this.#say(this.#form.dataset.savedWords.replace("{time}", saved));
    if (this.#text.value === text) return this.#forget();
    this.#keep();
    this.#later(REST);
  }

  #failed(error) {
    if (error.status === 409 && "saved" in (error.problem ?? {})) return this.#showOther(error.problem);
    this.#say(error.problem?.detail || this.#form.dataset.kept, true);
    if (error.name !== "Refused") this.#later(AGAIN);
  }

  /** Somebody else saved meanwhile: hers stays in the box, the other stands under it, and nothing is sent until she chose. */
  #showOther({ saved, version, detail }) {
    const other = this.#form.querySelector("[data-other]");
    other.hidden = false;
    other.querySelector("[data-other-text]").textContent = saved;
    other.dataset.version = version;
    this.#say(detail, true);
  }

  #takeBoth() {
    const other = this.#form.querySelector("[data-other]");
    this.#text.value = `${other.querySelector("[data-other-text]").textContent}\n\n${this.#text.value}`;
    if (other.dataset.version) this.#version.value = other.dataset.version;
    other.hidden = true;
    this.#text.focus();
    this.#keep();
    this.#save();
  }

  #say(words, failed = false) {
    this.#saved.textContent = words;
    this.#saved.classList.toggle("saved--failed", failed);
  }

  #keep() {
    this.#store(() => this.storage.setItem(this.#key, JSON.stringify({ text: this.#text.value, version: this.#version.value })));
  }

  #forget() {
    this.#store(() => this.storage.removeItem(this.#key));
  }

  #read() {
    return this.#store(() => JSON.parse(this.storage.getItem(this.#key) ?? "null")) ?? null;
  }

  #store(act) {
    try {
      return act();
    } catch {
      return undefined; // storage that is full or forbidden keeps nothing; saving goes on without it
    }
  }
}

/** The safe start saves itself on every tick. */
function keepSafeStart(form) {
  const said = form.querySelector("[data-saved]");
  form.querySelector("[data-plain]").hidden = true;
  const save = async () => {
    try {
      const body = new URLSearchParams(new FormData(form));
      await post(form.action, body);
      said.textContent = form.dataset.savedWords;
      said.classList.remove("saved--failed");
    } catch {
      said.textContent = form.dataset.kept;
      said.classList.add("saved--failed");
      setTimeout(save, AGAIN);
    }
  };
  form.addEventListener("change", save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
}

const note = document.querySelector("[data-note]");
if (note) new NoteForm(note);
const safeStart = document.querySelector("[data-safe-start]");
if (safeStart) keepSafeStart(safeStart);
