/** The state table of a visit as Markdown, for docs/call.md: `node tests/static/machine_table.js` writes it there. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { MACHINE } from "../../cartref/static/js/call/machine.js";

const PAGE = new URL("../../docs/call.md", import.meta.url);
const BEGIN = "<!-- machine: begin -->\n";
const END = "<!-- machine: end -->";

/** @param {typeof MACHINE} machine */
export function tableOf(machine) {
  const rows = Object.entries(machine).map(([state, steps]) => `| \`${state}\` | ${stepsOf(steps) || "nothing: it is over"} |`);
  return ["| state | event, and what follows |", "|---|---|", ...rows, ""].join("\n");
}

function stepsOf(/** @type {Record<string, {to: string, actions: string[]}>} */ steps) {
  const words = ({ to, actions }) => [`\`${to}\``, ...actions].join(", ");
  return Object.entries(steps)
    .map(([event, step]) => `${event}: ${words(step)}`)
    .join("; ");
}

/** The table that the page holds now. */
export function tableInPage() {
  const text = readFileSync(PAGE, "utf8");
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(PAGE, "utf8");
  const [before, after] = [text.slice(0, text.indexOf(BEGIN) + BEGIN.length), text.slice(text.indexOf(END))];
  writeFileSync(PAGE, before + tableOf(MACHINE) + after);
}
