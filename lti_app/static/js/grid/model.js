/* The class in memory: the référentiel's tree, the students, and what each cell shows. Nothing here touches
 * the page.
 *
 * A cell's value is a number: 0 not assessed, 1 to n a level, or a mark's (absent, exempt, not evaluated),
 * which is greater than any level's. */

export class Model {
  constructor(data) {
    this.levels = data.scale.levels;
    this.marks = data.scale.marks.map((mark) => ({ ...mark, shape: "", proficient: false, mark: mark.code }));
    this.values = [...this.levels];
    for (const mark of this.marks) this.values[mark.value] = mark;
    this.weighs = data.weighs; // whether judging the same level again can change anything
    this.leaves = [];
    this.roots = [];
    this.byCode = new Map();
    this._buildTree(data.nodes);
    this.students = data.students.map((student, row) => ({
      ...student,
      row,
      levels: Uint8Array.from(student.levels, toValue),
      words: new Set(student.words), // places of the competences with a comment
    }));
    this.byId = new Map(this.students.map((student) => [student.id, student]));
    this.groups = data.groups;
    this.teams = new Map();
    for (const group of data.groups.filter((one) => one.team)) {
      for (const id of group.members) this.teams.set(this.byId.get(id), group);
    }
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

  value(student, leaf) {
    return student.levels[leaf.index];
  }

  setValue(student, leaf, value) {
    student.levels[leaf.index] = value;
  }

  hasWords(student, leaf) {
    return student.words.has(leaf.index);
  }

  setWords(student, leaf, has) {
    if (has) student.words.add(leaf.index);
    else student.words.delete(leaf.index);
  }

  /* The student's team mates with the student, in the class's order; the student alone without a team. */
  teamOf(student) {
    const team = this.teams.get(student);
    return team ? team.members.map((id) => this.byId.get(id)) : [student];
  }

  /* How far a student is in one part, or in everything. */
  progress(student, node = null) {
    const start = node ? node.first : 0;
    const end = node ? node.end : this.leaves.length;
    let acquired = 0;
    let assessed = 0;
    for (let i = start; i < end; i += 1) {
      const level = this.levels[student.levels[i]];
      if (level?.value) assessed += 1;
      if (level?.proficient) acquired += 1;
    }
    return { acquired, assessed, total: end - start };
  }

  /* The value that a typed key stands for, or null. Levels come before marks. */
  valueForKey(key) {
    const wanted = key.toLocaleLowerCase();
    const found = [...this.levels, ...this.marks].find(
      (one) => (one.key && one.key.toLocaleLowerCase() === wanted) || one.letter.toLocaleLowerCase() === wanted,
    );
    return wanted && found ? found.value : null;
  }

  /* The value of an entry as the server takes it. */
  valueOf({ level, mark }) {
    return this.marks.find((one) => one.code === mark)?.value ?? level ?? 0;
  }

  /* What the server takes for a value. */
  entry(value) {
    const { mark } = this.values[value];
    return mark ? { level: null, mark } : { level: value || null, mark: null };
  }
}

/* A value as it travels: one digit in base 36. */
export function toValue(digit) {
  return parseInt(digit, 36);
}
