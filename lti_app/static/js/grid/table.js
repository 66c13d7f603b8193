/* The table itself: draws heads and rows, repaints single cells. It knows where a cell stands, not what
 * is done with it. Colours and shapes come from the scale's style sheet by the class `lv<value>`. */

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
    const body = document.createElement("tbody");
    for (const student of this.rows) body.append(this._row(student));
    this.element.replaceChildren(this._colgroup(), this._thead(), body);
    this.body = body;
    this.fit();
  }

  /* Widths are set in pixels: a fixed layout is what keeps 9,000 cells quick. */
  fit() {
    const style = getComputedStyle(this.element);
    const px = (name) => parseFloat(style.getPropertyValue(name));
    const widths = [px("--name"), px("--grade")];
    const alone = px("--alone");
    for (const node of this.list) {
      if (!node.leaf) widths.push(px("--part"));
      else widths.push(this._isAlone(node) ? alone : px("--cell"));
    }
    const cols = this.element.querySelectorAll("col");
    widths.forEach((width, i) => cols[i].style.setProperty("width", `${width}px`));
    this.element.style.setProperty(
      "width",
      `${widths.reduce((sum, width) => sum + width, 0)}px`,
    );
    const box = this.element.parentElement;
    box.style.setProperty("--head-height", `${this.element.tHead.offsetHeight}px`);
  }

  _isAlone(node) {
    const col = this.places.get(node);
    return this.list[col - 1]?.parent !== node.parent && this.list[col + 1]?.parent !== node.parent;
  }

  _colgroup() {
    const group = document.createElement("colgroup");
    for (let i = 0; i < this.list.length + LEAD; i += 1) group.append(document.createElement("col"));
    return group;
  }

  _thead() {
    const thead = document.createElement("thead");
    this.heads.forEach((heads, r) => {
      const tr = thead.insertRow();
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
    th.colSpan = head.colspan;
    th.rowSpan = head.rowspan;
    th.setAttribute("aria-label", `${node.code} ${node.label}`);
    if (node.leaf) {
      th.scope = "col";
      th.className = "leaf";
      button.textContent = node.rank;
      button.setAttribute("aria-label", say("column", { code: node.code }));
    } else {
      const closed = this.columns.isCollapsed(node);
      th.scope = closed ? "col" : "colgroup";
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

  _row(student) {
    const tr = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.className = "name";
    const link = document.createElement("a");
    link.href = this.studentUrl(student);
    link.tabIndex = -1;
    link.textContent = student.name;
    const bar = document.createElement("span");
    bar.className = "bar";
    name.append(link, bar);
    const grade = document.createElement("td");
    grade.className = "grade";
    tr.append(name, grade);
    this._paintLead(student, name, grade);
    this.list.forEach((node, col) => {
      const td = document.createElement("td");
      td.tabIndex = -1;
      if (node.leaf) this._paintLevel(td, student, node, col);
      else this._paintPart(td, student, node, col);
      tr.append(td);
    });
    return tr;
  }

  _paintLevel(td, student, node, col) {
    const level = this.model.levels[this.model.level(student, node)];
    let name = `c lv${level.value}`;
    if (this._isEdge(col)) name += " edge";
    if (this.marks.has(`${student.id}:${node.code}`)) name += " pending";
    if (td.classList.contains("sel")) name += " sel";
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
  th.scope = "col";
  th.className = name;
  th.rowSpan = rowspan;
  th.textContent = text;
  return th;
}
