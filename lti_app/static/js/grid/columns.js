/* Which columns the table has, and the heads above them.
 *
 * A column is a competence, or a collapsed part that shows its progress. The tiers that hold a single
 * node in the whole scope get no row of heads: an activity on one domain does not need « D1.2 ». */

export class Columns {
  constructor(model) {
    this.model = model;
    this.collapsed = new Set();
    this.matching = null; // while searching: the competences shown
    this.only = null; // a choice of competences that is shown instead of parts
    this.few = false; // only the two innermost rows of heads, where there is little room
    this.sizes = [];
    for (const node of model.byCode.values()) this.sizes[node.depth] = (this.sizes[node.depth] ?? 0) + 1;
  }

  /* The tiers that have a row of heads, outermost first. */
  _tiers(few) {
    const last = this.sizes.length - 1;
    return [...this.sizes.keys()].filter((depth) => depth >= last - 1 || (this.sizes[depth] > 1 && !few));
  }

  /* Shows these competences and nothing else. */
  choose(leaves) {
    this.collapsed.clear();
    this.only = new Set(leaves);
  }

  /* Opens one part (null: everything) and collapses all that is beside the way to it. */
  show(code) {
    const shown = code ? this.model.byCode.get(code) : null;
    this.collapsed.clear();
    this.only = null;
    if (!shown) return;
    const way = new Set();
    for (let node = shown; node; node = node.parent) way.add(node);
    const visit = (node) => {
      if (node === shown) return;
      if (way.has(node)) node.children.forEach(visit);
      else if (!node.leaf) this.collapsed.add(node.code);
    };
    this.model.roots.forEach(visit);
  }

  toggle(code) {
    if (!this.collapsed.delete(code)) {
      this.collapsed.add(code);
      return;
    }
    // opening a part that was never opened shows its parts first, not forty competences at once
    const node = this.model.byCode.get(code);
    const below = node.children.filter((child) => !child.leaf);
    if (below.some((child) => !child.leaf && child.children.some((leaf) => !leaf.leaf))) {
      below.forEach((child) => this.collapsed.add(child.code));
    }
  }

  /* Whether parts can be folded: not while only a choice of competences is shown. */
  get folds() {
    return !this.matching && !this.only;
  }

  isCollapsed(node) {
    return this.folds && this.collapsed.has(node.code);
  }

  _isShown(leaf) {
    return (!this.matching || this.matching.has(leaf)) && (!this.only || this.only.has(leaf));
  }

  /* The columns from left to right: nodes, leaves or collapsed ones. */
  list() {
    const columns = [];
    const visit = (node) => {
      if (node.leaf) {
        if (this._isShown(node)) columns.push(node);
      } else if (this.isCollapsed(node)) columns.push(node);
      else node.children.forEach(visit);
    };
    this.model.roots.forEach(visit);
    return columns;
  }

  /* The rows of heads, outermost first: `{node, colspan, rowspan, first}` each, `first` being the place
   * of the leftmost column below. A collapsed part reaches down to the last row. */
  heads(columns, few = this.few) {
    const place = new Map(columns.map((node, i) => [node, i]));
    const tiers = this._tiers(few);
    const rows = tiers.map(() => []);
    const rowOf = (depth) => {
      const row = tiers.findIndex((tier) => tier >= depth);
      return row < 0 ? tiers.length - 1 : row;
    };
    const visit = (node) => {
      if (place.has(node)) {
        const row = rowOf(node.depth);
        rows[row].push({ node, colspan: 1, rowspan: rows.length - row, first: place.get(node) });
        return [place.get(node), 1];
      }
      const spot = tiers.includes(node.depth) ? rows[rowOf(node.depth)] : null;
      const at = spot ? spot.push(null) - 1 : -1;
      let first = -1;
      let count = 0;
      for (const child of node.children) {
        const [start, width] = visit(child);
        if (width && first < 0) first = start;
        count += width;
      }
      if (spot) spot[at] = { node, colspan: count, rowspan: 1, first };
      return [first, count];
    };
    this.model.roots.forEach(visit);
    return rows.map((row) => row.filter((head) => head.colspan));
  }
}
