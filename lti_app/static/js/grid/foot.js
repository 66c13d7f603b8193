/* The bar at the foot: who, which competence in full, and the same acts as the keys. */

import { count, progressText, say } from "./texts.js";

const PAUSE = 200; // ms
const byId = (id) => document.getElementById(id);

export class Foot {
  constructor({ cursor, model, editing, actions }) {
    this.cursor = cursor;
    this.model = model;
    this.editing = editing;
    this.bar = byId("foot");
    this.name = byId("foot-name");
    this.code = byId("foot-code");
    this.label = byId("foot-label");
    this.wording = byId("foot-wording");
    this.fill = byId("fill");
    this.buttons = new Map();
    for (const level of model.levels) this.buttons.set(level.value, levelButton(level));
    for (const mark of model.marks) this.buttons.set(mark.value, markButton(mark));
    const [none, ...levels] = model.levels.map((level) => this.buttons.get(level.value));
    byId("foot-levels").append(...levels, none);
    byId("foot-marks").append(...model.marks.map((mark) => this.buttons.get(mark.value)));
    for (const [value, button] of this.buttons) {
      button.addEventListener("click", () => {
        actions.rate(value);
        button.closest("details")?.removeAttribute("open");
      });
    }
    this.comment = byId("comment-open");
    this.panel = byId("panel-open");
    this.comment.addEventListener("click", actions.comment);
    this.panel.addEventListener("click", actions.panel);
    this.fill.addEventListener("click", actions.fill);
    // a click leaves the focus in the grid, so that typing goes on where it was
    this.bar.addEventListener("mousedown", (event) => {
      if (event.target.closest("button, summary")) event.preventDefault();
    });
    cursor.addEventListener("move", () => this.show());
  }

  show() {
    const { student, node, isBlock } = this.cursor;
    const hidden = !student || !node;
    if (this.bar.hidden !== hidden) this.bar.hidden = hidden;
    if (hidden) return;
    const targets = isBlock ? this.cursor.targets() : [];
    if (isBlock) {
      set(this.name, count("cells", targets.length));
      set(this.code, "");
      set(this.label, this.editing.emptyOnly ? say("fill_hint") : say("cells_hint"));
    } else {
      set(this.name, student.name);
      set(this.code, node.code);
      set(this.label, node.leaf ? node.label : this._partText(student, node));
    }
    this._letScroll();
    const can = isBlock ? targets.length > 0 : node.leaf;
    const current = can && !isBlock ? this.model.value(student, node) : null;
    for (const [value, button] of this.buttons) {
      if (button.disabled === can) button.disabled = !can;
      pressed(button, value === current);
    }
    if (this.comment.disabled === can) this.comment.disabled = !can;
    if (this.fill.hidden === isBlock) this.fill.hidden = !isBlock;
    pressed(this.fill, this.editing.emptyOnly);
  }

  _partText(student, node) {
    const progress = progressText(this.model.progress(student, node));
    return say("part_of", { label: node.label, progress });
  }

  /* A wording longer than the bar scrolls, by keyboard too. Looked at once the cursor rests: measuring costs
   * a layout. */
  _letScroll() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const scrolls = this.wording.scrollHeight > this.wording.clientHeight + 1;
      if (scrolls) this.wording.tabIndex = 0;
      else this.wording.removeAttribute("tabindex");
    }, PAUSE);
  }
}

function levelButton(level) {
  const button = makeButton(level, `btn level lv${level.value}`);
  const letter = document.createElement("b");
  letter.textContent = level.letter;
  button.prepend(letter);
  return button;
}

function markButton(mark) {
  const button = makeButton(mark, "btn excused");
  const letters = document.createElement("b");
  letters.textContent = mark.letter;
  const name = document.createElement("span");
  name.textContent = mark.name;
  button.prepend(letters, name);
  return button;
}

function makeButton(one, className) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  if (one.key) {
    const key = document.createElement("kbd");
    key.textContent = one.key;
    key.setAttribute("aria-hidden", "true");
    button.append(key);
  }
  button.title = one.name;
  button.setAttribute("aria-label", one.name);
  return button;
}

function pressed(button, on) {
  if (button.getAttribute("aria-pressed") !== String(on)) button.setAttribute("aria-pressed", String(on));
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
