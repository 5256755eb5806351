/**
 * What every page does by itself, found by data attributes; each page also works without it.
 * The call's own modules stand in call/ and are loaded by the pages that call.
 */

/** Takes the reader to the summary of what was wrong, as the NHS error summary asks. */
export function focusErrorSummary(page = document) {
  page.querySelector(".nhsuk-error-summary")?.focus();
}

/** Folds the staff header's pages behind its "Menu" button on a narrow screen. */
export function foldMenu(page = document) {
  const bar = page.querySelector(".bar");
  const button = bar?.querySelector(".bar__menu");
  if (!button) return;
  const fold = (folded) => {
    bar.dataset.folded = String(folded);
    button.setAttribute("aria-expanded", String(!folded));
  };
  fold(true);
  button.addEventListener("click", () => fold(bar.dataset.folded !== "true"));
}

/** Lets a form be sent once: a second press within two seconds does nothing. */
export function sendOnce(page = document) {
  const sent = new WeakMap();
  page.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-once]")) return;
    const last = sent.get(event.target) ?? -Infinity;
    if (event.timeStamp - last < 2000) event.preventDefault();
    else sent.set(event.target, event.timeStamp);
  });
}

/** Shows and hides what was typed into a password field. */
export function showPasswords(page = document) {
  for (const button of page.querySelectorAll("[data-shows]")) {
    const field = page.getElementById(button.dataset.shows);
    const words = { password: button.textContent, text: button.dataset.hideWords };
    button.hidden = false;
    button.addEventListener("click", () => {
      field.type = field.type === "password" ? "text" : "password";
      button.textContent = words[field.type];
    });
    field.form?.addEventListener("submit", () => { field.type = "password"; });
  }
}

/** Counts the letters in a text area, in the page's own words; a screen reader hears it when the typing rests. */
export function countLetters(page = document) {
  for (const count of page.querySelectorAll("[data-counts]")) {
    const field = page.getElementById(count.dataset.counts);
    const most = Number(count.dataset.most);
    const tell = () => {
      count.textContent = count.dataset.words.replace("{used}", field.value.length).replace("{most}", most);
      count.classList.toggle("count--over", field.value.length > most);
    };
    field.addEventListener("input", tell);
    tell();
  }
}

/** Copies a field's text and says so. */
export function copyTexts(page = document) {
  for (const button of page.querySelectorAll("[data-copies]")) {
    const field = page.getElementById(button.dataset.copies);
    const done = page.querySelector(`[data-copied="${CSS.escape(field.id)}"]`);
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copy(field);
      done.textContent = done.dataset.words;
    });
  }
}

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select(); // an old browser, or one that keeps the clipboard to itself
    document.execCommand("copy");
  }
}

/**
 * Opens a dialog that asks once; its own form closes it. Leaving it by Escape is the safe answer, "stay". Tab goes round
 * its answers, where a browser alone would go on to its own buttons.
 */
export function openDialogs(page = document) {
  page.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (!opener) return;
    page.getElementById(opener.dataset.opens).showModal();
  });
  page.addEventListener("cancel", (event) => {
    if (!event.target.matches("dialog.ask")) return;
    event.preventDefault();
    event.target.close("stay");
  }, true); // a cancel event does not bubble
  page.addEventListener("keydown", (event) => {
    const dialog = event.key === "Tab" && event.target.closest?.("dialog[open]");
    if (!dialog) return;
    const answers = [...dialog.querySelectorAll("button")];
    const [from, to] = event.shiftKey ? [answers[0], answers.at(-1)] : [answers.at(-1), answers[0]];
    if (event.target !== from) return;
    event.preventDefault();
    to.focus();
  });
}

/**
 * Keeps what was typed while the page changes its language, and while a locked screen asks for the password; passwords
 * and files are never kept. What a form sent is put back only where `#typed` asks for it, and forgotten on any other page.
 */
export function keepTyped(page = document, storage = sessionStorage) {
  const key = `typed ${location.pathname}`;
  const sent = `sent ${location.pathname}`;
  const fields = () => [...page.querySelectorAll("form :is(input, select, textarea)")].filter(
    (field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type),
  );
  const asked = location.hash === "#typed" ? storage.getItem(sent) : null;
  const kept = JSON.parse(storage.getItem(key) ?? asked ?? "[]");
  storage.removeItem(key);
  if (!page.querySelector("[data-typed-waits]")) {
    for (const name of Object.keys(storage)) if (name.startsWith("sent ")) storage.removeItem(name);
  }
  const ticks = (field) => ["radio", "checkbox"].includes(field.type);
  const free = fields(); // the page may have other fields by now: an answer goes to the next one of its name
  for (const [name, value, checked] of kept) {
    const place = free.findIndex((field) => field.name === name && (!ticks(field) || field.value === value));
    if (place < 0) continue;
    const [field] = free.splice(place, 1);
    if (ticks(field)) field.checked = checked;
    else field.value = value;
  }
  const keep = (name) => {
    const typed = fields().map((field) => [field.name, field.value, field.checked ?? false]);
    if (typed.length) storage.setItem(name, JSON.stringify(typed));
  };
  for (const link of page.querySelectorAll("[data-language-switch]")) link.addEventListener("click", () => keep(key));
  for (const form of page.querySelectorAll("form[method=post]:not([data-typed-waits])")) {
    form.addEventListener("submit", () => keep(sent));
  }
}

keepTyped();
for (const start of [foldMenu, sendOnce, showPasswords, countLetters, copyTexts, openDialogs, focusErrorSummary]) start();
