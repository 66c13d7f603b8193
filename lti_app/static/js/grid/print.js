/* The class on paper: what is shown, in tables of their own. A browser shrinks what is wider than a sheet only
 * so far, and cuts the rest; so the columns that a sheet cannot hold go on to the next one, with the names
 * again. The tables are there while the page is printed. */

import { element } from "./chip.js";
import { say } from "./texts.js";

const SHEET = 1046; // pixels between the margins of an A4 sheet on its side (print.css)
const WIDTHS = { name: 150, grade: 60, leaf: 23, alone: 40, part: 46, wording: 240, person: 22 };
const ROOMY = 4; // columns from which a head has room for words

export class Print {
  constructor({ table, model, columns, axes }) {
    Object.assign(this, { table, model, columns, axes });
    this.sheets = element("div", "sheets");
    document.getElementById("print").addEventListener("click", () => window.print());
    window.addEventListener("beforeprint", () => this._lay());
    window.addEventListener("afterprint", () => this.sheets.remove());
  }

  _lay() {
    const { nodes, students, transposed } = this.axes;
    const lead = transposed ? [WIDTHS.wording] : [WIDTHS.name, WIDTHS.grade];
    const widths = transposed ? students.map(() => WIDTHS.person) : nodes.map((node) => this._width(node));
    const forks = transposed ? students.map(() => 0) : nodes.map((node, i) => fork(nodes[i - 1], node));
    const parts = split(widths, forks, SHEET - total(lead));
    this.sheets.replaceChildren(
      ...parts.map(([from, to], i) => {
        const table = element("table", transposed ? "sheet turned" : "sheet");
        const place = parts.length > 1 ? say("sheet", { place: i + 1, total: parts.length }) : "";
        table.append(columnWidths([...lead, ...widths.slice(from, to)]));
        if (transposed) this._fillTurned(table, students.slice(from, to), place);
        else this._fill(table, nodes.slice(from, to), place);
        return table;
      }),
    );
    document.getElementById("main").append(this.sheets);
  }

  _width(node) {
    if (!node.leaf) return WIDTHS.part;
    return this.table.alone.has(node) ? WIDTHS.alone : WIDTHS.leaf;
  }

  /* Students over a sheet's competences. */
  _fill(table, nodes, place) {
    const head = table.createTHead();
    this.columns.heads(nodes, false).forEach((heads, r, rows) => {
      const tr = head.insertRow();
      if (r === 0) {
        tr.append(
          span(corner(say("student"), place), rows.length, 1),
          span(element("th", "", this.table.gradeTitle), rows.length, 1),
        );
      }
      for (const { node, rowspan, colspan } of heads) tr.append(span(nodeHead(node, colspan), rowspan, colspan));
    });
    const body = table.createTBody();
    for (const student of this.axes.students) {
      const team = this.table.showTeams ? this.model.teams.get(student) : null;
      const tr = body.insertRow();
      tr.append(element("th", "name", team ? `${student.name} · ${team.name}` : student.name));
      tr.append(element("td", "grade", shownGrade(student)));
      tr.append(...nodes.map((node) => this._cell(student, node)));
    }
  }

  /* Competences over a sheet's students. */
  _fillTurned(table, students, place) {
    const head = table.createTHead();
    const names = head.insertRow();
    names.append(span(corner(say("competence"), place), 2, 1));
    names.append(...students.map((student) => upright("person", student.name)));
    head.insertRow().append(...students.map((student) => upright("grade", shownGrade(student))));
    const body = table.createTBody();
    for (const node of this.axes.nodes) {
      const tr = body.insertRow();
      tr.append(element("th", "name", `${node.code} ${node.label}`));
      tr.append(...students.map((student) => this._cell(student, node)));
    }
  }

  _cell(student, node) {
    if (!node.leaf) {
      const { acquired, total: all } = this.model.progress(student, node);
      return element("td", "", say("percent", { percent: Math.round((100 * acquired) / (all || 1)) }));
    }
    const shown = this.model.values[this.model.value(student, node)];
    return element("td", shown.mark ? "excused" : `c lv${shown.value}`, shown.letter);
  }
}

/* The runs of columns, `[from, to[`, that fit into the room. A run ends where the outermost part does that
 * leaves it at least half full. */
function split(widths, forks, room) {
  const starts = [0];
  for (let col = 0, filled = 0; col < widths.length; col += 1) {
    filled += widths[col];
    if (filled <= room) continue;
    const from = starts.at(-1);
    let start = col;
    for (let at = col - 1; total(widths.slice(from, at)) * 2 >= room; at -= 1) {
      if (forks[at] < forks[start]) start = at;
    }
    starts.push(start);
    filled = total(widths.slice(start, col + 1));
  }
  return starts.map((from, i) => [from, starts[i + 1] ?? widths.length]);
}

/* The depth at which the ways to two nodes part. */
function fork(before, node) {
  const ways = [before, node].map(way);
  return ways[1].findIndex((one, depth) => one !== ways[0][depth]);
}

function way(node) {
  return node ? [...way(node.parent), node] : [];
}

/* What a sheet's first column holds, and which of how many sheets it is. */
function corner(text, place) {
  const th = element("th", "name", text);
  if (place) th.append(element("small", "", place));
  return th;
}

/* A head whose words stand upright. */
function upright(name, text) {
  const th = element("th", `upright ${name}`);
  th.append(element("span", "", text));
  return th;
}

function nodeHead(node, colspan) {
  if (node.leaf) return element("th", "", String(node.rank));
  const th = element("th", "part");
  th.append(element("b", "", node.code));
  if (colspan >= ROOMY) th.append(` ${node.label}`);
  return th;
}

function columnWidths(widths) {
  const group = element("colgroup");
  for (const width of widths) {
    const col = element("col");
    col.style.width = `${width}px`;
    group.append(col);
  }
  return group;
}

function span(cell, rowspan, colspan) {
  cell.rowSpan = rowspan;
  cell.colSpan = colspan;
  return cell;
}

function shownGrade(student) {
  return student.held || student.grade || "–";
}

function total(numbers) {
  return numbers.reduce((sum, one) => sum + one, 0);
}
