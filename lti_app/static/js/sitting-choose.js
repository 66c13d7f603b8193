/* Counts what is chosen for the séance, and opens the parts that hold some of it. */

const form = document.querySelector("form.choose");
const said = document.getElementById("chosen-count");

function count() {
  const chosen = form.querySelectorAll("input:checked").length;
  said.textContent = chosen ? `${chosen} / ${said.dataset.most}` : "";
  said.classList.toggle("alarm", chosen > Number(said.dataset.most));
}

form.addEventListener("change", count);
for (const part of form.querySelectorAll("details")) {
  if (part.querySelector("input:checked")) part.open = true;
}
count();
