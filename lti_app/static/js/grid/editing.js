/* What changes cells: rating, comments, undo and redo. Each change is painted at once and handed to the
 * saver. With teams on, a change to one member is a change to the whole team.
 *
 * A step to undo is a list of changes: a cell with its value `before` and `after`, or with the `words` on it, or
 * both. */

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
    this.read = new Map(); // "id:code": the words on it, where they were read or written here
    saver.addEventListener("saved", ({ detail }) => this._settled(detail));
    saver.addEventListener("refused", ({ detail }) => this._revert(detail.entry, detail.before));
  }

  /* Gives every pair `[student, competence]` the value, as one step to undo; how many cells changed, and
   * how many of them said something else before. */
  rate(pairs, value) {
    let cells = this.withTeams(pairs);
    if (this.emptyOnly) cells = cells.filter(([student, leaf]) => this.model.value(student, leaf) === 0);
    return this._step(cells.map(([student, leaf]) => [student, leaf, value]));
  }

  /* Gives each `[student, competence, value]` its own value, as one step to undo. Team mates follow, but for
   * those who are given their own. */
  rateEach(triples) {
    const wanted = new Map();
    for (const [student, leaf, value] of triples) {
      for (const [mate] of this.withTeams([[student, leaf]])) wanted.set(keyOf(mate, leaf), [mate, leaf, value]);
    }
    for (const triple of triples) wanted.set(keyOf(...triple), triple);
    return this._step([...wanted.values()]);
  }

  /* Writes the text on these cells and no others, as one step to undo. */
  comment(pairs, text) {
    const changes = pairs
      .map(([student, leaf]) => ({ student, leaf, words: this._words(student, leaf, text) }))
      .filter(({ words }) => words.before !== text);
    this._do(changes, ({ words }) => ({ comment: words.after }));
  }

  /* Enters over what a colleague entered, on purpose. */
  replace(clash) {
    const { student, leaf } = this._cell(clash);
    const { comment } = clash.mine;
    const before = this.model.value(student, leaf);
    const words = comment === undefined ? undefined : this._words(student, leaf, comment);
    const change = { student, leaf, before, after: this.model.valueOf(clash.mine), words };
    this._do([change], () => ({ base: clash.id, ...(words && { comment }) }));
  }

  /* The words on a cell, null while only the server knows them. */
  words(student, leaf) {
    return this.read.get(keyOf(student, leaf)) ?? (this.model.hasWords(student, leaf) ? null : "");
  }

  /* The server told the words on a cell; the words that it has here. */
  learn(student, leaf, words) {
    const key = keyOf(student, leaf);
    const newer = this.read.has(key) && this.saver.holds({ learner: student.id, code: leaf.code });
    if (!newer) this.read.set(key, words);
    return this.read.get(key);
  }

  /* Shows an entry that an earlier page could not send, and hands it to the saver; not where something was
   * entered here meanwhile. */
  restore(entry) {
    const { student, leaf } = this._cell(entry);
    if (!student || !leaf || this.edited.has(keyOf(student, leaf))) return false;
    const before = this.model.value(student, leaf);
    this.model.setValue(student, leaf, this.model.valueOf(entry));
    if (entry.comment !== undefined && entry.comment !== null) {
      this.model.setWords(student, leaf, entry.comment !== "");
      this.read.set(keyOf(student, leaf), entry.comment);
    }
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
  withTeams(pairs) {
    if (!this.byTeam) return pairs;
    const found = new Map();
    for (const [student, leaf] of pairs) {
      for (const mate of this.model.teamOf(student)) found.set(keyOf(mate, leaf), [mate, leaf]);
    }
    return [...found.values()];
  }

  _step(triples) {
    const { model } = this;
    const changes = triples
      .map(([student, leaf, after]) => ({ student, leaf, before: model.value(student, leaf), after }))
      .filter(({ before, after }) => before !== after || (model.weighs && after && !model.values[after].mark));
    this._do(changes, ({ before, after }) => ({ again: before === after }));
    return { count: changes.length, replaced: changes.filter(({ before }) => before !== 0).length };
  }

  /* Does a step; `more` tells what a change's entry says beside the value. */
  _do(changes, more) {
    if (!changes.length) return;
    const at = performance.now();
    this.done.push(changes.map((change) => ({ ...change, at })));
    if (this.done.length > STEPS) this.done.shift();
    this.undone = [];
    for (const change of changes) this._set(change, change.after, more(change));
    this.saver.flush();
    this._changed();
  }

  /* New words as part of a change, with what they are based on: undoing them meets a colleague's in between. */
  _words(student, leaf, after) {
    const base = this.saver.base({ learner: student.id, code: leaf.code });
    return { before: this.words(student, leaf), after, base };
  }

  _replay(from, to, side, said) {
    const changes = from.pop();
    if (!changes) return null;
    to.push(changes);
    // what a colleague changed since is not ours to take back
    const ours = changes.filter(({ student, leaf, at }) => (this.others.get(keyOf(student, leaf)) ?? 0) <= at);
    const known = ours.filter(({ words }) => words?.[side] !== null);
    for (const change of known) {
      const { student, leaf, words, [side]: value } = change;
      const again = value === this.model.value(student, leaf);
      this._set(change, value, words ? { comment: words[side], base: words.base } : { again });
    }
    this.saver.flush();
    this._changed(say(!ours.length ? "not_ours" : known.length < ours.length ? "words_stay" : said));
    return changes[0];
  }

  /* Without a value the cell keeps its own. */
  _set({ student, leaf }, value, more) {
    const before = this.model.value(student, leaf);
    this.model.setValue(student, leaf, value ?? before);
    if (more.comment !== undefined) {
      this.model.setWords(student, leaf, more.comment !== "");
      this.read.set(keyOf(student, leaf), more.comment);
    }
    this._send(student, leaf, value ?? before, more, before);
    this.table.paint(student, leaf);
  }

  _send(student, leaf, value, more, before) {
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
      this.learn(student, leaf, clash.comment);
    }
    this._changed();
  }

  /* Shows what the server says, unless something newer is on its way there. */
  show(student, leaf, value, words) {
    if (this.saver.holds({ learner: student.id, code: leaf.code })) return false;
    this.read.delete(keyOf(student, leaf));
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
    this.read.delete(keyOf(student, leaf));
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
