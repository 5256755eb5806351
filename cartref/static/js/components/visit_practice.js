/** The camera check before the waiting room opens: for practice, and on its own. */
import { Bell } from "./bell.js";
import { Check } from "./visit_check.js";
import { Sections } from "./visit_sections.js";
import { VisitState } from "./visit_state.js";

const { urls, every, state } = JSON.parse(document.getElementById("visit").textContent);
const sections = new Sections();
const bell = new Bell();
const check = new Check();
const now = new VisitState(urls.state, every, state);

document.body.dataset.started = "true";
check.on("asking", () => sections.show("check"));
check.on("well", () => sections.show("check"));
check.on("trouble", (words) => {
  sections.show("problem");
  sections.title(words);
  document.getElementById("alarm").textContent = words;
});
document.querySelector("[data-bell]").addEventListener("click", async () => {
  await bell.switchOn().catch(() => {});
  bell.ring();
  document.querySelector("[data-bell-words]").hidden = false;
});
now.on("shut", () => location.replace(urls.visit));
now.on("changed", ({ check: mayCheck, enter }) => (enter || !mayCheck) && location.reload());
now.start();
check.start();
