/**
 * The screens of one page: every <main data-section>, of which one is shown. A screen may carry several names; what is
 * marked data-only in it belongs to one of them. The screen that is shown is the page's #main, its data-title the title, its
 * data-body a class of <body>; what is marked data-with comes and goes with it.
 */
export class Sections {
  #page;
  #suffix;
  #screens;
  /** The name that is shown. */
  shown = "";

  constructor(page = document) {
    this.#page = page;
    this.#suffix = page.title.slice(page.title.lastIndexOf(" – "));
    this.#screens = [...page.querySelectorAll("main[data-section]")];
    this.shown = this.#screens.find((main) => !main.hidden)?.dataset.section ?? "";
  }

  /** Shows one screen and takes the reader to its beginning; what is shown already stays as it is. */
  show(name) {
    const next = this.#screens.find((main) => main.dataset.section.split(" ").includes(name));
    if (!next || this.shown === name) return;
    this.shown = name;
    for (const main of this.#screens) this.#set(main, main === next);
    for (const part of next.querySelectorAll("[data-only]")) part.hidden = !part.dataset.only.split(" ").includes(name);
    for (const part of this.#page.querySelectorAll("[data-with]")) part.hidden = part.dataset.with !== name;
    this.#dress(next.dataset.body);
    this.title(next.dataset.title);
    next.focus({ preventScroll: true });
    this.#page.defaultView.scrollTo(0, 0);
  }

  title(words) {
    this.#page.title = words + this.#suffix;
  }

  #set(main, isShown) {
    main.hidden = !isShown;
    if (isShown) main.id = "main";
    else main.removeAttribute("id");
    main.setAttribute("aria-label", main.dataset.title);
  }

  #dress(looks) {
    const all = this.#screens.map((main) => main.dataset.body).filter(Boolean);
    this.#page.body.classList.remove(...all);
    if (looks) this.#page.body.classList.add(looks);
  }
}
