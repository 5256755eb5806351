/**
 * The board of a clinic or of a site: kept true by its own socket, and every half minute by the server's rows. Rows stay
 * where they are and only their words change. After a while with nobody there (`data-idle`, in seconds) names go, and
 * counting goes on.
 */
import { Board } from "../call/board.js";
import { Bell, offerBell } from "./bell.js";
import { lineOf, sentence, standing, withPeople } from "./board_status.js";
import { post, ticketsFrom } from "./posts.js";
import { Presence } from "./presence.js";
import { wiring } from "./stage.js";

const HEARTBEAT = 30_000;
const TICK = 10_000;
const COUNTED = ["waiting", "early", "failed"];
const LOOKS = ["expected", "telephone", "early", "waiting", "failed", "in-visit", "past"];

class BoardPage {
  #root;
  #words;
  #board;
  #bell = new Bell();
  #showBell;
  #title = document.title;
  #rooms = {}; // room -> appointment, as the server says
  #people = new Map(); // room -> who is in it
  #known = false; // whether the socket has said who is where
  #here = new Set(); // who was counted as here at the last look
  #presence = new Presence();
  #locked = false;
  #beating = false;
  #rowsHtml = new Map();

  constructor(root) {
    this.#root = root;
    this.#words = JSON.parse(document.getElementById("board-words").textContent);
    this.#keepRows();
    this.#board = new Board(wiring(root.dataset.signalling, ticketsFrom(root.dataset.ticket, (told) => this.#learn(told))));
    this.#board.on("rooms", (rooms) => this.#hear(rooms));
    this.#board.on("line", (up) => this.#find("[data-stale]").toggleAttribute("hidden", up));
    this.#board.on("closed", () => this.#find("[data-stale]").removeAttribute("hidden"));
  }

