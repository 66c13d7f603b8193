// Gives each value that is there to be copied a button for it. In a frame the clipboard is not ours to write
// to unless the platform says so; what is selected can always be copied.
const { copy, copied } = document.querySelector("[data-copy]")?.dataset ?? {};
for (const input of document.querySelectorAll("input.copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  const word = document.createElement("span");
  word.textContent = copy;
  const name = document.createElement("span");
  name.className = "visually-hidden";
  name.textContent = ` ${input.getAttribute("aria-label") ?? ""}`;
  button.append(word, name);
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  button.addEventListener("click", () => {
    input.select();
    if (!document.execCommand("copy")) return;
    word.textContent = copied;
    said.textContent = copied + name.textContent;
    setTimeout(() => {
      word.textContent = copy;
      said.textContent = "";
    }, 2000);
  });
  input.addEventListener("focus", () => input.select());
  const row = document.createElement("span");
  row.className = "copying";
  input.replaceWith(row);
  row.append(input, button, said);
}
