/* The class in memory: the référentiel's tree, the students, and the level of each on each competence.
 * Nothing here touches the page. */

export class Model {
  constructor(data) {
    this.levels = data.scale.levels;
    this.repeats = data.repeats; // whether judging again with the same level counts
    this.proficient = this.levels.map((level) => level.proficient);
    this.leaves = [];
    this.roots = [];
    this.byCode = new Map();
    this._buildTree(data.nodes);
    this.students = data.students.map((student, row) => ({
      ...student,
      row,
      levels: Uint8Array.from(student.levels, (digit) => parseInt(digit, 36)),
    }));
    this.byId = new Map(this.students.map((student) => [student.id, student]));
  }

  /* Nodes come in preorder: a node's parent is the latest one that is less deep. */
  _buildTree(rows) {
    const path = [];
    for (const [code, label, depth, leaf] of rows) {
      while (path.length && path.at(-1).depth >= depth) path.pop();
      const parent = path.at(-1) ?? null;
      const siblings = parent ? parent.children : this.roots;
      const node = { code, label, depth, parent, leaf: Boolean(leaf), children: [] };
      node.rank = siblings.push(node);
      node.first = this.leaves.length;
      if (leaf) node.index = this.leaves.push(node) - 1;
      path.push(node);
      this.byCode.set(code, node);
    }
    const close = (node) => {
      node.children.forEach(close);
      node.end = node.leaf ? node.index + 1 : (node.children.at(-1)?.end ?? node.first);
    };
    this.roots.forEach(close);
  }

  level(student, leaf) {
    return student.levels[leaf.index];
  }

  setLevel(student, leaf, value) {
    student.levels[leaf.index] = value;
  }

  /* How far a student is in one part, or in everything. */
  progress(student, node = null) {
    const start = node ? node.first : 0;
    const end = node ? node.end : this.leaves.length;
    let acquired = 0;
    let assessed = 0;
    for (let i = start; i < end; i += 1) {
      const value = student.levels[i];
      if (value) assessed += 1;
      if (this.proficient[value]) acquired += 1;
    }
    return { acquired, assessed, total: end - start };
  }

  /* The level that a typed key stands for, or null. */
  levelForKey(key) {
    const wanted = key.toLocaleLowerCase();
    const found = this.levels.find(
      (level) =>
        level.key.toLocaleLowerCase() === wanted || (level.letter && level.letter.toLocaleLowerCase() === wanted),
    );
    return found ? found.value : null;
  }
}
