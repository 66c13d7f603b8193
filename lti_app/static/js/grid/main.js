/* The class page: reads the data that came with the page and wires the parts. */

import { Columns } from "./columns.js";
import { Cursor } from "./cursor.js";
import { Dialogs } from "./dialogs.js";
import { Editing, copyText, readPaste } from "./editing.js";
import { Foot } from "./foot.js";
import { Grades } from "./grades.js";
import { Keyboard } from "./keyboard.js";
import { Model } from "./model.js";
import { recall, remember } from "./prefs.js";
import { Saver } from "./saver.js";
import { find } from "./search.js";
import { Table } from "./table.js";
import { say, useTexts } from "./texts.js";

const SMALL = 40; // competences that are shown all at once: a whole process
const WORTH = 8; // competences that make a first view
const byId = (id) => document.getElementById(id);

const data = JSON.parse(byId("class-data").textContent);
const token = document.querySelector('meta[name="csrf-token"]').content;
useTexts(data.texts);

const model = new Model(data);
const columns = new Columns(model);
const table = new Table(byId("grid"), model, columns, data.maximum);
table.studentUrl = (student) => data.urls.student.replace(/\/0$/, `/${student.id}`);
const cursor = new Cursor(table);
const saver = new Saver(data.urls.assessments, token);
const editing = new Editing(model, table, saver);
const grades = new Grades(data.urls.grades, model, table);

const actions = {
  rate,
  undo: () => goTo(editing.undo()),
  redo: () => goTo(editing.redo()),
  comment: () => dialogs.comment(),
  history: () => dialogs.history(),
  failure: (id) => dialogs.failure(id),
  toggle,
  column: (leaf) => {
    const col = table.places.get(leaf);
    cursor.choose({ row: table.rows.length - 1, col }, { row: 0, col });
  },
};
const dialogs = new Dialogs({
  urls: data.urls,
  token,
  model,
  cursor,
  editing,
  onResent: (student) => {
    grades.update([{ ...student, state: "waiting", why: "" }]);
    announce(say("resent"));
  },
});
const foot = new Foot({ cursor, model, actions });
new Keyboard({ table, cursor, model, actions });

/* ---- entry ---- */

function rate(value) {
  const pairs = cursor.targets();
  if (!pairs.length) return;
  editing.rate(pairs, value);
  if (!cursor.isBlock) advance();
  foot.show();
}

function advance() {
  const way = byId("advance").value;
  if (way === "stay") return;
  const { list, rows } = table;
  let { row, col } = cursor;
  const nextLeaf = (from) => list.findIndex((node, i) => i >= from && node.leaf);
  if (way === "down") {
    row += 1;
    if (row === rows.length) {
      const next = nextLeaf(col + 1);
      if (next < 0) return;
      [row, col] = [0, next];
    }
  } else {
    col = nextLeaf(col + 1);
    if (col < 0) {
      if (row + 1 === rows.length) return;
      [row, col] = [row + 1, nextLeaf(0)];
    }
  }
  cursor.go(row, col, { focus: byId("grid").contains(document.activeElement) });
}

/* Shows the cell that an undo or redo changed. */
function goTo(change) {
  if (!change) return;
  const row = table.rows.indexOf(change.student);
  const col = table.places.get(change.leaf);
  if (row >= 0 && col !== undefined) cursor.go(row, col);
}

editing.addEventListener("change", ({ detail }) => {
  byId("undo").disabled = editing.done.length === 0;
  if (detail.said) announce(detail.said);
  foot.show();
});
byId("undo").addEventListener("click", actions.undo);

document.addEventListener("copy", (event) => {
  if (!inGrid()) return;
  event.clipboardData.setData("text/plain", copyText(model, table, cursor.block()));
  event.preventDefault();
});
document.addEventListener("paste", (event) => {
  if (!inGrid()) return;
  event.preventDefault();
  const text = event.clipboardData.getData("text/plain");
  const triples = text.trim() ? readPaste(model, table, cursor.block(), text) : [];
  editing.rateEach(triples);
  announce(triples.length ? say("pasted", { count: triples.length }) : say("paste_unknown"));
});

