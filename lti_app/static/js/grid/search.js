/* Search by name or wording: rows whose name matches, columns whose competence, code or part matches. When
 * only one kind matches, all of the other kind stays. */

export function plain(text) {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[’']/g, " ")
    .toLocaleLowerCase();
}

export function find(model, query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (!words.length) return { rows: model.students, leaves: null, found: true };
  const matches = (text) => words.every((word) => text.includes(word));
  const rows = model.students.filter((student) => matches(plain(student.name)));
  const leaves = model.leaves.filter((leaf) => {
    let text = "";
    for (let node = leaf; node; node = node.parent) text += ` ${node.code} ${node.label}`;
    return matches(plain(text));
  });
  return {
    rows: rows.length ? rows : model.students,
    leaves: leaves.length ? new Set(leaves) : null,
    found: rows.length > 0 || leaves.length > 0,
  };
}
