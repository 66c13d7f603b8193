// The picker: what is chosen above covers what is below, and the plan follows each change.
const form = document.getElementById("choose");
const tree = document.getElementById("tree");
const list = document.getElementById("plan");
const failure = document.getElementById("plan-error");
const submit = document.getElementById("submit");
const without = new Set(); // keys of planned activities that shall have no column
let asked = 0;
let timer;

// A box whose ancestor is checked is part of it: shown checked, and not to be taken apart.
function cover() {
  for (const item of tree.querySelectorAll("li")) {
    const box = item.querySelector("input");
    const above = item.parentElement.closest("li")?.querySelector("input");
    const covered = Boolean(above && (above.checked || above.disabled));
    if (covered !== box.disabled) {
      if (covered) box.dataset.own = box.checked ? "1" : "";
      box.disabled = covered;
      box.checked = covered || box.dataset.own === "1";
    }
  }
  for (const item of [...tree.querySelectorAll("li")].reverse()) {
    const box = item.querySelector("input");
    const below = [...item.querySelectorAll("ul input")];
    box.indeterminate = !box.checked && below.some((one) => one.checked);
  }
}

async function showPlan() {
  const mine = ++asked;
  let answer;
  try {
    const response = await fetch(form.dataset.plan, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    answer = await response.json();
    if (!response.ok) answer = { error: answer.message, activities: [] };
  } catch {
    return; // offline: the server checks again at submission
  }
  if (mine !== asked) return;
  failure.hidden = !answer.error;
  failure.textContent = answer.error || "";
  submit.disabled = Boolean(answer.error);
  show(answer.activities);
}

function show(activities) {
  const focused = document.activeElement?.dataset.key;
  const several = activities.length > 1 && form.elements.graded.checked;
  list.replaceChildren(...activities.map((activity) => line(activity, several)));
  if (focused === undefined) return;
  [...list.querySelectorAll("[data-key]")].find((box) => box.dataset.key === focused)?.focus();
}

// Of several activities each may do without a column; a single one follows the box above.
function line(activity, several) {
  const item = document.createElement("li");
  const title = document.createElement("b");
  title.textContent = activity.title;
  const count = activity.competences;
  const words = `${count}\u00a0${count === 1 ? list.dataset.one : list.dataset.many}`;
  const facts = document.createElement("span");
  facts.textContent = words;
  item.append(title, facts);
  if (several) facts.append(" · ", ...choice(activity));
  else facts.append(` · ${activity.graded ? list.dataset.graded : list.dataset.ungraded}`);
  return item;
}

function choice(activity) {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  box.dataset.key = activity.key;
  box.checked = !without.has(activity.key);
  box.setAttribute("aria-label", `${list.dataset.graded}\u00a0: ${activity.title}`);
  const told = Object.assign(document.createElement("input"), {
    type: "hidden",
    name: "ungraded",
    value: activity.key,
    disabled: box.checked,
  });
  label.append(box, ` ${list.dataset.graded}`);
  return [label, told];
}

list.addEventListener("input", (event) => {
  const box = event.target;
  event.stopPropagation(); // nothing else depends on it: no need to plan anew
  if (box.checked) without.delete(box.dataset.key);
  else without.add(box.dataset.key);
  box.closest("li").querySelector("[name=ungraded]").disabled = box.checked;
});

function changed() {
  cover();
  if (form.elements.each) {
    document.getElementById("title-field").hidden = form.elements.each.value === "1";
    document.getElementById("maximum").disabled = !form.elements.graded.checked;
  }
  clearTimeout(timer);
  timer = setTimeout(showPlan, 150);
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

document.getElementById("search").addEventListener("input", (event) => {
  const words = plain(event.target.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const item of [...tree.querySelectorAll("li")].reverse()) {
    const own = plain(item.querySelector("label").textContent);
    const below = [...item.querySelectorAll("li")].some((one) => !one.hidden);
    const matches = words.every((word) => own.includes(word));
    item.hidden = words.length > 0 && !matches && !below;
    if (!item.hidden) found += 1;
    const details = item.querySelector("details");
    if (details && words.length > 0) details.open = below;
  }
  document.getElementById("no-match").hidden = found > 0;
});

document.getElementById("clear").addEventListener("click", () => {
  for (const box of tree.querySelectorAll("input")) {
    box.dataset.own = "";
    box.disabled = false;
    box.checked = false;
  }
  changed();
});

// A click on the box chooses; a click beside it opens or closes the part.
tree.addEventListener("click", (event) => {
  if (event.target.closest("summary label") && event.target.tagName !== "INPUT") {
    event.preventDefault();
    const details = event.target.closest("details");
    details.open = !details.open;
  }
});
form.addEventListener("input", changed);
changed();
