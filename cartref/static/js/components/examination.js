/**
 * The presenter's side of the examination: values, medicines, what the clinician asks. What is typed is never lost: half
 * typed it is a draft, and once pressed it is on its way, whatever becomes of the call, the page or the line.
 */
import { Bell } from "./bell.js";
import { Drafts } from "./drafts.js";
import { Examined, sayNew } from "./examined.js";
import { Outbox } from "./outbox.js";
import { post } from "./posts.js";
import { SendingForms } from "./sending_forms.js";
import { showStandingClock } from "./standing_clock.js";

/** Starts the examination of the page's `data-examination`; it needs the call only to hear of news sooner. */
export function startExamination(main, call) {
  const section = main.querySelector("[data-examination]");
  const { appointment, from, sending, sent, kept, locked, newAsk } = section.dataset;
  const bell = new Bell();
  const drafts = new Drafts(main, appointment);
  const outbox = new Outbox(appointment, { post, storage: sessionStorage });
  const forms = new SendingForms(main, outbox, drafts, { sending, sent, kept, locked });
  const examined = new Examined(main, from, call);
  forms.on("answer", (told) => {
    examined.show(told);
    call.fresh("observations");
  });
  examined.on("told", (told) => showNumbers(main, told));
  examined.on("new", ({ asks }) => {
    drafts.restore();
    const open = asks.filter((line) => line.classList.contains("asks__open"));
    if (open.length) bell.ring();
    sayNew(section.querySelector("[data-examined-said]"), newAsk, open);
  });
  drafts.restore();
  showStandingClock(main, appointment, bell);
  window.addEventListener("pointerdown", () => bell.switchOn(), { once: true });
  window.addEventListener("online", () => outbox.flush());
  outbox.flush(); // what an earlier load of this page could not send
}

function showNumbers(main, { last, signed, unsigned, with_patient: company }) {
  for (const place of main.querySelectorAll("[data-last]")) {
    if (last[place.dataset.last]) place.textContent = last[place.dataset.last];
  }
  main.querySelector("[data-signed]").textContent = signed;
  main.querySelector('form[data-sends="sign"] button').disabled = unsigned === 0;
  const beside = main.querySelector("[data-with-patient]");
  beside.textContent = company || beside.dataset.nobody;
}
