/* The table itself: draws heads and rows, repaints single cells. It knows where a cell stands, not what
 * is done with it. Colours and shapes come from the scale's style sheet by the class `lv<value>`.
 *
 * Each row is laid out on its own (grid.css), so that a key costs one row and not 9,000 cells; the roles say
 * in words what the elements no longer say by their display. */

import { say } from "./texts.js";

const ROOMY = 4; // columns from which a head has room for words
const LEAD = 2; // the name and the grade come before the columns

export class Table {
  constructor(element, model, columns, maximum) {
    this.element = element;
    this.model = model;
    this.columns = columns;
    this.maximum = maximum;
    this.rows = model.students; // the students shown, in order
    this.list = []; // the columns shown
    this.heads = [];
    this.marks = new Map(); // "id:code" of cells whose entry is not acknowledged yet
  }

  draw() {
    this.list = this.columns.list();
    this.places = new Map(this.list.map((node, col) => [node, col]));
    this.heads = this.columns.heads(this.list);
    this.alone = new Set(this.list.filter((node) => node.leaf && this._isAlone(node)));
    this.proto = this._protoRow();
    const body = document.createElement("tbody");
    body.setAttribute("role", "rowgroup");
    for (const student of this.rows) body.append(this._row(student));
    this.element.replaceChildren(this._thead(), body);
    this.body = body;
    this.fit();
  }

  /* Tells the style sheet how wide the heads' columns are, and how high the heads. */
  fit() {
    const widths = this.list.map((node) => {
      if (!node.leaf) return "var(--part)";
      return this.alone.has(node) ? "var(--alone)" : "var(--cell)";
    });
    const template = ["var(--name)", "var(--grade)", ...widths].join(" ");
    this.element.tHead.style.setProperty("grid-template-columns", template);
    const box = this.element.parentElement;
    box.style.setProperty("--head-height", `${this.element.tHead.offsetHeight}px`);
  }

  /* Whether a competence is the only one shown of its activity: its column is then wide enough for the
   * activity's code. */
  _isAlone(node) {
    const col = this.places.get(node);
    return this.list[col - 1]?.parent !== node.parent && this.list[col + 1]?.parent !== node.parent;
  }

  _thead() {
    const thead = document.createElement("thead");
    thead.setAttribute("role", "rowgroup");
    this.heads.forEach((heads, r) => {
      const tr = thead.insertRow();
      tr.setAttribute("role", "row");
      if (r === 0) {
        tr.append(
          corner("name", say("student"), this.heads.length),
          corner("grade", `${say("grade")} /${this.maximum}`, this.heads.length),
        );
      }
      for (const head of heads) tr.append(this._head(head, r));
    });
    return thead;
  }

  _head(head, row) {
    const { node } = head;
    const th = document.createElement("th");
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.code = node.code;
    button.dataset.row = row;
    head.button = button;
    place(th, { row, col: head.first + LEAD, rowspan: head.rowspan, colspan: head.colspan });
    th.setAttribute("aria-label", `${node.code} ${node.label}`);
    if (node.leaf) {
      th.className = "leaf";
      button.textContent = node.rank;
      button.setAttribute("aria-label", say("column", { code: node.code }));
    } else {
      const closed = this.columns.isCollapsed(node);
      th.className = closed ? "part closed" : "part";
      const code = document.createElement("b");
      code.textContent = node.code;
      button.append(code);
      if (head.colspan >= ROOMY) {
        const title = document.createElement("span");
        title.textContent = node.label;
        button.append(title);
      }
      button.setAttribute("aria-expanded", String(!closed));
      button.setAttribute("aria-label", `${say(closed ? "expand" : "collapse", { code: node.code })}, ${node.label}`);
    }
    if (this._isEdge(head.first)) th.classList.add("edge");
    th.append(button);
    return th;
  }

  /* Whether something else than the column before begins here: another part, or another kind. */
  _isEdge(col) {
    const before = this.list[col - 1];
    const node = this.list[col];
    return Boolean(before) && (before.parent !== node.parent || before.leaf !== node.leaf);
  }

  /* A row without its student: cloned for each, which is far quicker than building it again. */
  _protoRow() {
    const tr = document.createElement("tr");
    tr.setAttribute("role", "row");
    const name = document.createElement("th");
    name.setAttribute("role", "rowheader");
    name.className = "name";
    const link = document.createElement("a");
    link.tabIndex = -1;
    const bar = document.createElement("span");
    bar.className = "bar";
    name.append(link, bar);
    const grade = document.createElement("td");
    grade.setAttribute("role", "gridcell");
    grade.className = "grade";
    tr.append(name, grade);
    const cell = document.createElement("td");
    cell.setAttribute("role", "gridcell");
    cell.tabIndex = -1;
    for (let col = 0; col < this.list.length; col += 1) tr.append(cell.cloneNode());
    return tr;
  }

