/* Entries that the server never got, kept in this browser until the next visit: a session that ended in the
 * middle of a lesson costs nothing. For the same person and activity only, and for half a day.
 *
 * Each page keeps its own and holds a lock on them while it still tries to send them itself: another tab takes
 * them only once that page is gone, so that nothing is sent by both. */

const LIFETIME = 12 * 3600 * 1000; // ms

export class Kept {
  constructor(name) {
    this.family = `competences:unsent:${name}:`;
    this.name = this.family + Math.random().toString(36).slice(2);
    this.free = null; // gives the lock back
  }

  /* Whether they are kept: a browser may refuse a frame any storage, and the warning on leaving has to do.
   * `mine`: this page goes on trying; else they are whoever's comes next. */
  put(entries, mine) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), entries }));
    } catch {
      return false;
    }
    if (mine) this._hold();
    else this.free?.();
    return true;
  }

  clear() {
    try {
      localStorage.removeItem(this.name);
    } catch {
      // nothing was kept either
    }
    this.free?.();
  }

  /* Gives what earlier pages left, now or as soon as they are gone, and each entry to one page only. */
  take(give) {
    for (const name of named(this.family)) {
      whenFree(name, () => {
        const entries = read(name);
        if (entries.length) give(entries);
      });
    }
  }

  _hold() {
    if (this.free) return;
    const held = new Promise((free) => {
      this.free = () => {
        this.free = null;
        free();
      };
    });
    whenFree(this.name, () => held);
  }
}

function named(family) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(family));
  } catch {
    return [];
  }
}

/* What stands there, and nothing afterwards. */
function read(name) {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? "null");
    localStorage.removeItem(name);
    return found && Date.now() - found.at < LIFETIME ? found.entries : [];
  } catch {
    return [];
  }
}

/* Acts once nobody holds that name; at once in a browser that knows no locks. */
function whenFree(name, act) {
  if (navigator.locks) navigator.locks.request(name, act).catch(() => null);
  else act();
}
