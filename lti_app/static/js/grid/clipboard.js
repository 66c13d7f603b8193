/* Blocks of cells as text that spreadsheets take and give. */

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

/* What pasted text means from the block's first cell on: `[student, competence, value]`. A single value
 * fills the block. Cells that hold nothing that a cell can show are left alone. */
export function readPaste(model, axes, block, text) {
  const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  const single = lines.length === 1 && lines[0].length === 1;
  const bottom = single ? block.bottom : block.top + lines.length - 1;
  const triples = [];
  for (let row = block.top; row <= bottom && row < axes.rowCount; row += 1) {
    const cells = single ? lines[0] : lines[row - block.top];
    const right = single ? block.right : block.left + cells.length - 1;
    for (let col = block.left; col <= right && col < axes.colCount; col += 1) {
      const value = readValue(model, single ? cells[0] : cells[col - block.left]);
      const node = axes.node(row, col);
      if (node.leaf && value !== null) triples.push([axes.student(row, col), node, value]);
    }
  }
  return triples;
}

function readValue(model, text) {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === "") return 0;
  const byKey = model.valueForKey(wanted);
  if (byKey !== null) return byKey;
  const found = [...model.levels, ...model.marks].find(
    (one) => one.name.toLocaleLowerCase() === wanted || one.shape === wanted,
  );
  return found ? found.value : null;
}
