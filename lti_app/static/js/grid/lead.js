/* What stands before a row's cells: a student's name and grade, or a competence when the table is transposed.
 * Also the grade's mark, wherever the grade stands. */

import { say } from "./texts.js";

const MARKS = { sent: "✓", waiting: "…", failed: "!", theirs: "M" };
const NEEDS_A_LOOK = new Set(["failed", "theirs"]);

/* The empty cells that begin a row, to be cloned. */
export function protoLead(transposed) {
  const name = document.createElement("th");
  name.setAttribute("role", "rowheader");
  if (transposed) {
    name.className = "name node";
    return [name];
  }
  name.className = "name";
  const link = document.createElement("a");
  link.tabIndex = -1;
  link.append(document.createElement("span"), " ", document.createElement("span"));
  link.firstChild.className = "family";
  name.append(link);
  const grade = document.createElement("td");
  grade.setAttribute("role", "gridcell");
  grade.className = "grade";
  return [name, grade];
}

export function fillStudent(cells, student, { href, team }) {
  const link = cells[0].firstChild;
  link.href = href;
  const last = student.given.trim();
  const given = last && student.name.endsWith(` ${last}`) ? last : "";
  link.firstChild.textContent = given ? student.name.slice(0, -given.length - 1) : student.name;
  link.lastChild.textContent = given;
  if (team) {
    const tag = document.createElement("small");
    tag.className = "team";
    tag.textContent = team.name;
    cells[0].append(tag);
  }
}

export function paintStudent(model, student, name, grade) {
  const { acquired, total } = model.progress(student);
  name.style.setProperty("--share", total ? acquired / total : 0);
  paintGrade(student, grade);
}

export function paintGrade(student, place) {
  const value = document.createElement("span");
  value.textContent = student.held || student.grade || "–";
  place.replaceChildren(value, mark(student));
}

/* A competence's row begins with the way to fold its activity, where that begins, and its wording. */
export function fillNode(cell, node, { columns, isFirst }) {
  const part = node.leaf ? node.parent : node;
  const folds = columns.folds && part && (!node.leaf || isFirst);
  if (folds) {
    const closed = !node.leaf;
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.code = part.code;
    button.className = closed ? "fold closed" : "fold";
    button.textContent = part.code;
    button.setAttribute("aria-expanded", String(!closed));
    button.setAttribute("aria-label", `${say(closed ? "expand" : "collapse", { code: part.code })}, ${part.label}`);
    cell.append(button);
  }
  const label = document.createElement("span");
  label.className = "label";
  label.textContent = node.leaf ? `${node.rank}. ${node.label}` : node.label;
  cell.append(label);
  cell.classList.toggle("first", Boolean(isFirst));
  cell.setAttribute("aria-label", `${node.code} ${node.label}`);
}

function mark(student) {
  const shown = MARKS[student.state] ?? "";
  const element = document.createElement(NEEDS_A_LOOK.has(student.state) ? "button" : "span");
  element.className = `sync ${student.state}`;
  element.textContent = shown;
  if (!shown) return element;
  element.title = say(`state_${student.state}`);
  element.setAttribute("aria-label", element.title);
  if (NEEDS_A_LOOK.has(student.state)) {
    element.type = "button";
    element.tabIndex = -1;
    element.dataset.student = student.id;
  } else element.setAttribute("role", "img");
  return element;
}
