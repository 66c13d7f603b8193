/* Where each grade stands in the LMS: painted when it changes, asked for while something is on its way. */

import { count } from "./texts.js";

const FIRST_PAUSE = 1500; // ms; grows while nothing changes
const LONGEST_PAUSE = 15000;

export class Grades {
  constructor(url, model, table) {
    this.url = url;
    this.model = model;
    this.table = table;
    this.pause = FIRST_PAUSE;
    this.attention = document.getElementById("attention");
    this.text = document.getElementById("attention-text");
    document.addEventListener("visibilitychange", () => this.watch());
    this.watch();
  }

  update(students) {
    let changed = false;
    for (const { id, grade, state, why = "" } of students) {
      const student = this.model.byId.get(id);
      if (!student || (student.grade === grade && student.state === state && student.why === why)) continue;
      Object.assign(student, { grade, state, why });
      this.table.paintGrade(student);
      changed = true;
    }
    this.pause = changed ? FIRST_PAUSE : Math.min(this.pause * 1.5, LONGEST_PAUSE);
    this._countFailed();
    this.watch();
  }

  watch() {
    clearTimeout(this.timer);
    const waiting = this.model.students.some((student) => student.state === "waiting");
    if (waiting && !document.hidden) this.timer = setTimeout(() => this._ask(), this.pause);
  }

  async _ask() {
    try {
      const response = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (response.status === 401) return;
      if (response.ok) this.update((await response.json()).students);
      else this.watch();
    } catch {
      this.pause = LONGEST_PAUSE;
      this.watch();
    }
  }

  _countFailed() {
    const failed = this.model.students.filter((student) => student.state === "failed").length;
    this.attention.hidden = failed === 0;
    if (failed) this.text.textContent = count("unsent", failed);
  }
}
