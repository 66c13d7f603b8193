// Asks the LMS for the value that proves this browser, launches with it, and offers the new tab in which the
// work goes on: no cookie lives in this frame. The tab asks for its ticket; it goes to our own pages only.
import { takeBack } from "./handback.js";
import { get } from "./storage.js";

const { id_token, state, key, ...storage } = JSON.parse(
  document.getElementById("launch").textContent,
);
const button = document.getElementById("open");
let ticket = "";

function show(id) {
  for (const part of document.querySelectorAll("[data-step]")) part.hidden = part.id !== id;
}

function fail(text, reference = "") {
  show("failed");
  if (text) document.getElementById("failure").textContent = text;
  document.getElementById("reference").textContent = reference;
}

async function launch() {
  const value = await get(storage, key);
  const response = await fetch(button.dataset.launch, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ id_token, state, key, value }),
  });
  const answer = await response.json();
  if (!response.ok) {
    fail(answer.message, answer.reference);
    return;
  }
  ticket = answer.ticket;
  show("ready");
  button.focus();
}

button.addEventListener("click", () => {
  window.open(button.dataset.tab, "_blank");
});

window.addEventListener("message", (event) => {
  if (event.origin !== window.location.origin || event.data !== "ticket?" || !ticket) return;
  event.source.postMessage({ ticket }, window.location.origin);
  ticket = "";
  show("opened");
});

takeBack();
launch().catch(() => fail(""));
