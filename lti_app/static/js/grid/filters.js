/* Which students and competences are looked at: a part of the référentiel, today's few, those that nobody
 * was assessed on yet; a group, a team, who is in difficulty, whom something is missing for; and a search.
 *
 * A filter is applied when it is chosen, not while one rates: nobody leaves the table under one's hands. */

import { find } from "./search.js";

const FEW = 2; // assessed competences from which one can speak of difficulty

export class Filters {
  constructor({ model, columns, axes, sitting }) {
    Object.assign(this, { model, columns, axes });
    this.sitting = sitting.map((code) => model.byCode.get(code)).filter(Boolean);
    this.who = "";
    this.query = "";
    this.byTeam = false;
  }

  /* Shows a part by its code, or one of the choices that are none: `sitting`, `open`. */
  show(wanted) {
    if (wanted === "sitting") this.columns.choose(this.sitting);
    else if (wanted === "open") this.columns.choose(this.model.leaves.filter((leaf) => this._isOpen(leaf)));
    else this.columns.show(wanted);
    this.apply();
  }

  knows(wanted) {
    if (wanted === "sitting") return this.sitting.length > 0;
    return wanted === "" || wanted === "open" || this.model.byCode.has(wanted);
  }

  /* Works out rows and columns anew; whether anything is left to show. */
  apply() {
    const { rows, leaves, found } = find(this.model, this.query);
    this.columns.matching = leaves;
    const shown = this._leaves();
    let students = rows.filter((student) => this._isAsked(student, shown));
    if (this.byTeam) students = this._sorted(students);
    this.axes.students = students;
    return found && students.length > 0 && this.columns.list().length > 0;
  }

  _isAsked(student, leaves) {
    const [kind, id] = this.who.split(":");
    if (kind === "group") return this._group(id)?.members.includes(student.id) ?? true;
    if (kind === "none") return !this.model.teams.has(student);
    const values = leaves.map((leaf) => this.model.value(student, leaf));
    if (kind === "missing") return values.includes(0);
    if (kind === "difficulty") {
      const levels = values.map((value) => this.model.levels[value]).filter((level) => level?.value);
      const failed = levels.filter((level) => !level.proficient).length;
      return levels.length >= FEW && failed * 2 >= levels.length;
    }
    return true;
  }

  /* The competences looked at, folded ones included. */
  _leaves() {
    const shown = new Set(this.columns.list().filter((node) => node.leaf));
    return shown.size ? [...shown] : this.model.leaves;
  }

  _isOpen(leaf) {
    return this.model.students.every((student) => this.model.value(student, leaf) === 0);
  }

  _group(id) {
    return this.model.groups.find((group) => String(group.id) === id);
  }

  /* Team by team, those without one last. */
  _sorted(students) {
    const order = new Map(this.model.groups.map((group, place) => [group, place]));
    const rank = (student) => order.get(this.model.teams.get(student)) ?? order.size;
    return [...students].sort((a, b) => rank(a) - rank(b) || a.row - b.row);
  }
}
