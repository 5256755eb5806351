/**
 * The ways out of a trouble: the page's <template data-problem="…"> for it, with drawings for the device in use and the
 * others behind "I use something else".
 */

const PROBLEMS = {
  CameraDenied: "denied",
  MicrophoneDenied: "denied",
  DeviceMissing: "missing",
  DeviceBusy: "busy",
};

/** The problem that each code of a line check's camera and microphone is (`call/line_check.js`). */
export const OF_CODES = {
  denied: "denied",
  missing: "missing",
  busy: "busy",
  "no-picture": "busy",
  frozen: "busy",
  "in-app": "InAppBrowser",
  "old-browser": "OldBrowser",
  insecure: "InsecurePage",
  dark: "dark",
  silent: "silent",
  quiet: "quiet",
};

/**
 * The <template> for these faults, and what it is about: video, audio or both.
 * @param {{name: string, kind: "audio" | "video"}[]} faults
 */
export function problemOf(faults) {
  const names = new Set(faults.map((fault) => PROBLEMS[fault.name] ?? fault.name));
  const of = faults.length > 1 ? "both" : faults[0].kind;
  return { name: names.size > 1 ? "mixed" : [...names][0], of };
}

/**
 * What is said of these faults, with the way out: the page's own words, and whether trying again may help.
 * @returns {{words: DocumentFragment, mayTryAgain: boolean}}
 */
export function wordsOf(faults, page) {
  const { name, of } = problemOf(faults);
  return wordsFor(name, of, page);
}

/** The same for a problem by its name; `of` is video, audio or both. */
export function wordsFor(name, of, page) {
  const template = page.querySelector(`template[data-problem="${name}"]`);
  const words = template.content.cloneNode(true);
  keepOf(words, of);
  const wanted = words.querySelector("[data-ways-wanted]");
  if (wanted) Object.assign(wanted.dataset, { problem: name, about: of });
  return { words, mayTryAgain: "again" in template.dataset };
}

function keepOf(words, of) {
  for (const part of words.querySelectorAll("[data-of]")) if (!part.dataset.of.split(" ").includes(of)) part.remove();
}

/** Puts the words into their place on the page, and lets them be used: the choice of a device, and the copy of a link. */
export function showWay(place, words, browser = window.navigator) {
  place.replaceChildren(words);
  const ways = place.querySelector("[data-ways]");
  if (ways) offerWays(ways, browser);
  const wanted = place.querySelector("[data-ways-wanted]");
  if (wanted) fetchWays(wanted, browser);
  const copy = place.querySelector("[data-copy]");
  copy?.addEventListener("click", () => copied(place, copy.dataset.copy));
}

/** An iPad calls itself a Mac; its screen can be touched with several fingers, and no Mac's can. */
export function isTablet({ userAgent, maxTouchPoints }) {
  return userAgent.includes("Macintosh") && maxTouchPoints > 1;
}

/** The ways of a page that came without them; when they do not come, the words above say enough to ask for help. */
async function fetchWays(wanted, browser) {
  const { waysWanted, style, problem, about } = wanted.dataset;
  const all = document.createElement("template");
  try {
    const answer = await fetch(waysWanted, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok) all.innerHTML = (await answer.json()).ways;
  } catch {
    return;
  }
  const ways = all.content.querySelector(`template[data-problem="${problem}"]`)?.content.querySelector("[data-ways]");
  if (!ways) return;
  keepOf(ways, about);
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
  wanted.replaceWith(ways);
  offerWays(ways, browser);
}

function offerWays(ways, browser) {
  const choose = (device) => {
    for (const way of ways.querySelectorAll("[data-way]")) way.hidden = way.dataset.way !== device;
    for (const button of ways.querySelectorAll("[data-choose-way]")) {
      button.setAttribute("aria-pressed", String(button.dataset.chooseWay === device));
    }
  };
  for (const button of ways.querySelectorAll("[data-choose-way]")) {
    button.addEventListener("click", () => {
      choose(button.dataset.chooseWay);
      ways.scrollIntoView({ block: "start" });
    });
  }
  if (isTablet(browser)) choose("ipad");
}

async function copied(place, link) {
  const done = await navigator.clipboard?.writeText(link).then(() => true, () => false);
  place.querySelector("[data-copied]").hidden = !done;
  place.querySelector("[data-link]").hidden = Boolean(done); // an app that keeps the clipboard to itself: to copy by hand
}
