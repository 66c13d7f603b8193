/* Sends entries as they are made and keeps them until the server has them.
 *
 * One request at a time; what is typed meanwhile goes together with the next one. Without a network
 * entries wait and are tried again; leaving the page then asks first. */

import { count, say } from "./texts.js";

const FIRST_WAIT = 1000; // ms, doubled at each failure
const LONGEST_WAIT = 15000;
const BATCH = 500;

export class Saver extends EventTarget {
  constructor(url, token) {
    super();
    this.url = url;
    this.token = token;
    this.waiting = new Map(); // by "learner:code": the newest entry, and the level to fall back to
    this.sending = new Map();
    this.failures = 0;
    this.expired = false;
    this.timer = 0;
    window.addEventListener("online", () => this.flush());
    window.addEventListener("beforeunload", (event) => {
      if (this.size) event.preventDefault();
    });
  }

  get size() {
    return this.waiting.size + this.sending.size;
  }

  /* `before` is the level that the cell shows again if the server refuses the entry. */
  add(entry, before) {
    const key = keyOf(entry);
    const earlier = this.waiting.get(key);
    this.waiting.set(key, {
      entry: { ...earlier?.entry, ...entry },
      before: earlier ? earlier.before : before,
    });
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.sending.size || !this.waiting.size || this.expired) return;
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
      answer = { status: 0 };
    }
    this.sending.clear();
    this._settle(batch, answer);
  }

  _settle(batch, answer) {
    const entries = batch.map(([, item]) => item.entry);
    if (answer.status === 200) {
      this.failures = 0;
      if (!this.waiting.size) this.alone = false;
      this._emit("saved", { entries, students: answer.body.students });
      this._tell(this.size ? say("saving") : say("saved"));
      this.flush();
    } else if (answer.status === 401) {
      this.expired = true;
      this._keep(batch);
      this._tell(say("expired"), true);
    } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      this._refused(batch, answer);
    } else {
      this._keep(batch);
      this.failures += 1;
      this._tell(count("offline", this.size), true);
      const wait = Math.min(FIRST_WAIT * 2 ** (this.failures - 1), LONGEST_WAIT);
      this.timer = setTimeout(() => this.flush(), wait);
    }
  }

  /* One entry of several may be what is refused: then they go one by one. */
  _refused(batch, answer) {
    if (batch.length > 1) {
      this.alone = true;
      this._keep(batch);
    } else {
      this._emit("refused", { entry: batch[0][1].entry, before: batch[0][1].before });
      this._tell(say("refused", { message: answer.body?.message ?? "" }), true);
    }
    this.flush();
  }

  _keep(batch) {
    const newer = this.waiting;
    this.waiting = new Map(batch);
    for (const [key, item] of newer) {
      const old = this.waiting.get(key);
      this.waiting.set(key, old ? { entry: { ...old.entry, ...item.entry }, before: old.before } : item);
    }
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
  });
  return { status: response.status, body: await response.json().catch(() => null) };
}

function keyOf(entry) {
  return `${entry.learner}:${entry.code}`;
}
