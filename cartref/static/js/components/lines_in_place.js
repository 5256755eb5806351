/**
 * Puts what the application tells into a part of the page (`data-part`), line by line: one that says the same stays as it
 * is, with whatever is opened or typed in it. Returns the lines that were not there before.
 */
export function putInPlace(part, html) {
  const told = document.createElement("div");
  told.innerHTML = html;
  const list = part.querySelector("ul");
  const before = new Map([...list.children].map((line) => [line.dataset.line, line]));
  const added = [];
  let changed = false;
  const lines = [...told.querySelectorAll("[data-line]")].map((line) => {
    const shown = before.get(line.dataset.line);
    if (shown && said(shown) === said(line)) return shown;
    if (!shown) added.push(line);
    changed = true;
    return line;
  });
  if (changed || lines.length !== before.size) arrange(list, lines);
  return added;
}

/** What a line says first: its value, for those who hear the page. */
export const firstWords = (line) => line.querySelector("p")?.textContent.replace(/\s+/g, " ").trim() ?? "";

/** Lines that stay are not taken out and put back, as that would take the focus from the box in them. */
function arrange(list, lines) {
  const stays = new Set(lines);
  for (const line of [...list.children]) if (!stays.has(line)) line.remove();
  lines.forEach((line, place) => {
    if (list.children[place] !== line) list.insertBefore(line, list.children[place] ?? null);
  });
}

/** Form tokens differ from answer to answer, and mean nothing. */
function said(line) {
  return `${line.className} ${line.textContent.replace(/\s+/g, " ").trim()}`;
}
