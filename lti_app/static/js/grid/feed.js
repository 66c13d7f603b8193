/* What colleagues and the worker do meanwhile: asked every few seconds while the page is looked at, less
 * often while nothing happens. Shows changed cells and grades; what this page edited since it asked is left
 * for the next time. */

import { toValue } from "./model.js";
import { patience } from "./patience.js";
import { count, say } from "./texts.js";

const QUICK = 2500; // ms between two questions while somebody works
const SLOW = 8000;
const AWAKE = 90000; // ms after the last sign of work for which it stays quick

export class Feed extends EventTarget {
  constructor({ url, start, model, editing, table, grades, saver }) {
    super();
    Object.assign(this, { url, model, editing, table, grades, saver });
    this.since = start.since;
    this.prints = { settings: start.settings, people: start.people };
    this.lively = performance.now();
    const wake = () => {
      this.lively = performance.now();
    };
    document.addEventListener("keydown", wake, { passive: true });
    document.addEventListener("pointerdown", wake, { passive: true });
    document.addEventListener("visibilitychange", () => this._plan(0));
    window.addEventListener("online", () => this._plan(0));
    this._plan();
  }

  _plan(pause = this._pause()) {
    clearTimeout(this.timer);
    if (!document.hidden && !this.stopped) this.timer = setTimeout(() => this._ask(), pause);
  }

  _pause() {
    const busy = performance.now() - this.lively < AWAKE || this.grades.anyWaiting;
    return busy ? QUICK : SLOW;
  }

  async _ask() {
    if (this.asking) return;
    this.asking = true;
    const asked = performance.now();
    try {
      const response = await fetch(`${this.url}?since=${this.since}`, {
        headers: { Accept: "application/json" },
        signal: patience(),
      });
      if (response.status === 401) this.stopped = true;
      if (response.ok) this._take(await response.json(), asked);
    } catch {
      // without a network the saver says so; we ask again
    }
    this.asking = false;
    this._plan();
  }

  _take(news, asked) {
    if (news.reload || news.settings !== this.prints.settings || news.people !== this.prints.people) {
      const name = news.people !== this.prints.people ? "people" : "settings";
      this.dispatchEvent(new CustomEvent("stale", { detail: { name } }));
      this.prints = { settings: news.settings, people: news.people };
      if (news.reload) this.stopped = true;
    }
    let all = true;
    let changed = 0;
    for (const [learner, place, digit, words] of news.cells) {
      const student = this.model.byId.get(learner);
      const leaf = this.model.leaves[place];
      if (!student || !leaf) continue;
      const key = `${learner}:${leaf.code}`;
      if ((this.editing.edited.get(key) ?? 0) > asked || this.saver.holds({ learner, code: leaf.code })) {
        all = false;
        continue;
      }
      if (!this.editing.show(student, leaf, toValue(digit), Boolean(words))) continue;
      this.editing.others.set(key, performance.now());
      this.table.flash(student, leaf);
      changed += 1;
    }
    const settled = (id) => (this.editing.touched.get(id) ?? 0) < asked;
    this.grades.update(news.students.filter(({ id }) => settled(id)));
    this.grades.updateStates(news.states.filter(({ id }) => settled(id)));
    if (all) this.since = news.since;
    if (changed) {
      this.lively = performance.now();
      this._announce(news.authors);
      this.dispatchEvent(new Event("change")); // the foot and the side panel show the cell anew
    }
  }

  _announce(authors) {
    if (!authors.length) return;
    const text = authors.map(([author, number]) => count("colleague", number, { author })).join(" ");
    this.dispatchEvent(new CustomEvent("said", { detail: { text: text || say("changed") } }));
  }
}
