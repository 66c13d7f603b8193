/* Blocks of cells as text that spreadsheets take and give. */

const CELL = /("(?:[^"]|"")*"(?=[\t\n]|$)|[^\t\n]*)(\t|\n|$)/g;

/* The block as letters, tabs between columns. */
export function copyText(model, axes, block) {
  const lines = [];
  for (let row = block.top; row <= block.bottom; row += 1) {
    const cells = [];
    for (let col = block.left; col <= block.right; col += 1) {
      const node = axes.node(row, col);
      cells.push(node.leaf ? model.values[model.value(axes.student(row, col), node)].letter : "");
    }
    lines.push(cells.join("\t"));
  }
  return lines.join("\n");
}

/* What pasted text means from the block's first cell on: `triples` of `[student, competence, value]`. A single
 * value fills the block. Cells that hold nothing that a cell can show, or lie beside the table, are `ignored`:
 * how many. */
export function readPaste(model, axes, block, text) {
  const lines = readCells(text);
  const values = spellings(model);
  const single = lines.length === 1 && lines[0].length === 1;
  if (single) return fill(model, axes, block, values.get(plain(lines[0][0])));
  const triples = [];
  let ignored = 0;
  lines.forEach((cells, down) => {
    cells.forEach((cell, right) => {
      const [row, col] = [block.top + down, block.left + right];
      const value = values.get(plain(cell));
      const node = axes.node(row, col);
      const student = axes.student(row, col);
      if (student && node?.leaf && value !== undefined) triples.push([student, node, value]);
      else if (value !== 0) ignored += 1;
    });
  });
  return { triples, ignored };
}

function fill(model, axes, block, value) {
  const triples = [];
  if (value === undefined) return { triples, ignored: 1 };
  for (let row = block.top; row <= block.bottom; row += 1) {
    for (let col = block.left; col <= block.right; col += 1) {
      const node = axes.node(row, col);
      if (node.leaf) triples.push([axes.student(row, col), node, value]);
    }
  }
  return { triples, ignored: 0 };
}

/* Lines of cells, as spreadsheets copy them: one that holds a tab, a line's end or a quote stands in quotes. */
function readCells(text) {
  const lines = [[]];
  for (const [, cell, end] of text.replace(/\r\n?/g, "\n").replace(/\n$/, "").matchAll(CELL)) {
    lines.at(-1).push(/^".*"$/s.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "") break;
    if (end === "\n") lines.push([]);
  }
  return lines;
}

/* The values by all the ways to write them; levels come before marks. */
function spellings(model) {
  const found = new Map([["", 0]]);
  for (const one of [...model.levels, ...model.marks]) {
    for (const text of [one.key, one.letter, one.shape, one.name, ...one.also].map(plain)) {
      if (!found.has(text)) found.set(text, one.value);
    }
  }
  return found;
}

/* Read as an uploaded class is (services/classes/class_sheets.py). */
function plain(text) {
  return text.replaceAll("’", "'").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
}
