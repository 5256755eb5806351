/**
 * Forms (`data-sends`, the name of each) that send themselves through an outbox: what was typed is safe at the press, and
 * goes when the line lets it. Each says how it stands in its `data-said`. An unusual value opens the form's question, and
 * is sent once somebody has said why it is right. Without a script the same forms send themselves as forms do.
 *
 * Event: `answer` (what the application told of the whole examination, the name of the form).
 */
import { Emitter } from "../call/emitter.js";

const NOT_SENT = ["csrf_token", "key"];
const UNUSUAL = "observation.unusual";

export class SendingForms extends Emitter {
  #root;
  #outbox;
  #drafts;
  #words;

  /** @param {{sending: string, sent: string, kept: string, locked: string}} words */
  constructor(root, outbox, drafts, words) {
    super();
    this.#root = root;
    this.#outbox = outbox;
    this.#drafts = drafts;
    this.#words = words;
    root.addEventListener("submit", (event) => this.#submit(event));
    root.addEventListener("input", ({ target }) => this.#typed(target));
    outbox.on("sent", (item, answer) => this.#sent(item, answer));
    outbox.on("refused", (item, problem) => this.#refused(item, problem));
    outbox.on("waits", (item, locked) => this.#say(item.box, locked ? words.locked : words.kept, "waits"));
  }

  #find(name) {
    return this.#root.querySelector(`form[data-sends="${name}"]`);
  }

  #submit(event) {
    const form = event.target.closest("form[data-sends]");
    if (!form) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form, event.submitter));
    for (const name of NOT_SENT) delete fields[name];
    if (fields.ready) delete fields.text; // one of the usual things: what is half typed stays where it is
    const url = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    this.#say(form.dataset.sends, this.#words.sending);
    this.#outbox.add(form.dataset.sends, url, fields);
  }

  /** Another number is another question. */
  #typed(box) {
    const form = box.form;
    if (!form?.dataset.sends || !box.classList.contains("obs__number")) return;
    this.#mark(form, false);
    this.#say(form.dataset.sends, "");
  }

  #sent(item, answer) {
    const form = this.#find(item.box);
    if (form && isAsSent(form, item.fields)) {
      this.#drafts.forget(form);
      form.reset();
      for (const box of textsOf(form)) box.value = "";
      this.#mark(form, false);
    }
    this.#say(item.box, this.#words.sent);
    this.emit("answer", answer, item.box);
  }

  #refused(item, { code, detail }) {
    const form = this.#find(item.box);
    if (!form) return;
    for (const box of textsOf(form)) if (!box.value) box.value = item.fields[box.name] ?? "";
    this.#mark(form, true, code === UNUSUAL);
    this.#say(item.box, code === UNUSUAL ? "" : (detail ?? this.#words.kept), "wrong"); // the question says it itself
    const question = form.querySelector("[data-unusual]:not([hidden]) button");
    (question ?? textsOf(form)[0])?.focus();
  }

  #mark(form, wrong, unusual = false) {
    const question = form.querySelector("[data-unusual]");
    if (question) question.hidden = !unusual;
    if (question && !wrong) for (const box of question.querySelectorAll("input")) box.value = "";
    for (const box of form.querySelectorAll(".obs__number")) box.toggleAttribute("aria-invalid", wrong && !unusual);
  }

  #say(name, words, how = "") {
    const place = this.#find(name)?.querySelector("[data-said]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("obs__said--wrong", how === "wrong");
    place.classList.toggle("obs__said--waits", how === "waits");
  }
}

const textsOf = (form) => [...form.querySelectorAll("input:not([type])")];

/** Whether the boxes still say what was sent: what was typed since stays. */
function isAsSent(form, fields) {
  return textsOf(form).every((box) => box.value.trim() === String(fields[box.name] ?? "").trim());
}
