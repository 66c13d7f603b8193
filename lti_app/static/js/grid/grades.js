/* Where each grade stands in the LMS: painted when it changes, and counted where it needs somebody. */

import { count } from "./texts.js";

export class Grades extends EventTarget {
  constructor(model, table) {
    super();
    this.model = model;
    this.table = table;
    this.attention = document.getElementById("attention");
    this.text = document.getElementById("attention-text");
  }

  get anyWaiting() {
    return this.model.students.some((student) => student.state === "waiting");
  }

  /* Grades with their states, as the server writes them. */
  update(students) {
    for (const one of students) this._set(one.id, { grade: one.grade, ...standing(one) });
    this._countFailed();
  }

  /* Where they stand alone, without the grades. */
  updateStates(states) {
    for (const one of states) this._set(one.id, standing(one));
    this._countFailed();
  }

  _set(id, news) {
    const student = this.model.byId.get(id);
    if (!student || Object.keys(news).every((key) => (student[key] || "") === (news[key] || ""))) return;
    Object.assign(student, news);
    this.table.paintGrade(student);
    this.dispatchEvent(new CustomEvent("change", { detail: { student } }));
  }

  _countFailed() {
    const failed = this.model.students.filter((student) => student.state === "failed").length;
    if (this.attention.hidden !== (failed === 0)) this.attention.hidden = failed === 0;
    if (failed) this.text.textContent = count("unsent", failed);
  }
}

/* `held` is what the LMS holds instead of ours, where a teacher gave it there; `column` is the gradebook column
 * that the state is about. */
function standing({ state, why = "", held = "", replaceable = false, kept = false, column = 0 }) {
  return { state, why, held, replaceable, kept, column };
}
