/* The « séance »: each touch is saved at once, entries wait for the network, colleagues' changes arrive. The
 * form below does the same without scripts, one competence at a time. */

import { element } from "./grid/chip.js";
import { clashWords } from "./grid/clash-words.js";
import { Kept } from "./grid/kept.js";
import { sendLeftOver } from "./grid/leftover.js";
import { toValue } from "./grid/model.js";
import { patience } from "./grid/patience.js";
import { recall, remember, usePrefs } from "./grid/prefs.js";
import { Saver } from "./grid/saver.js";
import { Status } from "./grid/status.js";
import { say, useTexts } from "./grid/texts.js";
import { Notes } from "./sitting-notes.js";

const PAUSE = 3000; // ms between two looks at what colleagues do
const COLLEAGUE = ""; // the line that says what one just entered; the others have their competence's code
const byId = (id) => document.getElementById(id);

document.documentElement.classList.add("js");
const data = JSON.parse(byId("sitting-data").textContent);
const token = document.querySelector('meta[name="csrf-token"]').content;
useTexts(data.texts);
usePrefs(data, token);

const form = byId("sitting");
const rows = new Map([...form.querySelectorAll("li[data-learner]")].map((row) => [Number(row.dataset.learner), row]));
const marks = new Map(data.scale.marks.map((mark) => [mark.code, mark]));
let since = data.since;
const shown = new Map([...rows.keys()].map((id) => [id, given(id)]));
const kept = new Kept(`${data.link}:${data.me}`);
const saver = new Saver(data.urls.assessments, token, { since: () => since, kept });
const edited = new Map();
const status = new Status(byId("saving"));
const notes = new Notes(rows);

/* A field's value is a level's number, a mark's name, or empty. */
function checked(id) {
  return form.querySelector(`input[name="level:${id}"]:checked`)?.value ?? "";
}

/* What the page came with. */
function given(id) {
  return form.querySelector(`input[name="level:${id}"][checked]`)?.value ?? "";
}

function entryOf(field) {
  return marks.has(field) ? { level: null, mark: field } : { level: Number(field) || null, mark: null };
}

function fieldOf(value) {
  const mark = data.scale.marks.find((one) => one.value === value);
  return mark ? mark.code : value ? String(value) : "";
}

function show(id, field) {
  shown.set(id, field);
  const input = form.querySelector(`input[name="level:${id}"][value="${field}"]`);
  for (const one of form.querySelectorAll(`input[name="level:${id}"]`)) one.checked = one === input;
}

function rate(id, field) {
  if (shown.get(id) !== field) enter({ learner: id, code: data.code, ...entryOf(field) });
}

/* What the person enters here and now, over whatever is there. */
function enter(entry) {
  const { learner, code } = entry;
  notes.drop(learner, code);
  if (code === data.code) {
    notes.drop(learner, COLLEAGUE);
    edited.set(learner, performance.now());
  }
  hand(entry);
}

/* Gives an entry to the saver, and shows it if it is on this page's competence. */
function hand(entry) {
  const { learner, code } = entry;
  const before = shown.get(learner);
  if (code === data.code) {
    show(learner, wanted(entry));
    rows.get(learner).classList.add("pending");
  }
  saver.add(entry, before);
}

/* What an earlier page could not send: for any competence of the activity, of which this page shows one. */
function restore(entry) {
  const { learner, code } = entry;
  if (!rows.has(learner)) return false;
  if (code === data.code && edited.has(learner)) return false; // entered anew meanwhile
  hand(entry);
  return true;
}

form.addEventListener("change", (event) => {
  const [kind, id] = event.target.name.split(":");
  if (kind !== "level") return;
  const learner = Number(id);
  const team = byId("by-team")?.checked ? data.teams.find((members) => members.includes(learner)) : null;
  for (const member of team ?? [learner]) if (rows.has(member)) rate(member, event.target.value);
  saver.flush();
  tally();
});
form.addEventListener("submit", (event) => event.preventDefault());

