/* Sends entries as they are made and keeps them until the server has them.
 *
 * One request at a time; what is typed meanwhile goes together with the next one. Without a network
 * entries wait and are tried again; leaving the page then asks first, and what is left all the same is
 * kept in this browser for the next visit (`Kept`). */

import { toValue } from "./model.js";
import { patience } from "./patience.js";
import { count, say } from "./texts.js";

const PACE = 150; // ms between two requests while one types fast
const FIRST_WAIT = 1000; // ms, doubled at each failure
const LONGEST_WAIT = 15000;
const BATCH = 500;

export class Saver extends EventTarget {
  /* `since()` is the newest assessment that the page has shown: what each entry is based on. */
  constructor(url, token, { since, kept = null }) {
    super();
    this.url = url;
    this.token = token;
    this.since = since;
    this.kept = kept;
    this.waiting = new Map(); // by "learner:code": the newest entry, and the value to fall back to
    this.sending = new Map();
    this.known = new Map(); // by "learner:code": an assessment shown before the feed told it
    this.failures = 0;
    this.expired = false;
    this.stored = false; // whether some are kept in this browser
    this.unstored = false; // whether that lacks some
    this.timer = 0;
    this.begun = -PACE; // when the latest request began
    window.addEventListener("online", () => this.flush());
    window.addEventListener("beforeunload", (event) => {
      this._emit("leaving"); // the last moment to add something
      if (this.size) event.preventDefault();
    });
    // a phone that drops a page in the background tells it nothing more
    document.addEventListener("visibilitychange", () => document.hidden && this._store());
    window.addEventListener("pagehide", () => this._store());
  }

  get size() {
    return this.waiting.size + this.sending.size;
  }

  /* Whether an entry for that cell is not acknowledged yet. */
  holds(entry) {
    return this.waiting.has(keyOf(entry)) || this.sending.has(keyOf(entry));
  }

  /* A cell shows this assessment already, whatever the feed has told. */
  know(entry, id) {
    this.known.set(keyOf(entry), id);
  }

  entries() {
    return [...this.sending.values(), ...this.waiting.values()].map(({ entry }) => entry);
  }

  /* `before` is the value that the cell shows again if the server refuses the entry. An entry that
   * replaces one still here keeps its base: what came meanwhile was not shown. */
  add(entry, before) {
    const key = keyOf(entry);
    const earlier = this.waiting.get(key);
    this.waiting.set(key, {
      entry: over(earlier?.entry, entry, entry.base ?? this.base(entry)),
      before: earlier ? earlier.before : before,
    });
    this.unstored = true;
  }

  /* What an entry for that cell would be based on now. */
  base(entry) {
    const key = keyOf(entry);
    const held = (this.waiting.get(key) ?? this.sending.get(key))?.entry.base;
    return held ?? Math.max(this.since(), this.known.get(key) ?? 0);
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.sending.size || !this.waiting.size || this.expired) return;
    const pause = this.begun + PACE - performance.now();
    if (pause > 0) {
      this._tell(this.failures ? null : say("saving"));
      this.timer = setTimeout(() => this.flush(), pause);
      return;
    }
    this.begun = performance.now();
    const batch = [...this.waiting].slice(0, this.alone ? 1 : BATCH);
    for (const [key, item] of batch) {
      this.waiting.delete(key);
      this.sending.set(key, item);
    }
    this._tell(this.failures ? null : say("saving"));
    let answer;
    try {
      answer = await post(this.url, this.token, {
        entries: batch.map(([, item]) => item.entry),
      });
    } catch {
      answer = { status: 0, body: null };
    }
    this.sending.clear();
    this._settle(batch, answer);
  }

  /* An answer that is not our server's (a filter's page, a proxy's, half of one) says nothing about the batch. */
  _settle(batch, answer) {
    const { status, body } = answer;
    const ours = typeof body?.error === "string";
    if (status === 200 && Array.isArray(body?.clashes)) this._saved(batch, body);
    else if (ours && status === 401) this._ended(batch, answer);
    else if (ours && status >= 400 && status < 500 && status !== 429) this._refused(batch, answer);
    else this._retry(batch);
  }

  _retry(batch) {
    this._keep(batch);
    this.failures += 1;
    this._tell(count("offline", this.size), true);
    const wait = Math.min(FIRST_WAIT * 2 ** (this.failures - 1), LONGEST_WAIT);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  /* The session is over. Mostly the server keeps entries for the next launch all the same; else this browser
   * does, if it lets us. */
  _ended(batch, answer) {
    const taken = answer.body?.kept === true;
    if (taken) this._forget();
    else {
      this.expired = this.unstored = true; // kept anew, for the next page
      this._keep(batch);
    }
    this._tell(say(taken || this._store() ? "expired_kept" : "expired"), true);
    this.flush();
  }

  _saved(batch, body) {
    this.failures = 0;
    if (!this.waiting.size) this.alone = false;
    const sent = new Map(batch);
    const clashes = body.clashes.map((clash) => ({
      ...clash,
      value: toValue(clash.value),
      mine: sent.get(keyOf(clash))?.entry,
    }));
    this._emit("saved", {
      entries: batch.map(([, item]) => item.entry),
      students: body.students,
      cells: body.cells.map(([learner, place, digit, words]) => ({
        learner,
        place,
        value: toValue(digit),
        words: Boolean(words),
      })),
      clashes,
    });
    this._forget();
    this._tell(this.size ? say("saving") : say("saved"));
    this.flush();
  }

  /* One entry of several may be what is refused: then they go one by one. */
  _refused(batch, answer) {
    if (batch.length > 1) {
      this.alone = true;
      this._keep(batch);
    } else {
      this._emit("refused", { entry: batch[0][1].entry, before: batch[0][1].before });
      this._forget();
      this._tell(say("refused", { message: answer.body?.message ?? "" }), true);
    }
    this.flush();
  }

  _keep(batch) {
    const newer = this.waiting;
    this.waiting = new Map(batch);
    for (const [key, item] of newer) {
      const old = this.waiting.get(key);
      const base = old?.entry.base ?? item.entry.base;
      this.waiting.set(key, old ? { entry: over(old.entry, item.entry, base), before: old.before } : item);
    }
  }

  /* Keeps in this browser what the server does not have; whether it is kept. */
  _store() {
    if (!this.size) return false;
    if (this.unstored && this.kept?.put(this.entries(), !this.expired)) {
      this.stored = true;
      this.unstored = false;
    }
    return !this.unstored;
  }

  /* What the server has is kept here no longer. */
  _forget() {
    if (!this.stored) return;
    this.stored = false;
    this.unstored = true;
    if (!this._store()) this.kept.clear();
  }

  _tell(text, alarm = false) {
    if (text) this._emit("state", { text, alarm });
  }

  _emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

export async function post(url, token, body) {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": token,
    },
    body: JSON.stringify(body),
    signal: patience(),
  });
  return { status: response.status, body: await response.json().catch(() => null) };
}

/* An entry over an earlier one for its cell: what only that one says stays, but not that it was left over. */
function over(earlier, entry, base) {
  return { ...earlier, ...entry, base, left: entry.left };
}

/* The name of an entry's cell. */
export function keyOf(entry) {
  return `${entry.learner}:${entry.code}`;
}
