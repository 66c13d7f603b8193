/* The table itself: draws heads and rows, repaints single cells. It knows where a cell stands, not what
 * is done with it. Colours and shapes come from the scale's style sheet by the class `lv<value>`.
 *
 * Each row is laid out on its own (grid.css), so that a key costs one row and not 9,000 cells; the roles say
 * in words what the elements no longer say by their display. A row's cells stand in bands, which the browser
 * paints one by one: a key paints one band anew, and scrolling sideways those that come into reach. */

import { competenceHeads, studentHeads } from "./heads.js";
import { fillNode, fillStudent, paintGrade, paintStudent, protoLead } from "./lead.js";
import { progressText, say } from "./texts.js";

const FRESH = 2400; // ms for which a colleague's change stands out
const BAND = 20; // cells of a row that are painted together
const KEPT = ["sel", "at", "fresh"]; // classes that repainting a cell leaves alone

export class Table {
  constructor(element, { model, columns, axes, maximum }) {
    this.element = element;
    this.model = model;
    this.columns = columns;
    this.axes = axes;
    this.maximum = maximum;
    this.showTeams = false;
    this.heads = [];
    this.pending = new Set(); // "id:code" of cells whose entry is not acknowledged yet
    this.clashing = new Set(); // "id:code" of cells that a colleague judged otherwise meanwhile
  }

  /* Cells before the first one that can be rated. */
  get lead() {
    return this.axes.transposed ? 1 : 2;
  }

  get gradeTitle() {
    return this.maximum ? `${say("grade")} /${this.maximum}` : say("grade");
  }

  draw() {
    const { axes } = this;
    axes.update();
    this.alone = new Set(axes.transposed ? [] : axes.nodes.filter((node) => node.leaf && this._isAlone(node)));
    this.edges = new Set(axes.transposed ? [] : axes.nodes.filter((_node, place) => this.isEdge(place)));
    this.cellProto = document.createElement("td");
    this.cellProto.setAttribute("role", "gridcell");
    this.cellProto.tabIndex = -1;
    const { thead, heads } = axes.transposed ? studentHeads(this) : competenceHeads(this);
    this.heads = heads;
    const body = document.createElement("tbody");
    body.setAttribute("role", "rowgroup");
    const proto = this._protoRow();
    this.lines = []; // each row's cells, those before the first that can be rated included
    for (let row = 0; row < axes.rowCount; row += 1) body.append(this._row(proto, row));
    this.element.classList.toggle("transposed", axes.transposed);
    this.element.parentElement.classList.toggle("turned", axes.transposed);
    this.element.replaceChildren(thead, body);
    this.body = body;
    if (axes.transposed) axes.students.forEach((student) => this.paintGrade(student));
    this.fit();
  }

  /* Tells the style sheet how wide the heads' columns are, and how high the heads. */
  fit() {
    const { axes } = this;
    const widths = axes.transposed
      ? axes.students.map(() => "var(--cell)")
      : axes.nodes.map((node) => {
          if (!node.leaf) return "var(--part)";
          return this.alone.has(node) ? "var(--alone)" : "var(--cell)";
        });
    const lead = axes.transposed ? ["var(--name)"] : ["var(--name)", "var(--grade)"];
    this.element.tHead.style.setProperty("grid-template-columns", [...lead, ...widths].join(" "));
    // no custom property: that would style all the cells below anew
    this.element.parentElement.style.setProperty("scroll-padding-top", `${this.element.tHead.offsetHeight}px`);
  }

  /* Whether a competence is the only one shown of its activity: its column is then wide enough for the
   * activity's code. */
  _isAlone(node) {
    const place = this.axes.nodePlaces.get(node);
    const { nodes } = this.axes;
    return nodes[place - 1]?.parent !== node.parent && nodes[place + 1]?.parent !== node.parent;
  }

  /* Whether something else than the node before begins here: another part, or another kind. */
  isEdge(place) {
    const before = this.axes.nodes[place - 1];
    const node = this.axes.nodes[place];
    return Boolean(before) && (before.parent !== node.parent || before.leaf !== node.leaf);
  }

  /* A row without what is its own: cloned for each, which is far quicker than building it again. */
  _protoRow() {
    const tr = document.createElement("tr");
    tr.setAttribute("role", "row");
    tr.append(band("pinned", protoLead(this.axes.transposed)));
    for (let first = 0; first < this.axes.colCount; first += BAND) {
      const length = Math.min(BAND, this.axes.colCount - first);
      tr.append(band("band", Array.from({ length }, () => this.cellProto.cloneNode())));
    }
    return tr;
  }

