// Writes one SVG sprite to standard output from the Lucide icons named in icons.txt, each a <symbol> of its own name.
import { readFileSync } from "node:fs";

const [list, folder] = process.argv.slice(2);
const names = readFileSync(list, "utf8").split("\n").filter(Boolean);

const symbol = (name) => {
  const source = readFileSync(`${folder}/${name}.svg`, "utf8");
  const drawing = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "").replaceAll(" />", "/>")}</symbol>`;
};

process.stdout.write(
  `<!-- Lucide icons, ISC licence: see LUCIDE-LICENSE.txt -->\n` +
    `<svg xmlns="http://www.w3.org/2000/svg">\n${names.map(symbol).join("\n")}\n</svg>\n`,
);
