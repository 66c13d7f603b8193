/* Keys and pointer in the grid: moving, choosing a block, rating. Digits are read from the key's place,
 * so that the unshifted top row of a French keyboard (& é " ') rates too. */

const PAGE = 10; // rows for Page up and Page down

export class Keyboard {
  constructor({ table, cursor, model, actions }) {
    this.table = table;
    this.axes = table.axes;
    this.cursor = cursor;
    this.model = model;
    this.actions = actions; // rate, undo, redo, comment, panel, fill, toggle, column, failure
    const { element } = table;
    this.working = false; // whether Tab moves in the grid, as in a spreadsheet, or on through the page
    element.addEventListener("keydown", (event) => this._onKey(event));
    element.addEventListener("focusout", (event) => {
      if (!element.contains(event.relatedTarget)) this.working = false;
    });
    element.addEventListener("pointerdown", (event) => this._onPointer(event));
    element.addEventListener("pointerover", (event) => this._onDrag(event));
    element.addEventListener("click", (event) => this._onClick(event));
    element.addEventListener("dblclick", (event) => this._onDouble(event));
    window.addEventListener("pointerup", () => {
      this.dragging = false;
    });
  }

  _onKey(event) {
    const head = event.target.closest("thead button");
    const place = head ? null : this.table.placeOf(event.target);
    if (this._isCommand(event)) return;
    if (head) this._inHeads(event, head);
    else if (place?.col < 0) this._inLead(event, place);
    else if (place) this._inCells(event);
  }