function inGrid() {
  return byId("grid").contains(document.activeElement) && !document.querySelector("dialog[open]");
}

/* ---- saving, said in one place that never moves ---- */

saver.addEventListener("state", ({ detail }) => announce(detail.text, detail.alarm));
saver.addEventListener("saved", ({ detail }) => grades.update(detail.students));

function announce(text, alarm = false) {
  byId("saving").textContent = text;
  byId("saving").classList.toggle("alarm", alarm);
}

/* ---- what is shown ---- */

function redraw({ focus = false } = {}) {
  const { student, node } = cursor;
  const box = byId("grid-box");
  const { scrollTop, scrollLeft } = box;
  table.draw();
  if (table.rows.length && table.list.length) cursor.restore(student, node, focus);
  box.scrollTo(scrollLeft, scrollTop);
}

function toggle(code) {
  columns.toggle(code);
  redraw();
  byId("show").value = "custom";
  const head = byId("grid").querySelector(`thead button[data-code="${CSS.escape(code)}"]`);
  cursor.visit(head);
}

function show(code) {
  columns.show(code);
  redraw();
  remember(`show:${data.link}`, code);
  const node = code ? model.byCode.get(code) : model.leaves[0];
  const col = table.list.findIndex((shown) => shown.first >= node.first);
  cursor.go(cursor.row, col, { focus: false });
  scrollToColumn(col);
}

/* Brings a column next to the names. */
function scrollToColumn(col) {
  const cell = table.cell(0, col);
  const lead = table.cell(0, -1); // the grade's cell, the last one that stays
  byId("grid-box").scrollLeft = cell.offsetLeft - lead.offsetLeft - lead.offsetWidth;
}

byId("show").addEventListener("change", (event) => show(event.target.value));

let typing = 0;
byId("search").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const { rows, leaves, found } = find(model, event.target.value);
    table.rows = rows;
    columns.matching = leaves;
    byId("nothing").hidden = found;
    redraw();
    byId("grid-box").scrollTo(0, 0);
  }, 90);
});

for (const name of ["advance", "density"]) {
  const select = byId(name);
  const known = recall(name);
  if ([...select.options].some((option) => option.value === known)) select.value = known;
  select.addEventListener("change", () => remember(name, select.value));
}
byId("density").addEventListener("change", setDensity);

function setDensity() {
  document.body.dataset.density = byId("density").value;
  if (table.body) table.fit();
}

byId("print").addEventListener("click", () => window.print());

document.addEventListener("keydown", (event) => {
  const inField = event.target.closest("input, textarea, select, dialog");
  if (event.key === "Escape" && event.target === byId("search")) {
    event.target.value = "";
    event.target.dispatchEvent(new Event("input"));
  }
  if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") byId("search").focus();
  else if (event.key === "?") dialogs.help();
  else return;
  event.preventDefault();
});

window.matchMedia("(max-width: 640px)").addEventListener("change", () => table.fit());

/* A small activity is shown whole; of a large one the first domain that is worth a table. */
function firstShown() {
  if (model.leaves.length <= SMALL) return "";
  const options = [...byId("show").options].map((option) => model.byCode.get(option.value)).filter(Boolean);
  const inner = options.filter((node) => !options.includes(node.children[0]));
  const worth = inner.find((node) => node.end - node.first >= WORTH) ?? inner[0];
  return worth?.code ?? "";
}

setDensity();
const wanted = recall(`show:${data.link}`);
const start = wanted !== null && (wanted === "" || model.byCode.has(wanted)) ? wanted : firstShown();
byId("show").value = start;
show(start);
byId("loading").remove();
byId("grid-box").removeAttribute("aria-busy");