  _row(student) {
    const tr = this.proto.cloneNode(true);
    const { cells } = tr;
    const link = cells[0].firstChild;
    link.href = this.studentUrl(student);
    link.textContent = student.name;
    this._paintLead(student, cells[0], cells[1]);
    let td = cells[1];
    this.list.forEach((node, col) => {
      td = td.nextSibling;
      if (node.leaf) this._paintLevel(td, student, node, col);
      else this._paintPart(td, student, node, col);
    });
    return tr;
  }

  _paintLevel(td, student, node, col) {
    const level = this.model.levels[this.model.level(student, node)];
    let name = `c lv${level.value}`;
    if (this.alone.has(node)) name += " alone";
    if (this._isEdge(col)) name += " edge";
    if (this.marks.has(`${student.id}:${node.code}`)) name += " pending";
    if (td.classList.contains("sel")) name += " sel";
    if (td.classList.contains("at")) name += " at";
    td.className = name;
    td.textContent = level.letter;
    td.setAttribute("aria-label", level.name);
  }

  _paintPart(td, student, node, col) {
    const progress = this.model.progress(student, node);
    const share = progress.total ? progress.acquired / progress.total : 0;
    td.className = this._isEdge(col) ? "p edge" : "p";
    td.style.setProperty("--share", share);
    td.textContent = say("percent", { percent: Math.round(100 * share) });
    td.setAttribute("aria-label", say("part", progress));
  }

  _paintLead(student, name, grade) {
    const progress = this.model.progress(student);
    name.style.setProperty("--share", progress.total ? progress.acquired / progress.total : 0);
    const value = document.createElement("span");
    value.textContent = student.grade || "–";
    grade.replaceChildren(value, this._mark(student));
  }

  _mark(student) {
    const shown = { sent: "✓", waiting: "…", failed: "!" }[student.state] ?? "";
    const mark = document.createElement(student.state === "failed" ? "button" : "span");
    mark.className = `sync ${student.state}`;
    mark.textContent = shown;
    if (!shown) return mark;
    mark.title = say(`state_${student.state}`);
    mark.setAttribute("aria-label", mark.title);
    if (student.state === "failed") {
      mark.type = "button";
      mark.tabIndex = -1;
      mark.dataset.student = student.id;
    } else mark.setAttribute("role", "img");
    return mark;
  }

  /* Repaints what shows the level of one student on one competence, wherever that is now. */
  paint(student, leaf) {
    const tr = this._tr(student);
    if (!tr) return;
    for (let node = leaf; node; node = node.parent) {
      const col = this.places.get(node);
      if (col === undefined) continue;
      const td = tr.cells[col + LEAD];
      if (node.leaf) this._paintLevel(td, student, node, col);
      else this._paintPart(td, student, node, col);
      break;
    }
    const share = this.model.progress(student);
    tr.cells[0].style.setProperty("--share", share.total ? share.acquired / share.total : 0);
  }

  paintGrade(student) {
    const tr = this._tr(student);
    if (tr) this._paintLead(student, tr.cells[0], tr.cells[1]);
  }

  mark(student, leaf, pending) {
    const key = `${student.id}:${leaf.code}`;
    if (pending) this.marks.set(key, true);
    else this.marks.delete(key);
    const col = this.places.get(leaf);
    if (col !== undefined) this._tr(student)?.cells[col + LEAD].classList.toggle("pending", pending);
  }

  cell(row, col) {
    return this.body.rows[row]?.cells[col + LEAD] ?? null;
  }

  link(row) {
    return this.body.rows[row]?.cells[0].firstChild ?? null;
  }

  failure(row) {
    return this.body.rows[row]?.cells[1].querySelector("button") ?? null;
  }

  /* Where an element of the body stands: `{row, col}`, col −1 for the name, −2 for the grade. */
  placeOf(element) {
    const cell = element.closest("td, th");
    const tr = cell?.parentElement;
    if (!tr || tr.parentElement !== this.body) return null;
    const col = cell.cellIndex - LEAD;
    return { row: tr.sectionRowIndex, col: col < 0 ? -1 - (col + LEAD) : col };
  }

  _tr(student) {
    const row = this.rows.indexOf(student);
    return row < 0 ? null : this.body.rows[row];
  }
}

function corner(name, text, rowspan) {
  const th = document.createElement("th");
  th.className = name;
  th.textContent = text;
  place(th, { row: 0, col: name === "name" ? 0 : 1, rowspan, colspan: 1 });
  return th;
}

/* Puts a head where it belongs, for the eye and for screen readers. */
function place(th, { row, col, rowspan, colspan }) {
  th.setAttribute("role", "columnheader");
  th.style.setProperty("grid-area", `${row + 1} / ${col + 1} / span ${rowspan} / span ${colspan}`);
  if (rowspan > 1) th.setAttribute("aria-rowspan", rowspan);
  if (colspan > 1) th.setAttribute("aria-colspan", colspan);
}
