/* Search by name or wording: rows whose name matches, columns whose competence matches, or else those of the
 * activities, domains or processes that do. When only one kind matches, all of the other kind stays. */

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
  const leaves = matchingLeaves(model, (node) => matches(plain(`${node.code} ${node.label}`)));
  return {
    rows: rows.length ? rows : model.students,
    leaves: leaves.length ? new Set(leaves) : null,
    found: rows.length > 0 || leaves.length > 0,
  };
}

/* The competences under the matching nodes of the innermost tier that has any. */
function matchingLeaves(model, matches) {
  const found = [...model.byCode.values()].filter(matches);
  const depth = Math.max(...found.map((node) => node.depth));
  return found
    .filter((node) => node.depth === depth)
    .flatMap((node) => model.leaves.slice(node.first, node.end));
}
