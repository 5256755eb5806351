/**
 * What is half typed, kept in this tab's storage by the id of its box, so that neither a reload, a locked screen nor a look
 * at another patient loses it. Boxes that come later (a line that the application tells of) get theirs by `restore`.
 */
const TEXT = 'input:not([type]), input[type="text"], textarea';

export class Drafts {
  #root;
  #key;
  #storage;
  #kept;

  /** @param {Element} root @param {string} name of the patient's visit */
  constructor(root, name, storage = sessionStorage) {
    this.#root = root;
    this.#key = `cartref.drafts ${name}`;
    this.#storage = storage;
    this.#kept = this.#read();
    root.addEventListener("input", ({ target }) => this.#typed(target));
  }

  /** Puts what was half typed back into the boxes that are empty; tells which boxes got something. */
  restore(within = this.#root) {
    const found = [];
    for (const [id, value] of Object.entries(this.#kept)) {
      const box = within.querySelector(`#${CSS.escape(id)}`);
      if (!box) continue;
      if (box.type === "radio") box.checked = value === box.value;
      else if (!box.value) box.value = value;
      found.push(box);
    }
    return found;
  }

  /** Forgets what was typed into a form, as the application has it now. */
  forget(form) {
    for (const box of form.elements) delete this.#kept[box.id];
    this.#keep();
  }

  #typed(box) {
    if (!box.id || !(box.matches(TEXT) || box.type === "radio")) return;
    if (box.type === "radio") for (const other of box.form.elements[box.name]) delete this.#kept[other.id];
    if (box.value) this.#kept[box.id] = box.value;
    else delete this.#kept[box.id];
    this.#keep();
  }

  #keep() {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(this.#kept));
    } catch {
      // storage that is full or forbidden keeps nothing
    }
  }

  #read() {
    try {
      return JSON.parse(this.#storage.getItem(this.#key) ?? "{}");
    } catch {
      return {};
    }
  }
}