  _isCommand(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.actions.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) this.actions.redo();
    else return false;
    event.preventDefault();
    return true;
  }

  _inCells(event) {
    const { cursor, axes } = this;
    const far = event.ctrlKey || event.metaKey;
    const last = axes.colCount - 1;
    const end = axes.rowCount - 1;
    const extend = event.shiftKey;
    const go = (row, col) => cursor.go(row, col, { extend });
    const moves = {
      ArrowDown: () => go(far ? end : cursor.row + 1, cursor.col),
      ArrowUp: () => (cursor.row === 0 && !extend ? this._toHead() : go(far ? 0 : cursor.row - 1, cursor.col)),
      ArrowRight: () => go(cursor.row, far ? last : cursor.col + 1),
      ArrowLeft: () =>
        cursor.col === 0 && !extend
          ? this._toLead(cursor.row, -1)
          : go(cursor.row, far ? 0 : cursor.col - 1),
      Home: () => go(far ? 0 : cursor.row, 0),
      End: () => go(far ? end : cursor.row, last),
      PageDown: () => go(cursor.row + PAGE, cursor.col),
      PageUp: () => go(cursor.row - PAGE, cursor.col),
      Escape: () => cursor.go(cursor.row, cursor.col),
      Enter: () => (cursor.node.leaf ? go(cursor.row + 1, cursor.col) : this.actions.toggle(cursor.node.code)),
    };
    // the selections of the ARIA grid pattern
    if (event.key === " " && (far || extend)) moves[" "] = () => (far ? cursor.chooseColumn() : cursor.chooseRow());
    if (far && event.key.toLowerCase() === "a") moves[event.key] = () => cursor.chooseAll();
    if (this.working && event.key === "Tab" && !far) moves.Tab = this._onTab(event.shiftKey ? -1 : 1);
    const act = moves[event.key] ?? (far || event.altKey ? null : this._entry(event));
    if (!act) return;
    event.preventDefault();
    this.working = event.key !== "Escape";
    act();
  }

  /* Who works in the grid goes on to the next cell by Tab, at a row's end to the next row; from the last
   * cell, and after Escape, Tab leaves the grid as it does for who only passes by. */
  _onTab(step) {
    const { cursor, axes } = this;
    const place = cursor.row * axes.colCount + cursor.col + step;
    if (place < 0 || place >= axes.rowCount * axes.colCount) return undefined;
    return () => cursor.go(Math.floor(place / axes.colCount), place % axes.colCount);
  }

  _entry(event) {
    if (event.key === "Delete" || event.key === "Backspace") return () => this.actions.rate(0);
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code ?? "");
    const value = (digit && this.model.valueForKey(digit[1])) ?? this.model.valueForKey(event.key);
    if (value !== null && value !== undefined) return () => this.actions.rate(value);
    const key = event.key.toLowerCase();
    if (key === "c") return this.actions.comment;
    if (key === "h") return this.actions.panel;
    if (key === "v") return this.actions.fill;
    return null;
  }

  _inHeads(event, button) {
    const { table, cursor } = this;
    const isMark = button.matches(".sync");
    const r = isMark ? 0 : Number(button.dataset.row);
    const row = table.heads[r];
    const i = row.findIndex((head) => head.button === button || head.grade?.contains(button));
    const head = row[i];
    const to = (target) => target && cursor.visit(target.button);
    const moves = {
      ArrowDown: () => {
        const mark = isMark ? null : table.failureAbove(head.first);
        const below = headAt(table.heads, r + head.rowspan, head.first);
        if (mark) cursor.visit(mark);
        else if (below) to(below);
        else cursor.go(0, head.first);
      },
      ArrowUp: () => to(isMark ? head : headAbove(table.heads, r, head.first)),
      ArrowRight: () => to(row[i + 1]),
      ArrowLeft: () => to(row[i - 1]),
      Home: () => to(row[0]),
      End: () => to(row.at(-1)),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  _inLead(event, { row, col }) {
    const moves = {
      ArrowDown: () => this._toLead(Math.min(row + 1, this.axes.rowCount - 1), col),
      ArrowUp: () => this._toLead(Math.max(row - 1, 0), col),
      ArrowRight: () =>
        col === -2 && this.table.failure(row) ? this._toLead(row, -1) : this.cursor.go(row, 0),
      ArrowLeft: () => this._toLead(row, -2),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  /* The row's head, or the mark of a grade that was not sent. */
  _toLead(row, col) {
    const mark = col === -1 ? this.table.failure(row) : null;
    this.cursor.visit(mark ?? this.table.link(row));
  }

  /* What stands above a column: the mark of a grade that was not sent, else the head. */
  _toHead() {
    const { heads } = this.table;
    const { col } = this.cursor;
    this.cursor.visit(this.table.failureAbove(col) ?? headAbove(heads, heads.length, col)?.button);
  }

  _onPointer(event) {
    const place = this.table.placeOf(event.target);
    if (!place || place.col < 0 || event.button !== 0) return;
    if (event.pointerType === "mouse") this.dragging = true;
    if (event.pointerType === "mouse" || event.shiftKey) {
      event.preventDefault();
      this.cursor.go(place.row, place.col, { extend: event.shiftKey });
    }
  }

  _onDrag(event) {
    if (!this.dragging || !(event.buttons & 1)) return;
    const place = this.table.placeOf(event.target);
    if (place && place.col >= 0) this.cursor.go(place.row, place.col, { extend: true });
  }

  _onClick(event) {
    const mark = event.target.closest("button.sync");
    if (mark) {
      this.actions.failure(Number(mark.dataset.student));
      return;
    }
    const head = event.target.closest("thead button");
    if (head) {
      this._onHead(head);
      return;
    }
    const fold = event.target.closest("tbody button.fold");
    if (fold) {
      this.actions.toggle(fold.dataset.code);
      return;
    }
    const place = this.table.placeOf(event.target);
    if (place && place.col >= 0 && event.pointerType !== "mouse") this.cursor.go(place.row, place.col);
  }

  /* A competence or a student chooses the whole column, a part folds or unfolds. */
  _onHead(button) {
    const node = this.model.byCode.get(button.dataset.code);
    if (node && !node.leaf) {
      this.actions.toggle(node.code);
      return;
    }
    const { heads } = this.table;
    const head = heads[Number(button.dataset.row)].find((one) => one.button === button);
    this.cursor.chooseColumn(head.first);
  }

  _onDouble(event) {
    const place = this.table.placeOf(event.target);
    const node = place?.col >= 0 && this.axes.node(place.row, place.col);
    if (node && !node.leaf) this.actions.toggle(node.code);
  }
}

function headAt(heads, row, col) {
  return heads[row]?.find((head) => head.first <= col && col < head.first + head.colspan) ?? null;
}

/* The nearest head above a row of heads that stands over a column. */
function headAbove(heads, row, col) {
  for (let r = row - 1; r >= 0; r -= 1) {
    const found = headAt(heads, r, col);
    if (found) return found;
  }
  return null;
}
