/**
 * The screens of one page: every <main data-section>, of which one is shown. The one that is shown is the page's #main, its
 * data-title the title, its data-body the class of <body>; what is marked data-with comes and goes with it.
 */
export class Sections {
  #page;
  #suffix;
  #screens;

  constructor(page = document) {
    this.#page = page;
    this.#suffix = page.title.slice(page.title.lastIndexOf(" – "));
    this.#screens = new Map([...page.querySelectorAll("main[data-section]")].map((main) => [main.dataset.section, main]));
  }

  /** The name of the screen that is shown. */
  get shown() {
    return [...this.#screens].find(([, main]) => !main.hidden)?.[0];
  }

  /** Shows one screen and takes the reader to its beginning; a screen that is shown already stays as it is. */
  show(name) {
    const next = this.#screens.get(name);
    if (!next || this.shown === name) return;
    for (const main of this.#screens.values()) this.#set(main, main === next);
    for (const part of this.#page.querySelectorAll("[data-with]")) part.hidden = part.dataset.with !== name;
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
    if (main.dataset.body) this.#page.body.classList.toggle(main.dataset.body, isShown);
  }
}
