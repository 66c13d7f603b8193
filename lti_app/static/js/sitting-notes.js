/* The lines under a student's name in the séance: what a colleague just entered, and one for each entry that
 * was held back, on whichever competence, until the person decides. */

import { element } from "./grid/chip.js";

export class Notes {
  /* `rows` are the students' list items, by id. */
  constructor(rows) {
    this.rows = rows;
    this.lines = new Map(); // by "id:name"
  }

  /* Writes the line of that name anew. `parts` are texts and elements, `acts` the buttons' `[words, act]`. */
  put(id, name, parts, acts = []) {
    this.drop(id, name);
    const line = element("p");
    const buttons = element("span", "acts");
    for (const [words, act] of acts) {
      const button = element("button", "btn btn-sm", words);
      button.type = "button";
      button.addEventListener("click", act);
      buttons.append(button);
    }
    line.append(...parts, ...(acts.length ? [" ", buttons] : []));
    this.lines.set(`${id}:${name}`, line);
    const place = this._place(id);
    place.append(line);
    place.hidden = false;
  }

  drop(id, name) {
    this.lines.get(`${id}:${name}`)?.remove();
    this.lines.delete(`${id}:${name}`);
    const place = this._place(id);
    place.hidden = !place.children.length;
  }

  _place(id) {
    return this.rows.get(id).querySelector(".row-notes");
  }
}
