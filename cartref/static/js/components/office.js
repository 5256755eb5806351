/** What the office's pages do by themselves: paper. */

/** Lets a button print the page; without a script it stays hidden, and the browser's own menu prints. */
export function printPages(page = document) {
  for (const button of page.querySelectorAll("[data-prints]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

printPages();
