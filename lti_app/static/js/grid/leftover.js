/* What an earlier page of this activity could not send goes now, based on what that page knew. Each entry says that
 * it was left over: its person may have entered something else on another page since. */

import { keyOf } from "./saver.js";
import { count } from "./texts.js";

/* `restore` shows an entry and hands it to the saver, or says that it is not wanted here. How many were sent
 * is said once the server has them; those that it held back are not. */
export function sendLeftOver({ kept, saver, status, restore }) {
  kept.take((entries) => {
    const waiting = new Set(entries.map(marked).filter(restore).map(keyOf));
    if (!waiting.size) return;
    let sent = 0;
    saver.addEventListener("saved", ({ detail }) => {
      const held = new Set(detail.clashes.map(keyOf));
      const answered = detail.entries.map(keyOf).filter((key) => waiting.delete(key));
      if (!answered.length) return;
      sent += answered.filter((key) => !held.has(key)).length;
      if (sent) status.say(count("restored", sent));
    });
    saver.flush();
  });
}

function marked(entry) {
  return { ...entry, left: true };
}
