/* The bar at the foot: who, which competence in full, and the same acts as the keys. */

import { say } from "./texts.js";

export class Foot {
  constructor({ cursor, model, actions }) {
    this.cursor = cursor;
    this.model = model;
    this.bar = document.getElementById("foot");
    this.name = document.getElementById("foot-name");
    this.code = document.getElementById("foot-code");
    this.label = document.getElementById("foot-label");
    this.buttons = model.levels.map((level) => this._button(level, actions));
    document.getElementById("foot-levels").append(...this.buttons.slice(1), this.buttons[0]);
    this.comment = document.getElementById("comment-open");
    this.history = document.getElementById("history-open");
    this.comment.addEventListener("click", actions.comment);
    this.history.addEventListener("click", actions.history);
    // a click leaves the focus in the grid, so that typing goes on where it was
    this.bar.addEventListener("mousedown", (event) => {
      if (event.target.closest("button")) event.preventDefault();
    });
    cursor.addEventListener("move", () => this.show());
  }

  show() {
    const { student, node, isBlock } = this.cursor;
    this.bar.hidden = !student || !node;
    if (this.bar.hidden) return;
    const targets = isBlock ? this.cursor.targets() : [];
    if (isBlock) {
      set(this.name, say("cells", { count: targets.length }));
      set(this.code, "");
      set(this.label, say("cells_hint"));
    } else {
      set(this.name, student.name);
      set(this.code, node.code);
      set(this.label, node.leaf ? node.label : `${node.label} : ${say("part", this.model.progress(student, node))}`);
    }
    const can = isBlock ? targets.length > 0 : node.leaf;
    const current = can && !isBlock ? this.model.level(student, node) : null;
    this.buttons.forEach((button, value) => {
      button.disabled = !can;
      button.setAttribute("aria-pressed", String(value === current));
    });
    this.comment.disabled = !can;
    this.history.disabled = !can || isBlock;
  }

  _button(level, actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `btn level lv${level.value}`;
    const letter = document.createElement("b");
    letter.textContent = level.letter;
    const key = document.createElement("kbd");
    key.textContent = level.key;
    key.setAttribute("aria-hidden", "true");
    button.append(letter, key);
    button.title = level.name;
    button.setAttribute("aria-label", level.name);
    button.addEventListener("click", () => actions.rate(level.value));
    return button;
  }
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