  start() {
    this.#board.open();
    this.#tell({ quiet: true });
    this.#showBell = offerBell(this.#root, this.#bell);
    this.#takeLateness();
    this.#beat();
    setInterval(() => this.#tick(), TICK);
    setInterval(() => this.#beat(), HEARTBEAT);
    window.addEventListener("online", () => this.#board.probe());
    document.addEventListener("visibilitychange", () => document.hidden || this.#board.probe());
  }

  #tick() {
    this.#tell();
    this.#showBell();
    if (this.#presence.idleFor >= this.#root.dataset.idle * 1000) this.#lock();
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  get #rows() {
    return [...this.#root.querySelectorAll("[data-row]")];
  }

  // ---- what the server says

  #learn({ rooms }) {
    this.#rooms = rooms;
    const known = new Set(this.#rows.map((row) => row.dataset.row));
    if (Object.values(rooms).some((appointment) => !known.has(appointment))) this.#beat();
  }

  async #beat() {
    if (this.#beating) return;
    this.#beating = true;
    try {
      const active = this.#presence.idleFor < HEARTBEAT ? "1" : "";
      const told = await post(this.#root.dataset.watch, { active });
      if (told.locked) this.#hideNames();
      else this.#replaceRows(told);
    } catch (error) {
      if (isLockedOut(error)) this.#hideNames();
    } finally {
      this.#beating = false;
    }
  }

  #keepRows() {
    for (const row of this.#rows) this.#rowsHtml.set(row.dataset.row, asTold(row));
  }

  /** Puts in place the rows that the server says differently from last time; focus stays on the row it was on. */
  #replaceRows({ rows, late }) {
    if (this.#locked) return;
    this.#pressLate(late);
    const body = this.#find("tbody");
    const fresh = document.createElement("tbody");
    fresh.innerHTML = rows;
    if (!body) return fresh.children.length ? location.reload() : undefined;
    const changed = [...fresh.children].filter((row) => this.#rowsHtml.get(row.dataset.row) !== asTold(row));
    const gone = fresh.children.length !== this.#rowsHtml.size;
    if (!changed.length && !gone) return;
    const focused = document.activeElement?.closest?.("[data-row]")?.dataset.row;
    this.#rowsHtml = new Map([...fresh.children].map((row) => [row.dataset.row, asTold(row)]));
    body.replaceChildren(...fresh.children);
    if (focused) this.#find(`[data-row="${focused}"] a, [data-row="${focused}"] button`)?.focus();
    this.#tell();
  }

  // ---- who is where, now

  #hear(rooms) {
    this.#known = true;
    this.#people = rooms;
    if ([...rooms.keys()].some((room) => !(room in this.#rooms))) this.#beat();
    this.#tell();
  }

  #peopleOf(row) {
    if (!this.#known) return null;
    const room = row.dataset.room || Object.keys(this.#rooms).find((id) => this.#rooms[id] === row.dataset.row);
    return this.#people.get(room) ?? [];
  }

  #tell({ quiet = false } = {}) {
    const now = Date.now() / 1000;
    const counts = {};
    const here = new Set();
    let green = true;
    for (const row of this.#rows) {
      const live = JSON.parse(row.dataset.live);
      if (live.settled) continue;
      const people = this.#peopleOf(row);
      const facts = withPeople(live, people);
      const stands = standing(facts, now);
      counts[stands.status] = (counts[stands.status] ?? 0) + 1;
      if (stands.status === "waiting" || stands.status === "early") here.add(row.dataset.row);
      this.#showRow(row, stands, facts);
      this.#showLine(row, people);
      green = this.#showAction(row, stands, facts.patient, green);
    }
    this.#showCounts(counts);
    this.#announce(here, { quiet });
  }

  #showRow(row, { status, since }, facts) {
    for (const look of LOOKS) row.classList.toggle(`board__row--${look}`, look === status);
    const words = this.#wordsFor(status, since, facts);
    const chip = row.querySelector("[data-status] .status");
    if (chip.dataset.said === words) return;
    chip.dataset.said = words;
    chip.className = `status status--${status}`;
    const drawing = document.getElementById("board-icons").content.querySelector(`[data-kind="${status}"] svg`);
    chip.replaceChildren(drawing.cloneNode(true), words);
  }

  #wordsFor(status, since, facts) {
    const minutes = since === null ? 0 : Math.max(0, Math.floor((Date.now() / 1000 - since) / 60));
    if (status === "waiting") return sentence(this.#words.waiting, minutes);
    if (status === "in-visit") return sentence(this.#words.inVisit, minutes);
    if (status === "early") return this.#words.early.replace("{time}", clockTime(since, this.#words.zone));
    if (status === "failed") return this.#words.troubles[facts.trouble];
    return this.#words[status];
  }

  #showLine(row, people) {
    const place = row.querySelector("[data-line]");
    const kind = lineOf(people);
    if (place && kind) place.textContent = this.#words.lines[kind];
  }

  /** One green button on the page: the first patient who waits. With a carer alone there is nobody to let in yet. */
  #showAction(row, { status }, isPatient, green) {
    const action = row.querySelector("[data-action]");
    if (!action) return green;
    const waits = isPatient && (status === "waiting" || status === "early");
    action.classList.toggle("button--go", waits && green);
    action.classList.toggle("button--blue", status === "in-visit");
    const url = new URL(action.href);
    url.search = waits ? "?let-in=1" : "";
    action.href = url.href;
    action.firstChild.textContent = waits ? this.#words.letIn : this.#words.open;
    return green && !waits;
  }

  #showCounts(counts) {
    const told = COUNTED.filter((status) => counts[status]).map((status) =>
      sentence(this.#words.counts[status], counts[status]),
    );
    const words = told.length ? `${told.join(", ")}.` : `${this.#words.nobody}.`;
    for (const place of this.#root.querySelectorAll("[data-totals], [data-locked-totals]")) place.textContent = words;
    const waiting = (counts.waiting ?? 0) + (counts.early ?? 0);
    document.title = waiting ? `(${sentence(this.#words.counts.waiting, waiting)}) ${this.#title}` : this.#title;
  }

  #announce(here, { quiet }) {
    const arrived = [...here].filter((appointment) => !this.#here.has(appointment));
    this.#here = here;
    if (quiet || !arrived.length) return;
    this.#bell.ring();
    const said = this.#find("[data-said]");
    if (said) said.textContent = sentence(this.#words.counts.waiting, here.size);
  }

  // ---- lateness, and the lock

  #takeLateness() {
    const form = this.#find("[data-late-form]");
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#tellLateness(form.action, Number(event.submitter.value));
    });
  }

  async #tellLateness(url, minutes) {
    const failed = this.#find("[data-late-failed]");
    failed.hidden = true;
    try {
      const { late } = await post(url, { minutes });
      this.#pressLate(late);
      this.#noticeLateness(late);
    } catch (error) {
      if (isLockedOut(error)) this.#hideNames();
      else failed.hidden = false;
    }
  }

  #noticeLateness(late) {
    for (const [room, people] of this.#people) {
      if (!people.some((one) => one.status === "waiting")) continue;
      this.#board.notice(room, late ? "running-late" : "with-you-soon", late || undefined);
    }
  }

  #pressLate(late) {
    for (const button of this.#root.querySelectorAll("[data-late-form] button")) {
      button.setAttribute("aria-pressed", String(Number(button.value) === late));
    }
  }

  /** Nobody is there: the server is to ask who comes, whatever page is opened next. */
  #lock() {
    if (this.#locked) return;
    post(this.#root.dataset.lock).catch(() => {}); // the server may have locked before, or answer with its own page
    this.#hideNames();
  }

  /** Takes every name off the page. */
  #hideNames() {
    if (this.#locked) return;
    this.#locked = true;
    for (const named of this.#root.querySelectorAll("[data-name]")) named.textContent = "";
    this.#find("[data-rows]").hidden = true;
    document.querySelector(".bar__who")?.replaceChildren();
    const panel = this.#find("[data-locked]");
    panel.hidden = false;
    panel.querySelector("a").focus();
  }
}

const isLockedOut = ({ status }) => status === 401 || status === 403;

/** A row as the server told it, but for the form token, which is another one every time. */
const asTold = (row) => row.outerHTML.replace(/(name="csrf_token" value=")[^"]*/g, "$1").trim();

/** "10:20am" on the clinic's clocks, wherever this computer is. */
function clockTime(epoch, timeZone) {
  const shown = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  const [hour, minute] = shown.format(epoch * 1000).split(":");
  return `${((Number(hour) + 11) % 12) + 1}${minute === "00" ? "" : `:${minute}`}${hour < 12 ? "am" : "pm"}`;
}

const root = document.querySelector("[data-board]");
if (root) new BoardPage(root).start();