  _row(proto, row) {
    const { axes } = this;
    const tr = proto.cloneNode(true);
    const cells = [...tr.children].flatMap((part) => [...part.children]);
    this.lines.push(cells);
    if (axes.transposed) {
      fillNode(cells[0], axes.nodes[row], { columns: this.columns, isFirst: row === 0 || this.isEdge(row) });
      if (this.isEdge(row)) tr.classList.add("cut");
    } else {
      const student = axes.students[row];
      const team = this.showTeams ? this.model.teams.get(student) : null;
      fillStudent(cells, student, { href: this.studentUrl(student), team });
      paintStudent(this.model, student, cells[0], cells[1]);
      if (this.showTeams && row && this.model.teams.get(axes.students[row - 1]) !== team) tr.classList.add("cut");
    }
    for (let col = 0; col < axes.colCount; col += 1) {
      this._paintCell(cells[col + this.lead], axes.student(row, col), axes.node(row, col));
    }
    return tr;
  }

  _paintCell(td, student, node) {
    if (node.leaf) this._paintValue(td, student, node);
    else this._paintPart(td, student, node);
  }

  _paintValue(td, student, node) {
    const shown = this.model.values[this.model.value(student, node)];
    const key = `${student.id}:${node.code}`;
    let name = shown.mark ? "c excused" : `c lv${shown.value}`;
    if (this.alone.has(node)) name += " alone";
    if (this.edges.has(node)) name += " edge";
    if (this.pending.has(key)) name += " pending";
    if (this.clashing.has(key)) name += " clash";
    const words = this.model.hasWords(student, node);
    if (words) name += " words";
    if (td.className) for (const kept of KEPT) if (td.classList.contains(kept)) name += ` ${kept}`;
    td.className = name;
    td.textContent = shown.letter;
    td.setAttribute("aria-label", words ? say("with_words", { level: shown.name }) : shown.name);
  }

  _paintPart(td, student, node) {
    const progress = this.model.progress(student, node);
    const share = progress.total ? progress.acquired / progress.total : 0;
    td.className = this.edges.has(node) ? "p edge" : "p";
    td.style.setProperty("--share", share);
    td.textContent = say("percent", { percent: Math.round(100 * share) });
    td.setAttribute("aria-label", progressText(progress));
  }

  /* Repaints what shows one student on one competence, wherever that is now. */
  paint(student, leaf) {
    const node = this.axes.shownFor(leaf);
    const td = node && this._td(student, node);
    if (td) this._paintCell(td, student, node);
    if (this.axes.transposed) return;
    const line = this.lines[this.axes.studentPlaces.get(student)];
    if (!line) return;
    const { acquired, total } = this.model.progress(student);
    line[0].style.setProperty("--share", total ? acquired / total : 0);
  }

  /* Lets a change that somebody else made stand out for a moment. */
  flash(student, leaf) {
    const node = this.axes.shownFor(leaf);
    const td = node && this._td(student, node);
    if (!td) return;
    td.classList.add("fresh");
    setTimeout(() => td.classList.remove("fresh"), FRESH);
  }

  paintGrade(student) {
    const place = this.axes.studentPlaces.get(student);
    if (place === undefined) return;
    if (this.axes.transposed) paintGrade(student, this.heads[0][place].grade);
    else paintGrade(student, this.lines[place][1]);
  }

  mark(student, leaf, pending) {
    toggle(this.pending, `${student.id}:${leaf.code}`, pending);
    if (this.axes.nodePlaces.has(leaf)) this._td(student, leaf)?.classList.toggle("pending", pending);
  }

  markClash(student, leaf, clashing) {
    toggle(this.clashing, `${student.id}:${leaf.code}`, clashing);
    if (this.axes.nodePlaces.has(leaf)) this._td(student, leaf)?.classList.toggle("clash", clashing);
  }

  cell(row, col) {
    return this.lines[row]?.[col + this.lead] ?? null;
  }

  /* What can be visited before a row's cells: the student's name, or the way to fold an activity. */
  link(row) {
    return this.lines[row]?.[0].querySelector("a, button") ?? null;
  }

  /* The mark of a grade that needs a look, in a student's row or, transposed, under the student's name. */
  failure(row) {
    return this.axes.transposed ? null : (this.lines[row]?.[1].querySelector("button") ?? null);
  }

  failureAbove(col) {
    return this.axes.transposed ? this.heads[0][col].grade.querySelector("button") : null;
  }

  /* Where an element of the body stands: `{row, col}`, col −1 for the grade, −2 for the row's head. */
  placeOf(element) {
    const cell = element.closest("td, th");
    const row = cell?.closest("tr").sectionRowIndex;
    const place = this.body.contains(cell) ? this.lines[row].indexOf(cell) : -1;
    if (place < 0) return null;
    return { row, col: place === 0 ? -2 : place - this.lead };
  }

  _td(student, node) {
    const { row, col } = this.axes.place(student, node);
    return row < 0 || col < 0 ? null : this.cell(row, col);
  }
}

/* A part of a row that is only there for the eye. */
function band(name, cells) {
  const element = document.createElement("div");
  element.setAttribute("role", "presentation");
  element.className = name;
  element.append(...cells);
  return element;
}

function toggle(set, key, on) {
  if (on) set.add(key);
  else set.delete(key);
}
