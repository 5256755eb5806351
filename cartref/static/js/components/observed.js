/** The clinician's side of the examination: what the nurse takes appears by itself, and what she is asked goes to her. */
import { Drafts } from "./drafts.js";
import { Examined, sayNew } from "./examined.js";
import { Outbox } from "./outbox.js";
import { post } from "./posts.js";
import { SendingForms } from "./sending_forms.js";

/** Keeps the page's `data-examined` up to date; a visit without a nurse has none. */
export function watchExamination(call) {
  const section = document.querySelector("[data-examined]");
  if (!section) return;
  const { appointment, from, sending, sent, kept, locked } = section.dataset;
  const drafts = new Drafts(section, appointment);
  const outbox = new Outbox(appointment, { post, storage: sessionStorage });
  const forms = new SendingForms(section, outbox, drafts, { sending, sent, kept, locked });
  const examined = new Examined(section, from, call);
  const count = document.querySelector("[data-examined-count]");
  forms.on("answer", (told) => {
    examined.show(told);
    call.fresh("asks");
  });
  examined.on("told", (told) => (count.textContent = told.count || ""));
  examined.on("new", ({ values, medicines }) => {
    sayNew(section.querySelector("[data-examined-said]"), section.dataset.new, [...values, ...medicines]);
    for (const line of [...values, ...medicines]) line.classList.add("taken__value--new");
  });
  drafts.restore();
  outbox.flush();
}
