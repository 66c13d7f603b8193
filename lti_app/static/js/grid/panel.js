/* The side panel: the cell the cursor is on, in full. Wording, comment, evidence, history, the grade and where
 * it stands. Beside the table where there is room, over it on a phone; it follows the cursor. */

import { chip, element } from "./chip.js";
import { toValue } from "./model.js";
import { patience } from "./patience.js";
import { recall, remember } from "./prefs.js";
import { say } from "./texts.js";
import { Words } from "./words.js";

const PAUSE = 160; // ms that the cursor has to rest before the panel asks
const WIDE = window.matchMedia("(min-width: 1000px)");
const byId = (id) => document.getElementById(id);

export class Panel {
  constructor({ urls, model, cursor, editing, saver, grades, stock, resend }) {
    Object.assign(this, { urls, model, cursor, editing, saver, stock, resend });
    this.aside = byId("panel");
    const text = byId("panel-comment");
    this.words = new Words(text);
    byId("panel-close").addEventListener("click", () => this.toggle(false));
    byId("panel-save").addEventListener("click", () => this._saveComment());
    byId("panel-resend").addEventListener("click", () => this.resend(this.student));
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this._saveComment();
    });
    this.aside.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.toggle(false);
      event.preventDefault();
    });
    stock.attach(byId("panel-stock"), text);
    cursor.addEventListener("move", () => this._moved());
    grades.addEventListener("change", ({ detail }) => {
      if (this.isOpen && detail.student === this.student) this._showGrade();
    });
    saver.addEventListener("saved", () => this.refresh());
    saver.addEventListener("leaving", () => this._saveComment());
    if (WIDE.matches && recall("panel") === "open") this.toggle(true);
  }

  get isOpen() {
    return !this.aside.hidden;
  }

  toggle(open = !this.isOpen) {
    if (open === this.isOpen) return;
    if (!open) this._saveComment();
    this.aside.hidden = !open;
    document.body.classList.toggle("with-panel", open);
    byId("panel-open").setAttribute("aria-expanded", String(open));
    remember("panel", open ? "open" : "closed");
    if (open) this._moved(0);
    if (open && !WIDE.matches) byId("panel-close").focus();
    if (!open) this.cursor.go(this.cursor.row, this.cursor.col, { extend: true });
  }

  /* Reads the cell again: something was saved, or a colleague changed it. */
  refresh() {
    if (this.isOpen) this._moved(PAUSE, true);
  }

  _moved(pause = PAUSE, again = false) {
    if (!this.isOpen) return;
    const { student, node } = this.cursor;
    const same = student === this.student && node === this.node;
    if (same && !again) return;
    if (!same) this._begin(student, node);
    clearTimeout(this.timer);
    if (node?.leaf) this.timer = setTimeout(() => this._read(student, node), pause);
  }

  _begin(student, node) {
    this._saveComment();
    Object.assign(this, { student, node });
    byId("panel-name").textContent = student?.name ?? "";
    byId("panel-name").href = student ? at(this.urls.student, student) : "";
    byId("panel-code").textContent = node?.code ?? "";
    byId("panel-label").textContent = node?.label ?? "";
    byId("panel-above").replaceChildren(...pathOf(node));
    byId("panel-cell").hidden = !node?.leaf;
    byId("panel-history").replaceChildren();
    byId("panel-shown").hidden = true;
    this.words.fill(node?.leaf ? this.editing.words(student, node) : "");
    byId("panel-why").href = student ? `${at(this.urls.why, student)}#${node?.code ?? ""}` : "";
    if (student) this._showGrade();
  }

  _showGrade() {
    const { grade, state, why, held, replaceable } = this.student;
    const theirs = state === "theirs";
    byId("panel-grade").textContent = held || grade || "–";
    byId("panel-state").textContent = state === "none" ? say("state_none") : say(`state_${state}`);
    byId("panel-failure").textContent = state === "failed" || theirs ? why : "";
    byId("panel-resend").hidden = theirs ? !replaceable : state !== "failed";
    byId("panel-resend").textContent = say(theirs ? "replace" : "resend");
  }

  async _read(student, node) {
    const cell = await readCell(this.urls.cell, student, node);
    if (student !== this.student || node !== this.node) return;
    const list = byId("panel-history");
    if (!cell) {
      list.replaceChildren(element("li", "", say("history_failed")));
      return;
    }
    const said = cell.history;
    list.replaceChildren(
      ...(said.length
        ? said.map((entry, i) => historyItem(this.model, entry, said[i + 1]))
        : [element("li", "", say("no_history"))]),
    );
    this.words.read(this.editing.learn(student, node, said[0]?.comment ?? ""));
    this._show(cell.shown);
    byId("panel-why").href = cell.why;
  }

  _show(shown) {
    const box = byId("panel-shown");
    box.hidden = !shown;
    if (!shown) return;
    byId("panel-shown-state").textContent = say(`shown_${shown.state}`);
    byId("panel-shown-words").textContent = [shown.situation, shown.words].filter(Boolean).join("\n");
    byId("panel-shown-pieces").replaceChildren(
      ...shown.pieces.map((piece) => {
        const item = element("li");
        const link = element("a", "", piece.title);
        link.href = piece.url;
        link.target = "_blank";
        link.rel = "noopener noreferrer";
        item.append(link);
        return item;
      }),
    );
  }

  /* What was typed for the cell goes with the cursor: asked for or not. */
  _saveComment() {
    if (!this.node?.leaf || !this.words.changed) return;
    const { text } = this.words;
    this.words.fill(text);
    this.editing.comment(this.editing.withTeams([[this.student, this.node]]), text);
  }
}

/* One entry of a cell's history: old → new, who, when, and the words if they are new. */
export function historyItem(model, entry, earlier) {
  const item = element("li");
  const now = model.values[toValue(entry.value)];
  const before = model.values[earlier ? toValue(earlier.value) : 0];
  if (entry.words_only) item.append(element("b", "", say("words_only")));
  else if (before.value !== now.value) item.append(chip(before), " → ", chip(now));
  else item.append(chip(now));
  const about = entry.author ? `${entry.at}, ${say("by", { author: entry.author })}` : entry.at;
  item.append(" ", element("small", "", about));
  if (entry.comment && entry.comment !== earlier?.comment) item.append(element("q", "", entry.comment));
  return item;
}

export async function readCell(url, student, leaf) {
  const address = new URL(at(url, student), location.href);
  address.searchParams.set("code", leaf.code);
  try {
    const response = await fetch(address, {
      headers: { Accept: "application/json" },
      signal: patience(),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function at(url, student) {
  return url.replace(/\/0(?=\/|$)/, `/${student.id}`);
}

function pathOf(node) {
  const parts = [];
  for (let above = node?.parent; above; above = above.parent) {
    parts.unshift(element("li", "", `${above.code} ${above.label}`));
  }
  return parts;
}
