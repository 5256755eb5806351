/** What stands in place of the picture, one at a time: the page's elements named by `data-scene`. */
export class Scenes {
  #scenes;

  constructor(root) {
    this.#scenes = [...root.querySelectorAll("[data-scene]")];
  }

  /** Shows one scene; null shows the picture alone. */
  show(name) {
    for (const scene of this.#scenes) scene.hidden = scene.dataset.scene !== name;
  }
}

/** The scene that belongs to each state of a call (`call/machine.js`); null is the picture. */
export const SCENES = {
  idle: "joining",
  connecting: "joining",
  waiting: "joining",
  admitted: "joining",
  talking: null,
  held: "joining",
  recovering: "lost",
  rebuilding: "lost",
  moved: "elsewhere",
  left: "ended",
  ended: "ended",
  removed: "ended",
  refused: "refused",
};

/** The states of a call in which people talk with each other, or are about to again. */
export const UNDER_WAY = new Set(["talking", "recovering", "rebuilding"]);

/** Says a fault of a device or of the path under the picture, in the page's own words; returns what says another. */
export function tellFaults(root, words, call, stage) {
  const place = root.querySelector("[data-fault]");
  const tell = ({ name }) => {
    if (!(name in words)) return;
    place.textContent = words[name];
    place.hidden = false;
  };
  stage.on("fault", tell);
  call.on("error", tell);
  call.on("status", (state) => {
    if (state === "talking") place.hidden = true;
  });
  return tell;
}
