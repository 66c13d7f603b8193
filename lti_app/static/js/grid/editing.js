/* What changes cells: rating, comments, undo and redo. Each change is painted at once and handed to the
 * saver. With teams on, a change to one member is a change to the whole team. */

import { say } from "./texts.js";

const STEPS = 200; // changes that can be undone

export class Editing extends EventTarget {
  constructor(model, table, saver) {
    super();
    this.model = model;
    this.table = table;
    this.saver = saver;
    this.byTeam = false;
    this.emptyOnly = false; // fill: leave what is assessed already
    this.done = [];
    this.undone = [];
    this.edited = new Map(); // "id:code": when the cell was edited here last
    this.touched = new Map(); // student's id: the same for any of their cells
    this.others = new Map(); // "id:code": when a colleague's change to it was shown
    saver.addEventListener("saved", ({ detail }) => this._settled(detail));
    saver.addEventListener("refused", ({ detail }) => this._revert(detail.entry, detail.before));
  }

  /* Gives every pair `[student, competence]` the value, as one step to undo; how many cells changed, and
   * how many of them said something else before. */
  rate(pairs, value) {
    let cells = this._withTeams(pairs);
    if (this.emptyOnly) cells = cells.filter(([student, leaf]) => this.model.value(student, leaf) === 0);
    return this._step(cells.map(([student, leaf]) => [student, leaf, value]));
  }

  /* Gives each `[student, competence, value]` its own value, as one step to undo. */
  rateEach(triples) {
    return this._step(triples);
  }

  comment(pairs, text) {
    for (const [student, leaf] of pairs) {
      const value = this.model.value(student, leaf);
      this._send(student, leaf, value, { comment: text });
      this.model.setWords(student, leaf, text !== "");
      this.table.paint(student, leaf);
    }
    this.saver.flush();
  }

  /* Enters over what a colleague entered, on purpose: `known` is the assessment that was shown. */
  replace(student, leaf, value, known, comment) {
    const before = this.model.value(student, leaf);
    this.model.setValue(student, leaf, value);
    this._send(student, leaf, value, { base: known, ...(comment === undefined ? {} : { comment }) }, before);
    this.table.paint(student, leaf);
    this.saver.flush();
    this._changed();
  }

  /* Shows an entry that an earlier page could not send, and hands it to the saver; not where something was
   * entered here meanwhile. */
  restore(entry) {
    const { student, leaf } = this._cell(entry);
    if (!student || !leaf || this.edited.has(keyOf(student, leaf))) return false;
    const before = this.model.value(student, leaf);
    this.model.setValue(student, leaf, this.model.valueOf(entry));
    if (entry.comment) this.model.setWords(student, leaf, true);
    this.saver.add(entry, before);
    this.table.mark(student, leaf, true);
    this.table.paint(student, leaf);
    return true;
  }

  undo() {
    return this._replay(this.done, this.undone, "before", "undone");
  }

  redo() {
    return this._replay(this.undone, this.done, "after", "redone");
  }

  /* Every pair, and its team mates', each once. */
  _withTeams(pairs) {
    if (!this.byTeam) return pairs;
    const found = new Map();
    for (const [student, leaf] of pairs) {
      for (const mate of this.model.teamOf(student)) found.set(keyOf(mate, leaf), [mate, leaf]);
    }
    return [...found.values()];
  }

  _step(triples) {
    const { model } = this;
    const at = performance.now();
    const changes = triples
      .map(([student, leaf, after]) => ({ student, leaf, before: model.value(student, leaf), after, at }))
      .filter(({ before, after }) => before !== after || (model.weighs && after && !model.values[after].mark));
    if (!changes.length) return { count: 0, replaced: 0 };
    this.done.push(changes);
    if (this.done.length > STEPS) this.done.shift();
    this.undone = [];
    for (const { student, leaf, before, after } of changes) this._set(student, leaf, after, before);
    this.saver.flush();
    this._changed();
    return { count: changes.length, replaced: changes.filter(({ before }) => before !== 0).length };
  }

  _replay(from, to, side, said) {
    const changes = from.pop();
    if (!changes) return null;
    to.push(changes);
    // what a colleague changed since is not ours to take back
    const ours = changes.filter(({ student, leaf, at }) => (this.others.get(keyOf(student, leaf)) ?? 0) <= at);
    for (const { student, leaf, [side]: value } of ours) {
      this._set(student, leaf, value, this.model.value(student, leaf));
    }
    this.saver.flush();
    this._changed(say(ours.length ? said : "not_ours"));
    return changes[0];
  }

  _set(student, leaf, value, before) {
    this.model.setValue(student, leaf, value);
    this._send(student, leaf, value, { again: before === value }, before);
    this.table.paint(student, leaf);
  }

  _send(student, leaf, value, more, before = value) {
    this.edited.set(keyOf(student, leaf), performance.now());
    this.touched.set(student.id, performance.now());
    this.saver.add({ learner: student.id, code: leaf.code, ...this.model.entry(value), ...more }, before);
    this.table.mark(student, leaf, true);
  }

  /* The server has these entries. `cells` are those that show something else than was entered, by the
   * activity's rule; clashing ones show what the colleague entered. */
  _settled({ entries, cells, clashes }) {
    for (const entry of entries) {
      const { student, leaf } = this._cell(entry);
      this.table.mark(student, leaf, this.saver.holds(entry));
    }
    for (const { learner, place, value, words } of cells) {
      this.show(this.model.byId.get(learner), this.model.leaves[place], value, words);
    }
    for (const clash of clashes) {
      const { student, leaf } = this._cell(clash);
      this.saver.know(clash, clash.id);
      this.others.set(keyOf(student, leaf), performance.now());
      this.show(student, leaf, clash.value, clash.comment !== "");
    }
    this._changed();
  }

  /* Shows what the server says, unless something newer is on its way there. */
  show(student, leaf, value, words) {
    if (this.saver.holds({ learner: student.id, code: leaf.code })) return false;
    const same = this.model.value(student, leaf) === value && this.model.hasWords(student, leaf) === words;
    if (same) return false;
    this.model.setValue(student, leaf, value);
    this.model.setWords(student, leaf, words);
    this.table.paint(student, leaf);
    return true;
  }

  _revert(entry, before) {
    const { student, leaf } = this._cell(entry);
    this.table.mark(student, leaf, false);
    this.model.setValue(student, leaf, before);
    this.table.paint(student, leaf);
    this._changed();
  }

  _cell({ learner, code }) {
    return { student: this.model.byId.get(learner), leaf: this.model.byCode.get(code) };
  }

  _changed(said = "") {
    this.dispatchEvent(new CustomEvent("change", { detail: { said } }));
  }
}

function keyOf(student, leaf) {
  return `${student.id}:${leaf.code}`;
}
