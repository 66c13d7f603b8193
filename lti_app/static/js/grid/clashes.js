/* Entries that the server held back because the same cell was judged meanwhile, by a colleague or by the person
 * themself on another page: both are shown, and the person decides. Until then the cell shows the other. */

import { chip, element } from "./chip.js";
import { clashWords } from "./clash-words.js";
import { keyOf } from "./saver.js";
import { count } from "./texts.js";

const byId = (id) => document.getElementById(id);

export class Clashes {
  constructor({ model, table, editing, saver }) {
    Object.assign(this, { model, table, editing });
    this.open = new Map(); // by "learner:code"
    saver.addEventListener("saved", ({ detail }) => this._add(detail));
    byId("clash-open").addEventListener("click", () => this.show());
  }

  show() {
    this._draw();
    byId("clashes").showModal();
  }

  _add({ entries, clashes }) {
    const held = new Set(clashes.map(keyOf));
    // entered again over the colleague's, and taken
    for (const entry of entries) if (!held.has(keyOf(entry))) this._close(keyOf(entry));
    for (const clash of clashes) {
      this.open.set(keyOf(clash), clash);
      this.table.markClash(...this._cell(clash), true);
    }
    if (clashes.length && !document.querySelector("dialog[open]")) this.show();
    this._count();
  }

  _close(key) {
    const clash = this.open.get(key);
    if (!clash) return;
    this.open.delete(key);
    this.table.markClash(...this._cell(clash), false);
    this._count();
  }

  _count() {
    const button = byId("clash-open");
    button.hidden = this.open.size === 0;
    if (this.open.size) button.textContent = count("clash", this.open.size);
    if (byId("clashes").open) this._draw();
    if (this.open.size === 0) byId("clashes").close();
  }

  _draw() {
    byId("clash-list").replaceChildren(...[...this.open].map(([key, clash]) => this._item(key, clash)));
  }

  _item(key, clash) {
    const [student, leaf] = this._cell(clash);
    const item = element("li");
    const about = element("p");
    about.append(element("b", "", student.name), ` · ${leaf.code} ${leaf.label}`);
    const words = clashWords(clash);
    const mine = this.model.valueOf(clash.mine);
    const theirs = element("p", "versions");
    theirs.append(
      words.theirs, " ", chip(this.model.values[clash.value]),
      " ", words.mine, " ", chip(this.model.values[mine]),
    );
    item.append(about, theirs);
    if (clash.comment) item.append(element("q", "", clash.comment));
    const acts = element("p", "dialog-acts");
    acts.append(
      this._button(words.keep, () => this._close(key)),
      this._button(words.replace, () => {
        this._close(key);
        this.editing.replace(clash);
      }),
    );
    item.append(acts);
    return item;
  }

  _button(text, act) {
    const button = element("button", "btn", text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  _cell({ learner, code }) {
    return [this.model.byId.get(learner), this.model.byCode.get(code)];
  }
}
