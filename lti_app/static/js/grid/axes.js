/* Which students and which nodes the table shows, and which of them are its rows.
 *
 * Usually students are rows and competences columns; transposed it is the other way round. Everything that
 * moves or draws asks here, so that nothing else has to know the way the table lies. */

export class Axes {
  constructor(model, columns) {
    this.columns = columns;
    this.students = model.students; // the students shown, in order
    this.nodes = []; // the nodes shown: leaves and collapsed parts
    this.transposed = false;
  }

  /* Takes over what the columns' owner now shows. */
  update() {
    this.nodes = this.columns.list();
    this.nodePlaces = new Map(this.nodes.map((node, place) => [node, place]));
    this.studentPlaces = new Map(this.students.map((student, place) => [student, place]));
  }

  get rowCount() {
    return this.transposed ? this.nodes.length : this.students.length;
  }

  get colCount() {
    return this.transposed ? this.students.length : this.nodes.length;
  }

  student(row, col) {
    return this.students[this.transposed ? col : row] ?? null;
  }

  node(row, col) {
    return this.nodes[this.transposed ? row : col] ?? null;
  }

  /* Where a student's cell for a node is: `{row, col}`, a coordinate −1 for what is not shown. */
  place(student, node) {
    const s = this.studentPlaces.get(student) ?? -1;
    const n = this.nodePlaces.get(node) ?? -1;
    return this.transposed ? { row: n, col: s } : { row: s, col: n };
  }

  /* The node that shows a competence now: itself or a collapsed part above it; null if none does. */
  shownFor(leaf) {
    for (let node = leaf; node; node = node.parent) {
      if (this.nodePlaces.has(node)) return node;
    }
    return null;
  }
}
