/**
 * Long work as its page shows it: asked after every second, drawn, and told aloud now and then. When it is over, or nobody is
 * signed in any more, the page is loaded again and says what came of it.
 */
const EVERY = 1_000;
const TOLD_EVERY = 10_000;
const LOCKED_OUT = new Set([401, 403, 404]);

export class JobWatch {
  #root;
  #ask;
  #reload;
  #later;
  #now;
  #toldAt;

  constructor(root, { ask = fetched, reload = () => location.reload(), later = afterwards, now = Date.now } = {}) {
    this.#root = root;
    this.#ask = ask;
    this.#reload = reload;
    this.#later = later;
    this.#now = now;
    this.#toldAt = now();
  }

  start() {
    this.#find("[data-job-look]").hidden = true;
    this.#wait();
  }

  /** Asks once; a network that is away for a moment changes nothing. */
  async look() {
    const answer = await this.#ask(this.#root.dataset.job).catch(() => null);
    if (answer && LOCKED_OUT.has(answer.status)) return this.#reload();
    const job = answer?.ok ? await answer.json().catch(() => null) : null;
    if (job?.over) return this.#reload();
    if (job) this.#show(job);
    this.#wait();
  }

  #wait() {
    this.#later(() => this.look(), EVERY);
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  #show({ done, total, words }) {
    if (!total) return;
    const bar = this.#find("[data-job-bar]");
    bar.max = total;
    bar.value = done;
    this.#find("[data-job-words]").textContent = words;
    if (this.#now() - this.#toldAt < TOLD_EVERY) return;
    this.#toldAt = this.#now();
    this.#find("[data-job-told]").textContent = words;
  }
}

const fetched = (url) => fetch(url, ASKING);
const afterwards = (act, delay) => setTimeout(act, delay); // a browser's own function wants no other `this`
const ASKING = { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error", cache: "no-store" };

for (const root of globalThis.document?.querySelectorAll("[data-job]") ?? []) new JobWatch(root).start();
