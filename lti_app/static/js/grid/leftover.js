/* What an earlier page of this activity could not send goes now, based on what that page knew. */

import { count } from "./texts.js";

/* `restore` shows an entry and hands it to the saver, or says that it is not wanted here. How many were sent
 * is said once the server has them. */
export function sendLeftOver({ kept, saver, status, restore }) {
  kept.take((entries) => {
    const sent = entries.filter(restore).length;
    if (!sent) return;
    saver.addEventListener("saved", () => status.say(count("restored", sent)), { once: true });
    saver.flush();
  });
}
