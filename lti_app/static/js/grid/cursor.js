/* Where the person is in the grid: one cell, and the block that stretches from the anchor to it.
 *
 * One element of the grid is in the page's Tab order at a time (the "roving tabindex" of
 * https://www.w3.org/WAI/ARIA/apg/patterns/grid/). Heads are reached upwards from the first row, the
 * row's head and the mark of a grade leftwards from the first column (transposed, that mark upwards too). */

export class Cursor extends EventTarget {
  constructor(table) {
    super();
    this.table = table;
    this.axes = table.axes;
    this.row = 0;
    this.col = 0;
    this.anchor = { row: 0, col: 0 };
    this.tabbable = null;
    this.painted = [];
  }

  get student() {
    return this.axes.student(this.row, this.col);
  }

  get node() {
    return this.axes.node(this.row, this.col);
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

  /* The chosen cells that can be rated: `[student, competence]` pairs. */
  targets() {
    const { top, bottom, left, right } = this.block();
    const pairs = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let col = left; col <= right; col += 1) {
        const node = this.axes.node(row, col);
        const student = this.axes.student(row, col);
        if (node?.leaf && student) pairs.push([student, node]);
      }
    }
    return pairs;
  }

  /* Goes to a cell; with `extend` the block's anchor stays. */
  go(row, col, { extend = false, focus = true } = {}) {
    this.row = clamp(row, this.axes.rowCount);
    this.col = clamp(col, this.axes.colCount);
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

  chooseRow() {
    this.choose({ row: this.row, col: this.axes.colCount - 1 }, { row: this.row, col: 0 });
  }

  chooseColumn(col = this.col) {
    this.choose({ row: this.axes.rowCount - 1, col }, { row: 0, col });
  }

  chooseAll() {
    this.choose({ row: this.axes.rowCount - 1, col: this.axes.colCount - 1 }, { row: 0, col: 0 });
  }

  /* Makes an element of the grid that is no cell (a head, a name) the one to tab to, and focuses it. */
  visit(element) {
    if (!element) return;
    this._makeTabbable(element);
    element.focus();
  }

  /* A grade's mark is painted anew: who stood on it comes back to their cell. */
  mend() {
    if (this.tabbable && !this.tabbable.isConnected) this._settle(document.activeElement === document.body);
  }

  /* After the table was drawn anew: back to the same student and competence, or the nearest place. */
  restore(student, node, focus) {
    const { axes } = this;
    const s = Math.max(axes.students.indexOf(student), 0);
    let n = -1;
    for (let at = node; at && n < 0; at = at.parent) n = axes.nodePlaces.get(at) ?? -1;
    if (n < 0 && node) n = axes.nodes.findIndex((shown) => shown.first >= node.first);
    n = Math.max(n, 0);
    this.painted = [];
    this.tabbable = null;
    this.go(axes.transposed ? n : s, axes.transposed ? s : n, { focus });
  }

  _settle(focus) {
    const cell = this.table.cell(this.row, this.col);
    if (cell) {
      this._makeTabbable(cell);
      this._paintBlock();
      if (focus && document.activeElement !== cell) focusThenShow(cell);
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

/* The focus is there at once, for the next key. The table follows when what was typed is on the screen: scrolling
 * costs the browser more than the rest of a key. */
function focusThenShow(cell) {
  cell.focus({ preventScroll: true });
  const show = () => {
    if (document.activeElement === cell) cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  requestAnimationFrame(() => setTimeout(show));
}

function clamp(value, length) {
  return Math.max(0, Math.min(length - 1, value));
}
