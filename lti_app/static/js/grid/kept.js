/* Entries that the server never got, kept in this browser until the next visit: a session that ended in the
 * middle of a lesson costs nothing. For the same person and activity only, and for half a day. */

const LIFETIME = 12 * 3600 * 1000; // ms

export class Kept {
  constructor(name) {
    this.name = `competences:unsent:${name}`;
  }

  /* Whether they are kept: a browser may refuse a frame any storage, and the warning on leaving has to do. */
  put(entries) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), entries }));
      return true;
    } catch {
      return false;
    }
  }

  /* The entries of the last visit, and none afterwards. */
  take() {
    try {
      const found = JSON.parse(localStorage.getItem(this.name) ?? "null");
      localStorage.removeItem(this.name);
      return found && Date.now() - found.at < LIFETIME ? found.entries : [];
    } catch {
      return [];
    }
  }

  clear() {
    try {
      localStorage.removeItem(this.name);
    } catch {
      // nothing was kept either
    }
  }
}
