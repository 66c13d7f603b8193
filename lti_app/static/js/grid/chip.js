/* A cell's value in words and colour, as the pages' own chips have it (templates/_macros.html). */

export function chip(shown) {
  const element = document.createElement("span");
  element.className = shown.mark ? "chip excused" : `chip lv${shown.value}`;
  const shape = document.createElement("span");
  shape.className = "shape";
  shape.setAttribute("aria-hidden", "true");
  shape.textContent = shown.mark ? shown.letter : shown.shape;
  const name = document.createElement("span");
  name.textContent = shown.name;
  element.append(shape, name);
  return element;
}

export function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
