/* The small windows: comment, history, why a grade was not sent, the keys. Built on <dialog>, which keeps
 * the focus inside and gives it back. */

import { say } from "./texts.js";

const byId = (id) => document.getElementById(id);

export class Dialogs {
  constructor({ urls, token, model, cursor, editing, onResent }) {
    Object.assign(this, { urls, token, model, cursor, editing, onResent });
    byId("help-open").addEventListener("click", () => this.help());
    byId("comment").addEventListener("close", () => this._commentClosed());
    byId("failure").addEventListener("close", () => this._failureClosed());
    byId("comment-text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("comment").close("save");
    });
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close("cancel"); // a click beside it
      });
    }
  }

  help() {
    byId("help").showModal();
  }

  async comment() {
    const pairs = this.cursor.targets();
    if (!pairs.length) return;
    this.pairs = pairs;
    const text = byId("comment-text");
    text.value = "";
    byId("comment").returnValue = "";
    const [student, leaf] = pairs[0];
    byId("comment-about").textContent =
      pairs.length > 1
        ? say("comment_many", { count: pairs.length })
        : `${student.name} · ${leaf.code} ${leaf.label}`;
    byId("comment").showModal();
    text.focus();
    if (pairs.length > 1) return;
    const entries = await this._history(student, leaf);
    if (entries?.length && !text.value) text.value = entries[0].comment;
  }

  async history() {
    const { student, node, isBlock } = this.cursor;
    if (!node?.leaf || isBlock) return;
    const list = byId("history-list");
    list.replaceChildren();
    byId("history-about").textContent = `${student.name} · ${node.code} ${node.label}`;
    byId("history").showModal();
    const entries = await this._history(student, node);
    if (!entries) list.append(line(say("history_failed")));
    else if (!entries.length) list.append(line(say("no_history")));
    else list.append(...entries.map((entry, i) => this._entry(entry, entries[i + 1])));
  }

  failure(id) {
    const student = this.model.byId.get(id);
    this.failed = student;
    byId("failure-text").textContent = student.why ?? "";
    byId("failure").returnValue = "";
    byId("failure").showModal();
  }

  _entry(entry, earlier) {
    const item = document.createElement("li");
    const levels = [earlier?.level ?? 0, entry.level];
    if (levels[0] !== levels[1]) {
      item.append(this._chip(levels[0]), " → ", this._chip(levels[1]));
    } else item.append(this._chip(levels[1]));
    const about = document.createElement("small");
    about.textContent = entry.author ? `${entry.at}, ${say("by", { author: entry.author })}` : entry.at;
    item.append(" ", about);
    if (entry.comment && entry.comment !== earlier?.comment) {
      const comment = document.createElement("q");
      comment.textContent = entry.comment;
      item.append(comment);
    }
    return item;
  }

  _chip(value) {
    const level = this.model.levels[value];
    const chip = document.createElement("span");
    chip.className = `chip lv${value}`;
    const shape = document.createElement("span");
    shape.className = "shape";
    shape.setAttribute("aria-hidden", "true");
    shape.textContent = level.shape;
    const name = document.createElement("span");
    name.textContent = level.name;
    chip.append(shape, name);
    return chip;
  }

  async _history(student, leaf) {
    const url = new URL(this.urls.history.replace("/0/", `/${student.id}/`), location.href);
    url.searchParams.set("code", leaf.code);
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  _commentClosed() {
    if (byId("comment").returnValue === "save") {
      this.editing.comment(this.pairs, byId("comment-text").value.trim());
    }
  }

  async _failureClosed() {
    if (byId("failure").returnValue !== "resend") return;
    const body = new FormData();
    body.set("learner", this.failed.id);
    const student = this.failed;
    try {
      const response = await fetch(this.urls.resend, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": this.token },
        body,
      });
      if (response.ok) this.onResent(student);
    } catch {
      // the mark still says that the grade was not sent
    }
  }
}

function line(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