/* ---- what the server says ---- */

saver.addEventListener("state", ({ detail }) => {
  status.saving(detail.text, detail.alarm);
});
saver.addEventListener("saved", ({ detail }) => {
  for (const { learner } of detail.entries) rows.get(learner).classList.toggle("pending", holds(learner));
  for (const { learner, place, value } of detail.cells) {
    if (place === data.place && rows.has(learner) && !holds(learner)) show(learner, fieldOf(value));
  }
  for (const clash of detail.clashes) clashed(clash);
  tally();
});
saver.addEventListener("refused", ({ detail }) => {
  if (detail.entry.code !== data.code) return;
  rows.get(detail.entry.learner).classList.remove("pending");
  show(detail.entry.learner, detail.before);
  tally();
});

function holds(id) {
  return saver.holds({ learner: id, code: data.code });
}

/* Somebody was there meanwhile: what they entered is shown, and a line with both asks which one holds. */
function clashed(clash) {
  const { learner, code, id, value, comment, mine } = clash;
  const words = clashWords(clash);
  saver.know(clash, id);
  if (code === data.code) show(learner, fieldOf(value));
  const parts = [
    ...(code === data.code ? [] : [element("span", "code", code), " "]),
    ...version(words.theirs, fieldOf(value), comment),
    " · ",
    ...version(words.mine, wanted(mine), mine.comment),
  ];
  const replace = () => {
    enter({ ...mine, base: id, left: false });
    saver.flush();
    tally();
  };
  notes.put(learner, code, parts, [
    [words.keep, () => notes.drop(learner, code)],
    [words.replace, replace],
  ]);
}

function version(whose, field, words) {
  const said = `${whose} ${nameOf(field)}`;
  return words ? [`${said} `, element("q", "", words)] : [said];
}

/* The field that an entry chooses. */
function wanted({ mark, level }) {
  return mark ?? (level ? String(level) : "");
}

function nameOf(field) {
  return marks.get(field)?.name ?? data.scale.levels[Number(field) || 0].name;
}

/* How many of the class are assessed on this competence. */
function tally() {
  const done = [...shown.values()].filter(Boolean).length;
  document.querySelector(`[data-done="${CSS.escape(data.code)}"]`).textContent = say("rated_of", {
    done,
    total: rows.size,
  });
}

async function look() {
  const asked = performance.now();
  try {
    const response = await fetch(`${data.urls.changes}?since=${since}`, {
      headers: { Accept: "application/json" },
      signal: patience(),
    });
    if (response.status === 401) return;
    if (response.ok) take(await response.json(), asked);
  } catch {
    // without a network the saver says so
  }
  plan();
}

function take(news, asked) {
  let all = true;
  for (const [learner, place, digit] of news.cells) {
    if (place !== data.place || !rows.has(learner)) continue;
    if ((edited.get(learner) ?? 0) > asked || holds(learner)) {
      all = false;
      continue;
    }
    const field = fieldOf(toValue(digit));
    if (field === shown.get(learner)) continue;
    show(learner, field);
    const author = news.authors[0]?.[0];
    if (author) notes.put(learner, COLLEAGUE, [`${author}\u202f: ${nameOf(field)}`]);
  }
  if (all) since = news.since;
  tally();
}

let timer = 0;
function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, PAUSE);
}
document.addEventListener("visibilitychange", plan);
plan();

/* What was touched before this script was there. */
for (const id of rows.keys()) rate(id, checked(id));
saver.flush();
sendLeftOver({ kept, saver, status, restore });

/* ---- teams ---- */

const choice = byId("team-choice");
if (choice) {
  choice.hidden = false;
  byId("by-team").checked = recall("sitting-team") === "yes";
  byId("by-team").addEventListener("change", (event) => remember("sitting-team", event.target.checked ? "yes" : ""));
}
