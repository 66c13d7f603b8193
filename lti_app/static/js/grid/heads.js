/* The heads above the table: the tree's parts and competences, or the students when the table is
 * transposed. Each head is placed by its row and columns, for the eye and for screen readers. */

import { say } from "./texts.js";

const ROOMY = 4; // columns from which a head has room for words

/* Rows of heads over students × competences, as `Columns.heads` lays them out. */
export function competenceHeads(table) {
  const { columns, axes } = table;
  const heads = columns.heads(axes.nodes);
  const thead = rowGroup("thead");
  heads.forEach((row, r) => {
    const tr = headRow(thead);
    if (r === 0) {
      tr.append(
        corner("name", say("student"), heads.length, 0),
        corner("grade", table.gradeTitle, heads.length, 1),
      );
    }
    for (const head of row) tr.append(nodeHead(table, head, r));
  });
  return { thead, heads };
}

/* One row of students' names over competences × students. */
export function studentHeads(table) {
  const thead = rowGroup("thead");
  thead.classList.add("people");
  const tr = headRow(thead);
  tr.append(corner("name", say("competence"), 1, 0));
  const heads = table.axes.students.map((student, first) => {
    const th = document.createElement("th");
    place(th, { row: 0, col: first + table.lead, rowspan: 1, colspan: 1 });
    th.className = "person";
    const button = headButton(0);
    const name = document.createElement("span");
    name.textContent = student.name;
    button.append(name);
    button.setAttribute("aria-label", say("column", { code: student.name }));
    const grade = document.createElement("div");
    grade.className = "grade";
    th.append(button, grade);
    tr.append(th);
    return { student, button, grade, first, colspan: 1, rowspan: 1 };
  });
  return { thead, heads: [heads] };
}

function nodeHead(table, head, row) {
  const { node } = head;
  const th = document.createElement("th");
  const button = headButton(row);
  button.dataset.code = node.code;
  head.button = button;
  place(th, { row, col: head.first + table.lead, rowspan: head.rowspan, colspan: head.colspan });
  th.setAttribute("aria-label", `${node.code} ${node.label}`);
  if (node.leaf) {
    th.className = "leaf";
    button.textContent = node.rank;
    button.setAttribute("aria-label", say("column", { code: node.code }));
  } else nodeButton(th, button, node, table.columns, head.colspan);
  if (table.isEdge(head.first)) th.classList.add("edge");
  th.append(button);
  return th;
}

function nodeButton(th, button, node, columns, colspan) {
  const closed = columns.isCollapsed(node);
  th.className = closed ? "part closed" : "part";
  const code = document.createElement("b");
  code.textContent = node.code;
  button.append(code);
  if (colspan >= ROOMY) {
    th.classList.add("wide");
    const title = document.createElement("span");
    title.textContent = node.label;
    button.append(title);
  }
  if (!columns.folds) {
    th.classList.add("fixed");
    button.setAttribute("aria-label", `${node.code}, ${node.label}`);
    return;
  }
  button.setAttribute("aria-expanded", String(!closed));
  button.setAttribute("aria-label", `${say(closed ? "expand" : "collapse", { code: node.code })}, ${node.label}`);
}

function headButton(row) {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  button.dataset.row = row;
  return button;
}

function rowGroup(name) {
  const group = document.createElement(name);
  group.setAttribute("role", "rowgroup");
  return group;
}

function headRow(thead) {
  const tr = thead.insertRow();
  tr.setAttribute("role", "row");
  return tr;
}

function corner(name, text, rowspan, col) {
  const th = document.createElement("th");
  th.className = name;
  th.textContent = text;
  place(th, { row: 0, col, rowspan, colspan: 1 });
  return th;
}

function place(th, { row, col, rowspan, colspan }) {
  th.setAttribute("role", "columnheader");
  th.style.setProperty("grid-area", `${row + 1} / ${col + 1} / span ${rowspan} / span ${colspan}`);
  if (rowspan > 1) th.setAttribute("aria-rowspan", rowspan);
  if (colspan > 1) th.setAttribute("aria-colspan", colspan);
}
