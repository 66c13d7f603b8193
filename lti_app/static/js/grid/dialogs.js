/* The small windows: comment, why a grade was not sent, the keys. Built on <dialog>, which keeps the focus
 * inside and gives it back. */

import { element } from "./chip.js";
import { readCell } from "./panel.js";
import { say } from "./texts.js";
import { Words } from "./words.js";

const byId = (id) => document.getElementById(id);

export class Dialogs {
  constructor({ urls, model, axes, cursor, editing, stock, resend, keep }) {
    Object.assign(this, { urls, model, axes, cursor, editing, resend, keep });
    this.words = new Words(byId("comment-text"));
    byId("help-open").addEventListener("click", () => this.help());
    byId("comment").addEventListener("close", () => this._commentClosed());
    byId("failure").addEventListener("close", () => {
      const chosen = byId("failure").returnValue;
      if (chosen === "resend") this.resend(this.failed);
      if (chosen === "keep") this.keep(this.failed);
    });
    byId("comment-text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("comment").close("save");
    });
    stock.attach(byId("comment-stock"), byId("comment-text"));
    for (const dialog of document.querySelectorAll("dialog")) this._closeBeside(dialog);
    window.addEventListener("beforeunload", (event) => {
      if (this._isWriting) event.preventDefault();
    });
  }

  get _isWriting() {
    return byId("comment").open && this.words.changed;
  }

  /* A click beside a window closes it: one that began there, and not while there is something to lose. */
  _closeBeside(dialog) {
    let pressed = null;
    dialog.addEventListener("pointerdown", ({ target }) => {
      pressed = target;
    });
    dialog.addEventListener("click", ({ target }) => {
      if (target !== dialog || pressed !== dialog) return;
      if (dialog.id !== "comment" || !this._isWriting) dialog.close("cancel");
    });
  }

  help() {
    byId("help").showModal();
  }

  async comment() {
    const chosen = this.cursor.targets();
    if (!chosen.length) return;
    const [student, leaf] = chosen[0];
    const one = chosen.length === 1;
    const pairs = one ? chosen : this.editing.withTeams(chosen);
    this.pairs = pairs;
    this.words.fill(one ? this.editing.words(student, leaf) : "");
    byId("comment").returnValue = "";
    byId("comment-about").textContent = one
      ? `${student.name} · ${leaf.code} ${leaf.label}`
      : say("comment_many", { count: pairs.length });
    byId("comment-others").hidden = !one;
    byId("comment-others").open = false;
    if (one) this._listOthers(student);
    byId("comment").showModal();
    byId("comment-text").focus();
    if (!one) return;
    const cell = await readCell(this.urls.cell, student, leaf);
    if (this.pairs !== pairs || !byId("comment").open) return;
    if (cell) this.words.read(this.editing.learn(student, leaf, cell.history[0]?.comment ?? ""));
    else if (!this.words.known) byId("comment-about").textContent += `. ${say("words_unread")}`;
  }

  failure(id) {
    this.failed = this.model.byId.get(id);
    const theirs = this.failed.state === "theirs";
    byId("failure-title").textContent = say(theirs ? "theirs" : "not_sent");
    byId("failure-text").textContent = this.failed.why ?? "";
    byId("failure-keep").hidden = !theirs || this.failed.kept;
    byId("failure-resend").hidden = theirs && !this.failed.replaceable;
    byId("failure-resend").textContent = say(theirs ? "replace" : "resend");
    byId("failure").returnValue = "";
    byId("failure").showModal();
  }

  /* The other students shown, to whom the same comment may go; team mates first and ticked with teams on. */
  _listOthers(student) {
    const mates = new Set(this.model.teamOf(student));
    const others = this.axes.students.filter((one) => one !== student);
    others.sort((a, b) => mates.has(b) - mates.has(a));
    byId("comment-students").replaceChildren(
      ...others.map((one) => {
        const label = element("label");
        const box = element("input");
        box.type = "checkbox";
        box.value = one.id;
        box.checked = this.editing.byTeam && mates.has(one);
        label.append(box, ` ${one.name}`);
        return label;
      }),
    );
  }

  _commentClosed() {
    if (byId("comment").returnValue !== "save" || !this.words.known) return;
    const pairs = this.words.changed ? [...this.pairs] : [];
    if (!byId("comment-others").hidden) {
      for (const box of byId("comment-students").querySelectorAll("input:checked")) {
        pairs.push([this.model.byId.get(Number(box.value)), this.pairs[0][1]]);
      }
    }
    this.editing.comment(pairs, this.words.text);
  }
}
