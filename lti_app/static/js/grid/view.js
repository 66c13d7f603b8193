/* What the table shows and how it lies: parts, filters, search, transposed, density, heads on a phone.
 * What is chosen is remembered (prefs). */

import { recall, remember } from "./prefs.js";

const SMALL = 40; // competences that are shown all at once: a whole process
const WORTH = 8; // competences that make a first view
const SMALL_FRAME = window.matchMedia("(max-height: 620px), (max-width: 640px)"); // as in grid.css
const byId = (id) => document.getElementById(id);

export class View extends EventTarget {
  constructor({ data, model, columns, axes, table, cursor, filters, editing }) {
    super();
    Object.assign(this, { model, columns, axes, table, cursor, filters, editing });
    this.memory = `show:${data.link}`;
    this.teamMemory = `team:${data.link}`;
    this._listen();
    this._restore();
  }

  redraw({ focus = false } = {}) {
    const { student, node } = this.cursor;
    const box = byId("grid-box");
    const { scrollTop, scrollLeft } = box;
    this.columns.few = SMALL_FRAME.matches;
    this.table.draw();
    const any = this.axes.students.length > 0 && this.axes.nodes.length > 0;
    byId("nothing").hidden = any;
    if (any) this.cursor.restore(student, node, focus);
    else this.cursor.dispatchEvent(new Event("move"));
    box.scrollTo(scrollLeft, scrollTop);
  }

  toggle(code) {
    if (!this.columns.folds) return;
    this.columns.toggle(code);
    this.redraw();
    byId("show").value = "custom";
    const button = byId("grid").querySelector(`button[data-code="${CSS.escape(code)}"]`);
    if (button) this.cursor.visit(button);
    else this.cursor.go(this.cursor.row, this.cursor.col); // open, and without a head of its own
  }

  show(wanted) {
    this.filters.show(wanted);
    this.redraw();
    remember(this.memory, wanted);
    const node = this.model.byCode.get(wanted) ?? this.axes.nodes[0];
    if (!node || this.axes.transposed) return;
    const col = this.axes.nodes.findIndex((shown) => shown.first >= node.first);
    this.cursor.go(this.cursor.row, col, { focus: false });
    this._scrollToColumn(col);
  }

  /* Brings a column next to the names. */
  _scrollToColumn(col) {
    const cell = this.table.cell(0, col);
    const lead = this.table.cell(0, -1); // the last one that stays
    if (cell) byId("grid-box").scrollLeft += cell.getBoundingClientRect().left - lead.getBoundingClientRect().right;
  }

  _filter() {
    this.filters.who = byId("who").value;
    this.filters.query = byId("search").value;
    this.filters.byTeam = this.editing.byTeam;
    this.table.showTeams = this.editing.byTeam;
    this.filters.apply();
    this.redraw();
    byId("grid-box").scrollTo(0, 0);
  }

  _listen() {
    byId("show").addEventListener("change", (event) => {
      if (event.target.value !== "custom") this.show(event.target.value);
    });
    byId("who").addEventListener("change", () => this._filter());
    let typing = 0;
    byId("search").addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this._filter(), 90);
    });
    byId("transposed").addEventListener("change", (event) => {
      remember("transposed", event.target.checked ? "yes" : "");
      this._transpose(event.target.checked);
    });
    byId("by-team").addEventListener("change", (event) => {
      remember(this.teamMemory, event.target.checked ? "yes" : "");
      this.editing.byTeam = event.target.checked;
      this._filter();
    });
    byId("density").addEventListener("change", () => this._setDensity());
    SMALL_FRAME.addEventListener("change", () => this.redraw());
  }

  _transpose(on) {
    this.axes.transposed = on;
    this.redraw();
    this.cursor.go(this.cursor.row, this.cursor.col, { focus: false });
  }

  _setDensity() {
    document.body.dataset.density = byId("density").value;
    if (this.table.body) this.table.fit();
  }

  _restore() {
    for (const name of ["advance", "density"]) {
      const select = byId(name);
      const known = recall(name);
      if ([...select.options].some((option) => option.value === known)) select.value = known;
      select.addEventListener("change", () => remember(name, select.value));
    }
    this._setDensity();
    this.axes.transposed = byId("transposed").checked = recall("transposed") === "yes";
    const team = byId("by-team");
    team.disabled = this.model.teams.size === 0;
    this.editing.byTeam = team.checked = !team.disabled && recall(this.teamMemory) === "yes";
    this.filters.byTeam = this.table.showTeams = this.editing.byTeam;
    const wanted = recall(this.memory);
    const start = wanted !== null && this.filters.knows(wanted) ? wanted : this._firstShown();
    byId("show").value = start;
    this.show(start);
  }

  /* A small activity is shown whole; of a large one the first domain that is worth a table. */
  _firstShown() {
    if (this.model.leaves.length <= SMALL) return "";
    const options = [...byId("show").options].map((option) => this.model.byCode.get(option.value)).filter(Boolean);
    const inner = options.filter((node) => !options.includes(node.children[0]));
    const worth = inner.find((node) => node.end - node.first >= WORTH) ?? inner[0];
    return worth?.code ?? "";
  }
}
