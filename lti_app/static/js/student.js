/* The form of one student: goes to the chosen student at once, and warns before changes are lost. */

const learner = document.getElementById("learner");
learner.addEventListener("change", () => {
  // Safari knows requestSubmit from its version 16 only
  if (learner.form.requestSubmit) learner.form.requestSubmit();
  else learner.form.querySelector("button").click();
});

const form = document.getElementById("rating");
const notice = document.getElementById("unsaved");
let changed = false;
form.addEventListener("input", () => {
  changed = true;
  notice.hidden = false;
});
form.addEventListener("submit", () => {
  changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
