/* Where the person is in the grid: one cell, and the block that stretches from the anchor to it.
 *
 * One element of the grid is in the page's Tab order at a time (the "roving tabindex" of
 * https://www.w3.org/WAI/ARIA/apg/patterns/grid/). Heads are reached upwards from the first row, the
 * name and the mark of a grade leftwards from the first column. */

export class Cursor extends EventTarget {
  constructor(table) {
    super();
    this.table = table;
    this.row = 0;
    this.col = 0;
    this.anchor = { row: 0, col: 0 };
    this.tabbable = null;
    this.painted = [];
  }

  get student() {
    return this.table.rows[this.row] ?? null;
  }

  get node() {
    return this.table.list[this.col] ?? null;
  }

  /* Whether more than the one cell is chosen. */
  get isBlock() {
    return this.anchor.row !== this.row || this.anchor.col !== this.col;
  }

  /* The block's corners: rows and columns from its first to its last. */
  block() {
    return {
      top: Math.min(this.row, this.anchor.row),
      bottom: Math.max(this.row, this.anchor.row),
      left: Math.min(this.col, this.anchor.col),
      right: Math.max(this.col, this.anchor.col),
    };
  }

  /* The chosen cells that can hold a level: `[student, competence]` pairs. */
  targets() {
    const { top, bottom, left, right } = this.block();
    const pairs = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let col = left; col <= right; col += 1) {
        const node = this.table.list[col];
        if (node?.leaf && this.table.rows[row]) pairs.push([this.table.rows[row], node]);
      }
    }
    return pairs;
  }

  /* Goes to a cell; with `extend` the block's anchor stays. */
  go(row, col, { extend = false, focus = true } = {}) {
    this.row = clamp(row, this.table.rows.length);
    this.col = clamp(col, this.table.list.length);
    if (!extend) this.anchor = { row: this.row, col: this.col };
    this._settle(focus);
  }

  /* Chooses a whole block, the last corner being where the cursor stands. */
  choose(from, to) {
    this.anchor = from;
    this.row = to.row;
    this.col = to.col;
    this._settle(true);
  }

  /* Makes an element of the grid that is no cell (a head, a name) the one to tab to, and focuses it. */
  visit(element) {
    if (!element) return;
    this._makeTabbable(element);
    element.focus();
  }

  /* After the table was drawn anew: back to the same student and competence, or the nearest place. */
  restore(student, node, focus) {
    const row = this.table.rows.indexOf(student);
    let col = -1;
    for (let at = node; at && col < 0; at = at.parent) col = this.table.places.get(at) ?? -1;
    if (col < 0 && node) col = this.table.list.findIndex((shown) => shown.first >= node.first);
    this.painted = [];
    this.tabbable = null;
    this.go(Math.max(row, 0), Math.max(col, 0), { focus });
  }

  _settle(focus) {
    const cell = this.table.cell(this.row, this.col);
    if (cell) {
      this._makeTabbable(cell);
      this._paintBlock();
      if (focus && document.activeElement !== cell) cell.focus();
    }
    this.dispatchEvent(new Event("move"));
  }

  _makeTabbable(element) {
    if (this.tabbable) this.tabbable.tabIndex = -1;
    this.tabbable = element;
    element.tabIndex = 0;
  }

  _paintBlock() {
    for (const cell of this.painted) {
      cell.classList.remove("sel", "at");
      cell.removeAttribute("aria-selected");
    }
    this.painted = [];
    const { top, bottom, left, right } = this.block();
    for (let row = top; row <= bottom; row += 1) {
      for (let col = left; col <= right; col += 1) {
        const cell = this.table.cell(row, col);
        if (!cell) continue;
        cell.setAttribute("aria-selected", "true");
        if (this.isBlock) cell.classList.add("sel");
        this.painted.push(cell);
      }
    }
    const current = this.table.cell(this.row, this.col);
    current.classList.add("at");
    this.painted.push(current);
  }
}

function clamp(value, length) {
  return Math.max(0, Math.min(length - 1, value));
}
