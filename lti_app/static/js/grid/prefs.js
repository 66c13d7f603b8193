/* Small choices remembered in this browser. Where storage is refused they last as long as the page. */

const memory = new Map();

export function remember(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem(`competences:${key}`, value);
  } catch {
    // a frame without storage
  }
}

export function recall(key) {
  if (memory.has(key)) return memory.get(key);
  try {
    return localStorage.getItem(`competences:${key}`);
  } catch {
    return null;
  }
}
