/* What is said of an entry that was held back: a colleague was there meanwhile, or the person themself, on another
 * page than the one that could not send it. */

import { say } from "./texts.js";

export function clashWords({ own, author, at }) {
  if (own) {
    return {
      theirs: say("clash_own", { at }),
      mine: say("clash_left"),
      keep: say("clash_keep_own"),
      replace: say("clash_replace_own"),
    };
  }
  return {
    theirs: say("clash_theirs", { author, at }),
    mine: say("clash_mine"),
    keep: say("clash_keep"),
    replace: say("clash_replace"),
  };
}
