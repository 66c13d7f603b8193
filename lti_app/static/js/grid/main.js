/* The class page: reads the data that came with the page and wires the parts. */

import { Axes } from "./axes.js";
import { Clashes } from "./clashes.js";
import { copyText, readPaste } from "./clipboard.js";
import { Columns } from "./columns.js";
import { Cursor } from "./cursor.js";
import { Dialogs } from "./dialogs.js";
import { Editing } from "./editing.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import { Foot } from "./foot.js";
import { Grades } from "./grades.js";
import { Kept } from "./kept.js";
import { Keyboard } from "./keyboard.js";
import { sendLeftOver } from "./leftover.js";
import { Model } from "./model.js";
import { Panel } from "./panel.js";
import { usePrefs } from "./prefs.js";
import { Print } from "./print.js";
import { Saver } from "./saver.js";
import { Status } from "./status.js";
import { Stock } from "./stock.js";
import { Table } from "./table.js";
import { count, say, useTexts } from "./texts.js";
import { View } from "./view.js";

const byId = (id) => document.getElementById(id);

document.documentElement.classList.add("js");
const data = JSON.parse(byId("class-data").textContent);
const token = document.querySelector('meta[name="csrf-token"]').content;
useTexts(data.texts);
usePrefs(data, token);

const model = new Model(data);
const columns = new Columns(model);
const axes = new Axes(model, columns);
const table = new Table(byId("grid"), { model, columns, axes, maximum: data.maximum });
table.studentUrl = (student) => data.urls.student.replace(/\/0$/, `/${student.id}`);
const cursor = new Cursor(table);
const kept = new Kept(`${data.link}:${data.me}`);
const saver = new Saver(data.urls.assessments, token, { since: () => feed.since, kept });
const editing = new Editing(model, table, saver);
const grades = new Grades(model, table);
const status = new Status(byId("saving"));
const filters = new Filters({ model, columns, axes, sitting: data.sitting });
const stock = new Stock({ url: data.urls.stock, token, sentences: data.stock });

const actions = {
  rate,
  undo: () => goTo(editing.undo()),
  redo: () => goTo(editing.redo()),
  comment: () => dialogs.comment(),
  panel: () => panel.toggle(),
  fill: () => {
    if (!cursor.isBlock) return;
    editing.emptyOnly = !editing.emptyOnly;
    foot.show();
  },
  failure: (id) => dialogs.failure(id),
  toggle: (code) => view.toggle(code),
};
const dialogs = new Dialogs({ urls: data.urls, model, axes, cursor, editing, stock, resend, keep });
const foot = new Foot({ cursor, model, editing, actions });
new Clashes({ model, table, editing, saver });
new Keyboard({ table, cursor, model, actions });
const view = new View({ data, model, columns, axes, table, cursor, filters, editing });
const feed = new Feed({ url: data.urls.changes, start: data, model, editing, table, grades, saver });
const panel = new Panel({ urls: data.urls, model, cursor, editing, saver, grades, stock, resend });
new Print({ table, model, columns, axes });
byId("loading").remove();
byId("grid-box").removeAttribute("aria-busy");

/* ---- entry ---- */

function rate(value) {
  const pairs = cursor.targets();
  if (!pairs.length) return;
  const { isBlock } = cursor;
  const filling = editing.emptyOnly;
  const { count: changed, replaced } = editing.rate(pairs, value);
  if (isBlock) status.say(ratedText(changed, replaced, filling));
  else advance();
  foot.show();
}

function ratedText(changed, replaced, filling) {
  if (filling && !changed) return say("nothing_empty");
  const rated = count("rated", changed);
  return replaced ? count("replaced", replaced, { rated }) : rated;
}

/* On to the next cell that can be rated, in the direction that the person chose. */
function advance() {
  const way = byId("advance").value;
  if (way === "stay") return;
  const { rowCount, colCount } = axes;
  const canRate = (row, col) => axes.node(row, col)?.leaf;
  const steps = way === "down" ? rowCount : colCount;
  const lines = way === "down" ? colCount : rowCount;
  let step = way === "down" ? cursor.row : cursor.col;
  let line = way === "down" ? cursor.col : cursor.row;
  for (;;) {
    step += 1;
    if (step === steps) [step, line] = [0, line + 1];
    if (line === lines) return;
    const [row, col] = way === "down" ? [step, line] : [line, step];
    if (!canRate(row, col)) continue;
    cursor.go(row, col, { focus: byId("grid").contains(document.activeElement) });
    return;
  }
}

