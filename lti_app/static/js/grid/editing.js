/* What changes levels: rating, comments, undo and redo, copy and paste. Each change is painted at once and
 * handed to the saver. */

import { say } from "./texts.js";

const STEPS = 200; // changes that can be undone

export class Editing extends EventTarget {
  constructor(model, table, saver) {
    super();
    this.model = model;
    this.table = table;
    this.saver = saver;
    this.done = [];
    this.undone = [];
    saver.addEventListener("saved", ({ detail }) => {
      this._settled(detail.entries);
      this._amounted(detail.students);
    });
    saver.addEventListener("refused", ({ detail }) => this._revert(detail.entry, detail.before));
  }

  /* Gives every pair `[student, competence]` the level, as one step to undo. Where judgements add up, a
   * level that is there already is a judgement too. */
  rate(pairs, value) {
    if (this.model.repeats && value) {
      for (const [student, leaf] of pairs) {
        if (this.model.level(student, leaf) === value) this._send(student, leaf, value, { again: true });
      }
    }
    this._step(pairs.map(([student, leaf]) => [student, leaf, value]));
    this.saver.flush();
  }

  /* Gives each `[student, competence, level]` its own level, as one step to undo. */
  rateEach(triples) {
    this._step(triples);
  }

  comment(pairs, text) {
    for (const [student, leaf] of pairs) {
      const level = this.model.level(student, leaf);
      this._send(student, leaf, level, { comment: text });
    }
    this.saver.flush();
  }

  undo() {
    return this._replay(this.done, this.undone, "before", "undone");
  }

  redo() {
    return this._replay(this.undone, this.done, "after", "redone");
  }

  _step(triples) {
    const changes = [];
    for (const [student, leaf, after] of triples) {
      const before = this.model.level(student, leaf);
      if (before !== after) changes.push({ student, leaf, before, after });
    }
    if (!changes.length) return;
    this.done.push(changes);
    if (this.done.length > STEPS) this.done.shift();
    this.undone = [];
    for (const { student, leaf, before, after } of changes) this._set(student, leaf, after, before);
    this.saver.flush();
    this._changed();
  }

  _replay(from, to, side, said) {
    const changes = from.pop();
    if (!changes) return null;
    to.push(changes);
    for (const { student, leaf, [side]: value } of changes) {
      this._set(student, leaf, value, this.model.level(student, leaf));
    }
    this.saver.flush();
    this._changed(say(said));
    return changes[0];
  }

  _set(student, leaf, value, before) {
    this.model.setLevel(student, leaf, value);
    this._send(student, leaf, value, {}, before);
    this.table.paint(student, leaf);
  }

  _send(student, leaf, level, more, before = level) {
    this.saver.add({ learner: student.id, code: leaf.code, level: level || null, ...more }, before);
    this.table.mark(student, leaf, true);
  }

  _settled(entries) {
    for (const entry of entries) {
      const student = this.model.byId.get(entry.learner);
      const waiting = this.saver.waiting.has(`${entry.learner}:${entry.code}`);
      this.table.mark(student, this.model.byCode.get(entry.code), waiting);
    }
  }

  /* Under some rules what was entered amounts to another level: the cells show that one. */
  _amounted(students) {
    let changed = false;
    for (const { id, levels } of students) {
      const student = levels && this.model.byId.get(id);
      if (!student) continue;
      for (const leaf of this.model.leaves) {
        const level = parseInt(levels[leaf.index], 36);
        if (level === this.model.level(student, leaf)) continue;
        if (this.saver.waiting.has(`${id}:${leaf.code}`)) continue;
        this.model.setLevel(student, leaf, level);
        this.table.paint(student, leaf);
        changed = true;
      }
    }
    if (changed) this._changed();
  }

  _revert(entry, before) {
    const student = this.model.byId.get(entry.learner);
    const leaf = this.model.byCode.get(entry.code);
    this.table.mark(student, leaf, false);
    this.model.setLevel(student, leaf, before);
    this.table.paint(student, leaf);
    this._changed();
  }

  _changed(said = "") {
    this.dispatchEvent(new CustomEvent("change", { detail: { said } }));
  }
}

/* The block as text that a spreadsheet takes: letters, tabs between columns. */
export function copyText(model, table, block) {
  const lines = [];
  for (let row = block.top; row <= block.bottom; row += 1) {
    const cells = [];
    for (let col = block.left; col <= block.right; col += 1) {
      const node = table.list[col];
      cells.push(node.leaf ? model.levels[model.level(table.rows[row], node)].letter : "");
    }
    lines.push(cells.join("\t"));
  }
  return lines.join("\n");
}

/* What pasted text means from the block's first cell on: `[student, competence, level]`. A single value
 * fills the block. Cells that hold no level's letter, key or name are left alone. */
export function readPaste(model, table, block, text) {
  const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  const single = lines.length === 1 && lines[0].length === 1;
  const bottom = single ? block.bottom : block.top + lines.length - 1;
  const triples = [];
  for (let row = block.top; row <= bottom && row < table.rows.length; row += 1) {
    const cells = single ? lines[0] : lines[row - block.top];
    const right = single ? block.right : block.left + cells.length - 1;
    for (let col = block.left; col <= right && col < table.list.length; col += 1) {
      const value = readLevel(model, single ? cells[0] : cells[col - block.left]);
      const node = table.list[col];
      if (node.leaf && value !== null) triples.push([table.rows[row], node, value]);
    }
  }
  return triples;
}

function readLevel(model, text) {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === "") return 0;
  const byKey = model.levelForKey(wanted);
  if (byKey !== null) return byKey;
  const found = model.levels.find(
    (level) => level.name.toLocaleLowerCase() === wanted || level.shape === wanted,
  );
  return found ? found.value : null;
}