/* Shows the cell that an undo or redo changed. */
function goTo(change) {
  if (!change) return;
  const { row, col } = axes.place(change.student, change.leaf);
  if (row >= 0 && col >= 0) cursor.go(row, col);
}

cursor.addEventListener("move", () => {
  if (!cursor.isBlock) editing.emptyOnly = false;
});
editing.addEventListener("change", ({ detail }) => {
  byId("undo").disabled = editing.done.length === 0;
  if (detail.said) status.say(detail.said);
  foot.show();
});
byId("undo").addEventListener("click", actions.undo);

document.addEventListener("copy", (event) => {
  if (!inGrid()) return;
  event.clipboardData.setData("text/plain", copyText(model, axes, cursor.block()));
  event.preventDefault();
});
document.addEventListener("paste", (event) => {
  if (!inGrid()) return;
  event.preventDefault();
  const text = event.clipboardData.getData("text/plain");
  const { triples, ignored } = readPaste(model, axes, cursor.block(), text);
  if (text.trim()) editing.rateEach(triples);
  status.say(text.trim() && triples.length ? pastedText(triples.length, ignored) : say("paste_unknown"));
});

function pastedText(number, ignored) {
  const pasted = count("pasted", number);
  return ignored ? count("ignored", ignored, { pasted }) : pasted;
}

function inGrid() {
  return byId("grid").contains(document.activeElement) && !document.querySelector("dialog[open]");
}

/* ---- saving ---- */

saver.addEventListener("state", ({ detail }) => status.saving(detail.text, detail.alarm));
saver.addEventListener("saved", ({ detail }) => grades.update(detail.students));
grades.addEventListener("change", () => cursor.mend());
feed.addEventListener("said", ({ detail }) => status.say(detail.text));
feed.addEventListener("change", () => {
  foot.show();
  panel.refresh();
});
feed.addEventListener("stale", ({ detail }) => {
  byId("stale-text").textContent = say(`stale_${detail.name}`);
  byId("stale").hidden = false;
});
byId("reload").addEventListener("click", () => location.reload());

/* Asks for a student's grade to be sent again. */
async function resend(student) {
  if (!(await post(data.urls.resend, student))) return; // the mark still says that it was not sent
  grades.updateStates([{ id: student.id, state: "waiting" }]);
  status.say(say("resent"));
}

/* Leaves what a teacher gave in the LMS as it stands there. */
async function keep(student) {
  if (!(await post(data.urls.keep, student))) return;
  grades.updateStates([{ ...student, kept: true }]);
  status.say(say("kept_theirs"));
}

async function post(url, student) {
  const body = new FormData();
  body.set("learner", student.id);
  if (student.column) body.set("column", student.column);
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  try {
    return (await fetch(url, { method: "POST", headers, body })).ok;
  } catch {
    return false;
  }
}

sendLeftOver({ kept, saver, status, restore: (entry) => editing.restore(entry) });

/* ---- the rest of the page ---- */

byId("pages-open").addEventListener("click", () => openPages());
document.addEventListener("click", (event) => {
  if (!event.target.closest(".top nav, #pages-open")) openPages(false);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/* In a short frame the product's pages stand in a menu. */
function openPages(open = byId("pages-open").getAttribute("aria-expanded") !== "true") {
  byId("pages-open").setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("pages", open);
}

document.addEventListener("keydown", (event) => {
  const inField = event.target.closest("input, textarea, select, dialog");
  if (event.key === "Escape") {
    openPages(false);
    const menu = event.target.closest("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (event.target === byId("search")) {
      event.target.value = "";
      event.target.dispatchEvent(new Event("input"));
    }
  }
  if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") byId("search").focus();
  else if (event.key === "?") dialogs.help();
  else return;
  event.preventDefault();
});
